"""Requests between departments: answered in three working days, else by whoever stands above both."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import connection

from customers.services.erasure import erase_customer
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.ids import new_id
from cxcrm.core.language import speaking
from feedback.services.complaints import refer
from journeys.services.insights import write_insight
from tenants.context import in_tenant
from tenants.services.agenda import Later, NotYet
from tenants.staff.models import Absence, Department, Firm, User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services.accounts import create_user
from tests.support.changes import act, as_person
from workflows import errors
from workflows.mails import compose
from workflows.mails.base import Skip
from workflows.models import Alert, ChangeCase, ChangeRequest, Event, Message
from workflows.selectors import change_requests as found
from workflows.selectors.change_words import history_of, news_of, what_waits
from workflows.selectors.digest import digest_for, who_has_something
from workflows.selectors.reach import messages_visible_to
from workflows.services import change_requests as services

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def waits(change):
    with speaking("en"):
        return what_waits(change)


def mails(change):
    rows = Message.objects.filter(ref=change.pk).order_by("created_at", "id")
    return [(row.kind, row.user.full_name) for row in rows]


def names():
    rows = Event.objects.filter(name__startswith="workflows.change_").order_by("occurred_at", "id")
    return [name.removeprefix("workflows.change_") for name in rows.values_list("name", flat=True)]


def test_asked_of_the_head_agreed_with_a_day_done_and_judged(ask, crew, complaint, run_agenda, mailoutbox):
    insight = write_insight(want="a", but="b", because="c")
    change = ask(complaint_ids=[complaint.pk] * 2, touchpoint_id=crew.touchpoint.pk, insight_id=insight.pk)
    assert (change.accountable, change.state, change.insight) == (crew.executive, "waiting", insight)
    assert list(change.cases.values_list("complaint", flat=True)) == [complaint.pk]
    assert abs(change.answer_by - change.created_at - timedelta(days=3)) < timedelta(minutes=1)
    mailoutbox.clear()
    run_agenda()
    (mail,) = mailoutbox
    assert (mail.to, change.subject in mail.subject) == ([crew.executive.email], True)
    url = f"/admin/workflows/changerequest/{change.pk}/change/?answer="
    assert [change.hurts in mail.body, *(f"{url}{one}" in mail.body for one in services.ANSWERS)] == [True] * 4
    assert list(found.waiting_for(crew.executive)) == [change]
    assert waits(change).startswith("answer by")
    due = firm_today() + timedelta(days=7)
    for wrong in ({"answer": "agreed"}, {"answer": "agreed", "due_on": firm_today() - timedelta(days=1)},
                  {"answer": "agreed", "due_on": firm_today() + timedelta(days=367)}, {"answer": "done", "due_on": due},
                  {"answer": "declined"}, {"answer": "countered", "due_on": due}, {"answer": "nothing"}):  # fmt: skip
        with pytest.raises(InvalidInput):
            act(crew.executive, services.answer_change, change, **wrong)
    change.refresh_from_db()
    assert (change.state, change.answered_at) == ("waiting", None)
    agreed = act(crew.executive, services.answer_change, change, answer="agreed", due_on=due)
    assert (agreed.state, agreed.due_on, agreed.answered_by, agreed.settled_by) == (
        "agreed", due, crew.executive, crew.executive,
    )  # fmt: skip
    assert mails(change) == [("change_asked", "Lê Thị Mỹ Duyên"), ("change_news", "Lý Gia Hân")]
    with pytest.raises(errors.ChangeOver):
        act(crew.executive, services.answer_change, change, answer="declined", words="x")
    with pytest.raises(errors.NotYourTurn):
        act(crew.owner, services.finish_change, change, words="x")
    with pytest.raises(InvalidInput):
        act(crew.executive, services.finish_change, change, words=" ")
    assert waits(agreed) == f"do it by {due:%d/%m/%Y}"
    done = act(crew.executive, services.finish_change, change, words="Hoàn ngay tại quầy")
    assert (done.state, done.done_by, list(found.waiting_for(crew.owner))) == ("done", crew.executive, [change])
    run_agenda()
    mail = mailoutbox[-1]
    assert (mail.to, "Hoàn ngay tại quầy" in mail.body) == ([crew.owner.email], True)
    with pytest.raises(InvalidInput):
        act(crew.owner, services.judge_change, change, has_helped=False)
    judged = act(crew.owner, services.judge_change, change, has_helped=True)
    assert (judged.has_helped, waits(judged), list(found.waiting_for(crew.owner))) == (True, "", [])
    with pytest.raises(errors.ChangeOver):
        act(crew.owner, services.judge_change, change, has_helped=False, words="x")
    assert mails(change)[-1] == ("change_news", "Lê Thị Mỹ Duyên")
    # The yes had left its place to what was done before it could leave.
    sent = Message.objects.filter(ref=change.pk, kind="change_news", user=crew.owner).order_by("created_at")
    assert [(row.state, row.reason) for row in sent] == [("skipped", "change_over"), ("sent", "")]
    assert names() == ["asked", "answered", "done", "judged"]
    assert compose(Message.objects.get(kind="change_asked")) == Skip("change_over")
    assert services.raise_change(change.pk) is None


def test_no_answer_in_three_days_goes_once_to_who_is_above_both(ask, crew, wait, run_agenda, mailoutbox):
    change = ask()
    assert services.raise_change(change.pk) == Later(change.answer_by)
    wait(days=5)
    change.refresh_from_db()
    assert (change.raised_to, change.state, change.accountable) == (crew.chief, "waiting", crew.executive)
    mail = next(mail for mail in mailoutbox if mail.to == [crew.chief.email] and change.subject in mail.subject)
    assert ["?answer=agreed" in mail.body, "?answer=declined" in mail.body, "?answer=countered" in mail.body] == [
        True, True, False,
    ]  # fmt: skip
    at = change.raised_at
    assert services.raise_change(change.pk) is None
    change.refresh_from_db()
    assert (change.raised_at, mails(change).count(("change_raised", "Trần Quốc Bảo"))) == (at, 1)
    assert [list(found.waiting_for(one)) for one in (crew.chief, crew.executive)] == [[change]] * 2
    assert {crew.chief, crew.executive} <= set(who_has_something())
    assert list(found.late(ChangeRequest.objects.all(), firm_today())) == [change]
    with pytest.raises(InvalidInput):  # nothing was proposed that the chief could take
        act(crew.chief, services.answer_change, change, answer="countered", words="x", due_on=firm_today())
    decided = act(crew.chief, services.answer_change, change, answer="agreed", due_on=firm_today())
    assert (decided.answered_by, decided.accountable) == (crew.chief, crew.executive)
    assert mails(change)[2:] == [("change_news", "Lý Gia Hân"), ("change_news", "Lê Thị Mỹ Duyên")]
    assert compose(Message.objects.get(kind="change_raised")) == Skip("change_over")
    with pytest.raises(errors.ChangeOver):
        act(crew.executive, services.answer_change, change, answer="declined", words="x")
    with pytest.raises(NotYet):
        services.raise_change(new_id())
    since = now() - timedelta(days=30)
    (line,) = found.answered_in_time(reader=crew.chief, since=since, until=now())
    assert (line.who, line.due, line.in_time, line.percent, line.done) == ("Tiền", 1, 0, 0, 0)


def test_who_was_late_may_still_answer_and_propose(countered, ask, crew, wait):
    change = ask()
    wait(days=5)
    told = {"answer": "countered", "words": "Trong ba ngày", "due_on": firm_today()}
    act(crew.executive, services.answer_change, change, **told)
    up = act(crew.owner, services.refuse_counter, change)
    assert (up.state, up.raised_to) == ("waiting", crew.chief)
    assert mails(change).count(("change_raised", "Trần Quốc Bảo")) == 2


def test_something_else_is_taken_or_decided_above(countered, crew):
    taken, refused, left = countered(), countered(subject="Khác"), countered(subject="Nữa")
    with pytest.raises(errors.NotYourTurn):
        act(crew.executive, services.accept_counter, taken)
    assert set(found.waiting_for(crew.owner)) == {taken, refused, left}
    agreed = act(crew.owner, services.accept_counter, taken)
    assert (agreed.state, agreed.is_as_proposed, agreed.proposal) == ("agreed", True, "Trong ba ngày")
    assert news_of(agreed).words == "Trong ba ngày"
    assert services.raise_choice(taken.pk) is None
    up = act(crew.owner, services.refuse_counter, refused)
    assert (up.state, up.raised_to, waits(up)) == ("waiting", crew.chief, "decide: the two sides do not agree")
    with pytest.raises(errors.NotYourTurn):  # the two have said what they had to say
        act(crew.executive, services.answer_change, up, answer="declined", words="x")
    assert not found.waiting_for(crew.executive).filter(pk=up.pk).exists()
    text = compose(Message.objects.get(ref=up.pk, kind="change_raised")).render()[1]
    assert ("Trong ba ngày" in text, "?answer=countered" in text) == (True, True)
    decided = act(crew.chief, services.answer_change, up, answer="countered", due_on=firm_today())
    assert (decided.state, decided.is_as_proposed, decided.answered_by) == ("agreed", True, crew.executive)
    act(crew.owner, services.refuse_counter, left)
    no = act(crew.chief, services.answer_change, left, answer="declined", words="Chưa đủ tiền")
    assert (no.state, no.due_on, no.settled_by) == ("declined", None, crew.chief)
    assert (compose(Message.objects.filter(ref=left.pk, kind="change_news").first()).context["words"]) == "Chưa đủ tiền"
    assert names().count("settled") == 1


def test_no_yes_or_no_in_three_days_goes_once_to_who_is_above_both(countered, crew, wait, mailoutbox):
    change = countered()
    assert abs(change.choose_by - now() - timedelta(days=3)) < timedelta(minutes=1)
    assert services.raise_choice(change.pk) == Later(change.choose_by)
    assert waits(change).startswith("take what they propose instead, or not, by")
    assert (list(found.late(ChangeRequest.objects.all(), firm_today())), digest_for(crew.chief).change_count) == ([], 0)
    with pytest.raises(errors.ChangeOver):  # the chief has nothing to say yet
        act(crew.chief, services.answer_change, change, answer="countered", due_on=firm_today())
    mailoutbox.clear()
    wait(days=5)
    change.refresh_from_db()
    assert (change.state, change.raised_to, change.choice_raised_at is None) == ("countered", crew.chief, False)
    assert mails(change).count(("change_raised", "Trần Quốc Bảo")) == 1
    (mail,) = [mail for mail in mailoutbox if mail.to == [crew.chief.email] and "?answer=countered" in mail.body]
    assert ["Trong ba ngày" in mail.body, "đề xuất phương án khác, đến" in mail.body] == [True, True]
    assert waits(change) == "decide: nobody said whether they take what was proposed instead"
    assert services.raise_choice(change.pk) is None
    assert [list(found.waiting_for(one)) for one in (crew.owner, crew.chief, crew.executive)] == [[change]] * 2 + [[]]
    assert list(found.late(ChangeRequest.objects.all(), firm_today())) == [change]
    assert [digest_for(one).change_count for one in (crew.owner, crew.chief, crew.executive)] == [1, 1, 0]
    assert {crew.owner, crew.chief} <= set(who_has_something())
    assert found.whose_turn(firm_today()) == {crew.owner.pk, crew.chief.pk}
    with pytest.raises(errors.NotYourTurn):  # who proposed it has said what they had to say
        act(crew.executive, services.answer_change, change, answer="agreed", due_on=firm_today())
    Absence.objects.create(user=crew.executive, deputy=crew.chief, starts_on=firm_today(), ends_on=firm_today())
    assert found.decides(crew.chief, change)  # also while they stand in for who proposed it
    decided = act(crew.chief, services.answer_change, change, answer="countered", due_on=firm_today())
    assert (decided.state, decided.is_as_proposed, decided.settled_by) == ("agreed", True, crew.chief)
    with pytest.raises(errors.ChangeOver):
        act(crew.owner, services.accept_counter, change)
    with pytest.raises(NotYet):
        services.raise_choice(new_id())
    with speaking("en"):
        lines = [line.title for line in history_of(decided)]
    assert lines == [
        "Asked", "Something else was proposed", "Brought before Trần Quốc Bảo", f"Promised for {firm_today():%d/%m/%Y}",
    ]  # fmt: skip


def test_a_late_yes_or_no_still_counts_and_a_no_goes_up_again(countered, crew, wait):
    taken, refused = countered(), countered(subject="Khác")
    wait(days=5)
    assert act(crew.owner, services.accept_counter, taken).state == "agreed"
    assert waits(ChangeRequest.objects.get(pk=refused.pk)).startswith("decide: nobody said")
    up = act(crew.owner, services.refuse_counter, refused)
    assert (up.state, waits(up)) == ("waiting", "decide: the two sides do not agree")
    assert mails(up).count(("change_raised", "Trần Quốc Bảo")) == 2


def test_taken_back_while_nothing_is_agreed(ask, countered, crew, run_agenda):
    change, other = ask(), countered()
    with pytest.raises(errors.NotYourTurn):
        act(crew.executive, services.withdraw_change, change)
    gone = act(crew.owner, services.withdraw_change, change)
    with speaking("en"):
        assert (gone.state, gone.settled_by, news_of(gone).title) == ("withdrawn", crew.owner, "No longer needed")
        assert [line.title for line in history_of(gone)] == ["Asked", "No longer needed"]
    with pytest.raises(errors.ChangeOver):
        act(crew.executive, services.answer_change, change, answer="declined", words="x")
    assert act(crew.owner, services.withdraw_change, other).state == "withdrawn"
    assert not found.waiting_for(crew.executive).exists()


def test_the_mornings_digest_tells_what_presses(ask, countered, crew):
    change, proposed = ask(), countered()
    assert [one.change_count for one in map(digest_for, (crew.executive, crew.owner, crew.manager))] == [1, 1, 0]
    act(crew.owner, services.accept_counter, proposed)
    act(crew.executive, services.answer_change, change, answer="agreed", due_on=firm_today() + timedelta(days=1))
    digest = digest_for(crew.executive)  # what was agreed for tomorrow does not press yet
    assert (digest.changes, digest.is_empty, crew.executive in who_has_something()) == ([proposed], False, True)
    Absence.objects.create(
        user=crew.executive, deputy=crew.spare, starts_on=firm_today(), ends_on=firm_today()
    )  # fmt: skip
    assert (digest_for(crew.spare).change_count, crew.spare in who_has_something()) == (1, True)
    mail = compose(
        Message.objects.create(kind="digest", ref=crew.spare.pk, dedupe_key="d", user=crew.spare, email="a@b.vn")
    )
    subject, text, _html = mail.render()
    assert (proposed.subject in text, subject.rstrip().endswith(":")) == (True, False)


def test_who_answers_for_a_department(crew, units, ask):
    today, money, asker = firm_today(), units[1], crew.owner.pk
    assert found.who_answers(money, today, but=asker) == crew.executive
    assert found.who_answers(money, today, but=crew.executive.pk) == crew.spare
    money.handler = crew.manager
    away = Absence.objects.create(user=crew.executive, starts_on=today, ends_on=today)
    assert found.who_answers(money, today, but=asker) == crew.manager
    away.deputy = crew.owner  # whoever asks does not answer for somebody away either
    away.save()
    assert found.who_answers(money, today, but=asker) == crew.manager
    money.handler = None
    Firm.objects.update(default_executive=None, chief=None)
    assert found.who_answers(money, today, but=asker) == crew.executive
    money.lead = None
    assert found.who_answers(money, today, but=asker) is None
    looker = create_user(email="r@alpha.example", full_name="Chỉ Xem", role="read_only")
    money.lead = looker
    assert (found.head_of(money, but=asker), found.who_answers(money, today, but=asker)) == (None, None)


def test_who_stands_above_both(crew, units):
    Firm.objects.update(default_executive=None, chief=None)
    change, owner, today = (
        ChangeRequest(asked_by=crew.owner, accountable=crew.executive), User.objects.get(role="owner"), firm_today()
    )  # fmt: skip
    assert found.superior_of_both(change, today) == crew.chief
    User.objects.filter(pk=crew.chief.pk).update(role="read_only")
    assert found.superior_of_both(change, today) == owner
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert found.superior_of_both(change, today) is None


def test_nobody_is_above_both(ask, crew, wait):
    change = ask()
    Firm.objects.update(default_executive=None, chief=None)
    User.objects.filter(role="owner").update(is_active=False)
    User.objects.filter(pk=crew.executive.pk).update(manager=None)
    wait(days=5)
    change.refresh_from_db()
    assert (change.raised_to, change.raised_at is None) == (None, False)
    alert = Alert.objects.get(kind="nobody_found", ref=change.pk)
    assert (alert.detail, alert.settled_at) == ("Tiền", None)
    act(crew.executive, services.answer_change, change, answer="declined", words="Không")
    alert.refresh_from_db()
    assert alert.settled_at is not None
    services._never_raised(change.pk, "x")
    assert Alert.objects.filter(kind="given_up", ref=change.pk).exists()


def test_deputies_and_owners_act_for_who_is_away_or_left(crew, ask):
    today = firm_today()
    Absence.objects.create(user=crew.executive, deputy=crew.spare, starts_on=today, ends_on=today)
    change, other = ask(), ask(subject="Khác")
    assert (change.accountable, mails(change)) == (crew.executive, [("change_asked", "Vũ Khánh Linh")])
    assert list(found.waiting_for(crew.spare)) == [change, other]
    with pytest.raises(errors.NotYourTurn):
        act(User.objects.get(role="owner"), services.answer_change, other, answer="declined", words="x")
    assert act(crew.spare, services.answer_change, change, answer="declined", words="Không").settled_by == crew.spare
    User.objects.filter(pk=crew.executive.pk).update(is_active=False)
    act(User.objects.get(role="owner"), services.answer_change, other, answer="agreed", due_on=today)
    assert ("change_news", "Lê Thị Mỹ Duyên") not in mails(other)
    Absence.objects.update(user=crew.spare, deputy=crew.owner)
    own = ChangeRequest(asked_by=crew.owner, accountable=crew.spare)
    assert (found.does(crew.owner, own), found.answers(crew.owner, own)) == (True, False)
    looker = create_user(email="r@alpha.example", full_name="Chỉ Xem", role="read_only")
    assert not found.asks(looker, ChangeRequest(asked_by=looker))


def test_what_is_refused(ask, crew, units, opened):
    care, money = units
    User.objects.filter(pk=crew.owner.pk).update(reach="own")
    theirs = opened(owner_id=crew.manager.pk, touchpoint_id=None)
    for refusal, told in (
        (errors.OwnDepartment, {"to_department_id": care.pk}),
        (InvalidInput, {"to_department_id": new_id()}),
        (InvalidInput, {"to_department_id": None}),
        (InvalidInput, {"subject": " "}),
        (InvalidInput, {"hurts": "x" * 501}),
        (InvalidInput, {"complaint_ids": [theirs.pk]}),
        (InvalidInput, {"insight_id": new_id()}),
    ):
        with pytest.raises(refusal):
            ask(**told)
    told = {"subject": "x", "hurts": "y", "to_department_id": money.pk}
    with acting_as(Actor("api_key", new_id(), "k")), pytest.raises(errors.ChangeIsPersonal):
        services.ask_for_change(**told)
    with as_person(crew.spare), pytest.raises(errors.NoDepartment):
        services.ask_for_change(**told)
    with as_person(crew.owner), pytest.raises(NotFound):
        services.finish_change(change_id=new_id(), words="x")
    Department.objects.update(lead=None, handler=None)
    Firm.objects.update(default_executive=None, chief=None)
    with pytest.raises(errors.NobodyAnswers):
        ask()
    assert not ChangeRequest.objects.exists()
    assert not Message.objects.filter(kind__startswith="change").exists()
    money.handler = crew.spare
    money.save()
    assert found.department_of(crew.spare) == money
    opened_many = [opened(touchpoint_id=None).pk for _ in range(2)]
    services.MOST_CASES, most = 1, services.MOST_CASES
    try:
        with pytest.raises(InvalidInput):
            ask(complaint_ids=opened_many)
    finally:
        services.MOST_CASES = most


def test_who_reads_them_and_the_cases_behind_them(ask, crew, complaint, run_agenda):
    plain, about_a_case = ask(), ask(subject="Khác", complaint_ids=[complaint.pk])
    far = create_user(email="x@alpha.example", full_name="Người Khác", role="agent", reach="own")
    assert set(found.changes_visible_to(far)) == {plain}
    assert set(found.changes_visible_to(crew.chief)) == {plain, about_a_case}
    told = messages_visible_to(far).filter(kind="change_asked")
    assert list(told.values_list("ref", flat=True)) == [plain.pk]
    assert [len(found.answered_in_time(reader=one, since=now() - timedelta(1), until=now())) for one in (far,)] == [0]
    ChangeRequest.objects.filter(pk=about_a_case.pk).update(accountable=far)
    assert set(found.changes_visible_to(far)) == {plain, about_a_case}
    assert (list(found.cases_of(about_a_case, far)), list(found.cases_of(about_a_case, crew.chief))) == (
        [],
        [complaint],
    )
    assert list(found.changes_about(crew.chief, complaint_id=complaint.pk)) == [about_a_case]
    assert not found.changes_about(crew.chief, insight_id=new_id()).exists()
    far.is_active = False
    assert not found.changes_visible_to(far).exists()


def test_erasing_a_customer_takes_their_pain_and_their_name(ask, crew, complaint, customer):
    told = {"subject": "Đổi nắp ly", "hurts": "Chị Hà bị đổ ly", "complaint_ids": [complaint.pk]}
    change, naming, other = ask(**told), ask(subject="Gọi Nguyễn Thị Hà lại"), ask(hurts="Gọi 0912345678")
    refer(complaint_id=complaint.pk, note="Hội bảo vệ người tiêu dùng")
    erase_customer(customer_id=customer.pk)
    for row in (change, naming, other):
        row.refresh_from_db()
    gone = "(đã xoá)"
    assert (change.subject, change.hurts, change.words, change.cases.count()) == ("Đổi nắp ly", gone, "", 1)
    assert (naming.subject, naming.hurts) == (gone, "Khách chờ 16 ngày")
    assert other.subject == "Hoàn tiền trong ngày"
    complaint.delete()
    assert not ChangeCase.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_answer_at_once_and_one_wins(alpha, ask, crew, wait):
    change = ask()
    wait(days=5)

    def answer(user_id: UUID, said: str) -> str:
        try:
            with in_tenant(alpha), as_person(User.objects.get(pk=user_id)):
                told = {"answer": said, "words": "x", "due_on": firm_today()}
                return services.answer_change(change_id=change.pk, **told).state
        except errors.ChangeOver as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        both = ((crew.executive.pk, "declined"), (crew.chief.pk, "agreed"))
        outcomes = [one.result() for one in [pool.submit(partial(answer, *one)) for one in both]]
    change.refresh_from_db()
    assert sorted(outcomes) == sorted([change.state, "workflows.change_over"])
