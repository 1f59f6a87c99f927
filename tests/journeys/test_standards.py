"""What good looks like: one standard in force at a touchpoint, read by everybody it concerns."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cxcrm.core.context import Actor, TenantRef, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from journeys.errors import StandardReplaced, StandardUnchanged
from journeys.models import Standard, StandardAcknowledgement
from journeys.services.standards import acknowledge_standard, set_standard
from tests.journeys.conftest import Drawn
from tests.support.race import race
from workflows.models import Event


def test_a_next_version_replaces_the_one_before(drawn: Drawn) -> None:
    with acting_as(Actor("user", drawn.boss.pk, "Duyên")):
        first = set_standard(
            touchpoint_id=drawn.queue.pk, text="  Nói thời gian   chờ ", behaviours=["Chào khách", " ", ""]
        )
    assert (first.version, first.text, first.behaviours) == (1, "Nói thời gian chờ", ["Chào khách"])
    assert (first.written_by, first.replaced_at) == (drawn.boss, None)
    with pytest.raises(StandardUnchanged):
        set_standard(touchpoint_id=drawn.queue.pk, text="Nói thời gian chờ", behaviours=["Chào khách"])
    second = set_standard(touchpoint_id=drawn.queue.pk, text="Nói thời gian chờ", behaviours=["Chào", "Cười"])
    first.refresh_from_db()
    assert (second.version, first.replaced_at) == (2, second.in_force_since)
    payloads = (
        Event.objects.filter(name="journeys.standard_set").order_by("occurred_at").values_list("payload", flat=True)
    )
    assert [one["standard_id"] for one in payloads] == [str(first.pk), str(second.pk)]
    for wrong in (
        {"text": " "},
        {"text": "x" * 601},
        {"text": "Tốt", "behaviours": ["x" * 161]},
        {"text": "Tốt", "behaviours": list("abcdef")},
    ):
        with pytest.raises(InvalidInput):
            set_standard(touchpoint_id=drawn.queue.pk, **wrong)
    with pytest.raises(NotFound):
        set_standard(touchpoint_id=uuid4(), text="Tốt")
    assert Standard.objects.count() == 2
    with pytest.raises(IntegrityError, match="one_standard_in_force"), transaction.atomic():
        Standard.objects.create(touchpoint=drawn.queue, version=3, text="x")


def test_it_is_read_in_its_latest_version(drawn: Drawn) -> None:
    first = set_standard(touchpoint_id=drawn.queue.pk, text="Nói thời gian chờ")
    read = acknowledge_standard(standard_id=first.pk, user_id=drawn.barista.pk)
    assert acknowledge_standard(standard_id=first.pk, user_id=drawn.barista.pk) == read
    assert Event.objects.filter(name="journeys.standard_acknowledged").count() == 1
    set_standard(touchpoint_id=drawn.queue.pk, text="Nói trước khi khách hỏi")
    with pytest.raises(StandardReplaced):
        acknowledge_standard(standard_id=first.pk, user_id=drawn.boss.pk)
    with pytest.raises(NotFound):
        acknowledge_standard(standard_id=uuid4(), user_id=drawn.boss.pk)
    assert StandardAcknowledgement.objects.get() == read


@pytest.mark.django_db(transaction=True)
def test_written_at_the_same_moment_one_is_in_force(alpha: TenantRef, drawn: Drawn) -> None:
    results = race(
        alpha,
        *(lambda words=words: set_standard(touchpoint_id=drawn.queue.pk, text=words) for words in ("Một", "Hai", "Ba")),
    )
    assert sorted(row.version for row in results) == [1, 2, 3]
    assert Standard.objects.filter(replaced_at=None).count() == 1
