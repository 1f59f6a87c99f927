"""What is tidied every night, and when."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cxcrm.core.clock import now
from tenants.context import current_tenant
from tenants.models import AgendaItem, Tenant, Usage
from tenants.services import nights
from tenants.services.nights import NIGHT, SWEEP, next_night, nightly, start_nights, sweep, tend

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("ident", "after", "expected"),
    [
        (0, "2026-11-22T01:59", "2026-11-22T02:00"),
        (0, "2026-11-22T02:00", "2026-11-23T02:00"),
        (179, "2026-11-22T02:00", "2026-11-22T04:59"),
        (180, "2026-11-22T12:00", "2026-11-23T02:00"),
    ],
)
def test_every_firm_has_its_own_minute(ident: int, after: str, expected: str) -> None:
    found = next_night(UUID(int=ident), SAIGON, datetime.fromisoformat(after).replace(tzinfo=SAIGON))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=SAIGON)


@pytest.mark.django_db
def test_a_night_does_everything_inside_the_firm_and_comes_again(alpha, run_agenda, agenda_items, monkeypatch) -> None:
    seen: list[UUID] = []
    monkeypatch.setattr(nights, "_tidiers", [])
    tidier = nightly(lambda: seen.append(current_tenant().id))
    nightly(tidier)
    start_nights(tenant_id=alpha.id)
    start_nights(tenant_id=alpha.id)
    AgendaItem.objects.update(due_at=timezone.now())
    run_agenda()
    assert seen == [alpha.id]
    (item,) = agenda_items(alpha, NIGHT)
    assert item.state == "pending"
    assert now() < item.due_at <= now() + timedelta(days=1)
    assert agenda_items(alpha, SWEEP) == []


@pytest.mark.django_db
def test_a_failing_tidier_is_tried_again(alpha, run_agenda, agenda_items, monkeypatch) -> None:
    def fails() -> None:
        raise ValueError("no broom")

    monkeypatch.setattr(nights, "_tidiers", [fails])
    start_nights(tenant_id=alpha.id)
    AgendaItem.objects.update(due_at=timezone.now())
    run_agenda()
    (item,) = agenda_items(alpha, NIGHT)
    assert (item.state, item.last_error) == ("pending", "ValueError: no broom")


@pytest.mark.django_db
def test_the_sweep_removes_what_is_long_over_and_nothing_else(alpha, monkeypatch) -> None:
    long_ago, lately = now() - timedelta(days=31), now() - timedelta(days=29)

    def item(key: str, state: str, finished_at: datetime | None, due_at: datetime) -> None:
        AgendaItem.objects.create(
            tenant_id=alpha.id,
            kind=NIGHT,
            ref=alpha.id,
            dedupe_key=key,
            state=state,
            finished_at=finished_at,
            due_at=due_at,
        )

    item("done long ago", "done", long_ago, long_ago)
    item("cancelled long ago", "cancelled", None, long_ago)
    item("done lately", "done", lately, long_ago)
    item("waiting long", "pending", None, long_ago)
    item("dead", "dead", long_ago, long_ago)
    for days in (761, 1):
        Usage.objects.create(tenant_id=alpha.id, metric="api_calls", period=(now() - timedelta(days=days)).date())
    again = sweep(alpha.id)
    assert set(AgendaItem.objects.values_list("dedupe_key", flat=True)) == {"done lately", "waiting long", "dead"}
    assert Usage.objects.count() == 1
    assert again.due_at > now()


@pytest.mark.django_db
def test_a_full_batch_is_followed_by_the_next_at_once(alpha, monkeypatch) -> None:
    monkeypatch.setattr(nights, "BATCH", 2)
    long_ago = now() - timedelta(days=40)
    for number in range(3):
        AgendaItem.objects.create(
            tenant_id=alpha.id, kind=NIGHT, ref=alpha.id, dedupe_key=str(number), state="done", finished_at=long_ago
        )
    assert sweep(alpha.id).due_at <= now() + timedelta(seconds=1)
    assert AgendaItem.objects.count() == 1
    assert sweep(alpha.id).due_at > now() + timedelta(seconds=1)


@pytest.mark.django_db
def test_the_operators_tenant_sweeps_too(in_alpha, agenda_items) -> None:
    Tenant.objects.filter(is_platform=True).update(is_platform=False)
    Tenant.objects.filter(pk=in_alpha.id).update(is_platform=True)
    start_nights(tenant_id=in_alpha.id)
    assert len(agenda_items(in_alpha, SWEEP)) == 1
    assert tend(in_alpha.id).due_at > now()
