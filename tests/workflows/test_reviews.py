"""The brand steward's approvals: asked, answered, late, sent back; whatever happens beside them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from cxcrm.core.context import Actor, TenantRef, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from feedback.models import ReplyTemplate
from feedback.services.reply_templates import (
    approve_reply_template,
    save_reply_template,
    send_back_reply_template,
)
from journeys.errors import AskTheSteward, ChangedMeanwhile, NotReady, NotTheSteward, StandardUnchanged
from journeys.events import InitiativeProposed
from journeys.models import Initiative, JourneyVersion, Standard, StandardProposal
from journeys.services import initiatives, publishing, standards
from journeys.services.journeys import add_stage, update_touchpoint
from tenants.models import AgendaItem
from tenants.staff.models import Absence, Firm, User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services.accounts import create_user
from tests.journeys.conftest import Drawn, draw
from tests.support.race import race
from workflows.errors import ReviewOver
from workflows.models import Alert, Event, Message, Review
from workflows.selectors.digest import digest_for, who_has_something
from workflows.selectors.reviews import called, is_late, seen_of, waiting_for, words_of
from workflows.services.reviews import RAISE, approve_review, open_review, raise_review, send_back_review

pytestmark = pytest.mark.django_db


def acting(person: User) -> AbstractContextManager[Actor]:
    return acting_as(Actor("user", person.pk, person.full_name))


@dataclass
class Brand:
    """A drawn journey, and who proposes, who leads and who stands above."""

    drawn: Drawn
    manager: User
    steward: User
    chief: User


def make() -> Brand:
    manager = create_user(email="tung@alpha.example", full_name="Ngô Thanh Tùng", role="manager", job_title="CSKH")
    steward = create_user(email="nam@alpha.example", full_name="Phạm Hoàng Nam", role="brand_steward")
    chief = create_user(email="bao@alpha.example", full_name="Trần Quốc Bảo", role="executive")
    Firm.objects.update(chief=chief)
    return Brand(draw(), manager, steward, chief)


@pytest.fixture
def brand(in_alpha: TenantRef, scene: Callable[..., Any], run_agenda: Callable[..., int]) -> Brand:
    def ready() -> Brand:
        made = make()
        run_agenda()
        return made

    return scene("a brand that is led", ready)


@pytest.fixture
def proposed(brand: Brand, run_agenda: Callable[..., int]) -> Review:
    """A standard the manager proposed; the steward has the mail."""
    with acting(brand.manager):
        standards.propose_standard(touchpoint_id=brand.drawn.queue.pk, text="Nói thời gian chờ", behaviours=["Chào"])
    run_agenda()
    return Review.objects.get()


def test_a_standard_waits_for_the_steward_and_is_in_force_in_the_name_of_who_wrote_it(
    brand, proposed, run_agenda, mailoutbox
):
    assert (proposed.kind, proposed.ref, proposed.state) == ("touchpoint", brand.drawn.queue.pk, "waiting")
    assert (proposed.asked_by, proposed.steward) == (brand.manager, brand.steward)
    (mail,) = mailoutbox
    assert mail.to == [brand.steward.email]
    assert mail.subject.startswith("Xin trả lời trước ")
    assert "Chuẩn: Hàng chờ" in mail.subject
    for told in ("Ngô Thanh Tùng (CSKH)", "“Nói thời gian chờ”", f"/admin/workflows/review/{proposed.pk}/change/"):
        assert told in mail.body
    assert Standard.objects.count() == 0
    with acting(brand.steward):
        done = approve_review(review_id=proposed.pk, seen=seen_of(proposed, words_of(proposed)))
    standard = Standard.objects.get()
    assert (standard.text, standard.behaviours, standard.written_by) == ("Nói thời gian chờ", ["Chào"], brand.manager)
    assert (done.state, done.decided_by, StandardProposal.objects.count()) == ("approved", brand.steward, 0)
    mailoutbox.clear()
    run_agenda()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([brand.manager.email], "Đã duyệt: Chuẩn: Hàng chờ")
    # What followed from it found it settled: it says who answered, and once.
    assert Review.objects.get().decided_by == brand.steward
    assert AgendaItem.objects.get(kind=RAISE).state == "cancelled"


def test_what_must_be_asked_is_refused_past_the_steward(brand):
    key = Actor("api_key", uuid4(), "đối tác")
    with acting(brand.manager):
        standards.propose_standard(touchpoint_id=brand.drawn.queue.pk, text="Chào khách")
        template = save_reply_template(template=ReplyTemplate(name="Xin lỗi", text="Chào {{customer_greeting}}"))
    for actor in (Actor("user", brand.manager.pk, "Tùng"), key):
        with acting_as(actor):
            for call in (
                lambda: standards.set_standard(touchpoint_id=brand.drawn.queue.pk, text="Khác"),
                lambda: standards.adopt_standard(touchpoint_id=brand.drawn.queue.pk),
                lambda: publishing.publish_journey(journey_id=brand.drawn.journey.pk),
                lambda: approve_reply_template(template_id=template.pk),
            ):
                with pytest.raises(AskTheSteward):
                    call()
    assert (Standard.objects.count(), JourneyVersion.objects.count()) == (0, 0)
    template.refresh_from_db()
    assert (template.is_active, template.proposed_text) == (False, "Chào {{customer_greeting}}")


def test_sent_back_with_what_should_be_different(brand, proposed, run_agenda, mailoutbox):
    mailoutbox.clear()
    with acting(brand.steward):
        for note in ("", "   ", "x" * 301):
            with pytest.raises(InvalidInput):
                send_back_review(review_id=proposed.pk, note=note)
        assert send_back_review(review_id=proposed.pk, note="Nói cụ thể\nmấy phút").note == "Nói cụ thể mấy phút"
    run_agenda()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([brand.manager.email], "Bị trả lại: Chuẩn: Hàng chờ")
    assert "“Nói cụ thể mấy phút”" in mail.body
    assert (StandardProposal.objects.count(), Standard.objects.count()) == (0, 0)
    with acting(brand.steward), pytest.raises(ReviewOver):
        approve_review(review_id=proposed.pk)
    assert Review.objects.get().state == "sent_back"


def test_who_may_answer(brand, proposed):
    for actor in (Actor("user", brand.manager.pk, "Tùng"), Actor("api_key", uuid4(), "đối tác"), Actor()):
        with acting_as(actor):
            with pytest.raises(NotTheSteward):
                approve_review(review_id=proposed.pk)
            with pytest.raises(NotTheSteward):
                send_back_review(review_id=proposed.pk, note="Không")
    with acting(brand.steward):
        for call in (approve_review, lambda review_id: send_back_review(review_id=review_id, note="Không")):
            with pytest.raises(NotFound):
                call(review_id=uuid4())
    assert Review.objects.get().state == "waiting"
    with acting(brand.chief):  # at any time, not only when it is late
        assert approve_review(review_id=proposed.pk).decided_by == brand.chief


def test_a_yes_to_other_words_is_no_yes(brand, proposed, run_agenda):
    seen = seen_of(proposed, words_of(proposed))
    with acting(brand.manager):
        standards.propose_standard(touchpoint_id=brand.drawn.queue.pk, text="Mời khách ngồi", behaviours=["Cười"])
    run_agenda()
    assert Review.objects.count() == 1  # the clock runs on
    with acting(brand.steward):
        with pytest.raises(ChangedMeanwhile):
            approve_review(review_id=proposed.pk, seen=seen)
        with pytest.raises(InvalidInput):
            approve_review(review_id=proposed.pk, note="x" * 301)
    assert Standard.objects.count() == 0
    words = words_of(Review.objects.get())
    assert (words.before, words.after, words.after_does) == ("", "Mời khách ngồi", ["Cười"])


def test_two_working_days_then_it_is_the_chiefs(brand, proposed, wait, mailoutbox):
    mailoutbox.clear()
    assert not is_late(proposed)
    wait(days=8)
    proposed.refresh_from_db()
    assert (proposed.steward, proposed.raised_at is not None, is_late(proposed)) == (brand.chief, True, True)
    mails = [mail for mail in mailoutbox if mail.subject.startswith("Hai ngày làm việc")]
    assert [(mail.to, "Ngô Thanh Tùng" in mail.body) for mail in mails] == [([brand.chief.email], True)]
    assert Event.objects.filter(name="workflows.review_late").count() == 1
    assert raise_review(proposed.pk) is None
    assert (list(waiting_for(brand.chief)), list(waiting_for(brand.steward))) == ([proposed], [])
    with acting(brand.steward):  # who was late may still answer
        approve_review(review_id=proposed.pk)
    assert raise_review(proposed.pk) is None


def test_not_before_its_time_and_not_before_it_is_there(brand, proposed):
    assert raise_review(proposed.pk).due_at == proposed.answer_by
    with pytest.raises(Exception, match="review"):
        raise_review(uuid4())


def test_nobody_left_to_answer_is_shown(brand, proposed, wait):
    User.objects.exclude(pk=brand.manager.pk).update(is_active=False)
    wait(days=8)
    proposed.refresh_from_db()
    assert (proposed.steward, proposed.raised_at is not None) == (brand.steward, True)
    assert Alert.objects.get(kind="nobody_found").detail == "Chuẩn: Hàng chờ"


def test_who_is_away_does_not_hold_it_up_and_nobody_reviews_what_is_their_own(brand, run_agenda, day_off):
    day_off(brand.steward)
    with acting(brand.chief):
        standards.propose_standard(touchpoint_id=brand.drawn.queue.pk, text="Chào khách")
    with acting(brand.manager):
        standards.propose_standard(touchpoint_id=brand.drawn.seat.pk, text="Lau bàn ngay")
    run_agenda()
    asked = {row.touchpoint: row.steward for row in Review.objects.select_related("touchpoint", "steward")}
    owner = (
        User.objects.get(role="owner", email__contains="alpha") if False else User.objects.filter(role="owner").first()
    )
    assert asked == {brand.drawn.queue: owner, brand.drawn.seat: brand.chief}


@pytest.fixture
def day_off() -> Callable[[User], None]:
    return lambda person: Absence.objects.create(user=person, starts_on=firm_today(), ends_on=firm_today()) and None


def test_a_journey_is_published_by_the_steward(brand, run_agenda, mailoutbox):
    journey = brand.drawn.journey
    with acting(brand.manager):
        publishing.submit_journey(journey_id=journey.pk)
    run_agenda()
    review = Review.objects.get()
    assert (called(review), words_of(review)) == ("Hành trình: Khách ghé quán", None)
    seen = seen_of(review, words_of(review))
    update_touchpoint(touchpoint_id=brand.drawn.queue.pk, name="Xếp hàng")
    with acting(brand.steward):
        with pytest.raises(ChangedMeanwhile):
            approve_review(review_id=review.pk, seen=seen)
        approve_review(review_id=review.pk, seen=seen_of(review, words_of(review)))
    journey.refresh_from_db()
    assert (journey.state, JourneyVersion.objects.get().published_by) == ("published", brand.steward)


def test_a_journey_that_lacks_something_meanwhile_still_waits(brand, run_agenda):
    with acting(brand.manager):
        publishing.submit_journey(journey_id=brand.drawn.journey.pk)
    run_agenda()
    add_stage(journey_id=brand.drawn.journey.pk, name="Kể lại")
    with acting(brand.steward), pytest.raises(NotReady):
        approve_review(review_id=Review.objects.get().pk)
    assert (Review.objects.get().state, JourneyVersion.objects.count()) == ("waiting", 0)


@pytest.mark.parametrize(("act", "state"), [("publish_journey", "approved"), ("send_back_journey", "sent_back")])
def test_answered_on_the_maps_own_page_it_is_answered(brand, run_agenda, act, state):
    with acting(brand.manager):
        publishing.submit_journey(journey_id=brand.drawn.journey.pk)
    run_agenda()
    with acting(brand.steward):
        getattr(publishing, act)(journey_id=brand.drawn.journey.pk)
    run_agenda()
    review = Review.objects.get()
    assert (review.state, review.decided_by) == (state, brand.steward)


def test_news_may_come_late(brand, run_agenda):
    """Submitted, sent back and submitted again before anybody heard of it: one request, which waits."""
    with acting(brand.manager):
        publishing.submit_journey(journey_id=brand.drawn.journey.pk)
        publishing.send_back_journey(journey_id=brand.drawn.journey.pk)
        publishing.submit_journey(journey_id=brand.drawn.journey.pk)
    run_agenda()
    assert [row.state for row in Review.objects.all()] == ["waiting"]
    with acting(brand.steward):
        publishing.publish_journey(journey_id=brand.drawn.journey.pk)
    assert open_review(kind="journey", ref=brand.drawn.journey.pk) is None
    run_agenda()
    assert [row.state for row in Review.objects.all()] == ["approved"]


def test_the_steward_writes_another_standard(brand, proposed, run_agenda, mailoutbox):
    mailoutbox.clear()
    with acting(brand.steward):
        standards.set_standard(touchpoint_id=brand.drawn.queue.pk, text="Nói còn mấy phút")
    run_agenda()
    assert (Review.objects.get().state, StandardProposal.objects.count()) == ("settled", 0)
    assert [mail.subject for mail in mailoutbox] == ["Không còn cần nữa: Chuẩn: Hàng chờ"]
    for call in (standards.adopt_standard, standards.send_back_standard):
        with pytest.raises(NotFound):
            call(touchpoint_id=brand.drawn.queue.pk)
    with acting(brand.manager), pytest.raises(StandardUnchanged):
        standards.propose_standard(touchpoint_id=brand.drawn.queue.pk, text="Nói còn mấy phút")


@pytest.fixture
def initiative(brand: Brand) -> Initiative:
    """Proposed and not signed, whatever else it lacks."""
    with acting(brand.manager):
        made = initiatives.draft_initiative(name="Làn lấy nhanh", what="x", owner_id=brand.drawn.boss.pk)
        Initiative.objects.filter(pk=made.pk).update(state="proposed")
        publish(InitiativeProposed(initiative_id=made.pk))
    return Initiative.objects.get(pk=made.pk)


def test_an_initiative_is_signed_or_sent_back(brand, initiative, run_agenda):
    run_agenda()
    review = Review.objects.get()
    assert (review.initiative, called(review)) == (initiative, "Sáng kiến: Làn lấy nhanh")
    with acting(brand.steward):
        with pytest.raises(InvalidInput):
            approve_review(review_id=review.pk, marks=[4, 4])
        send_back_review(review_id=review.pk, note="Chưa nói ai chờ lâu hơn")
    initiative.refresh_from_db()
    assert (initiative.state, initiative.decided_because) == ("draft", "Chưa nói ai chờ lâu hơn")
    Initiative.objects.update(state="proposed")
    assert open_review(kind="initiative", ref=initiative.pk).state == "waiting"
    with acting(brand.steward):
        approve_review(review_id=Review.objects.get(state="waiting").pk, marks=[4, 4, 4, 4, 3])
    initiative.refresh_from_db()
    assert (initiative.signed_by, initiative.marks) == (brand.steward, [4, 4, 4, 4, 3])
    run_agenda()
    assert open_review(kind="initiative", ref=initiative.pk) is None
    assert sorted(row.state for row in Review.objects.all()) == ["approved", "sent_back"]


@pytest.mark.parametrize("act", ["sign", "send_back", "decline"])
def test_an_initiative_answered_on_its_own_page(brand, initiative, run_agenda, act):
    run_agenda()
    calls = {
        "sign": (brand.steward, lambda: initiatives.sign_brand(initiative_id=initiative.pk, marks=[3] * 5), "approved"),
        "send_back": (
            brand.steward,
            lambda: initiatives.send_back_initiative(initiative_id=initiative.pk, because="Viết lại"),
            "sent_back",
        ),
        "decline": (
            brand.chief,
            lambda: initiatives.decline_initiative(initiative_id=initiative.pk, because="Chưa phải lúc"),
            "settled",
        ),
    }
    person, call, state = calls[act]
    with acting(person):
        call()
    run_agenda()
    assert (Review.objects.get().state, Review.objects.get().decided_by) == (state, person)


def test_an_initiative_is_sent_back_by_who_leads_and_with_a_reason(brand, initiative):
    with acting(brand.manager), pytest.raises(NotTheSteward):
        initiatives.send_back_initiative(initiative_id=initiative.pk, because="Viết lại")
    with acting(brand.steward), pytest.raises(InvalidInput):
        initiatives.send_back_initiative(initiative_id=initiative.pk, because=" ")
    assert Initiative.objects.get().state == "proposed"


def test_words_for_replies_wait_beside_the_ones_in_use(brand, run_agenda):
    used = save_reply_template(template=ReplyTemplate(name="Xin lỗi", text="Cũ"))
    with acting(brand.manager):
        used.text, used.name = "Mới", "Lời xin lỗi"
        save_reply_template(template=used)
    run_agenda()
    used.refresh_from_db()
    assert (used.text, used.proposed_text, used.is_active, used.name) == ("Cũ", "Mới", True, "Lời xin lỗi")
    review = Review.objects.get()
    words = words_of(review)
    assert (words.before, words.after, called(review)) == ("Cũ", "Mới", "Mẫu trả lời: Lời xin lỗi")
    with acting(brand.manager):  # everything but the words is theirs to change
        used.position = 9
        assert save_reply_template(template=used).proposed_text == "Mới"
    with acting(brand.steward):
        approve_review(review_id=review.pk)
    used.refresh_from_db()
    assert (used.text, used.proposed_text, used.is_active, used.position) == ("Mới", "", True, 9)
    with pytest.raises(NotFound):
        send_back_reply_template(template_id=used.pk)


def test_a_new_template_is_in_use_only_after_the_yes(brand, run_agenda):
    with acting(brand.manager):
        made = save_reply_template(template=ReplyTemplate(name="Cảm ơn", text="Cảm ơn"))
        quiet = save_reply_template(template=ReplyTemplate(name="Nháp", text="Nháp", is_active=False))
    assert (made.is_active, made.proposed_text, quiet.proposed_text) == (False, "Cảm ơn", "")
    run_agenda()
    review = Review.objects.get()
    assert words_of(review).before == ""
    with acting(brand.steward):
        send_back_review(review_id=review.pk, note="Chưa giống mình nói")
    made.refresh_from_db()
    assert (made.is_active, made.proposed_text, words_of(review)) == (False, "", None)
    with acting(brand.manager):  # switching it on asks again
        made.is_active = True
        save_reply_template(template=made)
    made.refresh_from_db()
    assert (made.is_active, made.proposed_text) == (False, "Cảm ơn")


def test_it_stands_in_the_mornings_digest(brand, proposed):
    assert (digest_for(brand.steward).review_count, digest_for(brand.manager).review_count) == (1, 0)
    assert brand.steward in who_has_something()


def test_a_settled_one_is_not_mailed_any_more(brand, run_agenda, mailoutbox):
    with acting(brand.manager):
        standards.propose_standard(touchpoint_id=brand.drawn.queue.pk, text="Chào khách")
    review = open_review(kind="touchpoint", ref=brand.drawn.queue.pk)
    with acting(brand.steward):
        approve_review(review_id=review.pk)
    run_agenda()
    asked = Message.objects.get(kind="review_asked")
    assert (asked.state, asked.reason) == ("skipped", "review_over")


@pytest.mark.django_db(transaction=True)
def test_answered_at_the_same_moment_it_is_answered_once(alpha, brand, proposed):

    def approve() -> Review:
        with acting(brand.steward):
            return approve_review(review_id=proposed.pk)

    results = race(alpha, *[approve] * 3)
    assert sorted(type(result).__name__ for result in results) == ["Review", "ReviewOver", "ReviewOver"]
    assert Standard.objects.count() == 1
