"""One firm floods, its mail server hangs, operators hold things back: the others do not notice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from cxcrm.core import mail
from cxcrm.core.clock import now
from cxcrm.core.errors import NotFound
from tenants.context import in_tenant
from tenants.models import AgendaItem, Pause, Route
from tenants.services import agenda, control

pytestmark = pytest.mark.django_db
FLOOD = 20_000


def flood(tenant, count: int = FLOOD, kind: str = "workflows.send", lane: str = "normal", priority: int = 7) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO public.tenants_agendaitem (id, created_at, tenant_id, lane, kind, ref, dedupe_key, due_at,
                   priority, state, attempts, last_error)
               SELECT uuidv7(), now(), %s, %s, %s, uuidv7(), 'flood:' || n, now() - interval '1 hour', %s, 'pending',
                   0, ''
               FROM generate_series(1, %s) n""",
            [tenant.id, lane, kind, priority, count],
        )


def one(tenant, kind: str) -> None:
    with in_tenant(tenant), transaction.atomic():
        agenda.enqueue(kind, uuid4())


def test_a_flood_hides_nobody(alpha, beta):
    flood(alpha)
    one(beta, "workflows.send_urgent")
    one(beta, "workflows.send")
    assert [item.tenant_id for item in agenda.claim("escalation")] == [beta.id]
    assert beta.id in {item.tenant_id for item in agenda.claim("normal")}


def test_few_workers_at_a_time_are_busy_with_one_firm(alpha, beta, settings):
    settings.AGENDA_WORKERS_PER_FIRM, settings.MAIL_CONNECTIONS = 2, 99
    flood(alpha, 500)
    assert [len(agenda.claim("normal")) for _worker in range(3)] == [5, 5, 0]
    one(beta, "workflows.send")
    assert [item.tenant_id for item in agenda.claim("normal")] == [beta.id]


def test_few_workers_at_a_time_talk_to_the_mail_server_and_one_place_is_kept_for_escalations(alpha, beta, settings):
    settings.MAIL_CONNECTIONS = 2
    flood(alpha, 50)
    one(beta, "workflows.fan_out")
    assert {item.kind for item in agenda.claim("normal")} == {"workflows.send", "workflows.fan_out"}
    assert agenda.claim("normal") == []
    one(beta, "workflows.send_urgent")
    assert len(agenda.claim("escalation")) == 1
    one(beta, "workflows.send_service")
    assert agenda.claim("normal") == []


def test_a_batch_is_filled_up_with_the_same_firms_items_only(alpha, beta):
    flood(alpha, 300)
    flood(beta, 300)
    claimed = agenda.claim("normal")
    mine = [item for item in claimed if item.tenant_id == alpha.id]
    filled = agenda.fill_up(agenda.begin(mine), 200)
    assert len(filled) == len({item.id for item in filled}) == 200
    assert {(item.tenant_id, item.kind, item.token) for item in filled} == {(alpha.id, "workflows.send", mine[0].token)}
    assert {item.attempts for item in filled} == {1}


HELD = [
    ({"scope": "all"}, set()),
    ({"scope": "kind", "name": "workflows.send"}, {"workflows.fan_out", "workflows.send_service"}),
    ({"scope": "route"}, {"workflows.fan_out"}),
    ({"scope": "route", "name": "smtp:x:25"}, {"workflows.fan_out", "workflows.send", "workflows.send_service"}),
]


@pytest.mark.parametrize(("what", "expected"), HELD)
def test_what_operators_hold_back_is_not_claimed_until_they_let_go(what, expected, alpha):
    if what["scope"] == "route":
        what = {"name": mail.route_name(), **what}
    kinds = {"workflows.fan_out", "workflows.send", "workflows.send_service"}
    for kind in kinds:
        one(alpha, kind)
    control.pause(**what, reason="test", by="op")
    assert {item.kind for item in agenda.claim("normal")} == expected
    AgendaItem.objects.update(state="pending", lease_until=None)
    assert control.unpause(**what) is True
    assert control.unpause(**what) is False
    assert {item.kind for item in agenda.claim("normal")} == kinds


def test_a_pause_is_one_row_and_names_something_real(db):
    first = control.pause(scope="kind", name="workflows.send", reason="a", by="x")
    assert control.pause(scope="kind", name="workflows.send", reason="b", by="y") == first
    assert Pause.objects.get().reason == "b"
    for wrong in ({"scope": "kind", "name": "no.such"}, {"scope": "moon"}):
        with pytest.raises(NotFound):
            control.pause(**wrong)


def test_while_the_server_rests_surveys_wait_and_escalations_are_looked_at_after_their_patience(alpha, beta):
    Route.objects.create(name=mail.route_name(), failures=9, open_until=now() + timedelta(minutes=4))
    flood(alpha, 50)
    one(beta, "workflows.send_urgent")
    one(beta, "workflows.climb")
    assert agenda.claim("normal") == []
    assert [item.kind for item in agenda.claim("escalation")] == ["workflows.climb"]
    AgendaItem.objects.filter(kind="workflows.send_urgent").update(due_at=now() - timedelta(minutes=6))
    assert [item.kind for item in agenda.claim("escalation")] == ["workflows.send_urgent"]
