"""What the readers of feedback see: lists, options, counts, scores."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from customers.logic.names import Address
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from feedback.defaults import lay_feedback
from feedback.models import Complaint, Dispatch, Invitation, Question, Remedy, Response, RootCause, Survey
from feedback.selectors import complaints as selectors
from feedback.selectors.metrics import response_rate, score
from feedback.selectors.wording import questions_addressed
from feedback.services import complaints
from journeys.models import Touchpoint
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.staff.models import Firm, User
from tests.support.side import seen

pytestmark = pytest.mark.usefixtures("in_alpha")
Make = Callable[..., Any]
DAY = timedelta(days=1)


class Stranger:
    reaches_firm = True

    def allows(self, room: str, level: str) -> bool:
        return room != "feedback"


def test_who_may_not_read_feedback_sees_no_complaint(make_complaint: Make, owner_alpha: User) -> None:
    complaint = make_complaint()
    assert list(selectors.visible_to(owner_alpha)) == [complaint]
    assert list(selectors.visible_to(Stranger())) == []


def test_open_is_where_the_firm_owes_the_next_step(make_complaint: Make, cause: RootCause) -> None:
    waiting, answered, reopened = make_complaint(), make_complaint(), make_complaint()
    for row in (answered, reopened):
        complaints.resolve_complaint(complaint_id=row.pk, root_cause_id=cause.pk, action_taken="x")
    complaints.reopen(complaint_id=reopened.pk)
    assert set(selectors.open_complaints()) == {waiting, reopened}
    assert list(selectors.of_customer(answered.customer_id)) == [answered]


def test_similar_means_same_touchpoint_cause_or_words_within_thirty_days(
    make_complaint: Make, cause: RootCause, django_assert_num_queries: Any
) -> None:
    counter = Touchpoint.objects.get(code="counter")
    one, same, old = (make_complaint(touchpoint_id=counter.pk, description=words) for words in ("Ồn.", "Chậm.", "Bẩn."))
    twice = make_complaint(description="Quẹt thẻ bị trừ hai lần, chờ kế toán mãi.")
    told = make_complaint(description="quet the tru hai lan roi bao cho ke toan")
    Complaint.objects.filter(pk=old.pk).update(received_at=now() - 31 * DAY)

    def alike(row: Complaint, **fields: Any) -> list[Any]:
        found = selectors.similar(Complaint.objects.get(pk=row.pk), **fields)
        return [(one.complaint, one.same_touchpoint, one.same_cause, one.words) for one in found]

    assert alike(one) == [(same, True, False, [])]
    assert alike(one, days=40) == [(same, True, False, []), (old, True, False, [])]
    assert alike(twice) == [(told, False, False, ["trừ hai lần", "kế toán"])]
    for row in (one, seen(twice)):
        complaints.resolve_complaint(complaint_id=row.pk, root_cause_id=cause.pk, action_taken="x")
    assert [found[0] for found in alike(twice)] == [told, one]  # by words before by cause
    assert alike(one) == [(twice, False, True, []), (same, True, False, [])]
    with django_assert_num_queries(1):
        assert len(selectors.similar(one)) == 1
    with django_assert_num_queries(1):
        assert selectors.similar_count(one) == 1


def test_the_touchpoints_own_remedies_come_first_and_three_are_enough(make_complaint: Make) -> None:
    counter, payment = Touchpoint.objects.get(code="counter"), Touchpoint.objects.get(code="payment")
    general = list(Remedy.objects.order_by("position"))
    own = Remedy.objects.create(name="Ưu tiên lần sau", touchpoint=counter, position=9)
    Remedy.objects.create(name="Khác", touchpoint=payment, position=1)
    Remedy.objects.create(name="Cũ", touchpoint=counter, position=1, is_active=False)
    assert selectors.remedies_for(make_complaint(touchpoint_id=counter.pk)) == [own, *general[:2]]
    assert selectors.remedies_for(make_complaint()) == general


def test_the_customer_sees_their_own_words_and_replies_only(make_complaint: Make) -> None:
    complaint = make_complaint()
    complaints.add_note(complaint_id=complaint.pk, body="nội bộ")
    reply = complaints.add_note(complaint_id=complaint.pk, body="Chào chị", is_internal=False)
    with acting_as(Actor("customer", complaint.customer_id)):
        words = complaints.add_note(complaint_id=complaint.pk, body="Cảm ơn")
    assert list(selectors.public_notes(complaint)) == [reply, words]


def test_next_actions_and_causes_in_use(make_complaint: Make, cause: RootCause) -> None:
    assert [str(action) for action in selectors.actions_for(make_complaint())] == [
        "acknowledge", "assess", "investigate", "decide", "resolve", "refer",
    ]  # fmt: skip
    RootCause.objects.filter(pk=cause.pk).update(is_active=False)
    assert cause not in selectors.root_causes()
    assert RootCause.objects.get(name="Con người") in selectors.root_causes()


class TestScores:
    @pytest.fixture
    def answer(self, make_customer: Make) -> Make:
        def make(survey: Survey, value: int, *, customer: Any = None, ago: timedelta = DAY, **fields: Any) -> Response:
            customer = customer or make_customer()
            invitation = Invitation.objects.create(
                dispatch=Dispatch.objects.create(survey=survey), survey=survey, customer=customer,
                email="x@example.com", state="answered", expires_at=now(), created_at=now() - ago,
            )  # fmt: skip
            return Response.objects.create(
                invitation=invitation, survey=survey, customer=customer, metric=survey.metric, score=value,
                answered_at=now() - ago, **fields,
            )  # fmt: skip

        return make

    def test_nps_of_the_golden_values(self, nps: Survey, answer: Make) -> None:
        for value in (9, 9, 9, 10, 10, 10, 9, 7, 8, 7, 6, 0):
            answer(nps, value)
        found = score("nps")
        assert (found.n, found.enough) == (12, "few")
        assert (round(found.value, 1), round(found.low, 1), round(found.high, 1)) == (41.7, -5.5, 72.2)

    def test_csat_and_ces(self, csat: Survey, answer: Make) -> None:
        for value in (5, 5, 4, 2, 1):
            answer(csat, value)
        found = score("csat")
        assert (found.value, found.n, found.mean, found.alert) == (60.0, 5, 3.4, 40.0)
        ces = Survey.objects.create(name="CES", metric="ces", cadence="transactional")
        for value in (7, 5, 3):
            answer(ces, value)
        assert (round(score("ces").value, 1), score("ces").n) == (66.7, 3)
        assert (score("ces").enough, score("nps").value) == ("hidden", None)

    def test_of_one_customer_the_latest_relationship_answer_counts(
        self, nps: Survey, csat: Survey, answer: Make, make_customer: Make
    ) -> None:
        customer = make_customer()
        answer(nps, 10, customer=customer, ago=200 * DAY)
        answer(nps, 0, customer=customer, ago=DAY)
        answer(csat, 1, customer=customer, ago=100 * DAY)
        answer(csat, 5, customer=customer, ago=DAY)
        assert (score("nps").value, score("nps").n) == (-100.0, 1)
        assert (score("csat").value, score("csat").n) == (50.0, 2)
        assert score("nps", until=now() - 2 * DAY).value == 100.0

    def test_relationship_and_event_nps_are_never_mixed(self, nps: Survey, answer: Make) -> None:
        after = Survey.objects.create(name="NPS sau giao hàng", metric="nps", cadence="transactional")
        answer(nps, 10)
        answer(after, 0)
        assert [score("nps").value, score("nps", survey=nps).value, score("nps", survey=after).value] == [
            100.0, 100.0, -100.0
        ]  # fmt: skip

    def test_a_period_includes_its_beginning_and_not_its_end(self, nps: Survey, answer: Make) -> None:
        at = answer(nps, 10).answered_at
        counter = Touchpoint.objects.get(code="counter")
        Response.objects.update(touchpoint=counter)
        assert score("nps", since=at).n == 1
        assert score("nps", until=at).n == 0
        assert score("nps", touchpoint=counter).n == 1
        assert score("nps", touchpoint=Touchpoint.objects.get(code="payment")).n == 0

    def test_an_unknown_metric(self) -> None:
        with pytest.raises(ValueError, match="unknown metric fun"):
            score("fun")
        with pytest.raises(ValueError, match="unknown metric none"):
            score("none")

    def test_the_response_rate_counts_what_could_arrive(self, nps: Survey, csat: Survey, make_customer: Make) -> None:
        dispatch = Dispatch.objects.create(survey=nps)
        counter = Touchpoint.objects.get(code="counter")
        states = ["answered", "sent", "sent", "uncertain", "bounced", "skipped", "queued"]
        for state in states:
            Invitation.objects.create(
                dispatch=dispatch, survey=nps, customer=make_customer(), email="x@example.com", state=state,
                expires_at=now(), touchpoint=counter,
            )  # fmt: skip
        assert response_rate() == response_rate(survey=nps) == response_rate(touchpoint=counter) == 0.25
        assert response_rate(since=now() - DAY, until=now() + DAY) == 0.25
        assert response_rate(survey=csat) is None
        assert response_rate(until=now() - DAY) is None


class TestWording:
    @pytest.mark.parametrize(
        "evil",
        [
            "{0.__class__}", "{xh.__init__.__globals__}", "{brand!r:>99999999}", "{{ 7|add:7 }}", "{% debug %}",
            "%(brand)s", "${brand}", "{brand.__class__}", "{", "}", "{}", "{0}", "{Xh:>9}",
            "{{brand}}", "<%= 7*7 %>", "#{7*7}",
        ],
    )  # fmt: skip
    def test_what_a_firm_writes_is_text_and_never_a_program(self, evil: str) -> None:
        survey = Survey.objects.get(metric="nps")
        survey.questions.filter(position=1).update(text_vi=f"{evil} – {{Xh}}")
        said = questions_addressed(survey, Address("Chào chị", "chị", "Chị"), "vi")[0].text
        assert said == f"{evil} – Chị".replace("{brand}", "Cà phê Alpha")


class TestDefaults:
    def test_a_firm_begins_with_two_surveys_in_both_languages(self) -> None:
        surveys = Survey.objects.order_by("metric").values_list("name", "metric", "cadence", "expires_after_days")
        assert list(surveys) == [
            ("Hài lòng sau lần sử dụng gần đây", "csat", "transactional", 14),
            ("Mức độ sẵn lòng giới thiệu", "nps", "relationship", 30),
        ]
        questions = Question.objects.filter(survey__metric="nps").order_by("position")
        assert list(questions.values_list("kind", "item", "required")) == [
            ("nps", "", True),
            ("text", "", False),
            ("csat", "understood", False),
            ("csat", "trust", False),
        ]
        assert questions[0].text_en == "How likely are you to recommend {brand} to a friend or colleague?"
        assert "{xh} giới thiệu {brand}" in questions[0].text_vi

    def test_causes_have_two_levels_and_every_name_both_languages(self) -> None:
        assert RootCause.objects.filter(parent=None).count() == 6
        assert RootCause.objects.filter(parent__isnull=False, parent__parent=None).count() == 16
        assert not RootCause.objects.filter(name_en="").exists()
        assert not Remedy.objects.filter(name_en="").exists()

    def test_costs_are_in_the_firms_currency(self, beta: Any) -> None:
        assert list(Remedy.objects.values_list("cost", "is_recommended")) == [
            (0, True),
            (150_000, False),
            (300_000, False),
        ]
        with in_tenant(beta):
            assert list(Remedy.objects.values_list("cost", flat=True)) == [0, 30, 50]
            assert Survey.objects.get(metric="nps").name == "Willingness to recommend"

    def test_an_unknown_currency_counts_like_dollars(self, alpha: Any) -> None:
        Remedy.objects.all().delete()
        Firm.objects.update(currency="EUR")
        lay_feedback(Tenant.objects.get(pk=alpha.id))
        assert list(Remedy.objects.values_list("cost", flat=True)) == [0, 20, 40]

    def test_laying_them_again_brings_nothing_back(self, alpha: Any) -> None:
        Survey.objects.filter(metric="csat").delete()
        lay_feedback(Tenant.objects.get(pk=alpha.id))
        assert list(Survey.objects.values_list("metric", flat=True)) == ["nps"]

    def test_operators_get_none(self) -> None:
        Survey.objects.all().delete()
        lay_feedback(Tenant(id=uuid4(), is_platform=True))
        assert Survey.objects.count() == 0
