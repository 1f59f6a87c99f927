"""A promise to a customer or of the brand: soon due, to whoever owes it; not kept, to them, then to their manager."""

from workflows import wording
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, case_url, threaded, to_staff
from workflows.models import Message, Promise
from workflows.selectors.people import customer_called, person


def compose_due(message: Message) -> Composed | Skip:
    """The reminder; nothing once it was kept, or when its time has gone by."""
    promise = _promise(message)
    if message.user is None or promise.state != Promise.State.OPEN:
        return Skip("promise_settled")
    return _mail("promise_due", message, promise)


def compose_broken(message: Message) -> Composed | Skip:
    """Nothing when it was made good before the mail left."""
    promise = _promise(message)
    if message.user is None or promise.state != Promise.State.BROKEN:
        return Skip("promise_settled")
    return _mail("promise_broken", message, promise)


def _promise(message: Message) -> Promise:
    return Promise.objects.select_related("customer", "complaint", "owner").get(pk=message.ref)


def _mail(template: str, message: Message, promise: Promise) -> Composed:
    user, complaint = message.user, promise.complaint
    assert user is not None  # noqa: S101 - both callers looked; this tells the type checker
    to_manager = promise.raised_at is not None and promise.owner_id != user.pk
    return to_staff(
        template,
        user,
        headers=threaded(complaint) if complaint else dict(AUTOMATIC),
        of_brand=promise.is_of_brand,
        promise=promise,
        complaint=complaint,
        customer=customer_called(promise.customer) if promise.customer else "",
        due=wording.moment(promise.due_at),
        owner=person(promise.owner),
        is_mine=promise.owner_id == user.pk,
        to_manager=to_manager,
        case_url=_page(promise),
    )


def _page(promise: Promise) -> str:
    """Where it is settled."""
    if promise.complaint is not None:
        return case_url(promise.complaint)
    if promise.is_of_brand:
        return absolute("/admin/workflows/promise/brand/")
    return absolute(f"/admin/customers/customer/{promise.customer_id}/change/")
