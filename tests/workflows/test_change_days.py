"""The day a change was promised for: moved with a reason and a yes; the first one is what counts as kept."""

from datetime import timedelta

import pytest

from cxcrm.core.clock import now
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.ids import new_id
from cxcrm.core.language import speaking
from tenants.staff.selectors.firm import firm_today
from tests.support.changes import act
from workflows import errors
from workflows.mails import compose
from workflows.mails.base import Skip
from workflows.models import ChangeRequest, Event, Message
from workflows.selectors import change_requests as found
from workflows.selectors.change_words import history_of, news_of, what_waits
from workflows.selectors.digest import digest_for
from workflows.services import change_days, change_requests

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def day(ahead):
    return firm_today() + timedelta(days=ahead)


def propose(change, crew, ahead=9, words="Chờ hàng về"):
    return act(crew.executive, change_days.propose_day, change, due_on=day(ahead), words=words)


def told(change):
    rows = Message.objects.filter(ref=change.pk, kind="change_news").order_by("created_at", "id")
    return [row.user.full_name for row in rows]


def test_moved_once_who_asked_says_yes_and_every_day_is_kept(agreed, crew, run_agenda, mailoutbox):
    change = agreed()
    assert (change.promised_on, change.due_on) == (day(3), day(3))
    for wrong in ({"due_on": None}, {"due_on": day(-1)}, {"due_on": day(3)}, {"due_on": day(400)}, {"words": " "}):
        with pytest.raises(InvalidInput):
            act(crew.executive, change_days.propose_day, change, **{"due_on": day(9), "words": "x", **wrong})
    with pytest.raises(errors.NotYourTurn):
        act(crew.owner, change_days.propose_day, change, due_on=day(9), words="x")
    with pytest.raises(errors.NoDayProposed):
        act(crew.owner, change_days.accept_day, change)
    change.refresh_from_db()
    assert (change.new_day, change.day_talks, change.steps.count()) == (None, 0, 1)
    asked = propose(change, crew)
    assert (asked.state, asked.due_on, asked.new_day) == ("agreed", day(3), day(9))
    with speaking("en"):
        assert (
            what_waits(asked)
            == f"{crew.owner} is to say whether {day(9):%d/%m/%Y} will do instead of {day(3):%d/%m/%Y}"
        )
        assert news_of(asked).words == "Chờ hàng về"
    assert [list(found.waiting_for(one)) for one in (crew.owner, crew.executive)] == [[change]] * 2
    assert [digest_for(one).change_count for one in (crew.owner, crew.executive)] == [1, 0]
    assert found.whose_turn(firm_today()) == {crew.owner.pk}
    mailoutbox.clear()
    run_agenda()
    mail = mailoutbox[-1]
    assert (mail.to, "Chờ hàng về" in mail.body, "ngày đã hẹn vẫn giữ nguyên" in mail.body) == (
        [crew.owner.email], True, True,
    )  # fmt: skip
    again = propose(change, crew, 12, "Còn chậm hơn")
    with pytest.raises(errors.NoDayProposed):  # another day than the one that was looked at
        act(crew.owner, change_days.accept_day, again, day=day(9))
    with pytest.raises(errors.NotYourTurn):
        act(crew.executive, change_days.accept_day, again)
    moved = act(crew.owner, change_days.accept_day, again, day=day(12))
    assert (moved.due_on, moved.promised_on, moved.new_day, moved.new_day_because) == (day(12), day(3), None, "")
    assert [list(found.waiting_for(one)) for one in (crew.owner, crew.executive)] == [[], [change]]
    assert told(change) == ["Lý Gia Hân", "Lý Gia Hân", "Lý Gia Hân", "Lê Thị Mỹ Duyên"]
    kinds = list(change.steps.values_list("kind", "day"))
    assert kinds == [("promised", day(3)), ("day_proposed", day(9)), ("day_proposed", day(12)), ("day_moved", day(12))]
    with speaking("en"):
        assert news_of(moved).title == f"Agreed: done by {day(12):%d/%m/%Y}"
        assert [line.title for line in history_of(moved)][-1] == f"Moved to {day(12):%d/%m/%Y}, as agreed"
    names = Event.objects.filter(name__startswith="workflows.change_day").values_list("name", flat=True)
    assert sorted(names) == ["workflows.change_day_answered"] + ["workflows.change_day_proposed"] * 2
    with pytest.raises(NotFound):
        act(crew.owner, change_days.refuse_day, ChangeRequest(pk=new_id()))


def test_a_no_keeps_the_day_and_what_is_done_needs_no_other_day(agreed, crew):
    change = propose(agreed(), crew)
    with pytest.raises(InvalidInput):
        act(crew.owner, change_days.refuse_day, change, words="x" * 501)
    kept = act(crew.owner, change_days.refuse_day, change, words="Khách chờ lâu rồi")
    assert (kept.due_on, kept.promised_on, kept.new_day) == (day(3), day(3), None)
    with speaking("en"):
        assert (news_of(kept).title, news_of(kept).words) == (
            f"The day stays: done by {day(3):%d/%m/%Y}", "Khách chờ lâu rồi",
        )  # fmt: skip
    with pytest.raises(errors.NoDayProposed):
        act(crew.owner, change_days.refuse_day, kept)
    assert told(change)[-1] == "Lê Thị Mỹ Duyên"
    asked = propose(change, crew, 5)
    skipped = Message.objects.filter(ref=change.pk, kind="change_news", user=crew.executive).last()
    assert compose(skipped) == Skip("change_over")  # more was said since
    done = act(crew.executive, change_requests.finish_change, asked, words="Xong sớm")
    assert (done.state, done.new_day, done.new_day_because) == ("done", None, "")
    with pytest.raises(errors.ChangeOver):
        act(crew.owner, change_days.accept_day, done)


def test_the_share_kept_counts_the_first_day_promised(agreed, crew):
    on_time, moved, late, running, overdue = (agreed(subject=str(number)) for number in range(5))
    for change in (moved, running):
        act(crew.owner, change_days.accept_day, propose(change, crew))
    for change in (on_time, moved, late):
        act(crew.executive, change_requests.finish_change, change, words="Xong")
    at, rows = now(), ChangeRequest.objects
    rows.update(answer_by=at - timedelta(days=1), answered_at=at - timedelta(days=2))
    rows.filter(pk__in=[moved.pk, late.pk]).update(done_at=at + timedelta(days=5))
    rows.filter(pk=overdue.pk).update(promised_on=None, due_on=day(-1))  # of before the first day was remembered
    (line,) = found.answered_in_time(reader=crew.chief, since=at - timedelta(days=9), until=at)
    assert (line.due, line.done, line.promised, line.kept, line.moved, line.kept_percent) == (5, 3, 4, 1, 1, 25)
    rows.filter(pk__in=[on_time.pk, moved.pk, late.pk, overdue.pk]).delete()
    (line,) = found.answered_in_time(reader=crew.chief, since=at - timedelta(days=9), until=at)
    assert (line.promised, line.kept_percent) == (0, None)
