"""Whom a case concerns by its clocks, ladder, promises and money; and what is shown of mails about others' cases."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from feedback.models import RootCause
from feedback.selectors.reach import within_reach
from feedback.services.complaints import add_note, assign, reopen
from tenants.staff.models import Absence, User
from tenants.staff.roles import Role
from tenants.staff.services.accounts import create_user
from workflows.models import Compensation, IncomingMail, Message, Promise
from workflows.selectors.alerts import alerts_visible_to, open_alerts
from workflows.selectors.changes import reopened_since
from workflows.selectors.compensations import compensations_visible_to, sums_by
from workflows.selectors.home import home_for
from workflows.selectors.promises import kept_share, promises_visible_to
from workflows.selectors.reach import (
    BY_WAY_OF,
    OF_CHANGES,
    OF_NO_CASE,
    OF_THE_COMPLAINT,
    incoming_visible_to,
    messages_visible_to,
)
from workflows.selectors.segments import spent_by
from workflows.services.alerts import raise_alert
from workflows.services.compensations import compensate
from workflows.services.promises import make_promise

HOUR = timedelta(hours=1)


def as_person(user):
    return acting_as(Actor("user", user.pk, user.full_name))


@pytest.fixture
def outsider(crew):
    """Somebody who may do much, and sees only what concerns them."""
    return create_user(email="ngoai@alpha.example", full_name="Người Ngoài", role=Role.MANAGER, reach="own")


@pytest.fixture
def narrow(crew):
    """Everybody of the crew sees only what concerns them."""
    User.objects.exclude(role=Role.OWNER).update(reach="own")


def sees(user):
    return within_reach(User.objects.get(pk=user.pk)).exists()


def test_whoever_was_told_or_asked_sees_the_case(complaint, crew, narrow, outsider, wait, cheap):
    assert [sees(one) for one in (crew.owner, crew.executive, crew.manager, crew.chief)] == [True, True, False, False]
    wait(days=40)
    assert [sees(one) for one in (crew.manager, crew.chief, outsider)] == [True, True, False]
    assign(complaint_id=complaint.pk, owner_id=outsider.pk)
    wait(minutes=1)
    assert [sees(one) for one in (outsider, crew.owner)] == [True, True]  # theirs now, and once theirs


def test_who_was_away_sees_what_their_deputy_was_told(complaint, crew, narrow, outsider, wait):
    today = now().date()
    Absence.objects.create(
        user=crew.manager, deputy=outsider, starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=60)
    )
    wait(days=40)
    Absence.objects.all().delete()
    assert [sees(one) for one in (outsider, crew.manager)] == [True, True]


def test_a_promise_and_money_bring_a_case_near(complaint, crew, narrow, outsider, run_agenda):
    helper = create_user(email="giup@alpha.example", full_name="Người Giúp", manager=outsider, reach="own")
    promise = make_promise(complaint_id=complaint.pk, text="Gọi lại", due_at=now() + HOUR, owner_id=helper.pk)
    assert [sees(one) for one in (helper, outsider)] == [True, False]
    Promise.objects.filter(pk=promise.pk).update(state="broken", raised_at=now())
    assert sees(outsider)
    Promise.objects.all().delete()
    assert [sees(one) for one in (helper, outsider)] == [False, False]
    User.objects.filter(pk=crew.owner.pk).update(manager=outsider, authority_limit=0)
    User.objects.filter(pk=outsider.pk).update(authority_limit=Decimal(900_000))
    with as_person(crew.owner):
        compensate(complaint_id=complaint.pk, amount=Decimal(50_000), reason="Bù ly")
    assert sees(outsider)


@pytest.fixture
def busy(complaint, crew, wait, run_agenda):
    """A case with everything about it that stands in a list of its own."""
    Compensation.objects.create(
        complaint=complaint, amount=5000, reason="Bù", state="granted", asked_by=crew.owner, decided_by=crew.owner,
        decided_at=now(),
    )  # fmt: skip
    promise = make_promise(complaint_id=complaint.pk, text="Gọi lại", due_at=now() + HOUR, owner_id=crew.owner.pk)
    with as_person(crew.owner):
        add_note(complaint_id=complaint.pk, body=f"@{crew.manager.full_name} xem giúp")
        add_note(complaint_id=complaint.pk, body="Chào chị", is_internal=False)
    run_agenda()
    with acting_as(Actor("customer", complaint.customer_id, "Hà")):
        add_note(complaint_id=complaint.pk, body="Tôi vẫn chờ")
    raise_alert(kind="undelivered", ref=complaint.pk, complaint_id=complaint.pk, detail="hỏng")
    wait(days=1)
    Promise.objects.filter(pk=promise.pk).update(state="kept")
    return complaint


def test_every_mail_about_a_case_out_of_reach_is_hidden(busy, crew, outsider):
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert {"acknowledgement", "assigned", "escalation", "mention", "reply", "answered", "promise_broken"} <= kinds
    digest = Message.objects.create(kind="digest", ref=crew.owner.pk, dedupe_key="d1", user=crew.owner, email="a@b.vn")
    asked = Message.objects.create(kind="invitation", ref=outsider.pk, dedupe_key="i1", email="k@b.vn")
    mine = Message.objects.create(kind="digest", ref=outsider.pk, dedupe_key="d2", user=outsider, email="c@b.vn")
    assert set(messages_visible_to(outsider)) == {asked, mine}
    User.objects.filter(pk=crew.owner.pk).update(reach="own")
    owner = User.objects.get(pk=crew.owner.pk)
    assert set(messages_visible_to(owner)) == set(Message.objects.exclude(pk=mine.pk))
    assert set(messages_visible_to(User(role="owner"))) == set(Message.objects.all())
    assert digest in messages_visible_to(owner)


def test_every_kind_of_mail_is_known_for_what_it_tells_of():
    """One that is not would be hidden from everybody with a reach, their own mails excepted."""
    # Counted for whoever reads it, or a list of what became theirs.
    of_one_reader = (Message.Kind.DIGEST, Message.Kind.SUPERVISION, Message.Kind.CHANGES_PASSED)
    by_way = [kind for kinds, _model, _case in BY_WAY_OF for kind in kinds]
    assert sorted([*by_way, *OF_THE_COMPLAINT, *OF_CHANGES, *OF_NO_CASE, *of_one_reader]) == sorted(Message.Kind)


def test_incoming_mails_are_hidden_with_their_case_or_the_mail_they_answer(busy, crew, outsider):
    about = Message.objects.filter(kind="acknowledgement").first()
    noted = IncomingMail.objects.create(message_id="1", complaint=busy, answers=about, text="bí mật")
    bounced = IncomingMail.objects.create(message_id="2", answers=about, text="bí mật")
    unmatched = IncomingMail.objects.create(message_id="3", text="Xin chào")
    assert list(incoming_visible_to(outsider)) == [unmatched]
    assert set(incoming_visible_to(User(role="owner"))) == {noted, bounced, unmatched}


def test_lists_counts_and_reports_stop_at_ones_reach(busy, crew, outsider):
    """The same for the firm and for somebody the case is no business of."""
    reopen(complaint_id=_closed(busy).pk, words="Chưa xong")
    span = {"since": now() - timedelta(days=99), "until": now() + timedelta(days=1)}
    whole = User.objects.get(role=Role.OWNER)
    found = {}
    for reader in (whole, outsider):
        home = home_for(reader)
        found[reader] = [
            alerts_visible_to(reader).count(),
            open_alerts(reader).count(),
            promises_visible_to(reader).count(),
            compensations_visible_to(reader).count(),
            reopened_since(reader, now() - timedelta(days=1)),
            len(kept_share("owner", reader=reader, **span)),
            len(sums_by("month", reader=reader, **span)),
            len(spent_by("holder", reader=reader, **span)),
            home.counts["open"],
            home.alert_count,
            home.reopened,
            len(home.next_steps),
        ]
    assert found[outsider] == [0] * 12
    assert all(count >= 1 for count in found[whole][:-1]), found[whole]
    raise_alert(kind="unread_mail", ref=crew.owner.pk)
    assert open_alerts(outsider).count() == 1


def _closed(complaint):
    """As it is after the customer was answered."""
    type(complaint).objects.filter(pk=complaint.pk).update(
        state="closed_no_reply", root_cause=RootCause.objects.first(), action_taken="x", closed_at=now()
    )
    return complaint
