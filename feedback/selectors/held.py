"""What customers hold of the firm, counted from the well-known items of its surveys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncQuarter

from customers.selectors.facts import who_name_values
from customers.selectors.purchases import are_recorded, bought_within
from cxcrm.core.clock import now
from feedback.logic.gaps import AGREES_FROM, Side
from feedback.logic.held import (
    DAYS_IN,
    WINDOWS,
    ComparedQuarter,
    Step,
    Trend,
    agreement,
    compared,
    step,
)
from feedback.models import Answer, Question
from feedback.selectors.latest import latest_keys
from journeys.logic.months import months_after, quarter_of
from tenants.staff.selectors.firm import firm_midnight, firm_today, firm_zone

Item = Question.Item
# The five pillars are read where staff answer for them too.
AGREED: Final = (Item.LOVE, Item.TRUST, Item.UNDERSTOOD, Item.VALUES_FIT, Item.COMMUNITY)
QUARTERS: Final = 6
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True)
class Chain:
    """Being understood → trust → buying again. ``months`` is how long whoever answered was watched, None if unknown."""

    trusting: Step
    again: Step | None
    months: int | None


@dataclass(frozen=True)
class Held:
    """``items`` are those asked or answered; ``missing`` no survey in use asks for.

    ``values``: customers whose reason was what the brand stands for, of all whose reason was noted within a year.
    """

    items: list[tuple[Item, Trend]]
    compared: list[ComparedQuarter]
    chain: Chain
    missing: list[Item]
    values: Side


def what_is_held() -> Held:
    """The last six quarters with this one; of a customer's answers to an item the latest of each quarter counts."""
    asked = _asked()
    trends = agreement_by_quarter(AGREED)
    return Held(
        items=[(item, trends[item]) for item in AGREED if item in asked or trends[item].quarters],
        compared=_compared(),
        chain=_chain(),
        missing=[item for item in (*AGREED, Item.COMPARED) if item not in asked],
        values=Side(*who_name_values(YEAR)),
    )


def _asked() -> set[str]:
    asked = Question.objects.filter(survey__is_active=True).exclude(item="").order_by()
    return set(asked.values_list("item", flat=True).distinct())


def agreement_by_quarter(items: Iterable[Item]) -> "dict[Item, Trend]":
    """Item → the quarters in which somebody answered it, the oldest first; one query."""
    counts: dict[str, dict[date, dict[int, int]]] = {}
    for item, begins, number, n in _counted(items, "number"):
        counts.setdefault(item, {}).setdefault(begins, {})[number] = n
    return {
        item: Trend([agreement(begins, said) for begins, said in sorted(counts.get(item, {}).items())])
        for item in items
    }


def _compared() -> list[ComparedQuarter]:
    counts: dict[date, dict[str, int]] = {}
    for _item, begins, choice, n in _counted([Item.COMPARED], "text"):
        counts.setdefault(begins, {})[choice] = n
    return [compared(begins, said) for begins, said in sorted(counts.items())]


def _counted(items: Iterable[Item], field: str) -> list[tuple[str, date, Any, int]]:
    """How often each answer was the latest of a customer in a quarter."""
    quarter = TruncQuarter("response__answered_at", tzinfo=firm_zone())
    since = firm_midnight(months_after(quarter_of(firm_today()), -3 * (QUARTERS - 1)))
    given = Answer.objects.counted().filter(question__item__in=list(items), response__answered_at__gte=since)
    told = given.exclude(number=None, text="")
    by = (F("question__item"), F("response__customer_id"), quarter)
    rows = (
        Answer.objects.filter(pk__in=latest_keys(told, *by, at="response__answered_at"))
        .annotate(quarter=quarter)
        .order_by()
        .values_list("question__item", "quarter", field)
        .annotate(n=Count("pk"))
    )
    return [(item, at.date(), said, n) for item, at, said, n in rows]


def _chain() -> Chain:
    until = now()
    trusting = step(_pairs(until))
    if not are_recorded():
        return Chain(trusting, None, None)
    for months in WINDOWS:
        found = step(_again(until, timedelta(days=DAYS_IN[months])))
        if found.is_shown:
            return Chain(trusting, found, months)
    return Chain(trusting, None, None)


def _pairs(until: datetime) -> dict[tuple[bool, bool], int]:
    """Feels understood, and trusts: both said in one answer; each customer's latest of the last year."""
    said = Answer.objects.filter(response=OuterRef("response"), question__item=Item.TRUST, number__isnull=False)
    trust = Subquery(said.values("number")[:1])
    both = _agreements(Item.UNDERSTOOD, until - YEAR, until).annotate(trust=trust).filter(trust__isnull=False)
    rows = Answer.objects.filter(pk__in=_latest(both).values("pk")).annotate(trust=trust).order_by()
    return _split((number, trusts >= AGREES_FROM, n) for number, trusts, n in _grouped(rows, "trust"))


def _again(until: datetime, span: timedelta) -> dict[tuple[bool, bool], int]:
    """Trusts, and bought within ``span`` of saying so: each customer's latest answer that is as old, of one year."""
    old = _latest(_agreements(Item.TRUST, until - span - YEAR, until - span))
    bought = bought_within(span, "response__customer_id", "response__answered_at")
    rows = Answer.objects.filter(pk__in=old.values("pk")).annotate(bought=bought).order_by()
    return _split(_grouped(rows, "bought"))


def _grouped(rows: "QuerySet[Answer]", what: str) -> Any:
    return rows.values_list("number", what).annotate(n=Count("pk"))


def _split(counted: Iterable[tuple[int, bool, int]]) -> dict[tuple[bool, bool], int]:
    counts: dict[tuple[bool, bool], int] = {}
    for number, goes_on, n in counted:
        key = (number >= AGREES_FROM, goes_on)
        counts[key] = counts.get(key, 0) + n
    return counts


def _agreements(item: Item, since: datetime, until: datetime) -> "QuerySet[Answer]":
    return Answer.objects.counted().filter(
        question__item=item, number__isnull=False, response__answered_at__gt=since, response__answered_at__lte=until
    )


def _latest(answers: "QuerySet[Answer]") -> "QuerySet[Answer]":
    ordered = answers.order_by("response__customer_id", "-response__answered_at", "-pk")
    return ordered.distinct("response__customer_id")
