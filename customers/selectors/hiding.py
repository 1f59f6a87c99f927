"""What of a customer's timeline and files a reader may not look into; the floors above say so of their own objects."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from customers.models import Attachment, Interaction
from customers.selectors.customers import Reader

# Which rows with ``subject_type`` and ``subject_id`` are hidden from a reader; None where nothing is.
Rule = Callable[[Any], Q | None]
_rules: list[Rule] = []
# What is told of an entry all the same: that there is something, and which.
_PLAIN: Final = ("number", "metric", "score", "changed")


def hides(rule: Rule) -> Rule:
    """Register a rule of a floor above, once at start-up."""
    _rules.append(rule)
    return rule


def hidden_from(reader: Reader) -> Q | None:
    """Which rows with ``subject_type`` and ``subject_id`` are about things ``reader`` may not look into."""
    found = [hidden for rule in _rules if (hidden := rule(reader)) is not None]
    return reduce(or_, found) if found else None


def marked_for(reader: Reader, entries: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """``entries`` of a timeline, each with ``is_hidden`` where something is hidden from ``reader``; see ``covered``."""
    hidden = hidden_from(reader)
    return entries if hidden is None else entries.annotate(is_hidden=ExpressionWrapper(hidden, BooleanField()))


def in_the_open(entries: QuerySet[Interaction]) -> QuerySet[Interaction]:
    """Those of ``marked_for`` whose words ``reader`` may read: what is hidden is not found by its words either."""
    return entries.filter(Q(is_hidden=False)) if "is_hidden" in entries.query.annotations else entries


def covered(entry: Interaction) -> Interaction:
    """The entry as its reader may see it: of a hidden one, that something happened and to which number, no words."""
    if getattr(entry, "is_hidden", False):
        entry.body = ""
        entry.data = {name: entry.data[name] for name in _PLAIN if name in entry.data}
    return entry


def files_open_to(reader: Reader, files: QuerySet[Attachment]) -> QuerySet[Attachment]:
    """Those of ``files`` that belong to nothing hidden from ``reader``."""
    hidden = hidden_from(reader)
    return files if hidden is None else files.filter(~hidden)
