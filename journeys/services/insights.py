"""Writing down what customers mean, bearing it out with their words, and letting it go when it is true no longer."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from customers.selectors.quotes import quotes
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from journeys.errors import (
    ChangedMeanwhile,
    InsightFromOurSide,
    InsightIsRetired,
    InsightNotBorneOut,
    ParentUnfit,
    PrevalenceInvalid,
    UnservedInvalid,
)
from journeys.events import InsightChanged, InsightRetired, InsightValidated
from journeys.logic.insights import may_be_validated, next_review
from journeys.models import Feeling, Insight, InsightQuote, Stage, Touchpoint
from journeys.selectors.insights import borne_out_by
from journeys.services.naming import choice, line, row
from journeys.services.understanding import recount_quoted
from tenants.staff.selectors.firm import firm_today

PART_LENGTH, WHY_LENGTH = 200, 300


@transaction.atomic
def write_insight(
    *,
    want: str,
    but: str,
    because: str,
    feeling: str = "",
    good_end: str = "",
    level: str = Insight.Level.EXECUTION,
    parent_id: UUID | None = None,
    stage_id: UUID | None = None,
    touchpoint_id: UUID | None = None,
    shown_by: int | None = None,
    out_of: int | None = None,
    unserved: int | None = None,
    review_on: date | None = None,
    quote_id: UUID | None = None,
) -> Insight:
    """Keep a hypothesis: “I want … but … because …”, with the quote it came from where there is one.

    ``shown_by`` of ``out_of`` customers asked showed it, ``unserved`` of these are not served today. It is looked at
    again after a year (strategy) or a quarter (execution) unless ``review_on`` says otherwise. Raises InvalidInput,
    ParentUnfit, PrevalenceInvalid, UnservedInvalid.
    """
    actor = current_actor()
    insight = Insight(written_by_id=actor.user_id)
    _put(
        insight,
        {
            "want": want, "but": but, "because": because, "feeling": feeling, "good_end": good_end, "level": level,
            "parent_id": parent_id, "stage_id": stage_id, "touchpoint_id": touchpoint_id, "shown_by": shown_by,
            "out_of": out_of, "unserved": unserved, "review_on": review_on,
        },
    )  # fmt: skip
    insight.save(force_insert=True)
    if quote_id is not None:
        add_evidence(insight_id=insight.pk, quote_id=quote_id)
    publish(InsightChanged(insight_id=insight.pk))
    return insight


@transaction.atomic
def change_insight(*, insight_id: UUID, version: int | None = None, **changes: Any) -> Insight:
    """Change the fields of ``write_insight``; with ``version`` only over the one that was read.

    Raises NotFound, InsightIsRetired, ChangedMeanwhile and what writing raises.
    """
    insight = _lock(insight_id)
    if version is not None and version != insight.version:
        raise ChangedMeanwhile(version=insight.version)
    if insight.state == Insight.State.RETIRED:
        raise InsightIsRetired
    _put(insight, changes)
    if insight.level == Insight.Level.EXECUTION and insight.children.exists():
        raise ParentUnfit(field="level")
    _keep(insight)
    publish(InsightChanged(insight_id=insight.pk))
    return insight


@transaction.atomic
def add_evidence(*, insight_id: UUID, quote_id: UUID) -> InsightQuote:
    """Bear an insight out with a customer's words; added twice, it is there once. Raises NotFound, InvalidInput."""
    insight = _lock(insight_id)
    quote = row(quotes(), quote_id, "quote")
    if insight.state == Insight.State.RETIRED:
        raise InsightIsRetired
    actor = current_actor()
    added_by = actor.user_id
    link, is_new = InsightQuote.objects.get_or_create(insight=insight, quote=quote, defaults={"added_by_id": added_by})
    if is_new:
        publish(InsightChanged(insight_id=insight.pk))
    return link


@transaction.atomic
def remove_evidence(*, insight_id: UUID, quote_id: UUID) -> None:
    """Take a quote away again; a validated insight that is not borne out any more is a hypothesis. Raises NotFound."""
    insight = _lock(insight_id)
    removed, _rows = InsightQuote.objects.filter(insight=insight, quote_id=quote_id).delete()
    if not removed:
        raise NotFound
    if insight.state == Insight.State.VALIDATED and not may_be_validated(*borne_out_by(insight)):
        insight.state, insight.validated_at = Insight.State.HYPOTHESIS, None
        _keep(insight)
    publish(InsightChanged(insight_id=insight.pk))
    recount_quoted(quote_id=quote_id)


@transaction.atomic
def validate_insight(*, insight_id: UUID) -> Insight:
    """Say that it holds: three quotes of three customers bear it out; validated again, it is looked at later again.

    What customers feel and what would be all right for them must be written down by then.
    Raises NotFound, InsightIsRetired, InsightNotBorneOut, InsightFromOurSide.
    """
    insight = _lock(insight_id)
    if insight.state == Insight.State.RETIRED:
        raise InsightIsRetired
    quotes, people = borne_out_by(insight)
    if not may_be_validated(quotes, people):
        raise InsightNotBorneOut(quotes=quotes, people=people)
    if not insight.is_seen_from_their_side:
        raise InsightFromOurSide(missing=[name for name in ("feeling", "good_end") if not getattr(insight, name)])
    insight.state, insight.validated_at = Insight.State.VALIDATED, now()
    insight.review_on = next_review(insight.level, firm_today())
    _keep(insight)
    publish(InsightValidated(insight_id=insight.pk))
    return insight


@transaction.atomic
def retire_insight(*, insight_id: UUID, why: str) -> Insight:
    """It is true no longer, and this is why; retired again changes nothing. Raises NotFound, InvalidInput."""
    insight = _lock(insight_id)
    if insight.state == Insight.State.RETIRED:
        return insight
    insight.why_retired = line(why, "why", WHY_LENGTH, required=True)
    insight.state, insight.retired_at = Insight.State.RETIRED, now()
    _keep(insight)
    publish(InsightRetired(insight_id=insight.pk))
    return insight


def _lock(insight_id: UUID) -> Insight:
    insight = Insight.objects.select_for_update(no_key=True).filter(pk=insight_id).first()
    if insight is None:
        raise NotFound
    return insight


def _keep(insight: Insight) -> None:
    insight.updated_at, insight.version = now(), insight.version + 1
    insight.save()


_ROWS: dict[str, Any] = {"parent_id": Insight, "stage_id": Stage, "touchpoint_id": Touchpoint}


def _put(insight: Insight, told: dict[str, Any]) -> None:
    for name, value in told.items():
        _put_one(insight, name, value)
    insight.review_on = insight.review_on or next_review(insight.level, firm_today())
    parent = insight.parent
    if parent is not None and (insight.level, parent.level) != (Insight.Level.EXECUTION, Insight.Level.STRATEGY):
        raise ParentUnfit(field="parent")
    if parent is not None and parent.state == Insight.State.RETIRED:
        raise ParentUnfit(field="parent")
    if insight.touchpoint is not None:
        insight.stage_id = insight.touchpoint.stage_id
    _check_numbers(insight)


def _put_one(insight: Insight, name: str, value: Any) -> None:
    if name in ("want", "but", "because"):
        setattr(insight, name, line(value, name, PART_LENGTH, required=True))
    elif name == "good_end":
        insight.good_end = line(value, name, WHY_LENGTH)
    elif name in ("level", "feeling"):
        among: Any = Insight.Level if name == "level" else Feeling
        setattr(insight, name, choice(value, among, name, blank=name == "feeling"))
    elif name in _ROWS:
        setattr(insight, name.removesuffix("_id"), row(_ROWS[name].objects, value, name.removesuffix("_id")))
    elif name in ("shown_by", "out_of", "unserved", "review_on"):
        setattr(insight, name, value)
    else:
        raise InvalidInput(unknown=name)


def _check_numbers(insight: Insight) -> None:
    shown, asked = insight.shown_by, insight.out_of
    if (shown is None) != (asked is None) or (shown is not None and asked is not None and not 0 <= shown <= asked > 0):
        raise PrevalenceInvalid(field="out_of")
    if insight.unserved is not None and not (shown is not None and 0 <= insight.unserved <= shown):
        raise UnservedInvalid(field="unserved")
