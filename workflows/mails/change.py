"""Requests between departments: to whoever answers, to whoever stands above both, and what became of it."""

from typing import Any

from customers.logic.masks import without_contacts
from workflows import wording
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, to_staff
from workflows.models import ChangeRequest, Message
from workflows.selectors.change_words import news_of, step_of
from workflows.selectors.people import person

_State = ChangeRequest.State
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
    if message.user is None or change.state != _State.WAITING or change.raised_at is None:
        return Skip("change_over")
    return _mail("change_raised", message, change, is_late=change.answered_at is None)


def compose_news(message: Message) -> Composed | Skip:
    """What happened last; nothing where more has happened since, which has a mail of its own."""
    change = _change(message)
    if message.user is None or not message.dedupe_key.endswith(f":{step_of(change)}"):
        return Skip("change_over")
    news = news_of(change)
    return _mail(
        "change_news",
        message,
        change,
        news=news.title,
        words=without_contacts(news.words),
        who=person(news.who) if news.who else "",
        judges=change.state == _State.DONE and change.has_helped is None,
        chooses=change.state == _State.COUNTERED,
    )


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
