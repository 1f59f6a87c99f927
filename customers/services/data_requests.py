"""What customers ask about their own data is taken down with its clocks, answered, and settled; never lost."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers.errors import (
    CustomerIsErased,
    CustomerNotFound,
    DataReplyMissing,
    DataRequestNotFound,
    DataRequestSettled,
    DataWordsMissing,
)
from customers.events import DataAsked, DataSettled
from customers.logic.data_requests import ANSWER_DAYS, due_at
from customers.models import Customer, DataRequest, Interaction
from customers.services import fields
from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import the_firm

_calendar: list[Callable[[datetime, int], datetime]] = []
_MAX_WORDS = 2_000
Kind, Outcome = DataRequest.Kind, DataRequest.Outcome


def use_working_days(working_days_after: Callable[[datetime, int], datetime]) -> None:
    """Supply the firm's working days, which the floor of calendars above knows; called at start-up."""
    _calendar[:] = [working_days_after]


@transaction.atomic
def ask_about_data(*, customer_id: UUID, kind: str, words: str = "") -> DataRequest:
    """Take down what a customer asks: a copy, a correction (``words`` say of what), or to be erased.

    It goes to whoever leads the firm. Asked again while it is open, it is the same request; its clocks run on, and new
    words are added. Raises CustomerNotFound, CustomerIsErased, ChoiceInvalid, TextInvalid, DataWordsMissing.
    """
    customer = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).first()
    if customer is None:
        raise CustomerNotFound
    if customer.erased_at is not None:
        raise CustomerIsErased
    kind = fields.choice(kind, Kind, "kind")
    words = fields.paragraphs(words, "words", _MAX_WORDS)
    if kind == Kind.CORRECT and not words:
        raise DataWordsMissing(field="words")
    standing = DataRequest.objects.filter(customer=customer, kind=kind, settled_at=None).first()
    if standing is not None:
        if words and words not in standing.words:
            standing.words = "\n".join(part for part in (standing.words, words) if part)
            standing.save(update_fields=["words"])
        return standing
    at = now()
    asked = DataRequest.objects.create(
        customer=customer,
        kind=kind,
        words=words,
        asked_at=at,
        answer_by=_calendar[0](at, ANSWER_DAYS),
        due_at=due_at(kind, at),
        owner=accountable(),
    )
    _tell(asked, "data.asked", Interaction.Direction.IN, words)
    publish(DataAsked(customer_id=customer.id, request_id=asked.id))
    return asked


@transaction.atomic
def answer_request(*, request_id: UUID, reply: str, customer_id: UUID | None = None) -> DataRequest:
    """Tell the customer, on their page, that it is being done and how; of ``customer_id`` where that is known.

    Raises DataRequestNotFound, DataRequestSettled, DataReplyMissing, TextInvalid.
    """
    asked = _open(request_id, customer_id)
    asked.reply = _reply(reply)
    asked.answered_at = asked.answered_at or now()
    asked.save(update_fields=["reply", "answered_at"])
    _tell(asked, "data.answered", Interaction.Direction.OUT, asked.reply)
    return asked


@transaction.atomic
def settle_request(*, request_id: UUID, outcome: str, reply: str, customer_id: UUID | None = None) -> DataRequest:
    """It was done, or refused for the reason in ``reply``; of ``customer_id`` where that is known.

    Raises DataRequestNotFound, DataRequestSettled, DataReplyMissing, ChoiceInvalid, TextInvalid.
    """
    asked = _open(request_id, customer_id)
    asked.outcome = fields.choice(outcome, Outcome, "outcome")
    asked.reply = _reply(reply)
    _settle(asked)
    return asked


def settle_all_of(*, customer_id: UUID) -> None:
    """Who is forgotten asks for nothing more. Called in the transaction that forgets them."""
    for asked in DataRequest.objects.select_for_update(no_key=True).filter(customer_id=customer_id, settled_at=None):
        asked.outcome = Outcome.DONE
        _settle(asked)


def accountable() -> User | None:
    """Who answers for personal data: whoever leads the firm, else its first owner at work."""
    chief = the_firm().chief
    if chief is not None and chief.is_active:
        return chief
    return User.objects.working().filter(role=Role.OWNER).order_by("created_at", "id").first()


def _settle(asked: DataRequest) -> None:
    asked.settled_at = now()
    asked.answered_at = asked.answered_at or asked.settled_at
    asked.settled_by_id = current_actor().user_id
    asked.save(update_fields=["outcome", "reply", "answered_at", "settled_at", "settled_by"])
    _tell(asked, f"data.{asked.outcome}", Interaction.Direction.OUT, asked.reply)
    publish(DataSettled(customer_id=asked.customer_id, request_id=asked.id))


def _reply(reply: str) -> str:
    cleaned = fields.paragraphs(reply, "reply", _MAX_WORDS)
    if not cleaned:
        raise DataReplyMissing(field="reply")
    return cleaned


def _open(request_id: UUID, customer_id: UUID | None) -> DataRequest:
    rows = DataRequest.objects.select_for_update(of=("self",), no_key=True).filter(pk=request_id)
    asked = (rows if customer_id is None else rows.filter(customer_id=customer_id)).first()
    if asked is None:
        raise DataRequestNotFound
    if asked.settled_at is not None:
        raise DataRequestSettled
    return asked


def _tell(asked: DataRequest, what: str, direction: str, body: str) -> None:
    record_interaction(
        customer_id=asked.customer_id,
        kind=Interaction.Kind.CONSENT,
        what=what,
        direction=direction,
        body=body,
        data={"asked": asked.kind},
        subject=asked,
    )
