"""What waits for one person this morning: decisions and approvals asked of them, cases late or due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from cxcrm.core.clock import now
from feedback.models import Complaint
from journeys.models import Decision, Environment
from journeys.selectors.decisions import to_look_back_at
from journeys.selectors.environments import due_for, who_is_to_walk
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today, firm_zone
from workflows.models import (
    Alert,
    ChangeRequest,
    ClockPause,
    Coaching,
    EscalationStep,
    Ladder,
    Recognition,
    Review,
    SlaClock,
)
from workflows.selectors import alerts, change_requests, conduct
from workflows.selectors.ladders import awaiting_decision_of
from workflows.selectors.reviews import waiting_for

SHOWN: Final = 8


@dataclass(frozen=True)
class Digest:
    """Each list is cut to ``SHOWN``, the most pressing first; the counts are not."""

    decisions: list[EscalationStep]
    decision_count: int
    late: list[SlaClock]
    late_count: int
    today: list[SlaClock]
    today_count: int
    # What the brand steward is asked for, and own decisions whose day to look back has come.
    reviews: list[Review]
    review_count: int
    look_back: list[Decision]
    look_back_count: int
    # What departments ask of each other: an answer, a proposal or another day to look at, what should be done by today.
    changes: list[ChangeRequest]
    change_count: int
    # Gaps and crossed guardrails of what they answer for.
    findings: list[Alert]
    finding_count: int
    # Places to walk today or late.
    places: list[Environment]
    place_count: int
    # Thanks of customers since the last morning, and coaching that waits for one's side or decision.
    thanks: list[Recognition]
    thank_count: int
    only_for_you: list[Coaching]

    @property
    def is_empty(self) -> bool:
        return not (
            self.decision_count
            or self.late_count
            or self.today_count
            or self.review_count
            or self.look_back_count
            or self.change_count
            or self.finding_count
            or self.place_count
            or self.thank_count
            or self.only_for_you
        )


def digest_for(user: User) -> Digest:
    """This morning's list of one person."""
    at = now()
    decisions = awaiting_decision_of(user.id)
    mine = _promised(at).filter(complaint__owner=user).select_related("complaint__customer").order_by("due_at")
    asked = waiting_for(user)
    today_there = firm_today()
    changes = change_requests.pressing_for(user, today_there)
    look_back = to_look_back_at(today_there).filter(decider=user).order_by("check_back_on", "pk")
    findings = alerts.addressed_to(user.pk)
    places = due_for(user, within=0)
    thanks = conduct.thanks_since_last_morning(user)
    late, today = mine.filter(due_at__lt=at), mine.filter(due_at__gte=at)
    return Digest(
        decisions=list(decisions[:SHOWN]),
        decision_count=decisions.count(),
        late=list(late[:SHOWN]),
        late_count=late.count(),
        today=list(today[:SHOWN]),
        today_count=today.count(),
        reviews=list(asked[:SHOWN]),
        review_count=asked.count(),
        look_back=list(look_back[:SHOWN]),
        look_back_count=look_back.count(),
        changes=list(changes[:SHOWN]),
        change_count=changes.count(),
        findings=list(findings[:SHOWN]),
        finding_count=findings.count(),
        places=list(places[:SHOWN]),
        place_count=places.count(),
        thanks=list(conduct.with_words(thanks)[:SHOWN]),
        thank_count=thanks.count(),
        only_for_you=conduct.coachings_waiting_for(user),
    )


def who_has_something() -> QuerySet[User]:
    """Everybody at work whose digest of this morning would not be empty."""
    asked = EscalationStep.objects.filter(
        state=EscalationStep.State.TOLD, ladder__state=Ladder.State.CLIMBING, decision=None
    )
    ids: set[Any] = set(asked.values_list("recipient_id", flat=True))
    ids |= set(Review.objects.filter(state=Review.State.WAITING).values_list("steward_id", flat=True))
    ids |= change_requests.whose_turn(firm_today())
    ids |= alerts.who_is_addressed()
    ids |= set(to_look_back_at(firm_today()).values_list("decider_id", flat=True))
    ids |= conduct.who_was_thanked() | conduct.who_has_a_side_to_tell_or_to_decide()
    ids |= who_is_to_walk(firm_today())
    ids |= set(_promised(now()).values_list("complaint__owner_id", flat=True))
    return User.objects.working().filter(pk__in=ids).order_by("pk")


def _promised(at: datetime) -> QuerySet[SlaClock]:
    """Running answer clocks of open complaints that end before the firm's day does; paused ones wait for nobody."""
    local = at.astimezone(firm_zone())
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    paused = ClockPause.objects.filter(complaint=OuterRef("complaint"), ended_at=None)
    return SlaClock.objects.filter(
        ~Exists(paused),
        kind=SlaClock.Kind.RESOLVE,
        stopped_at=None,
        due_at__lt=midnight,
        complaint__state__in=Complaint.OPEN_STATES,
    )
