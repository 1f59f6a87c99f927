"""The conduct policy and who has read it, thanks by branch and month, and who may read which coaching."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce, TruncMonth

from cxcrm.core.clock import now
from feedback.models import Complaint, Response
from feedback.selectors.praise import is_praise
from feedback.selectors.reach import Reader, near
from journeys.logic.months import months_after
from tenants.staff.models import Branch, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_midnight, firm_today, firm_zone
from workflows.models import Coaching, ConductAcknowledgement, ConductPolicy, Message, Recognition

DECIDING: Final = (Role.OWNER, Role.EXECUTIVE)
MONTHS: Final = 6
# After holidays thanks are told for as long as a week back.
_TOLD_WITHIN = timedelta(days=7)


def policy_in_force() -> ConductPolicy | None:
    return ConductPolicy.objects.filter(replaced_at=None).select_related("written_by").first()


def may_set_policy(user: User) -> bool:
    """Owners and executives; whoever only manages the room may not."""
    return user.role in DECIDING


def has_read(policy: ConductPolicy | None, user: User) -> datetime | None:
    """When ``user`` read this version."""
    rows = ConductAcknowledgement.objects.filter(policy=policy, user=user.pk)
    return rows.values_list("acknowledged_at", flat=True).first() if policy else None


def who_has_not_read(policy: ConductPolicy | None) -> list[User]:
    if policy is None:
        return []
    read = ConductAcknowledgement.objects.filter(policy=policy)
    return list(User.objects.working().exclude(pk__in=read.values("user")).order_by("full_name"))


def recognitions_visible_to(reader: Reader) -> QuerySet[Recognition]:
    """Thanks are read by everybody, but those for a case, or an answer that opened one, out of reach."""
    rows = Recognition.objects.all()
    if reader.reaches_firm:
        return rows
    open_to_all = near(reader, near(reader, rows), "response__complaint")
    return rows.filter(Q(colleague=cast(User, reader).pk) | Q(pk__in=open_to_all.values("pk")))


def with_words(rows: QuerySet[Recognition]) -> QuerySet[Recognition]:
    """All that is shown of thanks, in one query."""
    return rows.select_related("response", "quote", "complaint", "colleague", "department", "branch", "given_by")


def thanks_of(user: User) -> QuerySet[Recognition]:
    """Thanks to this person, their department or their branch, the newest first."""
    mine = Q(colleague=user.pk)
    for name in ("department", "branch"):
        if unit := getattr(user, f"{name}_id"):
            mine |= Q(**{name: unit})
    return Recognition.objects.filter(mine)


def thanks_since_last_morning(user: User) -> QuerySet[Recognition]:
    return thanks_of(user).filter(created_at__gte=_last_morning())


def who_was_thanked() -> set[UUID]:
    """Everybody with thanks no morning's mail has told of yet."""
    found: set[UUID] = set()
    for row in Recognition.objects.filter(created_at__gte=_last_morning()).values("colleague", "department", "branch"):
        told: dict[str, Any] = {name: ident for name, ident in row.items() if ident is not None}
        if "colleague" in told:
            found.add(told["colleague"])
        else:
            found |= set(User.objects.working().filter(**told).values_list("pk", flat=True))
    return found


def _last_morning() -> datetime:
    """When the mails of the last morning before today were made; a week ago where there was none."""
    today = firm_midnight(firm_today())
    mails = Message.objects.filter(kind=Message.Kind.DIGEST, created_at__lt=today, created_at__gte=now() - _TOLD_WITHIN)
    return mails.order_by("-created_at").values_list("created_at", flat=True).first() or now() - _TOLD_WITHIN


@dataclass(frozen=True)
class ThanksByMonth:
    """The last months, the latest last, and each branch's thanks in them; ``None`` is of no branch."""

    months: list[date]
    rows: list[tuple[Branch | None, list[int]]]

    @property
    def total(self) -> int:
        return sum(sum(counts) for _branch, counts in self.rows)


def thanks_by_month(today: date) -> ThanksByMonth:
    """How many thanks reached each branch: a whole one, or somebody who works there. In the branches' own order."""
    months = [months_after(today, -number) for number in reversed(range(MONTHS))]
    counted = (
        Recognition.objects.filter(created_at__gte=firm_midnight(months[0]))
        .order_by()
        .annotate(month=TruncMonth("created_at", tzinfo=firm_zone()), at=Coalesce("branch", "colleague__branch"))
        .values_list("at", "month")
        .annotate(n=Count("pk"))
    )
    found: Mapping[Any, int] = {(at, month.date()): n for at, month, n in counted}
    places: list[Branch | None] = [*Branch.objects.filter(is_active=True).order_by("name"), None]
    rows = [(place, [found.get((place.pk if place else None, month), 0) for month in months]) for place in places]
    return ThanksByMonth(months, [row for row in rows if row[0] is not None or any(row[1])])


def source_of(row: Recognition) -> Any:
    """The answer, quote or case the thanks are for: exactly one of them is there."""
    return row.response or row.quote or row.complaint


def praised_in(source: Response | Any) -> bool:
    """Is this something a customer praised? An answer, a quote or a case."""
    if isinstance(source, Response):
        return is_praise(source)
    if isinstance(source, Complaint):
        return source.state == Complaint.State.CLOSED_CONFIRMED
    return source.feedback_type != source.FeedbackType.COMPLAINT


def coachings_visible_to(reader: Any) -> QuerySet[Coaching]:
    """Of the person concerned, of whoever wrote it, and all of them to executives and owners; to keys none."""
    rows = Coaching.objects.all()
    if not isinstance(reader, User):
        return rows.none()
    if reader.role in DECIDING:
        return rows
    return rows.filter(Q(colleague=reader.pk) | Q(written_by=reader.pk))


def may_decide(user: User, coaching: Coaching) -> bool:
    """An executive or owner who is not concerned and did not write it; who wrote it only where there is no other."""
    if user.role not in DECIDING or user.pk == coaching.colleague_id:
        return False
    if user.pk != coaching.written_by_id:
        return True
    others = User.objects.working().filter(role__in=DECIDING)
    return not others.exclude(pk__in=(coaching.written_by_id, coaching.colleague_id)).exists()


def _heard() -> Q:
    return Q(replied_at__isnull=False) | Q(reply_by__lte=now())


def coachings_waiting_for(user: User) -> list[Coaching]:
    """Those ``user`` has yet to tell their side of, or to decide on."""
    rows = Coaching.objects.filter(decided_at=None).select_related("colleague", "complaint", "written_by")
    mine = list(rows.filter(~_heard(), colleague=user.pk).order_by("reply_by"))
    if user.role not in DECIDING:
        return mine
    return mine + [one for one in rows.filter(_heard()).order_by("reply_by") if may_decide(user, one)]


def who_has_a_side_to_tell_or_to_decide() -> set[UUID]:
    """Ids of all whom a coaching waits for."""
    rows = Coaching.objects.filter(decided_at=None)
    found = set(rows.filter(~_heard()).values_list("colleague_id", flat=True))
    ready = list(rows.filter(_heard()))
    if ready:
        leaders = User.objects.working().filter(role__in=DECIDING)
        found |= {user.pk for user in leaders if any(may_decide(user, one) for one in ready)}
    return found
