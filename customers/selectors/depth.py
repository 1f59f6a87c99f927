"""How deep relationships go: of one customer, and of all active ones; the floors above say what shows a step."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from customers.logic.depth import Depth, deepest
from customers.models import Customer, Fact, Purchase
from customers.selectors.understanding import ACTIVE
from cxcrm.core.clock import now
from tenants.staff.selectors.firm import firm_today

# A condition on a customer's row (OuterRef("pk") is the customer) that shows a step.
Sign = Callable[[], Any]
_signs: Final[dict[Depth, list[Sign]]] = {depth: [] for depth in Depth if depth}


def shows(depth: Depth) -> Callable[[Sign], Sign]:
    """Register what a floor knows of a step, once at start-up."""

    def register(sign: Sign) -> Sign:
        if sign not in _signs[depth]:
            _signs[depth].append(sign)
        return sign

    return register


@shows(Depth.RETURNS)
def bought_again() -> Any:
    """Two purchases that count, or a plan in force."""
    mine = Purchase.objects.filter(customer=OuterRef("pk"), state__in=Purchase.COUNTED).order_by()
    return Exists(mine[1:2]) | Exists(mine.filter(covers_until__gte=firm_today()))


@shows(Depth.SPEAKS)
def told_something() -> Any:
    told = Fact.objects.filter(customer=OuterRef("pk"), source=Fact.Source.DECLARED, withdrawn_at=None)
    return Exists(told.order_by())


@shows(Depth.RECOMMENDS)
def brought_somebody() -> Any:
    """Somebody came by their word."""
    return Exists(Customer.objects.filter(referred_by=OuterRef("pk")).order_by())


def depth_of(customer_id: UUID) -> Depth:
    """Where one customer stands; one query."""
    return max(_counted(Customer.objects.filter(pk=customer_id)), default=Depth.ONE_OFF)


def depths_of_active() -> Sequence[tuple[Depth, int]]:
    """Step → how many of the customers heard of within 180 days stand there, every step; one query."""
    counts = _counted(Customer.objects.filter(understanding__seen_at__gt=now() - ACTIVE))
    return [(depth, counts.get(depth, 0)) for depth in Depth]


def _counted(customers: "QuerySet[Customer]") -> dict[Depth, int]:
    steps = {f"shows_{depth.value}": _any(signs) for depth, signs in _signs.items()}
    rows = customers.order_by().annotate(**steps).values_list(*steps).annotate(n=Count("pk"))
    counts: dict[Depth, int] = {}
    for *shown, n in rows:
        depth = deepest(depth for depth, is_shown in zip(_signs, shown, strict=True) if is_shown)
        counts[depth] = counts.get(depth, 0) + n
    return counts


def _any(signs: Sequence[Sign]) -> Case:
    condition = Q(pk__in=[])
    for sign in signs:
        condition |= Q(sign())
    return Case(When(condition, then=Value(1)), default=Value(0))
