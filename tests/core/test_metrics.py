"""``/metrics`` says the same whichever process answers, to who knows the token, and in few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from cxcrm.core.clock import now
from cxcrm.core.ids import new_id
from tenants.models import AgendaItem, Pause, Plan, Route, SentRecord, Tenant, Usage
from tenants.selectors import operations

pytestmark = pytest.mark.django_db
TOKEN = "a token of 24 characters"


@pytest.fixture
def scrape(settings):
    settings.METRICS_TOKEN = TOKEN

    def ask() -> dict[tuple, float]:
        answer = Client(HTTP_HOST="localhost").get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain; version=")
        assert answer["Cache-Control"] == "no-store"
        return {
            (sample.name.removeprefix("cxcrm_"), *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(answer.content.decode())
            for sample in family.samples
        }

    return ask


@pytest.fixture
def item(alpha):
    def make(state="pending", late=timedelta(), lane="normal", **fields) -> AgendaItem:
        values = {
            "tenant_id": alpha.id,
            "kind": "workflows.send",
            "ref": new_id(),
            "dedupe_key": str(new_id()),
            **fields,
        }
        values |= {"dedupe_key": str(new_id()), "due_at": now() - late}
        return AgendaItem.objects.create(state=state, lane=lane, **values)

    return make


@pytest.mark.parametrize("header", [None, "", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer ", "Bearer ấ"])
def test_a_wrong_token_is_answered_as_if_nothing_were_there(settings, header):
    settings.METRICS_TOKEN = TOKEN
    headers = {} if header is None else {"Authorization": header.encode().decode("latin-1")}
    assert Client(HTTP_HOST="localhost").get("/metrics", headers=headers).status_code == 404


def test_off_without_a_token_and_nowhere_but_on_the_public_host(settings, alpha):
    assert Client(HTTP_HOST="localhost").get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for host in ("alpha.localhost", "nobody.example"):
        answer = Client(HTTP_HOST=host).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 404


def test_an_idle_house(scrape):
    told = scrape()
    assert told["agenda_due", "escalation"] == told["agenda_due", "normal"] == 0
    assert told["agenda_oldest_due_seconds", "escalation"] == 0
    assert ("agenda_latency_seconds", "normal", "0.5") not in told
    assert told["firms", "active"] == 2
    assert told["mails_sent_recent", "5m"] == 0
    assert told["mails_not_sent_total", "uncertain"] == 0


def test_what_waits_what_is_in_hand_and_what_was_given_up(scrape, item):
    item(late=timedelta(minutes=6), lane="escalation")
    item(late=timedelta(seconds=30), lane="escalation")
    item(late=-timedelta(minutes=5))  # not yet
    item(late=-timedelta(minutes=5), attempts=2)  # failed before
    in_hand, orphaned = timedelta(minutes=2), -timedelta(minutes=1)
    item("leased", late=timedelta(seconds=3), lease_until=now() + in_hand)
    item("leased", late=timedelta(seconds=90), lease_until=now() + orphaned)
    item("dead", finished_at=now())
    told = scrape()
    assert told["agenda_due", "escalation"] == 2
    assert 359 < told["agenda_oldest_due_seconds", "escalation"] < 370
    assert told["agenda_due", "normal"] == 1  # the one whose worker died
    assert 89 < told["agenda_oldest_due_seconds", "normal"] < 100
    assert (told["agenda_held", "normal"], told["agenda_orphaned", "normal"]) == (2, 1)
    assert told["agenda_dead", "normal"] == 1
    assert told["agenda_retrying",] == 1


@pytest.mark.parametrize("held", [{"paused": True}, {"state": "suspended"}])
def test_what_is_held_back_with_its_firm_is_not_late(scrape, item, alpha, held):
    item(late=timedelta(hours=5))
    Tenant.objects.filter(pk=alpha.id).update(**held)
    assert scrape()["agenda_due", "normal"] == 0


def test_from_due_to_done(scrape, item):
    for seconds in (1, 2, 3, 4, 100):
        item("done", late=timedelta(seconds=seconds), finished_at=now())
    item("done", late=timedelta(hours=2), finished_at=now() - timedelta(minutes=6))
    told = scrape()
    assert told["agenda_done_recent", "normal"] == 5
    assert 2.9 < told["agenda_latency_seconds", "normal", "0.5"] < 4
    assert 79 < told["agenda_latency_seconds", "normal", "0.95"] < 83


def test_mails_are_counted_from_the_ledger_by_its_keys(scrape, alpha):
    SentRecord.objects.create(tenant_id=alpha.id, dedupe_key="new", message_id="<1@x>")
    for minutes, key in ((20, "older"), (90, "old")):
        ident = operations._id_at(now() - timedelta(minutes=minutes))
        SentRecord.objects.create(id=ident, tenant_id=alpha.id, dedupe_key=key, message_id="<2@x>")
    Usage.objects.create(tenant_id=alpha.id, metric="uncertain_mails", period=now().date(), amount=3)
    Usage.objects.create(tenant_id=alpha.id, metric="refused_mails", period=now().date(), amount=4)
    told = scrape()
    assert (told["mails_sent_recent", "5m"], told["mails_sent_recent", "1h"]) == (1, 2)
    assert (told["mails_not_sent_total", "uncertain"], told["mails_not_sent_total", "refused"]) == (3, 4)


def test_the_registry(scrape, alpha):
    Tenant.objects.filter(pk=alpha.id).update(fingerprint="old", migration_error="boom", paused=True)
    Pause.objects.create(scope="all")
    Route.objects.create(name="mail.example:25", open_until=now() + timedelta(minutes=1))
    Route.objects.create(name="mail.example:26", open_until=now() - timedelta(minutes=1))
    told = scrape()
    assert told["firms_behind",] >= 1
    assert (told["firms_migration_failed",], told["firms_paused",]) == (1, 1)
    assert (told["pauses",], told["routes_resting",]) == (1, 1)


def test_requests_of_this_process(scrape, client_alpha):
    before = scrape().get(("http_requests_total", "GET", "404"), 0)
    client_alpha.get("/nothing/")
    told = scrape()
    assert told["http_requests_total", "GET", "404"] == before + 1
    assert told["http_request_seconds_total", "GET"] > 0


def test_few_questions_however_many_firms(scrape, alpha, item):
    plan = Plan.objects.get(is_default=True)
    for number in range(20):
        Tenant.objects.create(name="F", slug=f"f-{number}", schema_name=f"t_{number}", owner_email="o@x.vn", plan=plan)
        item(late=timedelta(minutes=1))
    with CaptureQueriesContext(connection) as asked:
        scrape()
    assert len([query for query in asked if not query["sql"].startswith("SET ")]) == 16
