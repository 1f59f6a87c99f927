"""The small words of the core: errors, ids, clocks, colours."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from cxcrm.core import clock, colour, errors
from cxcrm.core.ids import new_id


def test_an_error_says_what_to_do_and_keeps_what_programs_need():
    error = errors.Conflict(version=3)
    assert (error.code, str(error), error.data, error.args) == (
        "conflict",
        str(errors.Conflict.message),
        {"version": 3},
        ("conflict",),
    )
    special = errors.NotFound("Gone fishing.", code="pond.empty", pond=1)
    assert (special.code, str(special), special.data) == ("pond.empty", "Gone fishing.", {"pond": 1})
    assert errors.NotFound().code == "not_found"


@pytest.mark.parametrize("cls", [errors.DomainError, *errors.DomainError.__subclasses__()])
def test_every_error_speaks_the_readers_language_when_shown(cls):
    with translation.override("en"):
        english = str(cls())
    assert english.endswith((".", "?"))
    assert isinstance(cls().code, str)


def test_ids_are_version_7_and_sort_by_time():
    first = new_id()
    time.sleep(0.002)
    ids = [first, *(new_id() for _ in range(500))]
    assert {ident.version for ident in ids} == {7}
    assert ids[0] == min(ids)
    assert len(set(ids)) == 501
    stamped = datetime.fromtimestamp((first.int >> 80) / 1000, UTC)
    assert abs(stamped - datetime.now(UTC)) < timedelta(seconds=60)


@pytest.mark.django_db
def test_two_clocks():
    assert clock.now().utcoffset() == timedelta(0)
    first, second = clock.db_now(), clock.db_now()
    assert first.utcoffset() is not None
    assert first < second  # the clock, not the start of the transaction


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("#0f766e", True),
        ("#ABCDEF", True),
        ("#fff", False),
        ("0f766e", False),
        ("#0f766e\n", False),
        ("#gggggg", False),
    ],
)
def test_what_a_colour_is(text, valid):
    assert colour.is_colour(text) is valid
    if not valid:
        with pytest.raises(ValueError, match="is not a colour"):
            colour.contrast(text, "#ffffff")


def test_contrast_is_that_of_wcag():
    assert colour.contrast("#000000", "#ffffff") == colour.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert colour.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert colour.contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("background", ["#000000", "#ffffff", "#0f766e", "#ffff00", "#767676", "#7f7f7f", "#ff0000"])
def test_text_is_readable_on_any_brand_colour(background):
    assert colour.contrast(colour.text_on(background), background) >= 4.5
    for brand in ("#ffffff", "#000000", "#ffff00", "#0f766e", background):
        moved = colour.readable_on(brand, background)
        assert colour.contrast(moved, background) >= 4.5
    assert colour.readable_on("#0f766e", "#ffffff") == "#0f766e"


def test_a_contrast_nobody_can_reach_gives_the_best_there_is():
    assert colour.readable_on("#808080", "#808080", ratio=21) == "#000000"


def test_mixing():
    assert colour.mix("#000000", "#ffffff", 0) == "#000000"
    assert colour.mix("#000000", "#ffffff", 1) == "#ffffff"
    assert colour.mix("#000000", "#ffffff", 0.5) == "#808080"
