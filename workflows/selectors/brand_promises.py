"""The register of what the brand promises everybody: how it stands now, and how the last periods went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from cxcrm.core.clock import now
from feedback.selectors.complaints import visible_to
from feedback.selectors.reach import Reader
from tenants.staff.models import User
from tenants.staff.roles import BRAND, Level
from workflows.models import Promise
from workflows.selectors.flywheel import Share
from workflows.selectors.promises import brand_promises, due_between, promises_visible_to

# Periods shown of each promise, the running one included.
PERIODS: Final = 6
SHARE_OVER: Final = timedelta(days=365)


@dataclass(frozen=True)
class Period:
    """One row of the register: from ``begins_at`` to when it is due; ``complaints`` at its touchpoint in that time.

    These are None without a touchpoint and before it has begun.
    """

    promise: Promise
    begins_at: datetime
    complaints: int | None = None

    @property
    def has_begun(self) -> bool:
        return self.begins_at <= now()


@dataclass(frozen=True)
class Registered:
    """One promise of the brand: its running or last period, and those before it, the latest first."""

    latest: Period
    before: list[Period]

    @property
    def is_over(self) -> bool:
        return not self.latest.promise.is_open


@dataclass(frozen=True)
class Register:
    """What is promised now, and what was; how many were kept in time in a year: of the brand, and to customers."""

    current: list[Registered]
    over: list[Registered]
    of_brand: Share
    to_customers: Share


def may_promise_for_brand(reader: Reader) -> bool:
    """Whoever answers for parts of the journey may, and whoever leads the brand."""
    return reader.allows(BRAND, Level.WRITE)


def who_may_keep() -> QuerySet[User]:
    """The people a promise of the brand may be given to."""
    able = [user.pk for user in User.objects.working() if may_promise_for_brand(user)]
    return User.objects.filter(pk__in=able)


def has_begun(promise: Promise) -> bool:
    """A period begins when the one before it was due, the first when it was written down."""
    return promise.follows is None or promise.follows.due_at <= now()


def register_of(reader: Reader) -> Register:
    """Four queries, however many promises there are."""
    rows = {row.pk: row for row in brand_promises().select_related("owner", "touchpoint", "settled_by")}
    followed = {row.follows_id for row in rows.values()}
    chains = [_chain(row, rows) for row in rows.values() if row.pk not in followed]
    counted = _complaints([one for chain in chains for one in chain], reader)
    entries = [_entry(chain, counted) for chain in chains]
    at = now()
    return Register(
        current=[one for one in entries if not one.is_over],
        over=[one for one in entries if one.is_over],
        of_brand=_share(brand_promises(), at),
        to_customers=_share(promises_visible_to(reader), at),
    )


def _chain(latest: Promise, rows: dict[UUID, Promise]) -> list[tuple[Promise, datetime]]:
    """A promise's periods with when each began, the latest first."""
    chain: list[tuple[Promise, datetime]] = []
    row: Promise | None = latest
    while row is not None and len(chain) < PERIODS:
        before = rows.get(row.follows_id) if row.follows_id else None
        chain.append((row, before.due_at if before else row.created_at))
        row = before
    return chain


def _complaints(periods: Sequence[tuple[Promise, datetime]], reader: Reader) -> dict[UUID, int]:
    """Complaints within reach at each period's touchpoint, in one query."""
    at = now()
    asked = {
        f"n{number}": (row, begins)
        for number, (row, begins) in enumerate(periods)
        if row.touchpoint_id is not None and begins <= at
    }
    if not asked:
        return {}
    near = visible_to(reader).filter(
        touchpoint__in={row.touchpoint_id for row, _begins in asked.values()},
        received_at__gte=min(begins for _row, begins in asked.values()),
    )
    counts = near.aggregate(
        **{
            name: Count(
                "pk", filter=Q(touchpoint=row.touchpoint_id, received_at__gte=begins, received_at__lt=row.due_at)
            )
            for name, (row, begins) in asked.items()
        }
    )
    return {row.pk: counts[name] for name, (row, _begins) in asked.items()}


def _entry(chain: list[tuple[Promise, datetime]], counted: dict[UUID, int]) -> Registered:
    latest, *before = [Period(row, begins, counted.get(row.pk)) for row, begins in chain]
    return Registered(latest, before)


def _share(rows: QuerySet[Promise], at: datetime) -> Share:
    found = due_between(rows, at - SHARE_OVER, at).aggregate(
        due=Count("pk"), kept=Count("pk", filter=Q(state=Promise.State.KEPT))
    )
    return Share(found["kept"], found["due"])
