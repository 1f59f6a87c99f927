"""What is said of a request between departments, in mails and on pages: what it waits for, and its latest news."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenants.staff.models import User
from workflows import wording
from workflows.models import ChangeRequest, ChangeStep
from workflows.selectors.change_requests import is_before_superior

_State = ChangeRequest.State
_Kind = ChangeStep.Kind


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
    step = f"{change.state}-apart" if change.answered_at is not None else str(change.state)
    # Its day may be talked about more than once.
    return f"{step}-{change.day_talks}" if change.day_talks and change.state == _State.AGREED else step


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
        if is_before_superior(change):
            return _("decide: nobody said whether they take what was proposed instead")
        if change.choose_by is None:
            return _("take what they propose instead, or not")
        return _("take what they propose instead, or not, by %(when)s") % {"when": wording.moment(change.choose_by, at)}
    if change.new_day is not None:
        told = {"who": change.asked_by, "day": day_said(change.due_on), "new": day_said(change.new_day)}
        return _("%(who)s is to say whether %(new)s will do instead of %(day)s") % told
    if change.state == _State.AGREED:
        return _("do it by %(day)s") % {"day": day_said(change.due_on)}
    if change.state == _State.DONE and change.has_helped is None:
        return _("say whether it helped")
    return ""


def news_of(change: ChangeRequest) -> News:
    """How it stands now, for whoever did not act."""
    if change.state == _State.AGREED and change.day_talks:
        return _news_of_day(change)
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


def _news_of_day(change: ChangeRequest) -> News:
    """What was said last of the day it was promised for."""
    days = {"day": day_said(change.due_on), "new": day_said(change.new_day)}
    talks = change.steps.filter(kind__in=(_Kind.DAY_PROPOSED, _Kind.DAY_MOVED, _Kind.DAY_KEPT))
    last = talks.select_related("person").last()
    words, who = (last.words, last.person) if last else ("", None)
    if change.new_day is not None:
        return News(_("%(new)s is proposed instead of %(day)s") % days, words, who)
    if last and last.kind == _Kind.DAY_MOVED:
        return News(_("Agreed: done by %(day)s") % days, words, who)
    return News(_("The day stays: done by %(day)s") % days, words, who)


@dataclass(frozen=True)
class Line:
    """One thing that happened to a request: when, what in one line, whose words go with it, and a sign for it."""

    at: datetime
    title: str
    words: str
    who: str
    icon: str


def history_of(change: ChangeRequest) -> list[Line]:
    """Everything that happened to a request, the oldest first; one query."""
    steps = list(change.steps.select_related("person", "from_person", "to_person"))
    lines = [_line_of(step) for step in steps]
    first = next((step.from_person for step in steps if step.kind == _Kind.ASKING_PASSED), change.asked_by)
    lines.append(Line(change.created_at, _("Asked"), "", str(first), "sync_alt"))

    def add(at: datetime | None, title: str, words: str, who: User | None, icon: str) -> None:
        if at is not None:
            lines.append(Line(at, title, words, str(who or ""), icon))

    if change.proposal:
        add(change.answered_at, _("Something else was proposed"), change.proposal, change.answered_by, "swap_horiz")
    if change.state == _State.DECLINED:
        add(change.settled_at, _("It stays as it is"), change.words, change.settled_by, "block")
    if change.state == _State.WITHDRAWN:
        add(change.settled_at, _("No longer needed"), "", change.settled_by, "undo")
    add(change.done_at, _("Done"), change.done_words, change.done_by, "task_alt")
    said = _("It helped") if change.has_helped else _("It did not help")
    add(
        change.judged_at,
        said,
        change.helped_words,
        change.asked_by,
        "favorite" if change.has_helped else "heart_broken",
    )
    return sorted(lines, key=lambda line: line.at)


_ICONS = {
    _Kind.RAISED: "move_up",
    _Kind.PROMISED: "handshake",
    _Kind.DAY_PROPOSED: "event_repeat",
    _Kind.DAY_MOVED: "event_available",
    _Kind.DAY_KEPT: "event_busy",
}


def _line_of(step: ChangeStep) -> Line:
    names = {"day": day_said(step.day), "to": step.to_person or "", "former": step.from_person or ""}
    pattern = {
        _Kind.RAISED: _("Brought before %(to)s") if step.to_person else _("Nobody stands above both"),
        _Kind.PROMISED: _("Promised for %(day)s"),
        _Kind.DAY_PROPOSED: _("%(day)s proposed instead"),
        _Kind.DAY_MOVED: _("Moved to %(day)s, as agreed"),
        _Kind.DAY_KEPT: _("The day stays: %(day)s"),
        _Kind.ASKING_PASSED: _("%(to)s speaks for who asked, in place of %(former)s"),
        _Kind.ANSWER_PASSED: _("Handed over: %(to)s is accountable, in place of %(former)s")
        if step.person_id
        else _("%(to)s is accountable, in place of %(former)s"),
        _Kind.DECISION_PASSED: _("%(to)s decides, in place of %(former)s"),
    }[_Kind(step.kind)]
    icon = _ICONS.get(_Kind(step.kind), "person_check")
    return Line(step.created_at, pattern % names, step.words, str(step.person or ""), icon)
