"""The decision log: what was decided on what ground, and what came of it."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from customers.selectors.quotes import quotes
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from journeys.errors import AlreadyChecked, CheckBackInvalid, EffectMissing, EvidenceMissing
from journeys.events import DecisionChecked, DecisionLogged
from journeys.logic import checklists
from journeys.models import Decision, DecisionQuote, Insight, Viewpoint
from journeys.services.naming import choice, line, row, rows
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today

# Saving cost is looked at after sixty days (domain.md §1, 0.13), everything else after ninety.
_LOOK_BACK: Final = {Decision.Kind.COST_CUT: timedelta(days=60)}
_OTHERWISE: Final = timedelta(days=90)
LONGEST: Final = timedelta(days=366)


@transaction.atomic
def log_decision(
    *,
    topic: str,
    basis: str,
    kind: str = Decision.Kind.GENERAL,
    who_they_are: str = "",
    what_they_need: str = "",
    insight_id: UUID | None = None,
    quote_ids: Iterable[UUID] = (),
    effect_on_customers: str = "",
    effect_on_staff: str = "",
    viewpoint: str = "",
    marks: Sequence[int | None] = (),
    decider_id: UUID | None = None,
    decided_on: date | None = None,
    check_back_on: date | None = None,
) -> Decision:
    """Write down one decision; the decider is the one who writes unless named.

    ``marks`` answer the checklist of its ``kind`` line by line, 0 to 4 or None. Raises InvalidInput, EvidenceMissing
    for "what customers said" without a quote, EffectMissing for saved cost nobody thought through, CheckBackInvalid.
    """
    decider = row(User.objects, decider_id or current_actor().user_id, "decider")
    if decider is None:
        raise InvalidInput(field="decider")
    kind = choice(kind, Decision.Kind, "kind")
    basis = choice(basis, Decision.Basis, "basis")
    cited = rows(quotes(), quote_ids, "quotes")
    if basis == Decision.Basis.CUSTOMER_EVIDENCE and not cited:
        raise EvidenceMissing(field="quotes")
    day = decided_on or firm_today()
    decision = Decision(
        topic=line(topic, "topic", 200, required=True),
        kind=kind,
        basis=basis,
        who_they_are=line(who_they_are, "who_they_are", 200),
        what_they_need=line(what_they_need, "what_they_need", 300),
        insight=row(Insight.objects, insight_id, "insight"),
        effect_on_customers=line(effect_on_customers, "effect_on_customers", 300),
        effect_on_staff=line(effect_on_staff, "effect_on_staff", 300),
        viewpoint=choice(viewpoint, Viewpoint, "viewpoint", blank=True),
        marks=_checked(kind, marks),
        decider=decider,
        decided_on=day,
        check_back_on=check_back_on or day + _LOOK_BACK.get(Decision.Kind(kind), _OTHERWISE),
    )
    if kind == Decision.Kind.COST_CUT:
        for name in ("effect_on_customers", "effect_on_staff"):
            if not getattr(decision, name):
                raise EffectMissing(field=name)
    if not day < decision.check_back_on <= day + LONGEST:
        raise CheckBackInvalid(field="check_back_on")
    decision.save(force_insert=True)
    DecisionQuote.objects.bulk_create(DecisionQuote(decision=decision, quote=quote) for quote in cited)
    publish(DecisionLogged(decision_id=decision.pk))
    return decision


@transaction.atomic
def look_back(*, decision_id: UUID, outcome: str, learning: str) -> Decision:
    """Say what came of a decision and what was learned; once. Raises NotFound, AlreadyChecked, InvalidInput."""
    decision = Decision.objects.select_for_update(no_key=True).filter(pk=decision_id).first()
    if decision is None:
        raise NotFound
    if decision.checked_at is not None:
        raise AlreadyChecked
    decision.outcome = choice(outcome, Decision.Outcome, "outcome")
    decision.learning = line(learning, "learning", 500, required=True)
    decision.checked_at = decision.updated_at = now()
    decision.version += 1
    decision.save()
    publish(DecisionChecked(decision_id=decision.pk))
    return decision


def _checked(kind: str, marks: Sequence[int | None]) -> list[Any]:
    try:
        checklists.score(kind, marks)
    except ValueError as error:
        raise InvalidInput(field="marks") from error
    return list(marks)
