"""Who may be asked, who not and why; sending to thousands; the last look before the mail leaves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Consent, ContactPoint, Customer
from customers.services.consents import state_consent
from customers.services.customers import mark_undeliverable
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from cxcrm.core.errors import NotFound
from feedback.errors import SurveyInactive
from feedback.models import Complaint, Dispatch, Invitation, RootCause, Survey
from feedback.selectors.audience import REASONS, may_be_asked, preview
from feedback.services import complaints
from feedback.services.dispatches import send_survey
from feedback.services.invitations import mark_bounced, mark_sent, mark_skipped, mark_uncertain
from journeys.models import Touchpoint
from tenants.errors import PlanLimitReached
from tenants.models import Plan, Tenant
from tests.feedback.conftest import events, ids
from tests.support.race import race

pytestmark = pytest.mark.usefixtures("in_alpha")
Make = Callable[..., Any]
DAY = timedelta(days=1)


def asked_before(survey: Survey, customer: Customer, ago: timedelta, **fields: Any) -> Invitation:
    at = now() - ago
    dispatch = Dispatch.objects.create(survey=survey)
    values = {"state": "sent", "sent_at": at, "created_at": at, "expires_at": at + 30 * DAY, **fields}
    return Invitation.objects.create(
        dispatch=dispatch, survey=survey, customer=customer, email="x@example.com", **values
    )


def reason(survey: Survey, customer: Customer) -> str:
    found = preview(survey, [customer.pk])
    assert (found.matched, len(found.sendable)) == (1, 0 if found.skipped else 1)
    return next(iter(found.skipped), "")


class TestReasons:
    def test_consent_must_stand(self, nps: Survey, make_customer: Make) -> None:
        never, withdrawn, agreed = make_customer(consent=None), make_customer(), make_customer(consent=False)
        state_consent(customer_id=withdrawn.pk, purpose="survey", granted=False, method="page")
        state_consent(customer_id=agreed.pk, purpose="survey", granted=True, method="staff")
        state_consent(customer_id=never.pk, purpose="marketing", granted=True, method="staff")
        assert [reason(nps, customer) for customer in (never, withdrawn, agreed)] == ["no_consent", "opted_out", ""]

    def test_the_address_must_exist_and_take_mail(self, nps: Survey, make_customer: Make) -> None:
        none, refused = make_customer(email=""), make_customer(email="day@example.com")
        second = make_customer(email="cu@example.com")
        ContactPoint.objects.create(customer=second, kind="email", value="moi@example.com")
        mark_undeliverable(email="day@example.com")
        mark_undeliverable(email="cu@example.com")
        assert [reason(nps, customer) for customer in (none, refused, second)] == ["no_email", "undeliverable", ""]

    def test_nobody_is_asked_while_complaining_or_a_week_after(
        self, nps: Survey, make_complaint: Make, cause: RootCause
    ) -> None:
        complaint = make_complaint()
        customer = complaint.customer
        assert reason(nps, customer) == "open_complaint"
        complaints.resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="x")
        assert reason(nps, customer) == "open_complaint"
        closed = complaints.confirm(complaint_id=complaint.pk).closed_at
        with time_machine.travel(closed + 7 * DAY - timedelta(seconds=1), tick=False):
            assert reason(nps, customer) == "open_complaint"
        with time_machine.travel(closed + 7 * DAY, tick=False):
            assert reason(nps, customer) == ""

    @pytest.mark.parametrize(
        ("asked", "wanted", "days", "found"),
        [
            ("csat", "nps", 29, "asked_recently"),  # any survey: 30 days
            ("csat", "nps", 31, ""),
            ("nps", "nps", 179, "asked_recently"),  # relationship: 180 days
            ("nps", "nps", 181, ""),
            ("nps", "csat", 31, ""),
            ("csat", "csat", 89, "asked_recently"),  # the same survey after an event: 90 days
            ("csat", "csat", 91, ""),
        ],
    )
    def test_nobody_is_asked_too_often(
        self, make_customer: Make, asked: str, wanted: str, days: int, found: str
    ) -> None:
        customer = make_customer()
        asked_before(Survey.objects.get(metric=asked), customer, days * DAY)
        assert reason(Survey.objects.get(metric=wanted), customer) == found

    def test_another_survey_after_an_event_waits_thirty_days_only(self, csat: Survey, make_customer: Make) -> None:
        customer = make_customer()
        other = Survey.objects.create(name="CES", metric="ces", cadence="transactional")
        asked_before(other, customer, 31 * DAY)
        assert reason(csat, customer) == ""

    def test_at_most_four_times_a_year(self, csat: Survey, make_customer: Make) -> None:
        customer = make_customer()
        other = Survey.objects.create(name="CES", metric="ces", cadence="transactional")
        for days in (366, 300, 200, 100):
            asked_before(other, customer, days * DAY)
        assert reason(csat, customer) == ""
        asked_before(other, customer, 40 * DAY)
        assert reason(csat, customer) == "yearly_cap"

    @pytest.mark.parametrize(
        ("state", "found"),
        [
            ("queued", "asked_recently"),
            ("uncertain", "asked_recently"),
            ("answered", "asked_recently"),
            ("skipped", ""),
            ("bounced", ""),
        ],
    )
    def test_only_what_may_have_arrived_counts(self, nps: Survey, make_customer: Make, state: str, found: str) -> None:
        customer = make_customer()
        asked_before(nps, customer, DAY, state=state, sent_at=None)
        assert reason(nps, customer) == found

    def test_the_first_reason_is_shown(self, nps: Survey, make_complaint: Make) -> None:
        customer = make_complaint().customer
        asked_before(nps, customer, DAY)
        state_consent(customer_id=customer.pk, purpose="survey", granted=False, method="page")
        assert reason(nps, customer) == "opted_out"

    def test_every_reason_has_words(self) -> None:
        assert all(str(words) for words in REASONS.values())


class TestPreview:
    def test_it_counts_everybody_once(self, nps: Survey, make_customer: Make) -> None:
        good, bad = make_customer(), make_customer(consent=None)
        found = preview(nps, [good.pk, bad.pk, good.pk])
        assert (found.matched, found.sendable, found.skipped) == (2, [good.pk], {"no_consent": 1})
        by_queryset = preview(nps, Customer.objects.order_by("-created_at"))
        assert by_queryset.skipped == {"no_consent": 1}
        assert preview(nps, []) == preview(nps, Customer.objects.none())
        assert preview(nps, []).matched == 0

    def test_a_thousand_customers_take_the_same_few_queries(self, nps: Survey) -> None:
        customers = Customer.objects.bulk_create(Customer(full_name=f"Khách {number}") for number in range(1_000))
        ContactPoint.objects.bulk_create(
            ContactPoint(customer=customer, kind="email", value=f"{number}@example.com", is_primary=True)
            for number, customer in enumerate(customers)
            if number % 10
        )
        Consent.objects.bulk_create(
            Consent(customer=customer, purpose="survey", granted=number % 4 > 0, method="file")
            for number, customer in enumerate(customers)
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = preview(nps, Customer.objects.all())
        assert (found.matched, found.skipped) == (1_000, {"opted_out": 250, "no_email": 50})
        # Django sets the search path with a statement of its own before each.
        assert len([query for query in queries if "search_path" not in query["sql"]]) == 6
        with CaptureQueriesContext(connection) as queries:
            dispatch = send_survey(survey_id=nps.pk, customer_ids=ids(customers))
        assert (dispatch.invited, dispatch.invitations.count()) == (700, 700)
        assert len([query for query in queries if "search_path" not in query["sql"]]) <= 20


class TestSending:
    def test_a_sending_keeps_what_became_of_everybody(self, nps: Survey, make_customer: Make, owner_alpha: Any) -> None:
        touchpoint = Touchpoint.objects.get(code="counter")
        good, bad = make_customer(email="ha@example.com"), make_customer(email="")
        dispatch = send_survey(
            survey_id=nps.pk, customer_ids=[good.pk, bad.pk], touchpoint_id=touchpoint.pk, sent_by=owner_alpha
        )
        stored = Dispatch.objects.get()
        assert (stored.survey, stored.touchpoint, stored.sent_by) == (nps, touchpoint, owner_alpha)
        assert (stored.matched, stored.invited, stored.skipped) == (2, 1, {"no_email": 1})
        invitation = Invitation.objects.get()
        assert (invitation.customer, invitation.email, invitation.state) == (good, "ha@example.com", "queued")
        assert (invitation.survey, invitation.touchpoint) == (nps, touchpoint)
        assert timedelta(days=30) - (invitation.expires_at - now()) < timedelta(minutes=1)
        assert events() == [("survey_dispatched", {"dispatch_id": str(dispatch.pk)})]

    def test_nobody_is_invited_twice(self, nps: Survey, make_customer: Make) -> None:
        customer = make_customer()
        send_survey(survey_id=nps.pk, customer_ids=[customer.pk])
        again = send_survey(survey_id=nps.pk, customer_ids=[customer.pk])
        assert (again.invited, again.skipped) == (0, {"asked_recently": 1})

    def test_what_cannot_be_sent_is_refused(self, nps: Survey, make_customer: Make) -> None:
        customer = make_customer()
        retired = Touchpoint.objects.get(code="counter")
        Touchpoint.objects.filter(pk=retired.pk).update(is_active=False)
        with pytest.raises(NotFound):
            send_survey(survey_id=uuid4(), customer_ids=[customer.pk])
        with pytest.raises(NotFound):
            send_survey(survey_id=nps.pk, customer_ids=[customer.pk], touchpoint_id=retired.pk)
        Survey.objects.update(is_active=False)
        with pytest.raises(SurveyInactive):
            send_survey(survey_id=nps.pk, customer_ids=[customer.pk])
        assert Dispatch.objects.count() == 0

    def test_the_plan_sets_a_limit_per_month(self, nps: Survey, alpha: TenantRef, make_customer: Make) -> None:
        Plan.objects.filter(pk=Tenant.objects.get(pk=alpha.id).plan_id).update(max_invitations_per_month=2)
        customers = [make_customer().pk for _ in range(3)]
        with pytest.raises(PlanLimitReached) as refused:
            send_survey(survey_id=nps.pk, customer_ids=customers)
        assert refused.value.data == {
            "metric": "invitations", "limit": 2, "used": 0, "left": 2, "wanted": 3,
        }  # fmt: skip
        assert Dispatch.objects.filter(matched=3).count() == 0
        send_survey(survey_id=nps.pk, customer_ids=customers[:2])
        with pytest.raises(PlanLimitReached):
            send_survey(survey_id=nps.pk, customer_ids=customers[2:])
        skipped = Invitation.objects.order_by("pk").first()
        for _twice in range(2):
            mark_skipped(invitation_id=skipped.pk, reason="no_consent")
        send_survey(survey_id=nps.pk, customer_ids=customers[2:])
        with pytest.raises(PlanLimitReached):
            send_survey(survey_id=nps.pk, customer_ids=[make_customer().pk])


class TestLastLook:
    def test_what_changed_since_stops_the_mail(self, nps: Survey, invite: Make, make_complaint: Make) -> None:
        fine, withdrawn, complaining = invite(nps), invite(nps), invite(nps)
        state_consent(customer_id=withdrawn.customer_id, purpose="survey", granted=False, method="page")
        make_complaint(customer_id=complaining.customer_id)
        assert [may_be_asked(row) for row in (fine, withdrawn, complaining)] == ["", "opted_out", "open_complaint"]
        mark_sent(invitation_id=fine.pk)
        assert may_be_asked(Invitation.objects.get(pk=fine.pk)) == "settled"
        Survey.objects.update(is_active=False)
        assert may_be_asked(Invitation.objects.get(pk=withdrawn.pk)) == "survey_inactive"

    def test_of_two_waiting_for_one_customer_the_earlier_leaves(self, nps: Survey, csat: Survey, invite: Make) -> None:
        earlier = invite(nps)
        later = asked_before(csat, earlier.customer, timedelta(), state="queued", sent_at=None)
        assert [may_be_asked(earlier), may_be_asked(later)] == ["", "asked_recently"]

    def test_of_two_made_at_the_same_time_exactly_one_leaves(self, nps: Survey, csat: Survey, invite: Make) -> None:
        one = invite(nps)
        other = asked_before(csat, one.customer, timedelta(), state="queued", sent_at=None)
        Invitation.objects.filter(pk=other.pk).update(created_at=one.created_at)
        other.refresh_from_db()
        assert sorted([may_be_asked(one), may_be_asked(other)]) == ["", "asked_recently"]


class TestFate:
    def test_the_link_runs_from_the_day_it_left(self, nps: Survey, invite: Make) -> None:
        invitation = invite(nps)
        with time_machine.travel(now() + 3 * DAY, tick=False):
            sent = mark_sent(invitation_id=invitation.pk)
            assert (sent.state, sent.sent_at, sent.expires_at) == ("sent", now(), now() + 30 * DAY)
        again = mark_sent(invitation_id=invitation.pk)
        assert again.sent_at == sent.sent_at
        entry = invitation.customer.interactions.get(what="survey.invited")
        assert (entry.direction, entry.subject_id, entry.occurred_at) == ("out", invitation.pk, sent.sent_at)
        assert entry.data == {"survey": nps.name, "metric": "nps"}

    def test_an_answer_that_came_first_stands(self, nps: Survey, invite: Make) -> None:
        from feedback.services.responses import record_response

        invitation = invite(nps)
        record_response(invitation_id=invitation.pk, score=9)
        assert mark_sent(invitation_id=invitation.pk).state == "answered"
        for call in (mark_uncertain, mark_bounced):
            assert call(invitation_id=invitation.pk).state == "answered"
        assert mark_skipped(invitation_id=invitation.pk, reason="opted_out").state == "answered"

    def test_each_fate_is_kept(self, nps: Survey, invite: Make) -> None:
        skipped = mark_skipped(invitation_id=invite(nps).pk, reason="opted_out")
        bounced = mark_bounced(invitation_id=invite(nps).pk)
        uncertain = mark_uncertain(invitation_id=invite(nps).pk)
        rows = {row.pk: (row.state, row.skip_reason) for row in Invitation.objects.all()}
        assert rows == {
            skipped.pk: ("skipped", "opted_out"),
            bounced.pk: ("bounced", ""),
            uncertain.pk: ("uncertain", ""),
        }
        assert mark_sent(invitation_id=uncertain.pk).state == "sent"
        assert mark_bounced(invitation_id=uncertain.pk).state == "bounced"

    def test_an_unknown_invitation_is_not_found(self) -> None:
        for call in (mark_sent, mark_bounced, mark_uncertain):
            with pytest.raises(NotFound):
                call(invitation_id=uuid4())


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_once_ask_nobody_twice(
    alpha: TenantRef, nps: Survey, csat: Survey, make_customer: Make
) -> None:
    customers = [make_customer().pk for _ in range(20)]
    results = race(
        alpha,
        *(lambda pk=survey.pk: send_survey(survey_id=pk, customer_ids=customers) for survey in (nps, csat, nps, csat)),
    )
    assert sorted(result.invited for result in results) == [0, 0, 0, 20]
    assert Invitation.objects.count() == 20
    assert Complaint.objects.count() == 0
