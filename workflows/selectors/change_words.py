"""What is said of a request between departments, in mails and on pages: what it waits for, and its latest news."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenants.staff.models import User
from workflows import wording
from workflows.models import ChangeRequest

_State = ChangeRequest.State


@dataclass(frozen=True)
class News:
    """The latest of a request in one line, the words that go with it, and whose they are."""

    title: str
    words: str
    who: User | None


def step_of(change: ChangeRequest) -> str:
    """How far it has come, as a code: each is reached once by every person a mail tells of it."""
    if change.judged_at is not None:
        return "judged"
    # It may wait twice for the same person: late, and later because the two do not agree.
    return f"{change.state}-apart" if change.answered_at is not None else change.state


def day_said(day: date | None) -> str:
    """A day as people write it: 24/11/2026; "" for none."""
    return date_format(day, "d/m/Y") if day else ""


def what_waits(change: ChangeRequest, at: datetime | None = None) -> str:
    """What is to be done with it next, in one line; "" when nothing is."""
    if change.state == _State.WAITING:
        if change.raised_at is not None and change.answered_at is not None:
            return _("decide: the two sides do not agree")
        return _("answer by %(when)s") % {"when": wording.moment(change.answer_by, at)}
    if change.state == _State.COUNTERED:
        return _("take what they propose instead, or not")
    if change.state == _State.AGREED:
        return _("do it by %(day)s") % {"day": day_said(change.due_on)}
    if change.state == _State.DONE and change.has_helped is None:
        return _("say whether it helped")
    return ""


def news_of(change: ChangeRequest) -> News:
    """How it stands now, for whoever did not act."""
    if change.state == _State.AGREED:
        pattern = (
            _("Agreed as proposed instead, done by %(day)s") if change.is_as_proposed else _("Agreed, done by %(day)s")
        )
        words = change.words or (change.proposal if change.is_as_proposed else "")
        return News(pattern % {"day": day_said(change.due_on)}, words, change.settled_by)
    if change.state == _State.COUNTERED:
        title = _("%(department)s proposes something else, done by %(day)s")
        told = {"department": change.to_department, "day": day_said(change.due_on)}
        return News(title % told, change.proposal, change.answered_by)
    if change.has_helped is not None:
        return News(_("It helped") if change.has_helped else _("It did not help"), change.helped_words, change.asked_by)
    return {
        _State.DECLINED: News(_("It stays as it is"), change.words, change.settled_by),
        _State.DONE: News(_("It is done. Did it help?"), change.done_words, change.done_by),
        _State.WITHDRAWN: News(_("No longer needed"), "", change.settled_by),
        _State.WAITING: News(_("To be decided by whoever stands above both"), "", change.asked_by),
    }[_State(change.state)]
