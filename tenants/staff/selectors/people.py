"""Who stands in for whom."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenants.staff.models import Absence, User
from tenants.staff.selectors.firm import today_in_sql


def absences_on(day: date, user_ids: Iterable[UUID] | None = None) -> dict[UUID, list[tuple[date, date, UUID | None]]]:
    """Absences covering ``day``: user id → [(first day, last day, deputy id)]."""
    rows = Absence.objects.filter(starts_on__lte=day, ends_on__gte=day)
    if user_ids is not None:
        rows = rows.filter(user_id__in=list(user_ids))
    found: dict[UUID, list[tuple[date, date, UUID | None]]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append((row.starts_on, row.ends_on, row.deputy_id))
    return found


def working_user(user_id: UUID | None) -> User | None:
    """The active account with this id, or None."""
    return User.objects.working().filter(pk=user_id).first() if user_id else None


def with_deputies(user_ids: Iterable[UUID], day: date) -> set[UUID]:
    """These people, and whoever stands in for those of them who are away on ``day``; the other side of the next."""
    people = set(user_ids)
    spans = [span for own in absences_on(day, people).values() for span in own]
    return people | {deputy for _from, _to, deputy in spans if deputy is not None}


def in_the_place_of(user_id: UUID) -> "QuerySet[User]":
    """The person themselves and everybody who is away today with them as deputy; asks nothing by itself."""
    today = today_in_sql()
    away = Absence.objects.filter(user=OuterRef("pk"), deputy=user_id, starts_on__lte=today, ends_on__gte=today)
    return User.objects.filter(Q(pk=user_id) | Q(Exists(away)))
