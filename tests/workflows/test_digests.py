"""The morning's digest: who gets it, what it lists, and that it comes once."""

from datetime import date, timedelta

import pytest

from cxcrm.core.clock import now
from feedback.models import Complaint, Question, RealGap, Survey
from feedback.services import complaints
from journeys.services.initiatives import draft_initiative
from tenants.models import AgendaItem, Tenant
from tenants.services.defaults import furnish
from tenants.staff.models import Absence
from tenants.staff.selectors.firm import firm_today, firm_zone, the_firm
from workflows.logic.mornings import next_morning
from workflows.models import EscalationStep, Message, SlaClock
from workflows.selectors.calendars import default_calendar
from workflows.selectors.digest import digest_for, who_has_something
from workflows.services.alerts import raise_alert, settle_alert
from workflows.services.decisions import decide
from workflows.services.digests import DIGEST, send_digests, start_digests

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(complaint, wait):
    """Owner, manager and executive have been told; the answer is late."""
    wait(hours=17)
    return complaint


def digests():
    return list(Message.objects.filter(kind="digest").order_by("email"))


def test_it_is_on_the_agenda_once_for_the_next_morning(in_alpha, agenda_items):
    start_digests()
    start_digests()
    (item,) = agenda_items(in_alpha, DIGEST)
    assert item.due_at == next_morning(default_calendar(), now())
    assert (item.lane, item.state) == ("normal", "pending")


def test_everybody_something_waits_for_gets_one_mail(late, crew, run_agenda, mailoutbox):
    mailoutbox.clear()
    again = send_digests(the_firm().id)
    assert again.due_at == next_morning(default_calendar(), now())
    assert {message.user for message in digests()} == {crew.owner, crew.manager, crew.executive}
    send_digests(the_firm().id)  # after a standstill two mornings may come due together
    assert len(digests()) == 3
    run_agenda()
    mails = {mail.to[0]: mail for mail in mailoutbox}
    assert set(mails) == {crew.owner.email, crew.manager.email, crew.executive.email}
    executive, owner = mails[crew.executive.email], mails[crew.owner.email]
    assert late.number in executive.body
    assert "/d/" in executive.body
    assert f"/admin/feedback/complaint/{late.id}/change/" in owner.body


def test_what_is_due_today_is_told_and_what_is_due_later_is_not(complaint, crew):
    clock = SlaClock.objects.filter(complaint=complaint, kind="resolve")
    clock.update(due_at=now().astimezone(firm_zone()).replace(hour=23, minute=59, second=59))
    assert (digest_for(crew.owner).late_count, digest_for(crew.owner).today_count) == (0, 1)
    clock.update(due_at=now() + timedelta(days=1))
    assert digest_for(crew.owner).is_empty
    assert not who_has_something().exists()
    clock.update(due_at=now() - timedelta(minutes=1))
    assert (digest_for(crew.owner).late_count, digest_for(crew.owner).today_count) == (1, 0)
    assert list(who_has_something()) == [crew.owner]


def test_a_decision_made_meanwhile_empties_it(late, crew, cause, run_agenda, mailoutbox):
    send_digests(the_firm().id)
    decide(step_id=EscalationStep.objects.get(position=3).id, kind="take")
    complaints.resolve_complaint(complaint_id=late.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    mailoutbox.clear()
    run_agenda()
    assert [(message.state, message.reason) for message in digests()] == [("skipped", "nothing_waiting")] * 3
    assert not [mail for mail in mailoutbox if mail.to == [crew.manager.email]]
    assert Complaint.objects.get(pk=late.id).state == "communicated"


def test_a_gap_and_a_guardrail_are_told_to_who_answers_for_them(in_alpha, crew, run_agenda, mailoutbox):
    question = Question.objects.create(
        survey=Survey.objects.get(metric="csat"), kind="csat", text_vi="Tốt?", position=9
    )
    gap = RealGap.objects.create(question=question, quarter=date(2026, 10, 1), executive=crew.executive)
    initiative = draft_initiative(name="Làn lấy nhanh", what="x", owner_id=crew.manager.pk)
    told = {
        crew.executive: raise_alert(kind="gap", ref=gap.pk, detail="Quầy: ta tin 83 %, khách nói 37 %"),
        crew.manager: raise_alert(kind="guardrail", ref=initiative.pk, detail="Làn lấy nhanh: 9 khiếu nại"),
    }
    raise_alert(kind="nobody_found", ref=gap.pk, detail="of nobody's")
    assert set(who_has_something()) == set(told)
    send_digests(the_firm().id)
    mailoutbox.clear()
    run_agenda()
    mails = {mail.to[0]: mail for mail in mailoutbox}
    for person, alert in told.items():
        mail = mails[person.email]
        for text in (mail.body, mail.alternatives[0].content):
            assert alert.detail in text
            assert f"/admin/workflows/alert/{alert.pk}/change/" in text
    today = firm_today()
    Absence.objects.create(user=crew.executive, deputy=crew.spare, starts_on=today, ends_on=today)
    assert crew.spare in who_has_something()
    assert digest_for(crew.spare).findings == [told[crew.executive]], "whoever stands in is told too"
    for person, alert in told.items():
        settle_alert(alert_id=alert.pk)
        assert digest_for(person).is_empty
    assert not who_has_something().exists()


def test_who_left_gets_none(late, crew):
    crew.manager.is_active = False
    crew.manager.save()
    assert crew.manager not in who_has_something()


def test_a_new_firm_has_it_on_its_agenda(alpha):
    """Put there when a firm opens; the session's firms had their agenda emptied, so it is opened again."""
    assert not AgendaItem.objects.filter(tenant_id=alpha.id, kind=DIGEST).exists()
    for _again in range(2):
        furnish(Tenant.objects.get(pk=alpha.id), alpha.host, is_laid=True)
    assert AgendaItem.objects.filter(tenant_id=alpha.id, kind=DIGEST).count() == 1
