"""The brand steward's month: what it counts, what it draws by lot, and that its report comes once."""

from datetime import date, datetime, time, timedelta

import pytest

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import NotFound
from feedback.models import ComplaintNote, Response, Survey
from feedback.services.complaints import add_note
from journeys.errors import NotTheSteward
from journeys.logic.months import months_after
from journeys.models import Initiative, Standard, Touchpoint
from journeys.services import initiatives, standards
from journeys.services.decisions import log_decision
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today, firm_zone
from tenants.staff.services.accounts import create_user
from tests.support.gaps import answered
from workflows.mails import compose
from workflows.models import Message, ReplyAudit, Review
from workflows.selectors.supervision import SAMPLE, supervision_of
from workflows.services.promises import make_promise
from workflows.services.reviews import approve_review
from workflows.services.supervision import audit_reply, report_supervision

pytestmark = pytest.mark.django_db


def acting(person):
    return acting_as(Actor("user", person.pk, person.full_name))


@pytest.fixture
def steward(crew):
    return create_user(email="nam@alpha.example", full_name="Phạm Hoàng Nam", role="brand_steward")


def test_an_empty_month_says_so(steward):
    found = supervision_of(date(2020, 5, 9), steward)
    assert (found.since, found.until) == (date(2020, 5, 1), date(2020, 6, 1))
    assert (found.asked, found.in_time.of, found.in_time.percent, found.median_days) == (0, 0, None, None)
    assert (found.late, found.past_a_gate, found.unread_count, found.sample, found.broken) == ([], [], 0, [], 0)
    assert found.fitting.percent is None
    assert [(days, one.n, one.percent) for days, one in found.sympathy.items()] == [(30, 0, None), (90, 0, None)]


def test_what_was_answered_in_time_and_what_is_late(steward, crew, run_agenda):
    places = list(Touchpoint.objects.filter(is_active=True).order_by("code")[:3])
    for place in places:
        with acting(crew.manager):
            standards.propose_standard(touchpoint_id=place.pk, text="Nói thời gian chờ")
    run_agenda()
    asked = list(Review.objects.order_by("pk"))
    with acting(steward):
        for review in asked[:2]:
            approve_review(review_id=review.pk)
    # One was answered three days after its time, one waits since yesterday.
    Review.objects.filter(pk=asked[1].pk).update(answer_by=now() - timedelta(days=3))
    Review.objects.filter(pk=asked[2].pk).update(answer_by=now() - timedelta(minutes=1))
    found = supervision_of(firm_today(), steward)
    assert (found.asked, found.in_time.n, found.in_time.of, found.in_time.percent) == (3, 1, 3, 33)
    assert (found.late, found.median_days) == ([asked[2]], 0)
    assert [one.touchpoint for one in found.unread] == [review.touchpoint for review in asked[:2]]
    assert found.without_standard_count == Touchpoint.objects.filter(is_active=True).count() - 2
    assert asked[2].touchpoint in found.without_standard
    with acting(crew.owner):
        standards.acknowledge_standard(standard_id=Standard.objects.first().pk, user_id=crew.owner.pk)
    assert supervision_of(firm_today(), steward).unread_count == 1


def test_what_went_past_the_brand(steward, crew, customer):
    made = initiatives.draft_initiative(name="Phòng VIP", what="x", owner_id=crew.executive.pk)
    Initiative.objects.filter(pk=made.pk).update(
        overridden_by=crew.chief, decided_at=now(), decided_because="Khách quen", state="approved"
    )
    log_decision(
        topic="Bớt người ca tối", basis="cost", decider_id=crew.executive.pk,
        decided_on=firm_today() - timedelta(days=90), check_back_on=firm_today() - timedelta(days=30),
    )  # fmt: skip
    promise = make_promise(
        customer_id=customer.pk, text="Gọi lại", due_at=now() + timedelta(hours=1), owner_id=crew.owner.pk
    )
    type(promise).objects.update(due_at=now() - timedelta(seconds=1), state="broken")
    found = supervision_of(firm_today(), steward)
    assert [(one, one.overridden_by) for one in found.past_a_gate] == [(made, crew.chief)]
    assert (found.not_looked_back_count, found.broken) == (1, 1)
    assert supervision_of(months_after(firm_today(), -1), steward).past_a_gate == []


def test_ten_replies_are_drawn_by_lot_and_are_the_same_for_everybody(steward, crew, complaint):
    with acting(crew.owner):
        for number in range(SAMPLE + 3):
            add_note(
                complaint_id=complaint.pk, body=f"Em đã hoàn 59.000 ₫, chiều nay em gọi lại {number}", is_internal=False
            )
        add_note(complaint_id=complaint.pk, body="Chỉ trong nhà")
    first = supervision_of(firm_today(), steward)
    assert len(first.sample) == SAMPLE
    assert {one.note.is_internal for one in first.sample} == {False}
    assert [one.note for one in first.sample] == [one.note for one in supervision_of(firm_today(), crew.chief).sample]
    assert [one.fits for one in first.sample] == [None] * SAMPLE
    with acting(steward):
        audit_reply(note_id=first.sample[0].note.pk, fits=False)
        audit_reply(note_id=first.sample[0].note.pk, fits=True)
        audit_reply(note_id=first.sample[1].note.pk, fits=False)
    again = supervision_of(firm_today(), steward)
    assert ([one.fits for one in again.sample[:3]], again.fitting.n, again.fitting.of) == ([True, False, None], 1, 2)
    assert supervision_of(months_after(firm_today(), -1), steward).sample == []


def test_who_may_say_what_sounds_like_the_brand(steward, crew, complaint):
    with acting(crew.owner):
        sent = add_note(complaint_id=complaint.pk, body="Em gọi lại", is_internal=False)
        kept = add_note(complaint_id=complaint.pk, body="Chỉ trong nhà")
    with acting(crew.manager), pytest.raises(NotTheSteward):
        audit_reply(note_id=sent.pk, fits=True)
    with acting(steward), pytest.raises(NotFound):
        audit_reply(note_id=kept.pk, fits=True)
    assert ReplyAudit.objects.count() == 0
    assert ComplaintNote.objects.filter(complaint=complaint).count() == 2


def test_the_report_comes_in_the_first_days_of_a_month_once(steward, crew, time_machine, run_agenda, mailoutbox):
    today = firm_today()
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    time_machine.move_to(now() + timedelta(days=(first - today).days + 9), tick=False)
    assert report_supervision() == 0
    time_machine.move_to(now() - timedelta(days=8), tick=False)
    assert (report_supervision(), report_supervision()) == (2, 2)
    reports = Message.objects.filter(kind="supervision")
    assert {row.user for row in reports} == {steward, crew.chief}
    assert {row.dedupe_key for row in reports} == {
        f"supervision:{months_after(firm_today(), -1):%Y-%m}:{person.pk}" for person in (steward, crew.chief)
    }
    User.objects.filter(pk=steward.pk).update(is_active=False)
    assert report_supervision() == 0


def test_what_the_report_says(steward, crew, run_agenda, mailoutbox):
    message = Message.objects.create(
        kind="supervision", ref=crew.chief.pk, dedupe_key="x", user=crew.chief, email=crew.chief.email
    )
    month = months_after(firm_today(), -1)
    at = datetime.combine(month, time(12), firm_zone())
    answered(Survey.objects.get(metric="nps").questions.get(item="trust"), [5, 5], at=at)
    Response.objects.update(odd=["fast"])
    subject, text, html = compose(message).render()
    assert subject == f"Thương hiệu tháng {month:%m/%Y}: 0/0 phê duyệt đúng hạn"
    assert f"/admin/workflows/review/supervision/?month={month:%Y-%m}" in text
    assert "không có sáng kiến nào" in html
    assert all("Trong tháng có 2 câu trả lời trông lạ" in body for body in (text, html))


def test_how_many_replies_are_sympathy_and_nothing_else(steward, crew, complaint):
    said = ["Em rất tiếc về trải nghiệm của chị, mong chị thông cảm."] * 2 + ["Em đã hoàn 59.000 ₫ sáng nay."] * 4
    with acting(crew.owner):
        notes = [add_note(complaint_id=complaint.pk, body=body, is_internal=False) for body in said]
        add_note(complaint_id=complaint.pk, body=said[0])
    ComplaintNote.objects.filter(pk__in=[notes[0].pk, notes[5].pk]).update(created_at=now() - timedelta(days=31))
    found = supervision_of(firm_today(), steward).sympathy
    assert {days: (one.good, one.n, one.percent) for days, one in found.items()} == {
        30: (1, 4, None), 90: (2, 6, pytest.approx(100 / 3)),
    }  # fmt: skip
