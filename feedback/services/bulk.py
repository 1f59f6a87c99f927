"""The same done to many complaints, each by the service that does it to one and in a transaction of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cxcrm.core.errors import DomainError, NotFound
from feedback.models import Complaint

MOST = 200


@dataclass(frozen=True)
class Refused:
    """One that was left as it was, and why; ``number`` is empty where the reader may not see it."""

    complaint_id: UUID
    number: str
    refusal: DomainError


@dataclass(frozen=True)
class Outcome:
    """What became of each, in the order asked."""

    done: list[Complaint] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def change_each(
    *, complaint_ids: Sequence[UUID], visible: Any, change: Callable[..., Complaint], **values: Any
) -> Outcome:
    """Call ``change(complaint_id=…, **values)`` for each; one refused stops no other.

    ``visible`` is the queryset of what the caller may change: what is not in it is refused as not found.
    """
    outcome = Outcome()
    numbers = dict(visible.order_by().filter(pk__in=list(complaint_ids)).values_list("pk", "number"))
    for complaint_id in dict.fromkeys(complaint_ids):
        number = numbers.get(complaint_id, "")
        try:
            if not number:
                raise NotFound
            outcome.done.append(change(complaint_id=complaint_id, **values))
        except DomainError as refusal:
            outcome.refused.append(Refused(complaint_id, number, refusal))
    return outcome
