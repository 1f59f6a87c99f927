"""Finding the rows a condition holds for, and reading the values it asks about."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from cxcrm.core.conditions.asking import as_test
from cxcrm.core.conditions.grouping import all_hold, put_together
from cxcrm.core.conditions.sources import Asking
from cxcrm.core.conditions.tree import All, AnyOf, Leaf, Node, Not, leaves


def where(node: Node, asking: Asking) -> Q:
    """The condition for a query over the rows it is about; it is true or false of every row, never unknown."""
    match node:
        case Not(part):
            return ~where(part, asking)
        case All(parts):
            found = Q()
            groups, rest = put_together(parts, asking)
            for group in groups:
                found &= all_hold(group, asking)
            for part in rest:
                found &= where(part, asking)
            return found
        case AnyOf(parts):
            found = Q()
            for part in parts:
                found |= where(part, asking)
            return found
        case Leaf(field, op, value, days):
            test, turned = as_test(field.kind, op, value, asking.today)
            passing: Q = field.source.where(test, asking, days)
            return ~passing if turned else passing


def values_of(node: Node, rows: QuerySet[Any], asking: Asking) -> dict[Any, dict[str, Any]]:
    """Row → what the condition asks about it, by ``Leaf.key``; one query for each thing asked about."""
    return read(leaves(node), rows, asking)


def read(asked: Iterable[Leaf], rows: QuerySet[Any], asking: Asking) -> dict[Any, dict[str, Any]]:
    found: dict[Any, dict[str, Any]] = {pk: {} for pk in rows.order_by().values_list("pk", flat=True)}
    for leaf in {one.key: one for one in asked}.values():
        for pk, value in leaf.field.source.read(rows, asking, leaf.days).items():
            found[pk][leaf.key] = value
    return found
