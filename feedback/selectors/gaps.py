"""Delivery gaps: what staff believe beside what customers say about the same sentence, and who answers for it."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from customers.logic.shares import shown_groups
from feedback.logic.gaps import AGREES_FROM, DeliveryGap, Side, delivery_gap
from feedback.models import Answer, Belief, Question, RealGap
from journeys.logic.months import months_after, quarter_of
from journeys.models import Touchpoint
from journeys.selectors.accountability import in_force
from tenants.staff.models import Department, User
from tenants.staff.selectors.firm import firm_midnight, firm_today, the_firm
from tenants.staff.selectors.people import in_the_place_of

QUARTERS_SHOWN: Final = 8


@dataclass(frozen=True)
class Line:
    """One gap: of a sentence, or of one team beside all customers; ``touchpoint`` is None for the whole firm.

    ``is_open`` is False to a reader who has not said yet what they believe: who reads the others first repeats them.
    """

    question_id: UUID
    sentence: str
    touchpoint: Touchpoint | None
    department: Department | None
    executive: User | None
    gap: DeliveryGap
    teams: list["Line"] = field(default_factory=list)
    hidden_teams: int = 0
    is_open: bool = True

    @property
    def standing_shown(self) -> str:
        """That of the gap, or "unsaid" while it is closed."""
        return self.gap.standing if self.is_open else "unsaid"


@dataclass(frozen=True)
class Gaps:
    """The gaps of a quarter, the widest first; those with too few answers come last, those closed before them."""

    quarter: date
    lines: list[Line]

    @property
    def headline(self) -> Line | None:
        """What is said first: the whole firm's sentence, else the widest; None where nothing may be shown."""
        shown = [line for line in self.lines if line.is_open and line.gap.standing != "few"]
        return next((line for line in shown if line.touchpoint is None), shown[0] if shown else None)

    @property
    def of_firm(self) -> Line | None:
        """The line of the sentence of the whole firm."""
        return next((line for line in self.lines if line.touchpoint is None), None)

    def seen_by(self, user_id: UUID) -> "Gaps":
        """The same to somebody who is asked too: what they have not answered this quarter is closed to them."""
        if self.quarter != quarter_of(firm_today()):
            return self
        said = _said_by(user_id)
        lines = [line if line.question_id in said else replace(line, is_open=False, teams=[]) for line in self.lines]
        return replace(self, lines=sorted(lines, key=_widest_first))


@dataclass(frozen=True)
class Asked:
    """A sentence as it is put to staff this quarter."""

    question: Question
    sentence: str
    is_said: bool


def sentences() -> QuerySet[Question]:
    """The sentences asked of both sides, the whole firm's first."""
    asked = Question.objects.filter(is_mirror=True, survey__is_active=True).select_related("touchpoint__stage")
    return asked.order_by("touchpoint__stage__position", "touchpoint__position", "pk")


def sentence_of(question: Question) -> str:
    """The wording in the reader's language, with the brand's name."""
    own, other = (question.text_en, question.text_vi)[:: 1 if get_language() == "en" else -1]
    return (own or other).replace("{brand}", the_firm().brand)


def asked_of(user_id: UUID) -> list[Asked]:
    """The sentences of this quarter, and which of them somebody has answered."""
    said = _said_by(user_id)
    return [Asked(question, sentence_of(question), question.pk in said) for question in firm_first(sentences())]


def closed_to(user_id: UUID) -> QuerySet[RealGap]:
    """Gaps of this quarter somebody is not told of yet: they are asked too, have not said what they believe, and
    neither answer for the place nor stand in for whoever does.
    """
    quarter = quarter_of(firm_today())
    said = Belief.objects.filter(user_id=user_id, quarter=quarter).values("question")
    told = Q(question__in=said) | Q(executive__in=in_the_place_of(user_id).values("pk"))
    return RealGap.objects.filter(quarter=quarter).exclude(told)


def _said_by(user_id: UUID) -> set[UUID]:
    mine = Belief.objects.filter(user_id=user_id, quarter=quarter_of(firm_today()))
    return set(mine.values_list("question_id", flat=True))


def firm_first(questions: Iterable[Question]) -> list[Question]:
    return sorted(questions, key=lambda question: question.touchpoint_id is not None)


def quarters_told() -> list[date]:
    """The quarters in which staff said something, the latest first, and this one."""
    told = Belief.objects.order_by().values_list("quarter", flat=True).distinct()
    return sorted({*told, quarter_of(firm_today())}, reverse=True)[:QUARTERS_SHOWN]


def delivery_gaps(quarter: date) -> Gaps:
    """Every gap of the quarter beginning at ``quarter``, each with its teams; four queries, whatever their number.

    Of a customer's answers to a sentence only the latest of the quarter counts.
    """
    asked = list(sentences())
    ours: dict[UUID, dict[Department | None, Side]] = {}
    teams = {row.pk: row for row in Department.objects.all()}
    for question_id, department_id, good, n in _beliefs(quarter):
        team = teams[department_id] if department_id else None
        ours.setdefault(question_id, {})[team] = Side(good, n)
    theirs = {question_id: Side(good, n) for question_id, good, n in _answers(asked, quarter)}
    accountable = _accountable()
    lines = [
        _line(question, ours.get(question.pk, {}), theirs.get(question.pk, Side(0, 0)), accountable)
        for question in asked
    ]
    return Gaps(quarter, sorted(lines, key=_widest_first))


def _line(question: Question, sides: dict[Department | None, Side], said: Side, accountable: Any) -> Line:
    named: dict[str, Any] = {
        "question_id": question.pk,
        "sentence": sentence_of(question),
        "touchpoint": question.touchpoint,
        "executive": accountable(question.touchpoint),
    }
    whole = Side(sum(side.good for side in sides.values()), sum(side.n for side in sides.values()))
    counts: dict[Hashable, int] = {team.pk if team else None: side.n for team, side in sides.items()}
    shown = shown_groups(counts)
    teams = [(team, side) for team, side in sides.items() if team is not None]
    of_teams = [
        Line(**named, department=team, gap=delivery_gap(side, said)) for team, side in teams if team.pk in shown
    ]
    return Line(
        **named, department=None, gap=delivery_gap(whole, said), teams=sorted(of_teams, key=_widest_first),
        hidden_teams=len(teams) - len(of_teams),
    )  # fmt: skip


def line_found(gap_id: UUID) -> Line | None:
    """The line of a gap that was found, as it stands now; None where the sentence is not asked any more."""
    told = RealGap.objects.filter(pk=gap_id).first()
    lines = delivery_gaps(told.quarter).lines if told else []
    return next((line for line in lines if told and line.question_id == told.question_id), None)


def _widest_first(line: Line) -> tuple[bool, float, str]:
    if not line.is_open:  # after those shown, in an order that tells nothing: that of the gaps would say the widest
        return True, -inf, str(line.question_id)
    return line.gap.standing == "few", -line.gap.points, str(line.question_id)


def _beliefs(quarter: date) -> Iterable[tuple[UUID, UUID | None, int, int]]:
    rows = Belief.objects.filter(quarter=quarter).order_by().values_list("question_id", "department_id")
    return rows.annotate(good=Count("pk", filter=Q(value__gte=AGREES_FROM)), n=Count("pk"))


def _answers(asked: list[Question], quarter: date) -> Iterable[tuple[UUID, int, int]]:
    since, until = firm_midnight(quarter), firm_midnight(months_after(quarter, 3))
    within = Answer.objects.counted().filter(
        question__in=[question.pk for question in asked],
        number__isnull=False,
        response__answered_at__gte=since,
        response__answered_at__lt=until,
    )
    latest = within.order_by("question_id", "response__customer_id", "-response__answered_at", "-response_id").distinct(
        "question_id", "response__customer_id"
    )
    rows = Answer.objects.filter(pk__in=latest.values("pk")).order_by().values_list("question_id")
    return rows.annotate(good=Count("pk", filter=Q(number__gte=AGREES_FROM)), n=Count("pk"))


def _accountable() -> Any:
    """Who answers for a touchpoint today, for it or by its stage; the firm's chief for the whole of it."""
    valid = list(in_force(firm_today()))
    own = {row.touchpoint_id: row.executive for row in valid if row.touchpoint_id}
    by_stage = {row.stage_id: row.executive for row in valid if row.stage_id}

    def of(place: Touchpoint | None) -> User | None:
        if place is None:
            return the_firm().chief
        return own.get(place.pk) or by_stage.get(place.stage_id)

    return of
