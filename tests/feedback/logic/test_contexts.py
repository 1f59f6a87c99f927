"""Which context holds a survey back, until when, whose words are spoken, and where one stands."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from feedback.logic.contexts import Context, longest, nearest, pausing, standing

NOW = datetime(2026, 11, 30, 12, tzinfo=timezone.utc)  # noqa: UP017 - plain values
HOUR = timedelta(hours=1)


def context(number: int, *, begun: int, lasts: int, pauses: str = "all", local: bool = True) -> Context:
    return Context(UUID(int=number), str(number), "storm", NOW - begun * HOUR, NOW + lasts * HOUR, pauses, local)


STORM = context(1, begun=2, lasts=5)
TET = context(2, begun=1, lasts=90, pauses="relationship", local=False)
PRICES = context(3, begun=9, lasts=300, pauses="nothing", local=False)
FLOOD = context(4, begun=1, lasts=3)


def test_what_pauses_what_and_for_how_long():
    every = [STORM, TET, PRICES, FLOOD]
    assert pausing(every, "transactional") == [STORM, FLOOD]
    assert pausing(every, "relationship") == [STORM, TET, FLOOD]
    assert longest(pausing(every, "relationship")) is TET
    assert longest(pausing(every, "transactional")) is STORM
    assert longest([]) is None


def test_the_words_of_the_place_come_before_those_of_everywhere():
    assert nearest([TET, STORM, FLOOD, PRICES]) is FLOOD
    assert nearest([PRICES, TET]) is TET
    assert nearest([]) is None


@pytest.mark.parametrize(
    ("starts", "ends", "ended", "found"),
    [
        (1, 2, None, "coming"),
        (0, 2, None, "on"),
        (-2, 0, None, "over"),
        (-2, 5, -1, "over"),
        (1, 5, 0, "called_off"),
        (1, 5, 1, "called_off"),
    ],
)
def test_where_it_stands(starts, ends, ended, found):
    at = None if ended is None else NOW + ended * HOUR
    assert standing(NOW + starts * HOUR, NOW + ends * HOUR, at, NOW) == found
