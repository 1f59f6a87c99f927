"""Places, what was found last, how that moves, which are to be walked, and where on a journey they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from journeys.logic.environments import SOON_DAYS, change, score
from journeys.models import AuditItem, AuditPhoto, Environment, EnvironmentAudit
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.people import in_the_place_of, with_deputies

WALKS_SHOWN: Final = 12
# How far back walks are looked at.
COUNTED: Final = timedelta(days=400)


@dataclass(frozen=True)
class Standing:
    """How a place stands: its walks, the latest first, what is not in order now, and whether it is late."""

    place: Environment
    walks: list[EnvironmentAudit]
    wrong: list[AuditItem]
    is_late: bool
    is_due: bool

    @property
    def latest(self) -> EnvironmentAudit | None:
        return self.walks[0] if self.walks else None

    @property
    def score(self) -> float | None:
        """Of the latest walk, 0 to 100."""
        return self.latest.score if self.latest else None

    @property
    def change(self) -> float | None:
        """Points since the walk before."""
        return change([walk.score for walk in self.walks])


@dataclass(frozen=True)
class Standee:
    """A place as it stands at a stage of the map, whether somebody answers for it, and its last two walks.

    Of each walk how many points were in order and of how many; the latest first.
    """

    place: Environment
    is_owned: bool
    walks: list[tuple[int, int]]
    is_late: bool

    @property
    def score(self) -> float | None:
        """Of the latest walk, 0 to 100."""
        return score(*self.walks[0]) if self.walks else None

    @property
    def change(self) -> float | None:
        """Points since the walk before."""
        return change([score(*walk) for walk in self.walks])


def environments() -> "QuerySet[Environment]":
    return Environment.objects.filter(is_active=True).select_related("branch", "department", "accountable")


def places_answered() -> "QuerySet[Environment]":
    """Every place in use with who answers for it and where on a journey it stands; what nobody answers for in front.

    Nobody does where whoever should has left.
    """
    rows = environments().select_related("stage", "touchpoint__stage")
    return rows.order_by("accountable__is_active", "name", "pk")


def stage_of(place: Environment) -> UUID | None:
    """The stage a place stands in, itself or by its touchpoint; None where it stands nowhere."""
    return place.touchpoint.stage_id if place.touchpoint else place.stage_id


def places_of_nobody() -> "QuerySet[Environment]":
    """The places in use nobody answers for: whoever should has left."""
    return environments().filter(accountable__is_active=False).order_by("name", "pk")


def standing_here(today: date) -> ArraySubquery:
    """For a query of stages: the places at each, or at one of its touchpoints, for ``standees``.

    So the map has them without a query of its own.
    """
    walks = EnvironmentAudit.objects.filter(environment=OuterRef("pk"), done_on__gte=today - COUNTED)
    here = Q(stage=OuterRef("pk")) | Q(touchpoint__stage=OuterRef("pk"))
    told = JSONObject(
        id="pk",
        name="name",
        name_en="name_en",
        kind="kind",
        due_on="due_on",
        touchpoint="touchpoint_id",
        is_owned="accountable__is_active",
        walks=ArraySubquery(walks.order_by("-done_on").values(json=JSONObject(passed="passed", rated="rated"))[:2]),
    )
    return ArraySubquery(Environment.objects.filter(here, is_active=True).order_by().values(json=told))


def standees(told: Iterable[dict[str, Any]], today: date) -> list[Standee]:
    """The places of a stage, as read by ``standing_here``: what is late in front, then the lowest score."""
    found = []
    for one in told:
        own = {name: one[name] for name in ("name", "name_en", "kind")}
        place = Environment(pk=UUID(one["id"]), due_on=date.fromisoformat(one["due_on"]), **own)
        place.touchpoint_id = UUID(one["touchpoint"]) if one["touchpoint"] else None
        walks = [(walk["passed"], walk["rated"]) for walk in one["walks"]]
        found.append(Standee(place, one["is_owned"], walks, place.due_on < today))
    return sorted(found, key=_worst_first)


def due_for(user: User, within: int = SOON_DAYS) -> "QuerySet[Environment]":
    """What somebody answers for, or stands in for today, that is late or due ``within`` days; the latest first."""
    mine = environments().filter(accountable__in=in_the_place_of(user.pk).values("pk"))
    return mine.filter(due_on__lte=firm_today() + timedelta(days=within)).order_by("due_on", "name", "pk")


def who_is_to_walk(day: date) -> set[UUID]:
    """Everybody with a place ``due_for`` them by ``day``, on that day."""
    due = environments().filter(due_on__lte=day).order_by()
    return with_deputies(due.values_list("accountable_id", flat=True), day)


def standings_of(places: Iterable[Environment]) -> list[Standing]:
    """How each stands, in two queries, however many: what is late in front, then the lowest score."""
    asked, today = list(places), firm_today()
    walks: dict[UUID, list[EnvironmentAudit]] = {place.pk: [] for place in asked}
    done = EnvironmentAudit.objects.filter(environment__in=asked, done_on__gte=today - COUNTED)
    for walk in done.select_related("done_by").order_by("-done_on", "-pk"):
        if len(walks[walk.environment_id]) < WALKS_SHOWN:
            walks[walk.environment_id].append(walk)
    latest = [own[0].pk for own in walks.values() if own]
    wrong: dict[UUID, list[AuditItem]] = {}
    failed = AuditItem.objects.filter(audit__in=latest, result=AuditItem.Result.FAIL).select_related("initiative")
    for item in failed.order_by("position"):
        wrong.setdefault(item.audit_id, []).append(item)
    found = [
        Standing(
            place=place,
            walks=walks[place.pk],
            wrong=wrong.get(walks[place.pk][0].pk, []) if walks[place.pk] else [],
            is_late=place.is_active and place.due_on < today,
            is_due=place.is_active and place.due_on <= today + timedelta(days=SOON_DAYS),
        )
        for place in asked
    ]
    return sorted(found, key=_worst_first)


def walks_between(since: date, until: date) -> "QuerySet[Any, tuple[Any, ...]]":
    """Walks of places in use: place, its branch, the day, how many points were in order and of how many."""
    done = EnvironmentAudit.objects.filter(environment__is_active=True, done_on__gte=since, done_on__lte=until)
    return done.order_by().values_list("environment_id", "environment__branch_id", "done_on", "passed", "rated")


def points_of(audit: EnvironmentAudit) -> list[AuditItem]:
    """What was found at each point, in order; ``has_photo`` says where there is a picture, without reading it."""
    return list(_with_photos(audit).select_related("initiative").order_by("position"))


def point_of(audit: EnvironmentAudit, item_id: UUID) -> AuditItem | None:
    """The point of this walk with this id, as ``points_of`` reads it."""
    return _with_photos(audit).filter(pk=item_id).first()


def photo_of(item: AuditItem) -> AuditPhoto | None:
    return AuditPhoto.objects.filter(item=item).first()


def _with_photos(audit: EnvironmentAudit) -> "QuerySet[AuditItem]":
    return audit.items.annotate(has_photo=Exists(AuditPhoto.objects.filter(item=OuterRef("pk"))))


def _worst_first(one: Standing | Standee) -> tuple[bool, float, str]:
    return not one.is_late, 101.0 if one.score is None else one.score, one.place.name
