"""Requests between departments: to whoever answers, to whoever stands above both, and what became of it."""

from typing import Any

from django.utils.translation import gettext as _

from customers.logic.masks import without_contacts
from workflows import wording
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, to_staff
from workflows.models import ChangeRequest, ChangeStep, Message
from workflows.selectors import change_requests as found
from workflows.selectors.change_words import day_said, news_of, step_of, what_waits
from workflows.selectors.people import person

_State = ChangeRequest.State
_Kind = ChangeStep.Kind
_RELATED = (
    "asked_by", "accountable", "answered_by", "raised_to", "settled_by", "done_by", "from_department", "to_department",
    "touchpoint",
)  # fmt: skip


def compose_asked(message: Message) -> Composed | Skip:
    """What hurts the customer, what is asked and until when, with the three answers; nothing once it was answered."""
    change = _change(message)
    if message.user is None or change.state != _State.WAITING or change.raised_at is not None:
        return Skip("change_over")
    return _mail("change_asked", message, change)


def compose_raised(message: Message) -> Composed | Skip:
    """To whoever stands above both: the ways to decide; nothing once somebody did."""
    change = _change(message)
    if message.user is None or not found.is_before_superior(change):
        return Skip("change_over")
    is_silent = change.state == _State.COUNTERED
    return _mail(
        "change_raised",
        message,
        change,
        is_late=change.answered_at is None,
        is_silent=is_silent,
        choose_by=wording.moment(change.choose_by) if is_silent and change.choose_by else "",
    )


def compose_news(message: Message) -> Composed | Skip:
    """What happened last; nothing where more has happened since, which has a mail of its own."""
    change = _change(message)
    if message.user is None or not message.dedupe_key.endswith(f":{step_of(change)}"):
        return Skip("change_over")
    news, asks = news_of(change), found.asks(message.user, change)
    chooses = asks and change.state == _State.COUNTERED
    return _mail(
        "change_news",
        message,
        change,
        news=news.title,
        words=without_contacts(news.words),
        who=person(news.who) if news.who else "",
        judges=asks and change.state == _State.DONE and change.has_helped is None,
        chooses=chooses,
        choose_by=wording.moment(change.choose_by) if chooses and change.choose_by else "",
        new_day=day_said(change.new_day),
        says_day=asks and change.new_day is not None,
    )


def compose_passed(message: Message) -> Composed | Skip:
    """To whoever takes somebody's place: what it is about, who had it, and what comes next; once it is theirs still."""
    change = _change(message)
    steps = change.steps.select_related("from_person", "to_person", "person")
    step = steps.filter(pk=message.dedupe_key.rpartition(":")[2]).first()
    if message.user is None or step is None or not _is_theirs(step, change):
        return Skip("change_over")
    return _mail(
        "change_passed",
        message,
        change,
        former=person(step.from_person) if step.from_person else "",
        decides=step.kind == _Kind.DECISION_PASSED,
        asks=step.kind == _Kind.ASKING_PASSED,
        by=person(step.person) if step.person else "",
        words=without_contacts(step.words),
        next=what_waits(change) if found.waiting_for(message.user).filter(pk=change.pk).exists() else "",
    )


def compose_several(message: Message) -> Composed | Skip:
    """All that became theirs at one stroke: what is asked, and until when; what is not theirs any more is left out."""
    told = ChangeStep.objects.filter(told_in=message).select_related(
        "from_person", *(f"change__{name}" for name in _RELATED)
    )
    steps = {step.change_id: step for step in told if _is_theirs(step, step.change)}
    if message.user is None or not steps:
        return Skip("change_over")
    waiting = set(found.waiting_for(message.user).filter(pk__in=steps).order_by().values_list("pk", flat=True))
    # What waits for the reader first, in the order of the steps.
    ordered = sorted(steps.values(), key=lambda step: step.change_id not in waiting)
    formers = dict.fromkeys(person(step.from_person) for step in ordered if step.from_person)
    return to_staff(
        "changes_passed",
        message.user,
        headers=dict(AUTOMATIC),
        formers=", ".join(formers),
        rows=[_row(step.change, waits=step.change_id in waiting) for step in ordered],
        page_url=absolute("/admin/workflows/changerequest/?show=mine"),
    )


def _row(change: ChangeRequest, *, waits: bool) -> dict[str, str]:
    return {
        "about": without_contacts(change.subject),
        "ways": f"{change.from_department} → {change.to_department}",
        "what": what_waits(change) if waits else _("somebody else has the next word"),
        "url": absolute(f"/admin/workflows/changerequest/{change.pk}/change/#cx-next"),
    }


def _is_theirs(step: ChangeStep, change: ChangeRequest) -> bool:
    """Is what passed on still open, and still with who took it over?"""
    place = _PLACES.get(_Kind(step.kind))
    return place is not None and found.is_open(change) and step.to_person_id == getattr(change, place)


_PLACES = {
    _Kind.ASKING_PASSED: "asked_by_id",
    _Kind.ANSWER_PASSED: "accountable_id",
    _Kind.DECISION_PASSED: "raised_to_id",
}


def _change(message: Message) -> ChangeRequest:
    return ChangeRequest.objects.select_related(*_RELATED).get(pk=message.ref)


def _mail(template: str, message: Message, change: ChangeRequest, **context: Any) -> Composed:
    assert message.user is not None  # noqa: S101 - all callers looked; this tells the type checker
    return to_staff(
        template,
        message.user,
        headers=dict(AUTOMATIC),
        change=change,
        # No numbers and addresses of customers in anybody's mailbox.
        subject=without_contacts(change.subject),
        hurts=without_contacts(change.hurts),
        proposal=without_contacts(change.proposal),
        asked_by=person(change.asked_by),
        accountable=person(change.accountable),
        answer_by=wording.moment(change.answer_by),
        cases=change.cases.count(),
        page_url=absolute(f"/admin/workflows/changerequest/{change.pk}/change/"),
        **context,
    )
