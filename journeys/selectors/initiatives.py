"""Initiatives as the gates see them: who gains and who loses, what they rest on and cost, and how they stand."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from customers.models import Persona
from customers.selectors.personas import live_personas, shares_by_persona
from journeys.logic import fit
from journeys.models import Initiative, InitiativeEffect, Insight, InsightQuote

CONFIDENCE = {"guess": 0.3, "evidence": 0.6, "pilot": 0.8, "measured": 1.0}


@dataclass(frozen=True)
class Grounds:
    """What an initiative rests on: insights that hold, and how many different quotes."""

    validated: int
    quotes: int


@dataclass(frozen=True)
class Line:
    """One row of who gains and loses: a persona with its share, or the staff (``persona`` and ``share`` None)."""

    persona: Persona | None
    share: float | None
    effect: InitiativeEffect | None

    @property
    def size(self) -> int | None:
        """What was measured, else what is expected."""
        if self.effect is None:
            return None
        return self.effect.expected if self.effect.measured is None else self.effect.measured

    @property
    def expected_words(self) -> str:
        """What is expected, with its sign."""
        return _signed(self.effect.expected if self.effect else None)

    @property
    def measured_words(self) -> str:
        return _signed(self.effect.measured if self.effect else None)

    @property
    def error(self) -> int | None:
        """How far what was expected lay above what was measured."""
        if self.effect is None or self.effect.measured is None:
            return None
        return self.effect.expected - self.effect.measured


def _signed(size: int | None) -> str:
    if size is None:
        return "–"
    return f"+{size}" if size > 0 else str(size).replace("-", "−")


def grounds_of(initiative: Initiative) -> Grounds:
    """Insights it answers that are validated, and the quotes these rest on together with its own."""
    linked = Insight.objects.filter(initiatives__initiative=initiative)
    borne = InsightQuote.objects.filter(insight__in=linked.values("pk")).values_list("quote_id", flat=True)
    quotes = {*borne, *initiative.quotes.values_list("quote_id", flat=True)}
    return Grounds(linked.filter(state=Insight.State.VALIDATED).count(), len(quotes))


def lines_of(initiative: Initiative) -> list[Line]:
    """One line for each live persona, in order, and one for the staff.

    What was said of an earlier version of a persona is said of it; nobody stands any more for what has no line.
    """
    shares = shares_by_persona().by_persona
    effects = {
        effect.persona and effect.persona.segment_id: effect for effect in initiative.effects.select_related("persona")
    }
    return [
        *(Line(one, shares.get(one.pk, 0.0), effects.get(one.segment_id)) for one in live_personas()),
        Line(None, None, effects.get(None)),
    ]


def effects_on(initiative: Initiative, persona_id: UUID | None) -> QuerySet[InitiativeEffect]:
    """What is said of a persona, in whatever version it was then; of the staff for None."""
    if persona_id is None:
        return initiative.effects.filter(persona=None)
    return initiative.effects.filter(persona__segment__in=Persona.objects.filter(pk=persona_id).values("segment"))


def case_of(initiative: Initiative, lines: list[Line], grounds: Grounds) -> fit.Case:
    """The initiative in the terms of the gates (domain.md §2.11); measured effects stand for expected ones."""
    effects = [
        fit.Effect(line.share, line.size, mitigated=bool(line.effect and line.effect.mitigation))
        for line in lines
        if line.size is not None
    ]
    marks: list[Any] = [*initiative.marks, *[None] * fit.CHECKS][: fit.CHECKS]
    return fit.Case(
        effects=effects,
        confidence=CONFIDENCE[initiative.confidence],
        marks=marks,
        burden=fit.burden(**costs_of(initiative), margin=float(initiative.margin or 0)),
        capacity=None if initiative.capacity is None else initiative.capacity / 100,
        foundational=bool(initiative.foundation),
        signed_by_steward=initiative.signed_at is not None,
        validated_insights=grounds.validated,
        evidence=grounds.quotes,
    )


def costs_of(initiative: Initiative) -> dict[str, float]:
    """What is paid once, and what every month."""
    run = float(initiative.run_people or 0) + float(initiative.run_other or 0)
    return {"one_off": float(initiative.one_off or 0), "run": run}


def missing_of(initiative: Initiative, lines: list[Line], grounds: Grounds) -> list[str]:
    """What is still to be said before it can be proposed, as codes (journeys.wording)."""
    personas = [line for line in lines if line.persona is not None]
    found = {
        "personas": not fit.shares_are_whole([line.share or 0.0 for line in personas]),
        "effects": any(line.effect is None for line in lines),
        "insight": not initiative.insights.exists(),
        "buyers_seat": not (initiative.need and initiative.notice and initiative.price),
        "harms": len([harm for harm in initiative.harms if harm]) < 3,
        "guardrail": not initiative.guardrails.exists(),
        "costs": initiative.margin is None
        or all(getattr(initiative, name) is None for name in ("one_off", "run_people", "run_other")),
    }
    return [code for code, lacks in found.items() if lacks]


def by_order_of_work() -> QuerySet[Initiative]:
    """Those that pass every gate first, the most customers helped per week of work before others; then by fit."""
    passed = Q(failed=[])
    return Initiative.objects.annotate(passes=Count("pk", filter=passed)).order_by("-passes", "-rice", "-fit", "-pk")


def arbitrary_share() -> tuple[int, int]:
    """How many of all initiatives not declined rest on no insight (domain.md §1, 1.11: work done on a whim)."""
    rows = Initiative.objects.exclude(state=Initiative.State.DECLINED)
    found = rows.aggregate(
        all=Count("pk", distinct=True), grounded=Count("pk", filter=Q(insights__isnull=False), distinct=True)
    )
    return found["all"] - found["grounded"], found["all"]


def under_way() -> list[Initiative]:
    """What was agreed or runs, each with the insights it answers and how many quotes of its own (``cited``)."""
    states = [Initiative.State.APPROVED, Initiative.State.RUNNING]
    rows = Initiative.objects.filter(state__in=states).select_related("owner").prefetch_related("insights__insight")
    return list(rows.annotate(cited=Count("quotes")).order_by("-state", "name"))
