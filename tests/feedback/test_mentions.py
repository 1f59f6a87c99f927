"""Colleagues called into a case, and the customer's point of view."""

import pytest

from cxcrm.core.context import Actor, acting_as
from feedback.errors import ComplaintInvalid
from feedback.models import NoteMention, Perspective
from feedback.selectors.desk import unseen_mentions
from feedback.services.complaints import add_note, assign
from feedback.services.mentions import see_mentions
from feedback.services.perspectives import take_perspective
from tenants.staff.models import User
from workflows.models import Message


@pytest.fixture
def people(in_alpha, make_user):
    author, called = make_user(), make_user()
    User.objects.filter(pk=called.pk).update(full_name="Lý Gia Hân", given_name="Hân")
    return author, User.objects.get(pk=called.pk)


def test_who_is_called_in_gets_a_mail_and_sees_it(make_complaint, people, run_agenda, mailoutbox):
    author, called = people
    case = make_complaint()
    with acting_as(Actor("user", author.pk, author.full_name)):
        add_note(complaint_id=case.pk, body="Nhờ @Hân xem giúp, @hân nhé")
        assign(complaint_id=case.pk, owner_id=called.pk, note="@Hân nhận giúp")
    assert [mention.note.complaint_id for mention in unseen_mentions(called.pk)] == [case.pk, case.pk]
    run_agenda()
    mails = [mail for mail in mailoutbox if mail.to == [called.email] and "xem giúp" in mail.body]
    assert len(mails) == 1
    assert see_mentions(complaint_id=case.pk, user_id=called.pk) == 2
    assert not unseen_mentions(called.pk).exists()


def test_who_has_looked_is_not_mailed(make_complaint, people, run_agenda):
    author, called = people
    case = make_complaint()
    with acting_as(Actor("user", author.pk, author.full_name)):
        add_note(complaint_id=case.pk, body="@Hân ơi")
    see_mentions(complaint_id=case.pk, user_id=called.pk)
    run_agenda()
    assert not Message.objects.filter(kind="mention").exists()


def test_nobody_is_called_by_a_reply_a_customer_a_key_or_themselves(make_complaint, people):
    author, called = people
    case = make_complaint()
    with acting_as(Actor("user", called.pk, called.full_name)):
        add_note(complaint_id=case.pk, body="@Hân tự nhắc")
    with acting_as(Actor("user", author.pk, author.full_name)):
        add_note(complaint_id=case.pk, body="@Hân", is_internal=False)
    for kind in ("customer", "api_key", "system"):
        with acting_as(Actor(kind, None, kind)):
            add_note(complaint_id=case.pk, body="@Hân")
    User.objects.filter(pk=called.pk).update(is_active=False)
    with acting_as(Actor("user", author.pk, author.full_name)):
        add_note(complaint_id=case.pk, body="@Hân đã nghỉ")
    assert NoteMention.objects.count() == 0


def test_the_four_questions(make_complaint, people):
    case, author = make_complaint(), people[0]
    with acting_as(Actor("user", author.pk, author.full_name)):
        row = take_perspective(complaint_id=case.pk, trying="Mua cà phê đi làm", feeling="annoyed")
    assert (row.is_complete, row.written_by) == (False, author)
    row = take_perspective(complaint_id=case.pk, trying="a", happened="b", feeling="annoyed", good_end="c")
    assert (row.is_complete, Perspective.objects.count(), str(row)) == (True, 1, "c")
    for fields in ({"feeling": "hungry"}, {"quote": "x" * 301}, {"trying": "x" * 4001}):
        with pytest.raises(ComplaintInvalid):
            take_perspective(complaint_id=case.pk, **fields)
    assert Perspective.objects.get().trying == "a"
