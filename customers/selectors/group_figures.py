"""What can be said of a group of customers; the floors above say what they know of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet


@dataclass(frozen=True)
class GroupFigure:
    """One number about a group: in words, what it is made of, and what it is good for showing.

    ``value`` is None where there is too little to tell; ``made_of`` says of how many and since when.
    """

    label: str
    value: float | None
    shown: str
    made_of: str
    n: int
    code: str = ""


# Who answers "what of these customers?", given a query of their ids, for a reader.
Provider = Callable[[Any, "QuerySet[Any]"], Iterable[GroupFigure]]
_providers: Final[list[Provider]] = []


def tells_of_groups(provider: Provider) -> Provider:
    """Register what a floor above knows, once at start-up."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def figures_of(reader: Any, customer_ids: "QuerySet[Any]") -> list[GroupFigure]:
    """Everything known of the customers ``customer_ids`` yields, as ``reader`` may see it."""
    return [figure for provider in _providers for figure in provider(reader, customer_ids)]
