"""Promises of the brand: laid for a period, settled with what one can see, and laid again for the next."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from journeys.selectors.journeys import touchpoint_in_use
from tenants.staff.selectors.firm import firm_zone
from tenants.staff.selectors.people import working_user
from workflows.errors import BrandPromiseEvidence, BrandPromiseInvalid, BrandPromiseNotBegun
from workflows.logic.renewal import next_day
from workflows.models import Promise
from workflows.selectors.brand_promises import has_begun, may_promise_for_brand
from workflows.services.promises import begin, open_one, settle

# A week is what it takes to look whether an advert is true.
LEAD = timedelta(days=7)
_LONGEST_AHEAD = timedelta(days=366)
_TEXT, _WHERE, _EVIDENCE = 300, 120, 500
MOST_MONTHS = 12
_State = Promise.State


@transaction.atomic
def make_brand_promise(
    *,
    text: str,
    said_where: str,
    due_at: datetime,
    owner_id: UUID,
    renews_months: int | None = None,
    touchpoint_id: UUID | None = None,
) -> Promise:
    """Write down what the brand promises everybody, where it is said, and who keeps it until ``due_at``.

    Raises BrandPromiseInvalid (text, said_where, due_at, renews_months, owner, touchpoint).
    """
    text, said_where, at = " ".join(text.split()), " ".join(said_where.split()), now()
    if not text or len(text) > _TEXT:
        raise BrandPromiseInvalid(field="text")
    if not said_where or len(said_where) > _WHERE:
        raise BrandPromiseInvalid(field="said_where")
    if not at < due_at <= at + _LONGEST_AHEAD:
        raise BrandPromiseInvalid(field="due_at")
    if renews_months is not None and not 1 <= renews_months <= MOST_MONTHS:
        raise BrandPromiseInvalid(field="renews_months")
    owner = working_user(owner_id)
    if owner is None or not may_promise_for_brand(owner):
        raise BrandPromiseInvalid(field="owner")
    if touchpoint_id is not None and touchpoint_in_use(touchpoint_id) is None:
        raise BrandPromiseInvalid(field="touchpoint")
    row = Promise.objects.create(
        text=text,
        said_where=said_where,
        due_at=due_at,
        owner=owner,
        department_id=owner.department_id,
        renews_months=renews_months,
        touchpoint_id=touchpoint_id,
    )
    begin(row, lead=LEAD)
    return row


@transaction.atomic
def settle_brand_promise(*, promise_id: UUID, outcome: Literal["kept", "broken"], evidence: str) -> Promise:
    """Was it kept in this period, and how can one see it? One that comes back is laid for the next period.

    Raises NotFound, PromiseSettled, BrandPromiseNotBegun, BrandPromiseEvidence.
    """
    row = open_one(promise_id, of_brand=True)
    if not has_begun(row):
        raise BrandPromiseNotBegun
    state = _State.BROKEN if outcome == "broken" else _State.KEPT if now() <= row.due_at else _State.KEPT_LATE
    settle(row, state, _evidence(evidence), "promise.kept")
    if row.renews_months is not None:
        _lay_next(row, row.renews_months)
    return row


@transaction.atomic
def withdraw_brand_promise(*, promise_id: UUID, evidence: str) -> Promise:
    """The brand does not promise it any more, and why; it does not come back.

    Raises NotFound, PromiseSettled, BrandPromiseEvidence.
    """
    row = open_one(promise_id, of_brand=True)
    return settle(row, _State.WITHDRAWN, _evidence(evidence), "promise.withdrawn")


def _evidence(text: str) -> str:
    if not text.strip() or len(text) > _EVIDENCE:
        raise BrandPromiseEvidence(field="evidence")
    return text


def _lay_next(row: Promise, months: int) -> None:
    due = row.due_at.astimezone(firm_zone())
    day = next_day(due.date(), months, now().astimezone(firm_zone()).date())
    # Whoever settles it takes over from an owner who is gone.
    owner = working_user(row.owner_id) or working_user(current_actor().user_id) or row.owner
    following = Promise.objects.create(
        text=row.text,
        said_where=row.said_where,
        due_at=datetime.combine(day, due.time(), firm_zone()),
        owner=owner,
        department_id=owner.department_id,
        renews_months=months,
        touchpoint_id=row.touchpoint_id,
        follows=row,
    )
    begin(following, lead=LEAD)
