"""What comes late says so: rungs told after a standstill, surveys whose hour has passed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cxcrm.core.clock import now
from cxcrm.core.language import speaking
from cxcrm.demo.ageing import age
from feedback.models import Invitation, Survey
from feedback.selectors.audience import REASONS
from feedback.services.dispatches import send_survey
from tenants.staff.models import Firm, User
from tenants.staff.selectors.firm import firm_zone
from tests.support import smtp
from workflows import wording
from workflows.models import Calendar, EscalationStep, Message
from workflows.selectors.calendars import default_calendar
from workflows.selectors.messages import reason_text
from workflows.services import ladders
from workflows.services.bulk import deliver_many
from workflows.services.notifications import fan_out

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "said", "shown"),
    [
        (
            "vi",
            "Chị lẽ ra phải được báo lúc {when}, nay tin này đến chậm 6 giờ.",
            "lẽ ra lúc {stamp}, chậm 6 giờ",
        ),
        (
            "en",
            "You should have been told at {when}: this comes 6 hours late.",
            "was due {stamp}, 6 hours late",
        ),
    ],
)
def test_a_rung_told_after_a_standstill_says_when_it_was_due(
    alpha, complaint, crew, run_agenda, mailoutbox, owner_alpha, client_alpha, language, said, shown
):
    User.objects.filter(pk__in=[crew.owner.pk, owner_alpha.pk]).update(language=language)
    step = EscalationStep.objects.get(position=1)
    age(alpha, step.due_at - now() + timedelta(hours=6, minutes=5))
    before = len(mailoutbox)
    run_agenda()
    (sent,) = [mail for mail in mailoutbox[before:] if mail.to == [crew.owner.email]]
    step.refresh_from_db()
    with speaking(language), timezone.override(firm_zone()):
        said = said.format(when=wording.moment(step.due_at, step.told_at))
        shown = shown.format(stamp=timezone.localtime(step.due_at).strftime("%H:%M %d/%m"))
    assert said in sent.body
    assert said in sent.alternatives[0][0]
    client_alpha.force_login(owner_alpha)
    assert shown in client_alpha.get(f"/admin/feedback/complaint/{complaint.id}/change/").text


def test_a_rung_told_in_time_does_not_excuse_itself(
    alpha, complaint, run_agenda, mailoutbox, client_alpha, owner_alpha
):
    age(alpha, EscalationStep.objects.get(position=1).due_at - now() + timedelta(minutes=14))
    run_agenda()
    assert "lẽ ra" not in mailoutbox[-1].body
    client_alpha.force_login(owner_alpha)
    page = client_alpha.get(f"/admin/feedback/complaint/{complaint.id}/change/").text
    assert ("đã báo" in page, "lẽ ra" in page) == (True, False)


def test_a_promise_that_ran_out_during_a_standstill_says_so_too(alpha, complaint, crew, wait, mailoutbox):
    wait(seconds=(EscalationStep.objects.get(position=1).due_at - now()).total_seconds())
    ladder = EscalationStep.objects.get(position=1).ladder
    ladders.hold_until(ladder_id=ladder.id, until=now() + timedelta(hours=1))
    wait(hours=3, minutes=5)
    assert mailoutbox[-1].to == [crew.manager.email]
    assert "nay tin này đến chậm 2 giờ." in mailoutbox[-1].body


@pytest.fixture
def invited(customer, in_alpha):
    """The mail of a survey sent to one customer, still on the agenda; the bulk goes by SMTP or one by one."""
    dispatch = send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    fan_out(dispatch.id)
    return Message.objects.get(kind="invitation")


def closed_now() -> None:
    """The firm opens again in an hour or two, for one hour a day."""
    opening = timezone.localtime(now(), firm_zone()).hour + 2
    hours = [[f"{opening:02}:00", f"{opening + 1:02}:00"]] if opening < 23 else [["00:00", "01:00"]]
    Calendar.objects.filter(is_default=True).update(windows={str(day): hours for day in range(7)})
    Calendar.objects.get(is_default=True).days.all().delete()


@pytest.mark.parametrize("grouped", [False, True], ids=["one by one", "in groups"])
class TestLateSurveys:
    @pytest.fixture(autouse=True)
    def way(self, grouped, settings):
        if not grouped:
            yield
            return
        with smtp.Sink() as server:
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            yield

    @pytest.mark.parametrize(("hours", "state"), [(23.9, "sent"), (24.1, "skipped")])
    def test_after_the_firms_hours_it_is_not_sent_and_says_why(self, alpha, invited, hours, state):
        age(alpha, timedelta(hours=hours))
        assert deliver_many([invited.pk]) == {invited.pk: None}
        invited.refresh_from_db()
        assert invited.state == state
        invitation = Invitation.objects.get()
        assert (invitation.state, invitation.skip_reason) == (state, "too_late" if state == "skipped" else "")
        if state == "skipped":
            with speaking("en"):
                assert reason_text(invited) == "It could not leave in time, and the firm sends no late surveys."
                assert str(REASONS["too_late"]) == "could not be sent in time"

    def test_it_may_wait_for_the_next_opening_hours_instead(self, alpha, invited):
        Firm.objects.update(late_surveys="wait", late_survey_hours=2)
        closed_now()
        age(alpha, timedelta(hours=3))
        found = deliver_many([invited.pk])[invited.pk]
        invited.refresh_from_db()
        assert found.due_at == invited.due_at == default_calendar().next_open(now()) > now()
        assert (invited.state, invited.reason, invited.attempts) == ("queued", "late", 0)
        assert Invitation.objects.get().state == "queued"
        age(alpha, invited.due_at - now() + timedelta(minutes=1))
        assert deliver_many([invited.pk]) == {invited.pk: None}
        invited.refresh_from_db()
        assert (invited.state, invited.reason) == ("sent", "")

    def test_in_opening_hours_it_leaves_at_once(self, alpha, invited):
        Firm.objects.update(late_surveys="wait", late_survey_hours=2)
        Calendar.objects.filter(is_default=True).update(windows={str(day): [["00:00", "24:00"]] for day in range(7)})
        Calendar.objects.get(is_default=True).days.all().delete()
        age(alpha, timedelta(hours=30))
        assert deliver_many([invited.pk]) == {invited.pk: None}
        invited.refresh_from_db()
        assert invited.state == "sent"
