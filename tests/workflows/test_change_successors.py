"""Nothing ends with nobody: requests follow whoever takes the place of somebody who left or handed over."""

import re
from datetime import timedelta

import pytest
from django.db import transaction

from cxcrm.core.ids import new_id
from cxcrm.core.language import speaking
from journeys.services.accountability import hand_over
from tenants.services.agenda import Later
from tenants.staff.models import Department, Firm, User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services.configuration import save_department, save_user
from tests.support.changes import act
from workflows import errors
from workflows.mails import compose
from workflows.mails.base import Skip
from workflows.models import Alert, ChangeRequest, ChangeStep, Event, Message
from workflows.selectors import change_requests as found
from workflows.selectors.change_words import history_of
from workflows.selectors.digest import digest_for
from workflows.selectors.reach import messages_visible_to
from workflows.services import change_passing, change_successors
from workflows.services import change_requests as services

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


class Killed(Exception):
    pass


def dies(**_told):
    raise Killed


def leaves(person, **fields):
    person = User.objects.get(pk=person.pk)
    for name, value in {"is_active": False, **fields}.items():
        setattr(person, name, value)
    save_user(user=person)


def fresh_person(person):
    return User.objects.get(pk=person.pk)


def fresh(change):
    return ChangeRequest.objects.select_related("asked_by", "accountable", "raised_to").get(pk=change.pk)


def passed(change):
    return [(step.kind, step.from_person, step.to_person) for step in change.steps.exclude(from_person=None)]


def mailed(change):
    """Who was told that it is theirs now, alone or with others."""
    rows = Message.objects.filter(ref=change.pk, kind="change_passed").order_by("created_at", "id")
    together = [step.told_in for step in change.steps.exclude(told_in=None)]
    return [row.user.full_name for row in [*together, *rows]]


def test_who_was_to_answer_or_to_do_it_leaves(ask, agreed, countered, crew, run_agenda, mailoutbox):
    asked, doing, chosen, over = ask(), agreed(subject="Khác"), countered(subject="Nữa"), agreed(subject="Xong")
    act(crew.executive, services.finish_change, over, words="Xong")
    run_agenda()
    mailoutbox.clear()
    leaves(crew.executive)
    run_agenda()
    for change in (asked, doing, chosen):
        assert (fresh(change).accountable, fresh(change).asked_by) == (crew.spare, crew.owner)
        assert passed(change) == [("answer_passed", crew.executive, crew.spare)]
        assert mailed(change) == ["Vũ Khánh Linh"]
    assert (fresh(over).accountable, mailed(over)) == (crew.executive, [])  # what they did stays theirs
    assert fresh(asked).answer_by == asked.answer_by
    assert set(found.waiting_for(crew.spare)) == {asked, doing}
    assert digest_for(crew.spare).change_count == 1  # what was agreed for later does not press yet
    (mail,) = [mail for mail in mailoutbox if mail.to == [crew.spare.email]]
    assert mail.subject == "Mới được bàn giao: 3 đề nghị thay đổi"
    assert "Trước đây Lê Thị Mỹ Duyên (Ops) phụ trách các đề nghị dưới đây; nay chị thay." in mail.body
    lines = [line for line in mail.body.splitlines() if line[:2] in ("1.", "2.", "3.")]
    assert lines == [f"1. {asked.subject}", "2. Khác", "3. Nữa"]
    assert mail.body.count("Chăm sóc → Tiền · trả lời trước ") == mail.body.count("đang chờ người khác trả lời") == 1
    with speaking("en"):
        line = history_of(fresh(asked))[-1]
    assert line.title == "Vũ Khánh Linh is accountable, in place of Lê Thị Mỹ Duyên"
    assert Event.objects.filter(name="workflows.change_passed_on").count() == 3
    assert change_successors.follow_person(user_id=crew.executive.pk) == 0
    assert (change_successors.follow_everybody(), asked.steps.count()) == (0, 1)
    told = Message.objects.get(kind="changes_passed")
    # It names several, each within another reach: only whoever got it reads it, or who reaches everything.
    User.objects.update(reach="own")
    readers = [person for person in (crew.spare, crew.executive) if told in messages_visible_to(fresh_person(person))]
    assert readers == [crew.spare]
    act(crew.spare, services.answer_change, asked, answer="declined", words="Không")
    assert re.findall(r"^\d\. (.*)$", compose(told).render()[1], re.MULTILINE) == ["Khác", "Nữa"]
    ChangeRequest.objects.exclude(state="done").update(state="withdrawn")
    assert compose(told) == Skip("change_over")


def test_nobody_is_written_to_twice_when_the_worker_dies(ask, crew, monkeypatch):
    ask(), ask(subject="Khác")
    User.objects.filter(pk=crew.executive.pk).update(is_active=False)
    with monkeypatch.context() as patch:
        patch.setattr(change_passing, "queue_message", dies)
        with pytest.raises(Killed), transaction.atomic():
            change_successors.follow_everybody()
    assert (ChangeStep.objects.count(), Message.objects.filter(kind="changes_passed").count()) == (0, 0)
    assert (change_successors.follow_everybody(), change_successors.follow_everybody()) == (2, 0)
    assert Message.objects.filter(kind__in=("changes_passed", "change_passed")).count() == 1


def test_who_asked_leaves_and_so_does_who_decides(countered, agreed, crew, units, run_agenda):
    waiting, done = countered(), agreed(subject="Khác")
    act(crew.owner, services.refuse_counter, waiting)
    act(crew.executive, services.finish_change, done, words="Xong")
    leaves(crew.owner, is_active=True, role="read_only")  # stays, and may not speak any more
    run_agenda()
    assert [fresh(one).asked_by for one in (waiting, done)] == [crew.manager] * 2
    assert list(found.waiting_for(crew.manager)) == [done]
    act(crew.manager, services.judge_change, done, has_helped=True)
    with speaking("en"):
        assert (history_of(fresh(done))[0].title, history_of(fresh(done))[0].who) == ("Asked", "Lý Gia Hân")
    leaves(crew.chief)
    run_agenda()
    up = fresh(waiting)
    assert (up.raised_to, up.state) == (crew.spare, "waiting")
    assert passed(waiting)[-1] == ("decision_passed", crew.chief, crew.spare)
    assert mailed(waiting) == ["Ngô Thanh Tùng", "Vũ Khánh Linh"]
    first, last = Message.objects.get(kind="changes_passed"), Message.objects.get(ref=waiting.pk, kind="change_passed")
    with speaking("vi"):
        assert "phụ trách các đề nghị dưới đây; nay anh thay" in compose(first).render()[1]
        assert "quyết định giữa hai bên; nay chị thay" in compose(last).render()[1]
    # Nobody decides on what they ask themselves.
    ChangeRequest.objects.filter(pk=waiting.pk).update(asked_by=crew.spare)
    assert change_successors.follow_everybody() == 1
    owner = User.objects.get(role="owner")
    assert fresh(waiting).raised_to == owner
    assert compose(last) == Skip("change_over")
    assert act(owner, services.answer_change, waiting, answer="declined", words="Chưa").state == "declined"


def test_a_department_has_another_head(ask, agreed, crew, units, run_agenda):
    asked, doing = ask(), agreed(subject="Khác")
    money = Department.objects.get(pk=units[1].pk)
    save_department(department=money)  # nothing about its head
    assert not Event.objects.filter(name="staff.heads_changed").exists()
    money.handler, money.lead = crew.executive, crew.spare
    save_department(department=money)
    run_agenda()
    assert fresh(asked).accountable == crew.executive  # still handles first
    money.handler = None
    save_department(department=money)
    run_agenda()
    assert [fresh(one).accountable for one in (asked, doing)] == [crew.spare] * 2
    assert mailed(doing) == ["Vũ Khánh Linh"]
    assert change_successors.follow_heads(department_id=money.pk, former_ids=(crew.executive.pk, None)) == 0
    assert change_successors.follow_heads(department_id=new_id(), former_ids=(crew.executive.pk,)) == 0
    with pytest.raises(errors.NotYourTurn):
        act(crew.executive, services.answer_change, asked, answer="declined", words="x")
    money.lead = None  # whoever gets what finds nobody is the same person
    save_department(department=money)
    run_agenda()
    Firm.objects.update(default_executive=None, chief=None)  # and now there is nobody at all
    assert change_successors.follow_heads(department_id=money.pk, former_ids=(crew.spare.pk,)) == 0
    assert (fresh(asked).accountable, asked.steps.exclude(from_person=None).count()) == (crew.spare, 1)
    assert act(crew.spare, services.answer_change, asked, answer="declined", words="Không").state == "declined"


def test_who_stands_above_both_becomes_one_of_the_two(countered, crew, units, run_agenda):
    change = countered()
    act(crew.owner, services.refuse_counter, change)
    money = Department.objects.get(pk=units[1].pk)
    money.lead = crew.chief
    save_department(department=money)
    run_agenda()
    assert (fresh(change).accountable, fresh(change).raised_to) == (crew.chief, crew.spare)
    assert [kind for kind, _former, _heir in passed(change)] == ["answer_passed", "decision_passed"]
    assert sorted(mailed(change)) == ["Trần Quốc Bảo", "Vũ Khánh Linh"]
    assert act(crew.spare, services.answer_change, change, answer="declined", words="Chưa").state == "declined"
    with speaking("en"):
        assert [line.title for line in history_of(fresh(change))][-1] == "It stays as it is"


def test_a_place_is_handed_over_today_or_later(ask, crew, run_agenda, wait):
    here = ask(touchpoint_id=crew.touchpoint.pk)
    elsewhere = ask(subject="Khác")
    later = hand_over(
        executive_id=crew.spare.pk, touchpoint_id=crew.touchpoint.pk, from_day=firm_today() + timedelta(days=2)
    )
    run_agenda()
    assert fresh(here).accountable == crew.executive
    assert isinstance(change_successors.follow_accountability(later.pk), Later)
    handed = hand_over(executive_id=crew.manager.pk, touchpoint_id=crew.touchpoint.pk, from_day=firm_today())
    run_agenda()
    assert [fresh(one).accountable for one in (here, elsewhere)] == [crew.manager, crew.executive]
    assert passed(here) == [("answer_passed", crew.executive, crew.manager)]
    assert change_successors.follow_accountability(handed.pk) is None
    assert here.steps.count() == 1
    stage = hand_over(executive_id=crew.executive.pk, stage_id=crew.touchpoint.stage_id, from_day=firm_today())
    assert change_successors.follow_accountability(stage.pk) is None
    assert fresh(here).accountable == crew.manager  # the place has somebody of its own
    assert change_successors.follow_accountability(new_id()) is None
    change_successors.note_hand_over(accountability_id=new_id())
    User.objects.filter(pk=crew.executive.pk).update(role="read_only")
    assert change_successors.follow_accountability(stage.pk) is None


def test_nobody_is_left_until_somebody_comes(ask, countered, crew, units):
    change, brought = ask(), countered(subject="Khác")
    act(crew.owner, services.refuse_counter, brought)
    User.objects.exclude(pk=crew.owner.pk).update(is_active=False)
    Firm.objects.update(chief=None, default_executive=None)
    assert change_successors.follow_everybody() == 0
    alerts = Alert.objects.filter(kind="nobody_found", settled_at=None)
    assert set(alerts.values_list("ref", "detail")) == {(change.pk, "Tiền"), (brought.pk, "Tiền")}
    assert (fresh(change).accountable, passed(change)) == (crew.executive, [])
    User.objects.filter(pk=crew.spare.pk).update(is_active=True)
    Department.objects.filter(pk=units[1].pk).update(lead=crew.spare)
    assert change_successors.follow_everybody() == 2
    assert [fresh(one).accountable for one in (change, brought)] == [crew.spare] * 2
    # Before nobody at all, until somebody stands above both again.
    ChangeRequest.objects.filter(pk=brought.pk).update(raised_to=None)
    assert change_successors.follow_everybody() == 0
    User.objects.filter(role="owner").update(is_active=True)
    owner = User.objects.get(role="owner")
    assert (change_successors.follow_everybody(), fresh(brought).raised_to) == (1, owner)
    assert Message.objects.filter(ref=brought.pk, kind="change_raised", user=owner).count() == 1
