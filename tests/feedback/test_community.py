"""Questions to the community: asking, whom it goes to, answering, accepting, marking, points, figures, impacts."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from customers.models import Interaction
from customers.selectors.depth import depth_of
from customers.services.erasure import erase_customer
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import DomainError, InvalidInput, NotFound
from feedback.errors import (
    AlreadyAnsweredThis,
    AnswerEmpty,
    AnswerNotAccepted,
    AnswerNotShown,
    ImpactWithoutEvidence,
    NoLeaveToPublish,
    OwnAnswer,
    PhotoNotTaken,
    QuestionEmpty,
    QuestionInternal,
    QuestionNotOpenToCustomers,
    QuestionSetAside,
)
from feedback.logic.reputation import Standing
from feedback.models import (
    AnswerMark,
    CommunityAnswer,
    CommunityImpact,
    CommunityQuestion,
    CommunityTopic,
    ImpactPhoto,
    ReputationPoint,
)
from feedback.selectors.community import (
    answers_waiting_for_yes,
    asked_by_customer,
    found_by,
    guess_topic,
    open_to_customer,
    search,
    stale_answers,
    to_look_at,
    waiting_for,
)
from feedback.selectors.community_figures import community_figures
from feedback.selectors.heard import heard
from feedback.selectors.reputation import standing_of
from feedback.selectors.who_knows import who_answers_for, who_knows
from feedback.services.answer_marks import mark_answer, note_helped
from feedback.services.community_answers import (
    accept_answer,
    answer_as_customer,
    answer_question,
    confirm_answer,
    refuse_answer,
    show_answer,
    write_article,
)
from feedback.services.community_impacts import keep_impact, keep_topic
from feedback.services.community_questions import ask_question, change_question, raise_question
from tenants.staff.models import Absence, Firm
from tenants.staff.selectors.firm import firm_today
from tests.feedback.conftest import events, ids

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180345dcd0d0000000049454e44ae426082"
)


@pytest.fixture
def topic(in_alpha, owner_alpha, make_user):
    def make(name="Giao hàng", *, experts=1):
        made = keep_topic(topic=CommunityTopic(name=name, accountable=owner_alpha))
        people = [make_user() for _one in range(experts)]
        return keep_topic(topic=made, known_by=[one.pk for one in people]), people

    return make


@pytest.fixture
def asked(in_alpha, make_customer):
    def make(text="Có ship bánh ra Hội An không?", customer=None, **told):
        customer = customer or make_customer()
        return ask_question(text=text, customer_id=customer.pk, **told)

    return make


def stored(row):
    return type(row).objects.get(pk=row.pk)


def test_a_customers_question_is_a_signal_without_contacts_and_once_however_often_it_is_tapped(
    asked, make_customer, owner_alpha
):
    lan = make_customer()
    question = asked("  Ship tới 0905 123 456 hay a@b.vn  được không?", lan, shown_name="Lan  0905123456")
    assert asked("ship tới 0905 123 456 hay a@b.vn được không?", lan).pk == question.pk
    assert "0905 123 456" not in question.text
    assert "a@b.vn" not in question.text
    assert (question.shown_name, question.feedback_type, question.is_internal) == ("Lan 090*****56", "usage", False)
    # Nobody knows about it, so it lies with whoever answers for it at once.
    assert (question.accountable_id, question.raised_at is not None) == (owner_alpha.pk, True)
    entry = Interaction.objects.get(what="question.asked")
    assert (entry.customer_id, entry.direction, entry.body) == (lan.pk, "in", question.text)
    assert [name for name, _ids in events("question_asked")] == ["question_asked"]
    assert depth_of(lan.pk) == 2
    assert sum(row.customers for row in heard().rows) == 1
    for told, refusal in (
        ({"text": "  "}, QuestionEmpty),
        ({"text": "x" * 501}, InvalidInput),
        ({"shown_name": "x" * 41}, InvalidInput),
        ({"topic_id": uuid4()}, InvalidInput),
    ):
        with pytest.raises(refusal):
            asked(customer=lan, **told)
    assert CommunityQuestion.objects.count() == 1


def test_it_goes_to_three_at_most_who_know_and_are_at_work(topic, asked, make_user, owner_alpha):
    delivery, people = topic(experts=5)
    away, gone, reads_only, busy, free = people
    Absence.objects.create(user=away, starts_on=firm_today(), ends_on=firm_today())
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    type(reads_only).objects.filter(pk=reads_only.pk).update(role="read_only")
    first = asked(topic_id=delivery.pk)
    assert {one.user for one in first.asks.all()} == {busy, free}
    assert first.raised_at is None
    assert ids(waiting_for(free)) == [first.pk]
    assert not waiting_for(owner_alpha).exists()
    others = [make_user() for _one in range(3)]
    keep_topic(topic=delivery, known_by=[one.pk for one in [*people, *others]])
    # Whoever has fewer questions waiting comes first.
    assert set(who_knows(delivery)) == set(others)
    assert who_knows(None) == []
    raised = raise_question(question_id=first.pk)
    assert (raised.raised_at is not None, raised.accountable_id) == (True, owner_alpha.pk)
    raise_question(question_id=first.pk)
    assert len(events("question_raised")) == 1
    assert ids(waiting_for(owner_alpha)) == [first.pk]
    # Whoever stands in for the owner sees it too.
    Absence.objects.create(user=owner_alpha, deputy=others[0], starts_on=firm_today(), ends_on=firm_today())
    assert ids(waiting_for(others[0])) == [first.pk]
    with pytest.raises(NotFound):
        raise_question(question_id=uuid4())


def test_somebody_always_answers_for_it(topic, owner_alpha, make_user):
    boss = make_user(role="executive")
    delivery, _people = topic(experts=0)
    assert who_answers_for(delivery) == owner_alpha
    Firm.objects.update(default_executive=boss)
    CommunityTopic.objects.update(accountable=None)
    assert who_answers_for(stored(delivery)) == boss
    type(boss).objects.filter(pk=boss.pk).update(is_active=False)
    assert who_answers_for(None) == owner_alpha


def test_a_colleague_answers_the_asker_says_it_helps_and_it_is_what_the_firm_knows(
    asked, make_customer, make_user, owner_alpha
):
    lan, colleague = make_customer(), make_user()
    question = asked(customer=lan, may_publish=True, shown_name="Lan")
    answer = answer_question(question_id=question.pk, text="Có, \r\n trong ngày. Gọi 0905123456.", user_id=colleague.pk)
    assert answer.text == "Có,\n trong ngày. Gọi 090*****56."
    question = stored(question)
    assert (question.state, question.answered_at, question.published_at) == ("answered", answer.published_at, None)
    with acting_as(Actor("user", owner_alpha.pk, "Chủ")):
        change_question(question_id=question.pk, is_published=True)
    assert found_by("ship hoi an") == []  # published, but nothing is accepted yet
    mark = mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="helpful")
    assert mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="helpful").pk == mark.pk
    answer = stored(answer)
    assert answer.accepted_at is not None
    assert answer.review_due == firm_today() + timedelta(days=90)
    assert stored(question).useful_after == mark.seconds
    assert ReputationPoint.objects.count() == 0  # staff have a badge, not points
    [found] = found_by("cho mình hỏi có SHIP ra hội an ko")
    assert (found.pk, [one.pk for one in found.shown_answers]) == (question.pk, [answer.pk])
    assert ids(search(CommunityQuestion.objects.all(), "hội trong NGÀY")) == [question.pk]
    [own] = asked_by_customer(lan.pk)
    assert [one.said for one in own.shown_answers] == ["helpful"]
    for text, refusal in ((" ", AnswerEmpty), ("x" * 4001, InvalidInput)):
        with pytest.raises(refusal):
            answer_question(question_id=question.pk, text=text)
    assert CommunityAnswer.objects.count() == 1


def test_not_yet_and_wrong_open_it_again_for_whoever_answers_for_it(asked, make_customer, owner_alpha):
    lan = make_customer()
    question = asked(customer=lan)
    answer = answer_question(question_id=question.pk, text="Có.", accept=True)
    mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="not_yet")
    assert (stored(question).state, ids(waiting_for(owner_alpha))) == ("open", [question.pk])
    assert stored(answer).review_due > firm_today()
    mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="wrong")
    assert stored(answer).review_due == firm_today()
    mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="helpful")
    assert (stored(question).state, AnswerMark.objects.count()) == ("answered", 1)
    with pytest.raises(NotFound):
        mark_answer(answer_id=answer.pk, customer_id=make_customer().pk, verdict="wrong")
    with pytest.raises(InvalidInput):
        mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="maybe")
    refuse_answer(answer_id=answer.pk)
    assert stored(question).state == "open"
    for call in (
        lambda: mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="wrong"),
        lambda: accept_answer(answer_id=answer.pk),
    ):
        with pytest.raises(AnswerNotShown):
            call()
    with pytest.raises(NotFound):
        accept_answer(answer_id=uuid4())


def test_customers_help_each_other_and_earn_trust_that_can_be_taken_back(asked, make_customer):
    lan, minh = make_customer(), make_customer()
    question = asked(customer=lan, may_publish=True)
    with pytest.raises(QuestionNotOpenToCustomers):
        answer_as_customer(question_id=question.pk, customer_id=minh.pk, text="Có")
    change_question(question_id=question.pk, is_published=True)
    assert ids(open_to_customer(minh.pk)) == [question.pk]
    assert open_to_customer(lan.pk) == []
    with pytest.raises(QuestionNotOpenToCustomers):
        answer_as_customer(question_id=question.pk, customer_id=lan.pk, text="Tự trả lời")
    answer = answer_as_customer(
        question_id=question.pk, customer_id=minh.pk, text="Có, mình mua rồi.", shown_name="Minh"
    )
    assert answer.published_at is None
    assert ids(answers_waiting_for_yes()) == [answer.pk]
    assert (stored(question).state, open_to_customer(minh.pk), depth_of(minh.pk)) == ("open", [], 0)
    with pytest.raises(AlreadyAnsweredThis):
        answer_as_customer(question_id=question.pk, customer_id=minh.pk, text="Nữa")
    show_answer(answer_id=answer.pk)
    show_answer(answer_id=answer.pk)
    assert (stored(question).state, depth_of(minh.pk), len(events("question_answered"))) == ("answered", 3, 1)
    mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="helpful")
    assert standing_of(minh.pk).points == pytest.approx(25, abs=0.01)  # useful 5, at once 5, accepted 15
    mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="wrong")
    assert standing_of(minh.pk).points == pytest.approx(5, abs=0.01)
    mark_answer(answer_id=answer.pk, customer_id=lan.pk, verdict="helpful")
    assert standing_of(minh.pk).points == pytest.approx(20, abs=0.01)  # the first useful one it was before
    better = answer_question(question_id=question.pk, text="Có, phí 30.000.")
    accept_answer(answer_id=better.pk)
    assert standing_of(minh.pk).points == pytest.approx(5, abs=0.01)
    accept_answer(answer_id=better.pk)
    accept_answer(answer_id=answer.pk)
    assert CommunityAnswer.objects.filter(accepted_at__isnull=False).get().pk == answer.pk
    refuse_answer(answer_id=answer.pk)
    refuse_answer(answer_id=answer.pk)
    assert standing_of(minh.pk).points == 0
    assert ReputationPoint.objects.filter(taken_back_at=None).count() == 0
    show_answer(answer_id=answer.pk)
    assert stored(answer).published_at is not None


def test_whoever_is_trusted_answers_alone_and_nobody_votes_for_themselves(asked, make_customer):
    lan, minh = make_customer(), make_customer()
    for number in range(4):
        question = asked(f"Câu số {number} về bánh", customer=lan, may_publish=True)
        change_question(question_id=question.pk, is_published=True)
        answer = answer_as_customer(question_id=question.pk, customer_id=minh.pk, text="Được.")
        if answer.published_at is None:
            accept_answer(answer_id=answer.pk)
    assert standing_of(minh.pk).level == Standing.KNOWS
    last = asked("Còn bánh mặn không?", customer=lan, may_publish=True)
    change_question(question_id=last.pk, is_published=True)
    assert answer_as_customer(question_id=last.pk, customer_id=minh.pk, text="Còn.").published_at is not None
    # One's own question and answer come together only by a merge.
    CommunityQuestion.objects.filter(pk=last.pk).update(customer=minh)
    own = CommunityAnswer.objects.get(question=last)
    before = standing_of(minh.pk).points
    with pytest.raises(OwnAnswer):
        mark_answer(answer_id=own.pk, customer_id=minh.pk, verdict="helpful")
    accept_answer(answer_id=own.pk)
    assert standing_of(minh.pk).points == pytest.approx(before, abs=0.01)


def test_what_may_be_published_and_set_aside(asked, in_alpha, owner_alpha):
    private = asked()
    with pytest.raises(NoLeaveToPublish):
        change_question(question_id=private.pk, is_published=True)
    inner = ask_question(text="Kho còn bột không?", user_id=owner_alpha.pk, is_internal=True)
    with pytest.raises(QuestionInternal):
        change_question(question_id=inner.pk, is_published=True)
    told = change_question(question_id=private.pk, is_set_aside=True, feedback_type="value_proposition", topic_id=None)
    assert (told.state, told.feedback_type, told.topic) == ("set_aside", "value_proposition", None)
    change_question(question_id=private.pk, is_set_aside=True, is_published=False)
    with pytest.raises(QuestionSetAside):
        answer_question(question_id=private.pk, text="Có")
    with pytest.raises(QuestionSetAside):
        change_question(question_id=private.pk, is_published=True)
    assert change_question(question_id=private.pk, is_set_aside=False).state == "open"
    answer_question(question_id=private.pk, text="Có")
    change_question(question_id=private.pk, is_set_aside=True)
    assert change_question(question_id=private.pk, is_set_aside=False).state == "answered"
    with pytest.raises(InvalidInput):
        change_question(question_id=private.pk, feedback_type="poem")


def test_knowledge_grows_stale_and_is_confirmed_with_one_tap(in_alpha, owner_alpha, make_user, make_customer, asked):
    with acting_as(Actor("user", owner_alpha.pk, "Chủ")):
        article = write_article(text="Mấy giờ mở cửa?", answer="7 giờ.", user_id=owner_alpha.pk)
    answer = CommunityAnswer.objects.get()
    assert (answer.verified_by_id, stale_answers().exists(), article.published_at is not None) == (
        owner_alpha.pk, False, True,
    )  # fmt: skip
    CommunityAnswer.objects.update(review_due=firm_today())
    assert ids(stale_answers()) == ids(to_look_at(owner_alpha)) == [answer.pk]
    assert not to_look_at(make_user()).exists()
    assert stored(answer).is_stale(firm_today()) is True
    confirm_answer(answer_id=answer.pk, text="6 giờ 30.")
    assert (stored(answer).text, stale_answers().exists()) == ("6 giờ 30.", False)
    confirm_answer(answer_id=answer.pk)
    # What visitors find is a machine's answer, once each.
    for _tap in range(2):
        note_helped(answer_id=answer.pk, visitor="v1", seconds=9)
    note_helped(answer_id=answer.pk, visitor="v2", seconds=90_000)
    with pytest.raises(NotFound):
        note_helped(answer_id=uuid4(), visitor="v1", seconds=1)
    question = asked("Có chỗ gửi xe không?")
    waits = answer_question(question_id=question.pk, text="Có.")
    with pytest.raises(AnswerNotAccepted):
        confirm_answer(answer_id=waits.pk)
    mark_answer(answer_id=waits.pk, customer_id=question.customer_id, verdict="helpful")
    asked("Có wifi không?")
    CommunityAnswer.objects.filter(pk=answer.pk).update(review_due=firm_today())
    found = community_figures()
    assert (found.machine.n, found.machine.p50, found.machine.p90, found.machine.at_once) == (2, 9, 3600, 1)
    assert (found.people.n, found.people.at_once) == (1, 1)
    assert (found.asked, found.answered, found.deflected, found.waiting, found.late) == (2, 1, 2, 1, 1)
    assert (found.known, found.stale, found.stale_share, found.deflected_share) == (1, 1, 100, 50)


def test_the_topic_is_guessed_from_its_name_or_from_what_was_answered_before(topic, owner_alpha):
    delivery, _people = topic()
    cakes, _people = topic("Bánh kem")
    write_article(
        text="Đặt trước bao lâu?", answer="Hai ngày, bánh kem ba ngày.", user_id=owner_alpha.pk, topic_id=cakes.pk
    )
    assert guess_topic("Phí GIAO HANG là bao nhiêu?") == delivery
    assert guess_topic("Phải đặt trước mấy ngày?") == cakes
    assert guess_topic("Wifi?") is None


def test_impacts_need_evidence_and_only_pictures_are_pictures(in_alpha, owner_alpha):
    told = {
        "activity": "Áo ấm",
        "held_on": firm_today(),
        "beneficiaries": "Trẻ em",
        "evidence": "120 áo.",
        "how_many": 120,
    }
    with acting_as(Actor("user", owner_alpha.pk, "Chủ")):
        impact = keep_impact(**told, photo=PNG, place="Nam Trà My", is_published=True)
    assert (impact.recorded_by_id, ImpactPhoto.objects.get().content_type) == (owner_alpha.pk, "image/png")
    keep_impact(impact_id=impact.pk, how_many=130, photo=PNG)
    assert (CommunityImpact.objects.get().how_many, ImpactPhoto.objects.count()) == (130, 1)
    for change, refusal in (
        ({"evidence": " "}, ImpactWithoutEvidence),
        ({"evidence": "x" * 2001}, InvalidInput),
        ({"activity": ""}, InvalidInput),
        ({"held_on": firm_today() + timedelta(days=1)}, InvalidInput),
        ({"photo": b"GIF89a-no"}, PhotoNotTaken),
        ({"photo": b"%PDF-1.4 nothing"}, PhotoNotTaken),
    ):
        with pytest.raises(refusal):
            keep_impact(**told | change)
    with pytest.raises(NotFound):
        keep_impact(impact_id=uuid4(), how_many=1)
    assert CommunityImpact.objects.count() == 1


def test_a_forgotten_customer_takes_their_words_along(asked, make_customer):
    lan, minh = make_customer(), make_customer()
    mine = asked("Bánh nào hợp người ăn chay?", customer=lan, may_publish=True, shown_name="Lan")
    change_question(question_id=mine.pk, is_published=True)
    theirs = answer_as_customer(question_id=mine.pk, customer_id=minh.pk, text="Bánh chuối.", shown_name="Minh")
    accept_answer(answer_id=theirs.pk)
    erase_customer(customer_id=minh.pk)
    answer = stored(theirs)
    assert (answer.shown_name, answer.published_at, "chuối" in answer.text) == ("", None, False)
    assert (stored(mine).search_text, found_by("banh chuoi"), answers_waiting_for_yes().exists()) == ("", [], False)
    erase_customer(customer_id=lan.pk)
    question = stored(mine)
    assert (question.shown_name, question.published_at, question.state, "chay" in question.text) == (
        "", None, "set_aside", False,
    )  # fmt: skip


def test_constraints_hold_whatever_a_service_forgets(asked):
    question = asked()
    with pytest.raises(Exception, match="question_published_by_leave"):
        CommunityQuestion.objects.filter(pk=question.pk).update(published_at=now())
    assert connection.needs_rollback


def test_refusals_are_sentences():
    for refusal in (QuestionEmpty, NoLeaveToPublish, OwnAnswer, PhotoNotTaken):
        assert issubclass(refusal, DomainError)
        assert str(refusal()).endswith((".", "!"))
