"""A firm goes back to yesterday: its rows and its agenda do, its mails do not, and nobody else notices."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.db import connection
from django.test import Client

from customers.errors import CustomerIsErased, MergeOfErased
from customers.models import Customer, MergeRecord
from customers.services.attachments import attach_file
from customers.services.consents import state_consent
from customers.services.customers import create_customer, update_customer
from customers.services.erasure import erase_customer
from customers.services.imports import check_file
from customers.services.interactions import record_interaction
from customers.services.merging import merge_customers, undo_merge
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, TenantRef, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.tokens import make_token
from cxcrm.demo.ageing import age
from feedback.errors import CaseOpen
from feedback.models import Complaint, Invitation, Response, RootCause, Survey
from feedback.services import complaints
from feedback.services.dispatches import send_survey
from feedback.services.responses import record_response
from journeys.models import Accountability
from tenants.context import enter, in_tenant, leave, ref_by_id
from tenants.errors import ArchiveRefused, NotInThisState, OperatorsOwn, StillBusy
from tenants.models import AgendaItem, Erasure, SentRecord, Tenant
from tenants.selectors.schemas import old_schemas_of
from tenants.services import backups, lifecycle
from tenants.services.archives import export_firm, import_firm
from tenants.services.backups import backup_firm, drop_old_schema, restore_firm
from tenants.staff.models import RepeatableCall
from tests.conftest import FirmClient
from tests.isolation.world import World
from tests.support.gamma import carry_on, digests, gamma, ref, schemas
from tests.support.side import seen
from workflows.models import EscalationStep, Event, IncomingMail, Message
from workflows.services.alerts import raise_alert
from workflows.services.decisions import decide

__all__ = ["gamma"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def backup(gamma: World, tmp_path: Path) -> Path:
    return backup_firm(tenant_id=gamma.tenant.id, folder=tmp_path)


@pytest.fixture(autouse=True)
def _running(gamma: World) -> Iterator[None]:
    yield
    Tenant.objects.filter(pk=gamma.tenant.id).update(paused=False, state="active")


def back(gamma: World, path: Path) -> str:
    return restore_firm(tenant_id=gamma.tenant.id, path=path)


def message_ids(mails: list[EmailMultiAlternatives]) -> list[str]:
    return [mail.extra_headers["Message-ID"] for mail in mails]


def resume(gamma: World) -> None:
    Tenant.objects.filter(pk=gamma.tenant.id).update(paused=False)


def test_yesterdays_firm_is_back_row_by_row(gamma, backup):
    before, others = digests(ref("gamma")), digests(ref("alpha"))
    agenda = set(AgendaItem.objects.filter(tenant_id=gamma.tenant.id).values_list("dedupe_key", "due_at", "state"))
    was = ref("gamma")
    with in_tenant(was):
        Customer.objects.update(full_name="NACHHER")
        complaints.open_complaint(customer_id=Customer.objects.earliest("pk").id, description="neu", channel="staff")
    old = back(gamma, backup)
    now_ = ref("gamma")
    assert digests(now_) == before
    assert set(AgendaItem.objects.filter(tenant_id=was.id).values_list("dedupe_key", "due_at", "state")) == agenda
    row = Tenant.objects.get(pk=was.id)
    assert (row.paused, row.epoch, row.slug, row.state) == (True, was.epoch + 1, "gamma", "active")
    assert now_.schema_name not in {was.schema_name, old}
    assert digests(ref("alpha")) == others
    with connection.cursor() as cursor:  # what was there before is kept, under a name nobody works in
        cursor.execute(f"SELECT count(*) FROM {old}.customers_customer WHERE full_name = 'NACHHER'")
        assert cursor.fetchone()[0] > 0
    assert old in old_schemas_of(was.id)
    assert was.schema_name not in schemas()


def test_nothing_is_sent_until_the_operator_resumes_and_nothing_twice_afterwards(gamma, tmp_path):
    """A day of mails of every kind after the backup: acknowledgements, invitations, a ladder climbed to its top."""
    tenant = ref("gamma")
    with in_tenant(tenant):
        person = create_customer(full_name="Lê Thị Hoa", emails=["hoa@khach.example"])
        asked = create_customer(full_name="Lý Văn Tư", emails=["tu@khach.example"])
        state_consent(customer_id=asked.id, purpose="survey", granted=True, method="staff")
        touchpoint = Accountability.objects.exclude(touchpoint=None).latest("pk").touchpoint
        for severity in ("S1", "S2"):
            complaints.open_complaint(
                customer_id=person.id,
                description="Vor der Sicherung",
                channel="staff",
                severity=severity,
                touchpoint_id=touchpoint.id,
            )
        send_survey(survey_id=Survey.objects.get(metric="csat").id, customer_ids=[asked.id])
    path = backup_firm(tenant_id=tenant.id, folder=tmp_path)
    first = carry_on()
    age(tenant, timedelta(days=6))
    first += carry_on()
    with in_tenant(tenant):
        complaints.open_complaint(customer_id=person.id, description="Nach der Sicherung", channel="staff")
    first += carry_on()
    assert {"acknowledgement", "escalation", "invitation"} <= {*kinds_of(tenant, message_ids(first))}
    assert len(first) == len({*message_ids(first)})
    back(gamma, path)
    assert carry_on() == []
    resume(gamma)
    tenant = ref("gamma")
    again = carry_on()
    age(tenant, timedelta(days=6))
    again += carry_on()
    assert {*message_ids(again)} & {*message_ids(first)} == set()
    assert {as_read(mail) for mail in again} & {as_read(mail) for mail in first} == set()  # nor under another id
    with in_tenant(tenant):
        assert not Complaint.objects.filter(description="Nach der Sicherung").exists()
        repeated = Message.objects.filter(message_id__in=message_ids(first)).values_list("state", flat=True)
        assert set(repeated) <= {"sent"}
        assert not Message.objects.filter(state__in=["queued", "sending"]).exists()


def as_read(mail: EmailMultiAlternatives) -> tuple[str, str]:
    """What two copies of a mail have in common to whoever gets both."""
    return mail.to[0], mail.subject


def kinds_of(tenant: TenantRef, ids: list[str]) -> list[str]:
    with in_tenant(tenant):
        return list(Message.objects.filter(message_id__in=ids).values_list("kind", flat=True))


def test_a_firm_that_asks_for_a_new_password_after_a_restore_gets_it(gamma, tmp_path):
    """Everybody must log in again, so a link asked for must never look like one sent before."""
    from tenants.staff.models import User
    from workflows.services.notifications import welcome

    tenant = ref("gamma")
    path = backup_firm(tenant_id=tenant.id, folder=tmp_path)
    for _round in range(2):
        with in_tenant(ref("gamma")):
            welcome(user_id=User.objects.get(role="owner").id)
        assert [kind for kind in kinds_of(ref("gamma"), message_ids(carry_on())) if kind in {"welcome", "password"}]
        back(gamma, path)
        resume(gamma)


def test_sessions_links_and_keys_of_before_are_dead(gamma, backup):
    from tenants.staff.models import User

    tenant = ref("gamma")
    browser, nobody = FirmClient(tenant), Client(HTTP_HOST=tenant.host)
    with in_tenant(tenant):
        owner, complaint = User.objects.get(role="owner"), Complaint.objects.latest("pk")
        link = f"/t/{make_token('track', complaint.id)}/"
    browser.force_login(owner)
    assert (browser.get("/admin/").status_code, nobody.get(link).status_code) == (200, 200)
    back(gamma, backup)
    tenant = ref("gamma")
    assert (browser.get("/admin/").status_code, nobody.get(link).status_code) == (302, 404)
    partner = Client(HTTP_HOST=tenant.host, HTTP_AUTHORIZATION=f"Bearer {gamma.key}")
    assert partner.get("/api/v1/customers/").status_code == 401
    with in_tenant(tenant):
        assert nobody.get(f"/t/{make_token('track', complaint.id)}/").status_code == 200


def test_whoever_still_remembers_the_old_schema_fails_at_it(gamma, backup):
    """Another process does, for some seconds: it must not write where nobody will look."""
    from django.db import ProgrammingError

    stale = ref("gamma")
    back(gamma, backup)
    with in_tenant(stale), pytest.raises(ProgrammingError):
        Customer.objects.update(full_name="x")


def test_a_mail_in_a_workers_hands_is_waited_for(gamma, backup, monkeypatch):
    item = AgendaItem.objects.filter(tenant_id=gamma.tenant.id).earliest("pk")
    AgendaItem.objects.filter(pk=item.pk).update(state="leased", lease_until="2100-01-01T00:00Z")
    before = schemas()
    monkeypatch.setattr(backups, "PATIENCE", timedelta(seconds=0.5))
    with pytest.raises(StillBusy):
        back(gamma, backup)
    monkeypatch.setattr(backups, "_wait_until_idle", lambda _tenant_id: None)  # it was taken in the last moment
    with pytest.raises(StillBusy):
        back(gamma, backup)
    assert (schemas(), ref("gamma").epoch) == (before, ref_by_id(gamma.tenant.id).epoch)
    assert Tenant.objects.get(pk=gamma.tenant.id).paused
    AgendaItem.objects.filter(pk=item.pk).update(state="done", lease_until=None)
    back(gamma, backup)


def test_what_was_sent_stays_on_record_whichever_way(gamma, backup):
    """Both what the archive knows and what was sent since."""
    records = SentRecord.objects.filter(tenant_id=gamma.tenant.id)
    lost = records.earliest("pk").dedupe_key
    records.filter(dedupe_key=lost).delete()
    SentRecord.objects.create(tenant_id=gamma.tenant.id, dedupe_key="since", message_id="<x@y>")
    count = records.count()
    back(gamma, backup)
    assert records.count() == count + 1
    assert {*records.filter(dedupe_key__in=[lost, "since"]).values_list("dedupe_key", flat=True)} == {lost, "since"}


def test_archives_of_others_and_firms_that_cannot_are_refused(gamma, backup, tmp_path):
    before = schemas(), digests(ref("alpha"))
    with pytest.raises(ArchiveRefused) as caught:
        restore_firm(tenant_id=ref("alpha").id, path=backup)
    assert caught.value.code == "archive.other_firm"
    assert not Tenant.objects.get(slug="alpha").paused
    with pytest.raises(NotFound):
        backup_firm(tenant_id=gamma.owner_id, folder=tmp_path)
    Tenant.objects.filter(pk=gamma.tenant.id).update(state="closed")
    with pytest.raises(NotInThisState):
        back(gamma, backup)
    operators = ref("beta").id
    own = backup_firm(tenant_id=operators, folder=tmp_path)
    with pytest.raises(OperatorsOwn):
        restore_firm(tenant_id=operators, path=own)
    assert (schemas(), digests(ref("alpha"))) == before


def test_a_restore_that_fails_at_the_last_step_leaves_the_firm_as_it_was(gamma, backup, monkeypatch):
    before, was = schemas(), ref("gamma")
    rows = digests(was)

    def broken(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backups, "note", broken)
    monkeypatch.setattr(backups, "_hold", lambda _tenant_id: was.schema_name)
    with pytest.raises(KeyboardInterrupt):
        back(gamma, backup)
    assert (schemas(), ref("gamma"), digests(ref("gamma"))) == (before, was, rows)


def test_the_archive_of_a_restored_firm_is_an_archive_of_it(gamma, backup, tmp_path):
    back(gamma, backup)
    rows = digests(ref("gamma"))
    second = export_firm(tenant_id=gamma.tenant.id, path=tmp_path / "second.zip")
    back(gamma, second)
    assert digests(ref("gamma")) == rows


def test_a_schema_set_aside_is_dropped_by_its_name_only(gamma, backup):
    old = back(gamma, backup)
    for name in (ref("gamma").schema_name, "public", "old_x", f"{old}x", ref("alpha").schema_name):
        with pytest.raises(InvalidInput):
            drop_old_schema(name=name)
    drop_old_schema(name=old)
    assert old not in schemas()
    with pytest.raises(InvalidInput):
        drop_old_schema(name=old)


def test_a_closed_firm_takes_what_was_set_aside_along(gamma, backup, tmp_path):
    path = export_firm(tenant_id=gamma.tenant.id, path=tmp_path / "g.zip")
    other = import_firm(path=path, slug="delta")
    own = export_firm(tenant_id=other.id, path=tmp_path / "d.zip")
    old = restore_firm(tenant_id=other.id, path=own)
    Tenant.objects.filter(pk=other.id).update(state="closed")
    lifecycle.drop_closed(other.id)
    assert {old, Tenant.objects.get(pk=other.id).schema_name} & schemas() == set()


def test_by_command(gamma, tmp_path, capsys):
    call_command("firm", "backup", "gamma", str(tmp_path))
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("gamma-20")
    call_command("firm", "restore", "gamma", str(path))
    said = capsys.readouterr().out
    name = said.split()[-1].rstrip(".")
    assert name in old_schemas_of(gamma.tenant.id)
    call_command("firm", "drop-old", name)
    assert name not in old_schemas_of(gamma.tenant.id)
    with in_tenant(ref("beta")):
        noted = Event.objects.filter(payload__object_id=str(gamma.tenant.id)).order_by("-occurred_at", "-id")
        assert [event.payload["action"] for event in noted[:3]] == ["restored", "paused", "exported"]


# What tells who somebody is, as it stands in rows and, of mails that came in, in bytes.
_TELLING = ("eraseme7", b"eraseme7".hex(), "933444777", "Quên Thị")


def _traces_of(tenant: TenantRef, *others: str) -> list[str]:
    """Tables of the firm, of the registry and of ``others`` in which somebody can still be told."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname = ANY(%s)",
            [[tenant.schema_name, "public", *others]],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table} t WHERE t::text ~* %s)", ["|".join(_TELLING)])
            if cursor.fetchone()[0]:
                found.append(table.partition(".")[2])
    return sorted(found)


def _live(tenant: TenantRef, crowd: list[object]) -> Customer:
    """Somebody leaves traces wherever a customer can."""
    person = create_customer(
        full_name="Quên Thị Eraseme7", phones=["0933 444 777"], emails=["eraseme7@khach.example"], tags=["eraseme7"],
        address="7 Eraseme7", note="eraseme7", external_ids={"pos": "ERASEME7-1"},
    )  # fmt: skip
    twin = create_customer(
        full_name="Quên Eraseme7", phones=["0933 444 777"], address="8 Eraseme7", note="eraseme7 cũ", tags=["Eraseme7"]
    )
    other = create_customer(full_name="Trần Khác", phones=["0933 444 111"])
    merge_customers(survivor_id=person.id, merged_id=twin.id)
    undo_merge(merge_id=merge_customers(survivor_id=other.id, merged_id=person.id).id)
    state_consent(customer_id=person.id, purpose="survey", granted=True, method="staff", evidence="eraseme7 gật đầu")
    record_interaction(customer_id=person.id, kind="note", what="note", body="eraseme7 thích trà")
    attach_file(customer_id=person.id, file_name="eraseme7.txt", content=b"eraseme7")
    check_file(data="Tên,Điện thoại\nQuên,0933444777\nQuên,hỏng eraseme7@khach.example\n".encode(), file_name="k.csv")
    RepeatableCall.objects.create(caller=person.id, key="k", fingerprint="f", status=200, body="eraseme7@khach.example")
    dispatch = send_survey(survey_id=Survey.objects.filter(metric="nps").first().id, customer_ids=[person.id])
    crowd += carry_on()
    enter(tenant)
    with acting_as(Actor("customer", person.id, person.full_name)):
        record_response(invitation_id=dispatch.invitations.get().id, score=1, words="eraseme7 chờ lâu quá")
        case = complaints.open_complaint(
            customer_id=person.id, subject="Eraseme7", description="eraseme7 bị quên", remedy_sought="eraseme7 xin lỗi",
            channel="page", severity="S1",
        )  # fmt: skip
    crowd += carry_on()
    enter(tenant)
    complaints.add_note(complaint_id=case.id, body="Chào chị eraseme7", is_internal=False)
    step = EscalationStep.objects.filter(ladder__complaint=case, state="told").latest("position")
    decide(step_id=step.id, kind="more_time", until=now() + timedelta(hours=2), note="eraseme7 cần thời gian")
    IncomingMail.objects.create(
        message_id="<1@khach>", raw=b"From: eraseme7@khach.example", sender="eraseme7@khach.example",
        subject="eraseme7", text="eraseme7", attachments=["eraseme7.pdf"], outcome="noted", customer=person,
        complaint=case,
    )  # fmt: skip
    raise_alert(kind="undelivered", ref=case.id, complaint_id=case.id, detail="eraseme7@khach.example: 550")
    crowd += carry_on()
    enter(tenant)
    return person


def test_whoever_was_erased_is_in_no_row_mail_export_or_restored_backup(gamma, tmp_path):
    tenant, crowd = ref("gamma"), []
    enter(tenant)
    person = _live(tenant, crowd)
    assert any("eraseme7" in mail.body.lower() for mail in crowd)
    with pytest.raises(CaseOpen):
        erase_customer(customer_id=person.id)
    cause = RootCause.objects.exclude(parent=None).first()
    for case in Complaint.objects.filter(customer=person):
        seen(case)
        complaints.resolve_complaint(
            complaint_id=case.id, root_cause_id=cause.id, action_taken="eraseme7 được hoàn tiền"
        )
        complaints.confirm(complaint_id=case.id)
    leave()
    assert {
        "customers_customer", "customers_importrow", "customers_mergerecord", "feedback_response", "feedback_complaint",
        "workflows_message", "workflows_event", "workflows_incomingmail", "workflows_ladderdecision", "workflows_alert",
    } <= {*_traces_of(tenant)}  # fmt: skip
    before = backup_firm(tenant_id=tenant.id, folder=tmp_path)
    enter(tenant)
    erase_customer(customer_id=person.id)
    erase_customer(customer_id=person.id)  # again is harmless
    assert Erasure.objects.filter(tenant_id=tenant.id, subject=person.id).count() == 1
    assert Erasure.objects.filter(tenant_id=tenant.id).count() == 2, "who was merged into them is on the list too"
    assert Customer.objects.get(full_name="Trần Khác").contact_points.count() == 1
    with pytest.raises(MergeOfErased):
        undo_merge(merge_id=MergeRecord.objects.get(survivor=person).id)
    assert Response.objects.get(customer=person, score=1).words == ""
    assert Invitation.objects.get(customer=person).state == "answered"
    with pytest.raises(CustomerIsErased):
        update_customer(customer_id=person.id, note="eraseme7 again")
    carry_on()  # what the erasing itself set off writes nothing anew
    leave()
    assert _traces_of(tenant) == []
    (tmp_path / "after").mkdir()
    after = backup_firm(tenant_id=tenant.id, folder=tmp_path / "after")
    assert telling(before), "the backup of before has them"
    assert not telling(after)
    old = back(gamma, before)
    assert _traces_of(ref("gamma"), old) == []
    assert Tenant.objects.get(pk=tenant.id).paused
    with in_tenant(ref("gamma")):
        assert Customer.objects.get(pk=person.id).erased_at is not None
        assert Customer.objects.get(full_name="Trần Khác").contact_points.count() == 1
    made = import_firm(path=before, slug="epsilon")
    assert _traces_of(ref("epsilon")) == []
    assert Erasure.objects.filter(tenant_id=made.id, subject=person.id).exists()


def telling(archive: Path) -> list[str]:
    """Files of an archive in which somebody can still be told."""
    pattern = re.compile("|".join(_TELLING), re.IGNORECASE)
    with ZipFile(archive) as opened:
        return [name for name in opened.namelist() if pattern.search(opened.read(name).decode())]
