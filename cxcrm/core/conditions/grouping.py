"""Several questions about what the same related rows come to, answered by reading these rows once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from cxcrm.core.conditions.asking import Days, Filled, Test, as_test, holds
from cxcrm.core.conditions.sources import Asking, Figure, LastDay, Related, come_within, span
from cxcrm.core.conditions.tree import Leaf, Node


@dataclass(frozen=True)
class Asked:
    """A question that can be put to a group: what it comes to, the test, whether the answer is turned around."""

    source: Related
    figure: Any
    test: Test
    turned: bool
    days: int | None

    @property
    def rows(self) -> Any:
        """Questions with the same rows are put together."""
        return self.source.rows, self.source.owner, self.source.moment, self.days

    @property
    def holds_without(self) -> bool:
        """For an owner without any row."""
        missing = self.source.missing if isinstance(self.source, Figure) else None
        return holds(self.test, missing) != self.turned

    def passing(self, name: str, asking: Asking) -> Q:
        """``name``, what a group comes to, passes; a yes or a no, never NULL."""
        if isinstance(self.test, Days):
            found = Q(**{f"{name}__isnull": False}) & span(name, _known(self.test, asking), asking)
        else:
            found = Q(**{f"{name}__isnull": False}) & come_within(name, self.test)
        return ~found if self.turned else found


def put_together(parts: Iterable[Node], asking: Asking) -> tuple[list[list[Asked]], list[Node]]:
    """Questions about the same rows, two or more each, and everything else that all has to hold."""
    found: dict[Any, list[tuple[Asked, Node]]] = {}
    rest: list[Node] = []
    for part in parts:
        asked = _asked(part, asking)
        if asked is None:
            rest.append(part)
        else:
            found.setdefault(asked.rows, []).append((asked, part))
    rest += [group[0][1] for group in found.values() if len(group) == 1]
    return [[asked for asked, _part in group] for group in found.values() if len(group) > 1], rest


def all_hold(group: list[Asked], asking: Asking) -> Q:
    """Of the row asked about: every question of ``group`` is answered with yes."""
    source, days = group[0].source, group[0].days
    names = [f"come_to_{number}" for number in range(len(group))]
    figures = {name: asked.figure for name, asked in zip(names, group, strict=True)}
    groups = source.within(asking, days).values(source.owner).annotate(**figures)
    passing = Q()
    for name, asked in zip(names, group, strict=True):
        passing &= asked.passing(name, asking)
    if all(asked.holds_without for asked in group):  # whoever has no row passes as well
        return ~source.listed(groups.exclude(passing))
    return source.listed(groups.filter(passing))


def _asked(part: Node, asking: Asking) -> Asked | None:
    """A leaf as a question of a group; None for what is answered in a way of its own."""
    if not isinstance(part, Leaf):
        return None
    source = part.field.source
    test, turned = as_test(part.field.kind, part.op, part.value, asking.today)
    if isinstance(test, Filled):
        return None
    if isinstance(source, Figure):
        return Asked(source, source.figure, test, turned, part.days)
    if isinstance(source, LastDay) and isinstance(test, Days) and _is_known(test, asking):
        return Asked(source, Max(source.moment), test, turned, part.days)
    return None


def _is_known(test: Days, asking: Asking) -> bool:
    """What lies ahead counts as today: nothing is later than today, and everything is before tomorrow."""
    is_ahead = test.first is not None and test.first > asking.today
    known = _known(test, asking)
    return not is_ahead and (known.first is not None or known.until is not None)


def _known(test: Days, asking: Asking) -> Days:
    return Days(test.first, test.until if test.until is not None and test.until <= asking.today else None)
