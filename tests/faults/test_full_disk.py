"""The database's disk is full: whoever sends something is told to come back, nothing is half done, work waits.

A trigger raises what PostgreSQL raises then (SQLSTATE 53100, disk_full); all else is as it would be.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.test import Client

from customers.models import Customer
from feedback.models import Complaint, Invitation
from feedback.services.dispatches import send_survey
from tenants import tasks
from tenants.models import AgendaItem, SentRecord, SignUp, Tenant
from tenants.services import agenda, migrations, provisioning
from tests.pages.conftest import _fresh_limits
from tests.pages.test_sign_up import FORM as SIGN_UP
from tests.support.releases import add_field
from tests.tenants.test_migrations import deploy, firms
from workflows.models import Message

__all__ = ["_fresh_limits", "deploy", "firms"]
NO_SPACE = "could not extend file: No space left on device"
COMPLAINT = {"description": "Ly cà phê có miếng nhựa nhỏ.", "contact": "0912 345 678", "full_name": "Lan"}


@contextmanager
def no_space(table: str, event: str = "INSERT") -> Iterator[None]:
    """Whatever is to be written into ``table`` (with its schema) finds the disk full."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE OR REPLACE FUNCTION public.no_space() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION '{NO_SPACE}' USING ERRCODE = 'disk_full'; END $$;
                CREATE TRIGGER no_space BEFORE {event} ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION public.no_space()"""
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER no_space ON {table}; DROP FUNCTION public.no_space()")


@pytest.fixture
def disk() -> Iterator[Callable[..., Any]]:
    """``disk(table, event)`` fills it; what it returns is called to make room again."""
    with ExitStack() as stack:

        def fill(*where: str) -> Callable[[], None]:
            full = ExitStack()
            full.enter_context(no_space(*where))
            stack.push(full)
            return full.close

        yield fill


def told_to_come_back(answer: Any) -> bool:
    said = "Please try again in a few seconds" in answer.text or answer.text.startswith('{"code": "unavailable"')
    return (answer.status_code, answer.get("Retry-After"), said) == (503, "5", True)


@pytest.mark.django_db(transaction=True)
def test_who_signs_up_is_told_to_come_back(db, disk, run_agenda):
    provisioning.ensure_platform("op@example.com", "Operator")
    public = Client(HTTP_HOST=django_settings.BASE_DOMAIN, raise_request_exception=False)
    relieve = disk("public.tenants_signup")
    assert told_to_come_back(public.post("/signup/", SIGN_UP))
    run_agenda()
    assert (SignUp.objects.count(), [sent.to for sent in mail.outbox if sent.to == [SIGN_UP["owner_email"]]]) == (0, [])
    relieve()
    assert public.post("/signup/", SIGN_UP).status_code == 303
    # The schema is made when the button in the mail is pressed: all of it or nothing.
    run_agenda()
    [sent] = [sent for sent in mail.outbox if sent.to == [SIGN_UP["owner_email"]]]
    path = f"/s/{sent.body.partition('/s/')[2].split()[0]}"
    before = Tenant.objects.count()
    relieve = disk("public.tenants_domain")
    assert told_to_come_back(public.post(path, {"confirm": "1"}))
    assert Tenant.objects.count() == before
    relieve()
    assert public.post(path, {"confirm": "1"}).status_code == 303
    assert Tenant.objects.filter(slug="quan-gio", state="active").exists()


@pytest.mark.django_db(transaction=True)
def test_what_customers_and_partners_send_is_taken_whole_or_refused(alpha, client_alpha, api_alpha, disk):
    client_alpha.raise_request_exception = False
    partner = api_alpha(["customers:write"])
    partner.raise_request_exception = False
    relieve = disk(f"{alpha.schema_name}.workflows_event")  # the last thing each of them writes
    call = {"path": "/api/v1/customers/", "data": {"full_name": "Lê An"}, "content_type": "application/json"}
    assert told_to_come_back(client_alpha.post("/c/", COMPLAINT))
    assert told_to_come_back(partner.post(**call, HTTP_IDEMPOTENCY_KEY="once"))
    connection.set_tenant(alpha)
    assert (Complaint.objects.count(), Customer.objects.count()) == (0, 0)
    relieve()
    assert client_alpha.post("/c/", COMPLAINT).status_code == 303
    assert [partner.post(**call, HTTP_IDEMPOTENCY_KEY="once").status_code for _twice in range(2)] == [201, 201]
    assert sorted(Customer.objects.values_list("full_name", flat=True)) == ["Lan", "Lê An"]
    assert Complaint.objects.get().customer.full_name == "Lan"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["fence", "ledger"])
def test_mails_wait_and_say_why(alpha, customer, disk, where, run_agenda, mailoutbox):
    """Before the fence nothing has left; once the server took it, a survey is uncertain and never leaves again."""
    from feedback.models import Survey
    from workflows.services.notifications import fan_out

    connection.set_tenant(alpha)
    run_agenda()
    dispatch = send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    fan_out(dispatch.id)
    message = Message.objects.get(kind="invitation")
    before = len(mailoutbox)
    table = {"fence": (f"{alpha.schema_name}.workflows_message", "UPDATE"), "ledger": ("public.tenants_sentrecord",)}
    relieve = disk(*table[where])
    [item] = [item for item in agenda.claim("normal") if item.ref == message.pk]
    tasks.carry_out(item)
    row = AgendaItem.objects.get(ref=message.pk)
    assert (row.state, row.attempts) == ("pending", 1)
    assert NO_SPACE in row.last_error  # operators see it beside the item
    assert len(mailoutbox) - before == (0 if where == "fence" else 1)
    relieve()
    connection.set_tenant(alpha)
    AgendaItem.objects.filter(ref=message.pk).update(due_at=row.created_at)
    run_agenda()
    message.refresh_from_db()
    assert message.state == ("sent" if where == "fence" else "uncertain")
    assert Invitation.objects.get().state == message.state
    assert len(mailoutbox) - before == 1
    assert SentRecord.objects.filter(dedupe_key=message.dedupe_key).exists() == (where == "fence")


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_deploy_names_the_firm_without_room_finishes_the_others_and_resumes(deploy, firms, disk, monkeypatch):
    monkeypatch.setattr(migrations, "PAUSES", (0.01, 0.02))
    relieve = disk(f"{firms['quan-hai'].schema_name}.django_migrations")
    progress = deploy(add_field())
    assert set(progress.failed) == {"quan-hai"}
    assert NO_SPACE in progress.failed["quan-hai"]
    assert progress.done == 2
    assert NO_SPACE in Tenant.objects.get(slug="quan-hai").migration_error  # what the operators' home shows
    relieve()
    assert migrations.migrate_tenants(slugs=list(firms)).done == 1
    assert Tenant.objects.get(slug="quan-hai").migration_error == ""
