"""Money: within one's limit at once, above it asked, passed on, answered once."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import NotFound
from cxcrm.core.ids import new_id
from feedback.models import Complaint
from feedback.services import complaints
from tenants.services.agenda import NotYet
from tenants.staff.models import Absence, Firm, User
from tenants.staff.roles import Role
from tenants.staff.selectors.limits import limit_of
from tests.support.race import race
from workflows.errors import (
    CompensationInvalid,
    CompensationIsPersonal,
    CompensationOver,
    CompensationWaiting,
    NobodyToAsk,
    NotYourRequest,
    OverAuthority,
)
from workflows.models import Compensation, CompensationAsk, Message
from workflows.selectors.compensations import sums_by
from workflows.services.compensations import approve, compensate, decline, pass_on, withdraw


@contextmanager
def working(user):
    with acting_as(Actor("user", user.pk, user.full_name)):
        yield


def ask_for(complaint, user, amount=300_000, **fields):
    with working(user):
        return compensate(complaint_id=complaint.id, amount=Decimal(amount), reason="Bù hai ly", **fields)


def asked(row):
    return [ask.person.full_name for ask in row.asks.order_by("position")]


def test_within_the_limit_it_is_granted_at_once(complaint, crew):
    row = ask_for(complaint, crew.executive, 500_000)
    assert (row.state, row.decided_by, asked(row)) == ("granted", crew.executive, [])


def test_the_limit_of_the_role_counts_until_somebody_has_their_own(complaint, crew):
    Firm.objects.update(agent_limit=200_000, manager_limit=400_000)
    assert [limit_of(one) for one in (crew.owner, crew.manager, crew.executive)] == [200_000, 400_000, 500_000]
    assert ask_for(complaint, crew.owner, 200_000).state == "granted"
    row = ask_for(complaint, crew.owner, 200_001)
    assert (row.state, asked(row)) == ("waiting", ["Ngô Thanh Tùng"])  # the manager may by their role
    with working(crew.manager):
        assert approve(compensation_id=row.pk).state == "granted"
    User.objects.filter(pk=crew.owner.pk).update(may_grant_nothing=True)
    assert ask_for(complaint, crew.owner, 1).state == "waiting"
    with working(crew.owner):
        withdraw(compensation_id=Compensation.objects.get(state="waiting").pk)
    User.objects.filter(pk=crew.owner.pk).update(may_grant_nothing=False, role=Role.READ_ONLY)
    assert limit_of(User.objects.get(pk=crew.owner.pk)) == 0  # who only reads grants nothing


def test_above_it_the_nearest_who_may_is_asked_and_says_yes(complaint, crew, dear, run_agenda, mailoutbox):
    User.objects.filter(pk=crew.manager.pk).update(authority_limit=100_000)
    row = ask_for(complaint, crew.owner, remedy_id=dear.pk)
    run_agenda()
    assert asked(row) == ["Lê Thị Mỹ Duyên"]  # the manager's limit is too small
    mail = mailoutbox[-1]
    assert (mail.to, "300.000" in mail.subject, "/g/" in mail.body) == ([crew.executive.email], True, True)
    with working(crew.executive):
        approve(compensation_id=row.pk, note="Đồng ý")
    run_agenda()
    row.refresh_from_db()
    complaint.refresh_from_db()
    assert (row.state, row.decided_by, row.decision_note) == ("granted", crew.executive, "Đồng ý")
    assert (complaint.state, complaint.remedy_id) == ("decided", dear.pk)
    assert (mailoutbox[-1].to, "300.000" in mailoutbox[-1].body) == ([crew.owner.email], True)
    assert Compensation.objects.get() == row  # the remedy's own price is not booked beside it


def test_passed_on_until_it_expires(complaint, crew, wait):
    row = ask_for(complaint, crew.owner)
    assert asked(row) == ["Lê Thị Mỹ Duyên"]
    wait(hours=4.1)
    assert asked(row) == ["Lê Thị Mỹ Duyên", "Trần Quốc Bảo"]
    wait(hours=4.1)
    assert asked(row)[2:] == ["Trần Thị Chủ"]
    wait(hours=4.1)
    row.refresh_from_db()
    assert (row.state, Message.objects.get(kind="compensation_decided").user) == ("expired", crew.owner)
    with pytest.raises(CompensationOver), working(crew.executive):
        approve(compensation_id=row.pk)


def test_whoever_is_away_is_stood_in_for(complaint, crew):
    today = now().date()
    span = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=1)}
    User.objects.filter(pk=crew.spare.pk).update(authority_limit=400_000)
    Absence.objects.create(user=crew.executive, deputy=crew.spare, **span)
    row = ask_for(complaint, crew.owner)
    [ask] = row.asks.all()
    assert (ask.person, ask.deputy_for) == (crew.spare, crew.executive)


def test_a_no_needs_a_word_and_only_who_was_asked_answers(complaint, crew):
    row = ask_for(complaint, crew.owner)
    [ask] = row.asks.all()
    with working(crew.manager), pytest.raises(NotYourRequest):
        approve(compensation_id=row.pk)
    with pytest.raises(CompensationInvalid):
        decline(compensation_id=row.pk, note=" ", ask_id=ask.pk)
    with pytest.raises(CompensationInvalid):
        decline(compensation_id=row.pk, note="x" * 501, ask_id=ask.pk)
    with pytest.raises(NotYourRequest):
        decline(compensation_id=row.pk, note="không", ask_id=new_id())
    row.refresh_from_db()
    assert row.state == "waiting"
    decline(compensation_id=row.pk, note="Lần này thì không", ask_id=ask.pk)
    with pytest.raises(CompensationOver):
        approve(compensation_id=row.pk, ask_id=ask.pk)
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("declined", crew.executive)


def test_a_limit_lowered_meanwhile_counts(complaint, crew):
    row = ask_for(complaint, crew.owner)
    User.objects.filter(pk=crew.executive.pk).update(authority_limit=1000)
    with working(crew.executive), pytest.raises(OverAuthority):
        approve(compensation_id=row.pk)
    row.refresh_from_db()
    assert row.state == "waiting"
    with working(crew.chief):  # a leader may answer unasked
        assert approve(compensation_id=row.pk).decided_by == crew.chief


def test_withdrawn_by_who_asked(complaint, crew):
    row = ask_for(complaint, crew.owner)
    with pytest.raises(CompensationWaiting):
        ask_for(complaint, crew.manager)
    with working(crew.manager), pytest.raises(NotYourRequest):
        withdraw(compensation_id=row.pk)
    with working(crew.owner):
        assert withdraw(compensation_id=row.pk).state == "withdrawn"
        with pytest.raises(CompensationOver):
            withdraw(compensation_id=row.pk)
    assert ask_for(complaint, crew.owner).state == "waiting"


def test_what_is_refused_changes_nothing(complaint, crew):
    for fields in ({"amount": 0}, {"amount": -5}, {"amount": "1e12"}):
        with pytest.raises(CompensationInvalid):
            ask_for(complaint, crew.owner, **fields)
    with working(crew.owner):
        for reason in (" ", "x" * 301):
            with pytest.raises(CompensationInvalid):
                compensate(complaint_id=complaint.id, amount=Decimal(1), reason=reason)
        with pytest.raises(NotFound):
            compensate(complaint_id=complaint.id, amount=Decimal(1), reason="x", remedy_id=new_id())
        with pytest.raises(NotFound):
            compensate(complaint_id=new_id(), amount=Decimal(1), reason="x")
        with pytest.raises(NotFound):
            approve(compensation_id=new_id())
    with pytest.raises(CompensationIsPersonal):
        compensate(complaint_id=complaint.id, amount=Decimal(1), reason="x")
    with pytest.raises(NotYet):
        pass_on(new_id())
    assert Compensation.objects.count() == 0


def test_nobody_to_ask_keeps_nothing(complaint, crew, owner_alpha):
    User.objects.filter(pk__in=[crew.executive.pk, crew.chief.pk, owner_alpha.pk]).update(is_active=False)
    with pytest.raises(NobodyToAsk):
        ask_for(complaint, crew.owner)
    assert Compensation.objects.count() == 0


def test_a_chosen_remedy_is_booked_and_sums_tell_the_cause(complaint, crew, cheap, dear, cause, run_agenda):
    with working(crew.executive):
        complaints.choose_remedy(complaint_id=complaint.id, remedy_id=cheap.pk)
    run_agenda()
    assert [(row.amount, row.state) for row in Compensation.objects.all()] == [(Decimal(59_000), "granted")]
    complaints.choose_remedy(complaint_id=complaint.id, remedy_id=dear.pk)
    run_agenda()
    ask_for(complaint, crew.executive, 100_000)
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn.")
    since, until = now() - timedelta(days=2), now() + timedelta(days=1)
    [line] = sums_by("cause", reader=User(role="owner"), since=since, until=until)
    assert (line.what, line.count, line.total) == (str(cause), 2, Decimal(9_100_000))
    [month] = sums_by("month", reader=User(role="owner"), since=since, until=until)
    assert (month.count, month.total) == (2, Decimal(9_100_000))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["approve", "decline"])
def test_two_answers_at_once(alpha, complaint, crew, other):
    row = ask_for(complaint, crew.owner)
    ask = CompensationAsk.objects.get()
    calls = {
        "approve": lambda: approve(compensation_id=row.pk, ask_id=ask.pk),
        "decline": lambda: decline(compensation_id=row.pk, note="Không", ask_id=ask.pk),
    }
    results = race(alpha, calls["approve"], calls[other])
    assert sorted(type(result).__name__ for result in results) == ["Compensation", "CompensationOver"]
    assert Complaint.objects.get(pk=complaint.pk).pk == complaint.pk
