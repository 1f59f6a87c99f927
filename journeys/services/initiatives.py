"""Proposing a change for customers, passing the gates, deciding, running it, and learning from what it did."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.selectors.personas import live_personas
from customers.selectors.quotes import quotes
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotAllowed, NotFound
from cxcrm.core.events import publish
from journeys.errors import (
    ChangedMeanwhile,
    GatesNotPassed,
    InitiativeIncomplete,
    InitiativeInState,
    NotTheSteward,
)
from journeys.events import (
    InitiativeChanged,
    InitiativeDecided,
    InitiativeEnded,
    InitiativeProposed,
    InitiativeSentBack,
    InitiativeSigned,
)
from journeys.logic import fit
from journeys.models import (
    Guardrail,
    Initiative,
    InitiativeEffect,
    InitiativeInsight,
    InitiativeQuote,
    Insight,
    Touchpoint,
    Viewpoint,
)
from journeys.selectors.initiatives import (
    CONFIDENCE,
    Grounds,
    Line,
    case_of,
    effects_on,
    grounds_of,
    lines_of,
    missing_of,
)
from journeys.services.naming import choice, line, row
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.people import working_user
from tenants.staff.selectors.stewardship import may_lead

IMPACTS: Final = tuple(map(Decimal, ("0.25", "0.5", "1", "2", "3")))
GAINS: Final = ("gain_retained", "gain_referred", "gain_saved")
_LINES: Final = {"name": 120, "what": 500, "need": 300, "notice": 300, "price": 300}
_NUMBERS: Final = ("one_off", "run_people", "run_other", "margin", "revenue", "capacity", "reach", "effort", *GAINS)
_OPEN: Final = (Initiative.State.DRAFT, Initiative.State.PROPOSED)
DECIDERS: Final[frozenset[str]] = frozenset({Role.OWNER, Role.EXECUTIVE})


@transaction.atomic
def draft_initiative(
    *, name: str, what: str, owner_id: UUID, insight_id: UUID | None = None, **told: Any
) -> Initiative:
    """Begin one; everything else may follow. ``told`` as for ``change_initiative``. Raises InvalidInput."""
    initiative = Initiative()
    _put(initiative, {"name": name, "what": what, "owner_id": owner_id, **told})
    initiative.save(force_insert=True)
    if insight_id is not None:
        InitiativeInsight.objects.create(initiative=initiative, insight=_insight(insight_id))
    return _reckon(initiative)


@transaction.atomic
def change_initiative(*, initiative_id: UUID, version: int | None = None, **changes: Any) -> Initiative:
    """Change what is said of it while it is not decided; what changes costs or words leaves the signature standing.

    Fields: name, what, owner_id, touchpoint_id, changes, pillar, need, notice, price, foundation, confidence, one_off,
    run_people, run_other, margin, revenue, the three of GAINS (money a month but the first), capacity (percent), reach,
    impact (.25, .5, 1, 2, 3), effort (person-weeks), harms (three texts), viewpoint.
    Raises NotFound, InitiativeInState, ChangedMeanwhile, InvalidInput.
    """
    initiative = _lock(initiative_id, _OPEN)
    if version is not None and version != initiative.version:
        raise ChangedMeanwhile(version=initiative.version)
    _put(initiative, changes)
    return _reckon(initiative)


@transaction.atomic
def set_effects(*, initiative_id: UUID, effects: Sequence[Mapping[str, Any]]) -> Initiative:
    """Say for each persona (``persona_id``, None: the staff) what is ``expected`` (-2 to +2), with its ``mitigation``.

    What is not named is left as it is. Raises NotFound, InitiativeInState, InvalidInput.
    """
    initiative = _lock(initiative_id, _OPEN)
    for told in effects:
        persona = row(live_personas(), told.get("persona_id"), "persona")
        effect = effects_on(initiative, persona and persona.pk).first() or InitiativeEffect(initiative=initiative)
        effect.persona, effect.expected = persona, _size(told.get("expected"), "expected")
        effect.mitigation = line(told.get("mitigation", ""), "mitigation", 300)
        effect.save()
    return _reckon(initiative)


@transaction.atomic
def answer_insight(*, initiative_id: UUID, insight_id: UUID) -> Initiative:
    """Say that it answers an insight; said twice, it is said once. Raises NotFound, InitiativeInState, InvalidInput."""
    initiative = _lock(initiative_id, _OPEN)
    InitiativeInsight.objects.get_or_create(initiative=initiative, insight=_insight(insight_id))
    return _reckon(initiative)


@transaction.atomic
def cite_for(*, initiative_id: UUID, quote_id: UUID) -> Initiative:
    """Rest it on a quote beside those of its insights. Raises NotFound, InitiativeInState, InvalidInput."""
    initiative = _lock(initiative_id, _OPEN)
    InitiativeQuote.objects.get_or_create(initiative=initiative, quote=row(quotes(), quote_id, "quote"))
    return _reckon(initiative)


@transaction.atomic
def add_guardrail(
    *, initiative_id: UUID, metric: str, stop_at: Decimal | str, touchpoint_id: UUID | None = None
) -> Guardrail:
    """A figure that must not fall below (complaints: rise above) ``stop_at``. Raises NotFound, InvalidInput."""
    initiative = _lock(initiative_id, (*_OPEN, Initiative.State.APPROVED, Initiative.State.RUNNING))
    guardrail = Guardrail(
        initiative=initiative,
        metric=choice(metric, Guardrail.Metric, "metric"),
        touchpoint=row(Touchpoint.objects, touchpoint_id, "touchpoint"),
        stop_at=stop_at,
    )
    _clean(guardrail, "stop_at")
    guardrail.save(force_insert=True)
    _reckon(initiative)
    return guardrail


@transaction.atomic
def sign_brand(*, initiative_id: UUID, marks: Sequence[int | None]) -> Initiative:
    """The brand steward answers the five lines of the checklist, 0 to 4, and signs.

    Raises NotFound, InitiativeInState, NotTheSteward, InvalidInput.
    """
    initiative = _lock(initiative_id, _OPEN)
    signer = _steward()
    try:
        fit.brand_mark(marks)
    except ValueError as error:
        raise InvalidInput(field="marks") from error
    if any(mark is None for mark in marks):
        raise InvalidInput(field="marks")
    initiative.marks, initiative.signed_by, initiative.signed_at = list(marks), signer, now()
    publish(InitiativeSigned(initiative_id=initiative.pk))
    return _reckon(initiative)


@transaction.atomic
def send_back_initiative(*, initiative_id: UUID, because: str) -> Initiative:
    """The brand steward wants it reworked before the executives decide, and says why.

    Raises NotFound, InitiativeInState, NotTheSteward, InvalidInput without a reason.
    """
    initiative = _lock(initiative_id, (Initiative.State.PROPOSED,))
    _steward()
    initiative.decided_because = line(because, "because", 300, required=True)
    initiative.state, initiative.signed_by, initiative.signed_at = Initiative.State.DRAFT, None, None
    publish(InitiativeSentBack(initiative_id=initiative.pk))
    return _reckon(initiative)


@transaction.atomic
def propose_initiative(*, initiative_id: UUID) -> Initiative:
    """Put it before the executives; all that is missing is named at once. Raises NotFound, InitiativeIncomplete."""
    initiative = _lock(initiative_id, (Initiative.State.DRAFT,))
    missing = missing_of(initiative, *_weigh(initiative))
    if missing:
        raise InitiativeIncomplete.lacking(missing)
    initiative.state, initiative.decided_because = Initiative.State.PROPOSED, ""
    publish(InitiativeProposed(initiative_id=initiative.pk))
    return _keep(initiative)


@transaction.atomic
def approve_initiative(*, initiative_id: UUID, because: str = "") -> Initiative:
    """An executive says yes. Past a gate it takes a reason, which stays with it.

    Raises NotFound, InitiativeInState, NotAllowed, GatesNotPassed (with the gates).
    """
    initiative = _lock(initiative_id, (Initiative.State.PROPOSED,))
    decider = _acting(DECIDERS, NotAllowed)
    _weigh(initiative)
    reason = line(because, "because", 300)
    if initiative.failed and not reason:
        raise GatesNotPassed.of(initiative.failed)
    initiative.state, initiative.decided_because = Initiative.State.APPROVED, reason
    initiative.overridden_by = decider if initiative.failed else None
    return _decided(initiative, decider)


@transaction.atomic
def decline_initiative(*, initiative_id: UUID, because: str) -> Initiative:
    """An executive says no, and why. Raises NotFound, InitiativeInState, NotAllowed, InvalidInput."""
    initiative = _lock(initiative_id, (*_OPEN, Initiative.State.APPROVED))
    decider = _acting(DECIDERS, NotAllowed)
    _weigh(initiative)
    initiative.decided_because = line(because, "because", 300, required=True)
    initiative.state = Initiative.State.DECLINED
    return _decided(initiative, decider)


@transaction.atomic
def launch_initiative(*, initiative_id: UUID) -> Initiative:
    """It begins today; from now on its guardrails are watched. Raises NotFound, InitiativeInState."""
    initiative = _lock(initiative_id, (Initiative.State.APPROVED,))
    initiative.state, initiative.launched_on = Initiative.State.RUNNING, firm_today()
    return _reckon(initiative)


@transaction.atomic
def measure_effects(*, initiative_id: UUID, measured: Sequence[Mapping[str, Any]]) -> Initiative:
    """What each persona (None: the staff) really got stands for what was expected from now on.

    Raises NotFound, InitiativeInState, InvalidInput (also for a persona nothing was expected of).
    """
    initiative = _lock(initiative_id, (Initiative.State.RUNNING,))
    for told in measured:
        if not effects_on(initiative, told.get("persona_id")).update(measured=_size(told.get("measured"), "measured")):
            raise InvalidInput(field="persona")
    if all(one.effect is None or one.effect.measured is not None for one in lines_of(initiative)):
        initiative.confidence = Initiative.Confidence.MEASURED
    return _reckon(initiative)


@transaction.atomic
def end_initiative(*, initiative_id: UUID, verdict: str, learning: str) -> Initiative:
    """Keep, change or stop it, and what was learned. Raises NotFound, InitiativeInState, InvalidInput."""
    initiative = _lock(initiative_id, (Initiative.State.RUNNING,))
    initiative.verdict = choice(verdict, Initiative.Verdict, "verdict")
    initiative.learning = line(learning, "learning", 500, required=True)
    initiative.state, initiative.ended_on = Initiative.State.ENDED, firm_today()
    publish(InitiativeEnded(initiative_id=initiative.pk))
    return _reckon(initiative)


@transaction.atomic
def cross_guardrail(*, guardrail_id: UUID, seen: Decimal) -> bool:
    """A watched figure crossed its threshold; told once. True when it was not known yet. Raises NotFound."""
    guardrail = Guardrail.objects.select_for_update(no_key=True).filter(pk=guardrail_id).first()
    if guardrail is None:
        raise NotFound
    if guardrail.crossed_at is not None:
        return False
    guardrail.crossed_at, guardrail.seen = now(), seen
    guardrail.save(update_fields=["crossed_at", "seen"])
    return True


def _lock(initiative_id: UUID, states: Iterable[str]) -> Initiative:
    initiative = Initiative.objects.select_for_update(no_key=True).filter(pk=initiative_id).first()
    if initiative is None:
        raise NotFound
    if initiative.state not in states:
        raise InitiativeInState.now(initiative.state, str(initiative.get_state_display()))
    return initiative


def _acting(roles: Iterable[str], refusal: type[Exception]) -> User:
    """Who acts, where their role is one of ``roles``; a key is nobody."""
    ident = current_actor().user_id
    user = User.objects.filter(pk=ident, role__in=roles).first() if ident else None
    if user is None:
        raise refusal
    return user


def _steward() -> User:
    """Who acts, where they may say yes for the brand. Raises NotTheSteward."""
    user = working_user(current_actor().user_id)
    if user is None or not may_lead(user):
        raise NotTheSteward
    return user


def _decided(initiative: Initiative, decider: User) -> Initiative:
    initiative.decided_by, initiative.decided_at = decider, now()
    publish(InitiativeDecided(initiative_id=initiative.pk))
    return _keep(initiative)


def _reckon(initiative: Initiative) -> Initiative:
    """Look at it with the gates' eyes again, and keep what they see."""
    _weigh(initiative)
    return _keep(initiative)


def _weigh(initiative: Initiative) -> tuple[list[Line], Grounds]:
    """What the gates see now; returns what they were shown."""
    lines, grounds = lines_of(initiative), grounds_of(initiative)
    case = case_of(initiative, lines, grounds)
    initiative.fit = Decimal(f"{fit.fit_score(case):.1f}")
    initiative.failed = [str(gate) for gate in fit.failed_gates(case)]
    found = fit.rice(
        reach=initiative.reach or 0,
        impact=float(initiative.impact),
        confidence=CONFIDENCE[initiative.confidence],
        effort=float(initiative.effort or 0),
    )
    initiative.rice = None if found is None else Decimal(f"{found:.1f}")
    initiative.reckoned_at = now()
    return lines, grounds


def _keep(initiative: Initiative) -> Initiative:
    initiative.updated_at = now()
    initiative.version += 1
    initiative.save()
    publish(InitiativeChanged(initiative_id=initiative.pk))
    return initiative


def _put(initiative: Initiative, told: Mapping[str, Any]) -> None:
    checks: dict[str, Callable[[Any], Any]] = {
        "foundation": lambda value: choice(value, Initiative.Foundation, "foundation", blank=True),
        "confidence": lambda value: choice(value, Initiative.Confidence, "confidence"),
        "viewpoint": lambda value: choice(value, Viewpoint, "viewpoint", blank=True),
        "changes": lambda value: choice(value, Initiative.Changes, "changes", blank=True),
        "pillar": lambda value: choice(value, Initiative.Pillar, "pillar", blank=True),
        "impact": _impact,
        "harms": _harms,
    }
    for name, value in told.items():
        if name in _LINES:
            setattr(initiative, name, line(value, name, _LINES[name], required=name in ("name", "what")))
        elif name in checks:
            setattr(initiative, name, checks[name](value))
        elif name in _NUMBERS:
            setattr(initiative, name, value)
        elif name == "owner_id":
            initiative.owner = _owner(value)
        elif name == "touchpoint_id":
            initiative.touchpoint = row(Touchpoint.objects, value, "touchpoint")
        else:
            raise InvalidInput(unknown=name)
    _clean(initiative, *(name for name in _NUMBERS if name in told))


def _owner(ident: Any) -> User:
    owner = row(User.objects, ident, "owner")
    if owner is None:
        raise InvalidInput(field="owner")
    return owner


def _insight(ident: UUID) -> Insight:
    insight = row(Insight.objects, ident, "insight")
    if insight is None or insight.state == Insight.State.RETIRED:
        raise InvalidInput(field="insight")
    return insight


def _impact(value: Any) -> Decimal:
    if Decimal(str(value)) not in IMPACTS:
        raise InvalidInput(field="impact")
    return Decimal(str(value))


def _harms(value: Sequence[str]) -> list[str]:
    if len(value) > 3:
        raise InvalidInput(field="harms")
    return [line(harm, "harms", 300) for harm in value]


def _size(value: Any, field: str) -> int:
    if not isinstance(value, int) or not -2 <= value <= 2:
        raise InvalidInput(field=field)
    return value


def _clean(row_: Any, *names: str) -> None:
    """What the columns themselves forbid. Raises InvalidInput with the first field it is about."""
    others = {field.name for field in row_._meta.concrete_fields} - set(names)
    try:
        row_.clean_fields(exclude=others)
    except ValidationError as error:
        field, problems = next(iter(error.message_dict.items()))
        raise InvalidInput(problems[0], field=field) from error
