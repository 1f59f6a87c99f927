"""The conduct policy, thanks passed on, and coaching that hears both sides before anything follows."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.models import Quote
from customers.services.erasure import erase_customer
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import InvalidInput, NotAllowed, NotFound
from feedback.models import Complaint, Dispatch, Invitation, Response, Survey
from feedback.services.complaints import confirm, resolve_complaint
from tenants.staff.models import Branch, Department, User
from tenants.staff.selectors.firm import firm_today
from workflows import conduct_errors as errors
from workflows.mails.digest import compose
from workflows.models import Coaching, ConductPolicy, Event, Message, Recognition
from workflows.selectors import conduct as found
from workflows.selectors.digest import digest_for, who_has_something
from workflows.services.coaching import decide_coaching, open_coaching, tell_own_side
from workflows.services.conduct import acknowledge_policy, pass_on_thanks, publish_policy

POLICY = {"criteria": "Lời khách khen", "thanks": "Cả quán", "follows": "Việc đã rõ", "decides": "Ban giám đốc"}


def by(user):
    return acting_as(Actor("user", user.pk, user.full_name))


@pytest.fixture
def solved(complaint, cause):
    resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="Đã hoàn tiền")
    confirm(complaint_id=complaint.pk)
    return Complaint.objects.get(pk=complaint.pk)


@pytest.fixture
def answered(customer):
    """An answer of ten with words; told again by its score and words."""
    survey = Survey.objects.get(metric="nps")
    dispatch = Dispatch.objects.create(survey=survey)
    invitation = Invitation.objects.create(dispatch=dispatch, survey=survey, customer=customer, expires_at=now())

    def make(score=10, words="Bạn Hân dễ thương lắm"):
        return Response.objects.create(
            invitation=invitation, survey=survey, customer=customer, metric="nps", score=score, words=words
        )

    return make


def test_a_policy_is_published_by_those_who_decide_and_read_by_everybody(crew):
    for user in (None, crew.manager, crew.owner):
        refused = errors.PolicyNotYours if user else errors.ConductIsPersonal
        with pytest.raises(refused), acting_as(Actor("user", user.pk if user else None, "x")):
            publish_policy(**POLICY)
    with by(crew.executive):
        first = publish_policy(**POLICY)
        with pytest.raises(errors.PolicyUnchanged):
            publish_policy(**{**POLICY, "thanks": " Cả  quán "})
        with pytest.raises(InvalidInput) as empty:
            publish_policy(**{**POLICY, "decides": " "})
        assert empty.value.data["field"] == "decides"
    with by(crew.owner):
        acknowledge_policy(policy_id=first.pk)
        acknowledge_policy(policy_id=first.pk)
        with pytest.raises(NotFound):
            acknowledge_policy(policy_id=crew.owner.pk)
    assert found.has_read(first, crew.owner) is not None
    assert crew.owner not in found.who_has_not_read(first)
    with by(crew.chief):
        second = publish_policy(**{**POLICY, "thanks": "Cả ca"})
    with by(crew.owner), pytest.raises(errors.PolicyReplaced):
        acknowledge_policy(policy_id=first.pk)
    assert (found.policy_in_force(), second.version, second.written_by) == (second, 2, crew.chief)
    assert (found.has_read(second, crew.owner), found.has_read(None, crew.owner)) == (None, None)
    assert (found.who_has_not_read(None), len(found.who_has_not_read(second))) == ([], User.objects.working().count())
    names = ["workflows.conduct_policy_set", "workflows.conduct_policy_read"]
    assert [Event.objects.filter(name=name).count() for name in names] == [2, 1]


def test_two_first_policies_at_once_are_one(crew, monkeypatch):
    with by(crew.executive):
        publish_policy(**POLICY)
        monkeypatch.setattr(
            "workflows.services.conduct.ConductPolicy.objects.select_for_update", ConductPolicy.objects.none
        )
        with pytest.raises(errors.PolicyReplaced):
            publish_policy(**POLICY)
    assert ConductPolicy.objects.count() == 1


def test_thanks_reach_a_colleague_a_department_and_a_branch(crew, solved, answered, customer):
    branch, department = Branch.objects.create(name="Quận 3"), Department.objects.create(name="Pha chế")
    other = Branch.objects.create(name="Quận 5")
    User.objects.filter(pk=crew.owner.pk).update(branch=branch, department=department)
    crew.owner.refresh_from_db()
    answer = answered()
    entry = record_interaction(customer_id=customer.pk, kind="chat", what="note", direction="in", body="Bánh giòn lắm")
    quote = take_quote(interaction_id=entry.pk)
    with by(crew.manager):
        first = pass_on_thanks(response_id=answer.pk, colleague_id=crew.owner.pk, note=" Giỏi  quá ")
        pass_on_thanks(quote_id=quote.pk, department_id=department.pk)
        pass_on_thanks(complaint_id=solved.pk, branch_id=branch.pk)
        with pytest.raises(errors.ThankedAlready):
            pass_on_thanks(response_id=answer.pk, colleague_id=crew.owner.pk)
    assert (first.note, first.given_by, str(first)) == ("Giỏi quá", crew.manager, crew.owner.full_name)
    assert {str(one) for one in found.thanks_of(crew.owner)} == {crew.owner.full_name, "Pha chế", "Quận 3"}
    counted = found.thanks_by_month(firm_today())
    assert [(str(place or "–"), sum(counts)) for place, counts in counted.rows] == [
        ("Quận 3", 2),
        ("Quận 5", 0),
        ("–", 1),
    ]
    assert (counted.total, len(counted.months), counted.rows[0][1][-1]) == (3, 6, 2)
    # Told the next morning to whoever was thanked, words and all, and to nobody else.
    assert found.who_was_thanked() == {crew.owner.pk}
    assert crew.owner in who_has_something()
    digest = digest_for(crew.owner)
    assert (digest.thank_count, digest.is_empty, digest_for(crew.spare).thank_count) == (3, False, 0)
    with translation.override("vi"):
        message = Message.objects.create(kind="digest", user=crew.owner, ref=crew.owner.pk, dedupe_key="d1")
        _subject, text, html = compose(message).render()
    assert "Bạn Hân dễ thương lắm" in text
    assert "Bánh giòn lắm" in html
    Message.objects.filter(pk=message.pk).update(created_at=message.created_at - timedelta(days=1))
    Recognition.objects.update(created_at=message.created_at - timedelta(days=2))
    assert (found.who_was_thanked(), digest_for(crew.owner).thank_count) == (set(), 0)
    # An erased customer's words are gone wherever they were thanked with.
    erase_customer(customer_id=customer.pk)
    assert set(Recognition.objects.values_list("note", flat=True)) == {""}
    assert found.with_words(Recognition.objects.filter(pk=first.pk)).get().response.words == ""
    assert other.pk not in Recognition.objects.values_list("branch", flat=True)


def test_thanks_rest_on_praise_and_are_for_others(crew, complaint, answered, customer):
    poor = answered(score=9, words=" ")
    entry = record_interaction(customer_id=customer.pk, kind="chat", what="note", direction="in", body="Chờ lâu quá")
    quote = take_quote(interaction_id=entry.pk)
    Quote.objects.filter(pk=quote.pk).update(feedback_type="complaint")
    with by(crew.manager):
        for told, field in (
            ({"response_id": poor.pk}, "response"),
            ({"quote_id": quote.pk}, "quote"),
            ({"complaint_id": complaint.pk}, "complaint"),
            ({"quote_id": crew.owner.pk}, "quote"),
            ({}, "response"),
            ({"response_id": poor.pk, "quote_id": quote.pk}, "response"),
        ):
            with pytest.raises(errors.NothingToThank) as refused:
                pass_on_thanks(**told, colleague_id=crew.owner.pk)
            assert refused.value.data["field"] == field
        Response.objects.filter(pk=poor.pk).update(words="Tuyệt")
        for told, field in (
            ({}, "colleague"),
            ({"colleague_id": poor.pk}, "colleague"),
            ({"branch_id": poor.pk}, "branch"),
            ({"department_id": poor.pk}, "department"),
        ):
            with pytest.raises(errors.NobodyThanked) as refused:
                pass_on_thanks(response_id=poor.pk, **told)
            assert refused.value.data["field"] == field
        with pytest.raises(errors.ThanksToOneself):
            pass_on_thanks(response_id=poor.pk, colleague_id=crew.manager.pk)
    assert not Recognition.objects.exists()


def test_coaching_hears_the_colleague_before_an_executive_decides(crew, solved, wait):
    told = {
        "complaint_id": solved.pk,
        "colleague_id": crew.owner.pk,
        "behaviour": "ignored",
        "seen": " Hẹn gọi  rồi quên ",
    }
    with by(crew.manager):
        row = open_coaching(**told)
        with pytest.raises(errors.CoachingStands):
            open_coaching(**told)
        with pytest.raises(NotAllowed):
            tell_own_side(coaching_id=row.pk, reply="Không phải")
        with pytest.raises(errors.NotYoursToDecide):
            decide_coaching(coaching_id=row.pk, outcome="coaching", because="x")
    assert (row.seen, row.is_open, row.is_heard, str(row)) == (
        "Hẹn gọi rồi quên", True, False, f"{crew.owner.full_name} – {solved.number}",
    )  # fmt: skip
    readers = (crew.owner, crew.manager, crew.executive, crew.chief)
    assert all(found.coachings_visible_to(user).filter(pk=row.pk).exists() for user in readers)
    other = User.objects.create(email="x@alpha.example", full_name="Người khác", role="manager")
    assert not found.coachings_visible_to(other).exists()
    assert not found.coachings_visible_to(object()).exists()
    with by(other), pytest.raises(NotFound):
        tell_own_side(coaching_id=row.pk, reply="x")
    assert (found.coachings_waiting_for(crew.owner), found.coachings_waiting_for(crew.executive)) == ([row], [])
    assert found.who_has_a_side_to_tell_or_to_decide() == {crew.owner.pk}
    with by(crew.executive), pytest.raises(errors.HearThemFirst):
        decide_coaching(coaching_id=row.pk, outcome="coaching", because="x")
    with by(crew.owner):
        with pytest.raises(errors.CoachingInvalid) as empty:
            tell_own_side(coaching_id=row.pk, reply=" ")
        assert empty.value.data["field"] == "reply"
        tell_own_side(coaching_id=row.pk, reply="Tổng đài mất mạng, em có ghi chú")
        with pytest.raises(errors.CoachingOver):
            tell_own_side(coaching_id=row.pk, reply="Nữa")
    assert (found.coachings_waiting_for(crew.owner), found.coachings_waiting_for(crew.executive)) == ([], [row])
    leaders = set(User.objects.working().filter(role__in=("owner", "executive")).values_list("pk", flat=True))
    assert found.who_has_a_side_to_tell_or_to_decide() == leaders
    with translation.override("vi"):
        message = Message.objects.create(kind="digest", user=crew.executive, ref=row.pk, dedupe_key="d2")
        _subject, text, _html = compose(message).render()
    assert f"/admin/workflows/coaching/{row.pk}/change/" in text
    assert solved.number not in text
    with by(crew.executive):
        for name, value in (("outcome", "fine"), ("because", "")):
            with pytest.raises(errors.CoachingInvalid) as refused:
                decide_coaching(coaching_id=row.pk, **{"outcome": "coaching", "because": "x", name: value})
            assert refused.value.data["field"] == name
        row = decide_coaching(coaching_id=row.pk, outcome="unfounded", because="Mạng hỏng thật")
        with pytest.raises(errors.CoachingOver):
            decide_coaching(coaching_id=row.pk, outcome="coaching", because="x")
    assert (row.outcome, row.decided_by, row.is_open) == ("unfounded", crew.executive, False)
    assert found.who_has_a_side_to_tell_or_to_decide() == set()
    erase_customer(customer_id=solved.customer_id)
    row.refresh_from_db()
    assert (row.outcome, row.reply, row.because) == ("unfounded", "", "")
    assert "quên" not in row.seen


def test_coaching_never_begins_from_a_score_nor_about_oneself(crew, complaint, cause, answered):
    told = {"complaint_id": complaint.pk, "colleague_id": crew.owner.pk, "behaviour": "rude", "seen": "Nói trống không"}
    answer = answered(score=2, words="")
    with by(crew.owner), pytest.raises(NotAllowed):
        open_coaching(**told)
    with by(crew.manager):
        with pytest.raises(errors.CaseNotReviewed):
            open_coaching(**told)
        resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="Xin lỗi")
        for wrong in ({"complaint_id": None}, {"response_id": answer.pk}):
            with pytest.raises(errors.CoachingFromScore):
                open_coaching(**{**told, **wrong})
        with pytest.raises(errors.CoachingInvalid):
            open_coaching(**{**told, "complaint_id": answer.pk})
        with pytest.raises(errors.CoachingOfOneself):
            open_coaching(**{**told, "colleague_id": crew.manager.pk})
        for name, value in (("colleague_id", answer.pk), ("behaviour", "slow"), ("seen", " ")):
            with pytest.raises(errors.CoachingInvalid) as refused:
                open_coaching(**{**told, name: value})
            assert refused.value.data["field"] == name.removesuffix("_id")
        Complaint.objects.filter(pk=complaint.pk).update(response=answer)
        with pytest.raises(errors.CoachingFromScore):
            open_coaching(**told)
    assert not Coaching.objects.exists()


def test_whoever_wrote_it_decides_only_where_nobody_else_can(crew, solved, wait):
    with by(crew.executive):
        row = open_coaching(complaint_id=solved.pk, colleague_id=crew.owner.pk, behaviour="hidden", seen="Xóa ghi chú")
    wait(days=4)
    row.refresh_from_db()
    assert (row.is_heard, found.may_decide(crew.executive, row), found.may_decide(crew.chief, row)) == (
        True,
        False,
        True,
    )
    assert (found.may_decide(crew.owner, row), found.may_decide(crew.manager, row)) == (False, False)
    User.objects.filter(role__in=("owner", "executive")).exclude(pk=crew.executive.pk).update(role="agent")
    assert found.may_decide(crew.executive, row)
    with by(crew.executive):
        assert decide_coaching(coaching_id=row.pk, outcome="coaching", because="Lần đầu").replied_at is None
