"""What was heard in a year, from whom: four kinds of feedback of each persona, and from who buys and who uses."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from customers.logic.masks import without_contacts
from customers.logic.personas import KNOWN_FROM
from customers.models import Customer, Quote
from customers.selectors.personas import is_known_for, live_personas
from customers.selectors.quotes import quotes_visible_to
from cxcrm.core.clock import now
from feedback.models import Survey
from feedback.selectors.community import questions_visible_to
from feedback.selectors.complaints import visible_to as complaints_visible_to
from feedback.selectors.reach import Reader, answers_visible_to

Kind = Quote.FeedbackType
Role = Customer.ContactRole
LOOK_BACK: Final = timedelta(days=365)
# Heard longer ago than this it says little of today.
OLD_AFTER: Final = timedelta(days=90)
SHOWN: Final = 30
# What an answer with words tells of: whether they would recommend us, and what measures nothing but asks of the brand,
# are impressions, the others are of using.
METRICS: Final = {
    Survey.Metric.NPS: Kind.AWARENESS,
    Survey.Metric.NONE: Kind.AWARENESS,
    Survey.Metric.CSAT: Kind.USAGE,
    Survey.Metric.CES: Kind.USAGE,
}


@dataclass(frozen=True)
class Cell:
    """How many customers of one persona were heard on one kind, and when last; ``last`` is None where nobody was."""

    kind: Kind
    customers: int = 0
    last: datetime | None = None

    @property
    def is_old(self) -> bool:
        return self.last is not None and self.last < now() - OLD_AFTER


@dataclass(frozen=True)
class HeardFrom:
    """One persona, or (``persona`` None) everybody without one; ``roles`` counts customers, "" is not noted."""

    persona: UUID | None
    name: str
    cells: list[Cell]
    roles: dict[str, int]

    @property
    def customers(self) -> int:
        return sum(self.roles.values())


@dataclass(frozen=True)
class Heard:
    """``rows`` are the live personas in their order, then who has none; ``empty`` cells of personas and ``old`` ones.

    ``oldest`` is the persona and cell nobody spoke of the longest, None where all of them are fresh or empty.
    """

    rows: list[HeardFrom]
    roles: dict[str, int]

    @property
    def empty(self) -> int:
        return sum(not cell.customers for row in self.rows if row.persona for cell in row.cells)

    @property
    def oldest(self) -> tuple[HeardFrom, Cell] | None:
        old = [(row, cell) for row in self.rows if row.persona for cell in row.cells if cell.is_old]
        return min(old, key=lambda pair: pair[1].last or now(), default=None)


@dataclass(frozen=True)
class Said:
    """One thing a customer said: a quote, an answer, a question or a complaint, as ``model`` and ``pk`` name it."""

    at: datetime
    customer_id: UUID
    name: str
    words: str
    model: str
    pk: UUID


# Customers, not sentences: whoever answers, complains and is quoted from it was heard once.
_COUNTED: Final = """
WITH heard AS (
    SELECT customer_id, feedback_type AS told, said_at AS at FROM customers_quote
    WHERE feedback_type <> '' AND said_at >= %(since)s
    UNION ALL
    SELECT customer_id, %(kinds)s::jsonb ->> metric, answered_at FROM feedback_response
    WHERE words <> '' AND answered_at >= %(since)s
    UNION ALL
    SELECT customer_id, feedback_type, created_at FROM feedback_communityquestion
    WHERE customer_id IS NOT NULL AND created_at >= %(since)s
    UNION ALL
    SELECT customer_id, 'complaint', received_at FROM feedback_complaint WHERE received_at >= %(since)s
), known AS (
    SELECT cp.customer_id, cp.persona_id FROM customers_customerpersona cp
    JOIN customers_persona p ON p.id = cp.persona_id AND p.state = 'live' WHERE cp.confidence >= %(sure)s
)
SELECT persona_id, told, contact_role, grouping(persona_id), grouping(told), count(DISTINCT heard.customer_id), max(at)
FROM heard JOIN customers_customer c ON c.id = heard.customer_id LEFT JOIN known USING (customer_id)
GROUP BY GROUPING SETS ((persona_id, told), (persona_id, contact_role), (contact_role))
"""


def heard() -> Heard:
    """The last 12 months; two queries, whatever there is."""
    cells: dict[UUID | None, dict[str, Cell]] = {}
    roles: dict[UUID | None, dict[str, int]] = {}
    whole: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"since": now() - LOOK_BACK, "sure": KNOWN_FROM, "kinds": json.dumps(METRICS)})
        for persona, kind, role, of_everybody, of_all_kinds, n, last in cursor.fetchall():
            if of_everybody:
                whole[role] = n
            elif of_all_kinds:
                roles.setdefault(persona, {})[role] = n
            else:
                cells.setdefault(persona, {})[kind] = Cell(Kind(kind), n, last)
    personas: Iterable[tuple[UUID | None, str]] = live_personas().values_list("pk", "name")
    return Heard(
        rows=[
            HeardFrom(
                persona, name, [cells.get(persona, {}).get(kind) or Cell(kind) for kind in Kind], roles.get(persona, {})
            )
            for persona, name in [*personas, (None, "")]
        ],
        roles=whole,
    )


def said_by(reader: Reader, persona: UUID | None, kind: str) -> list[Said]:
    """The latest things customers of ``persona`` (None: of none) said on ``kind``, as far as ``reader`` may see them.

    At most four queries of 30 rows; phone numbers and addresses are starred.
    """
    known, since = is_known_for(persona), now() - LOOK_BACK
    quotes = quotes_visible_to(reader).filter(known, feedback_type=kind, said_at__gte=since).order_by("-said_at", "-id")
    said = _told(quotes, "said_at", "text", "customers.quote")
    asked = questions_visible_to(reader).filter(known, feedback_type=kind, created_at__gte=since)
    said += _told(asked.order_by("-created_at", "-id"), "created_at", "text", "feedback.communityquestion")
    if metrics := [metric for metric, told in METRICS.items() if told == kind]:
        answers = answers_visible_to(reader).filter(known, metric__in=metrics, answered_at__gte=since)
        with_words = answers.exclude(words="").order_by("-answered_at", "-id")
        said += _told(with_words, "answered_at", "words", "feedback.response")
    if kind == Kind.COMPLAINT:
        cases = complaints_visible_to(reader).filter(known, received_at__gte=since).order_by("-received_at", "-id")
        said += _told(cases, "received_at", "subject", "feedback.complaint")
    return sorted(said, key=lambda one: one.at, reverse=True)[:SHOWN]


def _told(rows: Any, at: str, words: str, model: str) -> list[Said]:
    found = rows.select_related("customer")[:SHOWN]
    return [
        Said(getattr(row, at), row.customer_id, str(row.customer), without_contacts(getattr(row, words)), model, row.pk)
        for row in found
    ]
