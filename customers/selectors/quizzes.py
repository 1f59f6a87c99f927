"""Rounds of the persona quiz: who is asked, what is asked, and how far they agree once a round is over."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.logic.alignment import disagreement, divergence, favourite, recall, tally
from customers.logic.shares import SHOWN_FROM, shown_groups
from customers.models import PersonaQuiz, QuizAnswer, QuizOption
from customers.selectors.customers import Reader
from cxcrm.core.clock import now
from tenants.staff.models import Department, User
from tenants.staff.roles import Level, Role

ROUNDS_SHOWN: Final = 6
_Asks: Final = QuizOption.Ask
# How the bands of alignment.BANDS read.
BANDS: Final = (_("fewer than 10 in 100"), _("10 to 24 in 100"), _("25 to 49 in 100"), _("50 in 100 or more"))


@dataclass(frozen=True)
class Option:
    """An answer offered; ``share`` of those who answered chose it, None where that may not be shown."""

    id: UUID
    text: str
    is_right: bool
    share: float | None = None

    @property
    def percent(self) -> float | None:
        return None if self.share is None else 100 * self.share


class _Figures:
    """The same in percent, for pages."""

    divergence: float | None
    recall: float | None

    @property
    def divergence_percent(self) -> float | None:
        return None if self.divergence is None else 100 * self.divergence

    @property
    def recall_percent(self) -> float | None:
        return None if self.recall is None else 100 * self.recall


@dataclass(frozen=True)
class Question:
    """A question of a round. ``apart`` is how far all of us disagree about it, from 0 to 1."""

    ask: str
    options: list[Option]
    apart: float | None = None

    @property
    def label(self) -> str:
        return str(_Asks(self.ask).label)


@dataclass(frozen=True)
class Team(_Figures):
    """What a department made of it: ``chose`` is what most of it chose, by question, where something is."""

    department: Department
    people: int
    divergence: float
    recall: float
    chose: dict[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome(_Figures):
    """What came of a round: ``divergence`` and ``recall`` from 0 to 1, None while it is open and under five people.

    ``teams`` are departments of five people or more, the furthest apart first; ``hidden_teams`` counts the others.
    """

    people: int
    divergence: float | None = None
    recall: float | None = None
    teams: list[Team] = field(default_factory=list)
    hidden_teams: int = 0
    apart: dict[str, float] = field(default_factory=dict)
    shares: dict[UUID, float] = field(default_factory=dict)

    @property
    def is_shown(self) -> bool:
        return self.divergence is not None

    @property
    def furthest(self) -> str | None:
        """The question we disagree about most."""
        return max(self.apart, key=lambda ask: self.apart[ask], default=None)


def rounds_visible_to(user: Reader) -> "QuerySet[PersonaQuiz]":
    """Every round for those who may read customers, none for others."""
    return PersonaQuiz.objects.all() if user.allows("customers", Level.READ) else PersonaQuiz.objects.none()


def people_asked() -> "QuerySet[User]":
    """Everybody who works here; accounts that only read are asked nothing."""
    return User.objects.working().exclude(role=Role.READ_ONLY)


def is_asked(user: User) -> bool:
    return user.allows("customers", Level.READ) and user.role != Role.READ_ONLY


def open_rounds() -> "QuerySet[PersonaQuiz]":
    """Rounds that may be answered now."""
    return PersonaQuiz.objects.filter(closed_at=None, closes_at__gt=now()).select_related("persona")


def rounds_left_for(user: User) -> "list[PersonaQuiz]":
    """The open rounds somebody is asked in and has not answered, the one that ends first in front."""
    if not is_asked(user):
        return []
    mine = QuizAnswer.objects.filter(quiz=OuterRef("pk"), user=user)
    return list(open_rounds().exclude(Exists(mine)).order_by("closes_at", "pk"))


def rounds_about(segment_id: UUID) -> "QuerySet[PersonaQuiz]":
    """The rounds about any version of a segment's persona, the latest first."""
    about = PersonaQuiz.objects.filter(persona__segment_id=segment_id).select_related("persona")
    return about.order_by("-opened_at", "-id")


def chosen_by(user_id: UUID, quiz_id: UUID) -> dict[str, UUID]:
    """What somebody chose themselves, question → option; for them alone."""
    return dict(QuizAnswer.objects.filter(user_id=user_id, quiz_id=quiz_id).values_list("ask", "option_id"))


def questions_of(quiz: PersonaQuiz, outcome: Outcome | None = None) -> list[Question]:
    """What is asked in a round, in order, with how many chose what where ``outcome`` says so."""
    known = outcome or Outcome(0)
    found: dict[str, list[Option]] = {}
    for row in QuizOption.objects.filter(quiz=quiz).select_related("quote").order_by("position"):
        option = Option(row.pk, words_of(row), row.is_right, known.shares.get(row.pk, 0.0) if known.shares else None)
        found.setdefault(row.ask, []).append(option)
    return [Question(str(ask), found[ask], known.apart.get(ask)) for ask in _Asks if ask in found]


def words_of(option: QuizOption) -> str:
    """How an option reads: a band in the reader's language, a customer's words as long as they are kept."""
    if option.ask == _Asks.SHARE:
        return str(BANDS[int(option.text)])
    if option.ask == _Asks.SENTENCE:
        return (option.quote.text if option.quote else "") or "–"
    return option.text


def outcome_of(quiz: PersonaQuiz) -> Outcome:
    return outcomes_of([quiz])[quiz.pk]


def outcomes_of(quizzes: Iterable[PersonaQuiz]) -> dict[UUID, Outcome]:
    """What came of each round, in two queries, however many; of an open one only how many have answered."""
    asked = list(quizzes)
    rows: dict[UUID, list[tuple[str, UUID, UUID | None, bool, int]]] = {quiz.pk: [] for quiz in asked}
    answers = QuizAnswer.objects.filter(quiz__in=asked).order_by().values_list("quiz_id")
    told = answers.annotate(right=F("option__is_right"), n=Count("pk"))
    for quiz_id, ask, option, department_id, right, n in told.values_list(
        "quiz_id", "ask", "option_id", "department_id", "right", "n"
    ):
        rows[quiz_id].append((ask, option, department_id, right, n))
    teams = {row.pk: row for row in Department.objects.all()} if any(rows.values()) else {}
    return {quiz.pk: _outcome(rows[quiz.pk], teams, is_open=quiz.is_open) for quiz in asked}


def _outcome(
    rows: list[tuple[str, UUID, UUID | None, bool, int]], teams: dict[UUID, Department], *, is_open: bool
) -> Outcome:
    by_team: dict[Hashable, list[tuple[str, UUID, bool, int]]] = {}
    for ask, option, team, right, n in rows:
        by_team.setdefault(team, []).append((ask, option, right, n))
    counts = {team: _people((ask, n) for ask, _option, _right, n in own) for team, own in by_team.items()}
    people = sum(counts.values())
    if is_open or people < SHOWN_FROM:
        return Outcome(people)
    whole = [(ask, option, right, n) for ask, option, _team, right, n in rows]
    apart, right_share, by_question = _figures(whole)
    shown = shown_groups(counts)
    found = []
    for team_id, department in teams.items():
        if team_id in shown:
            own_apart, own_recall, own_questions = _figures(by_team[team_id])
            chose = {ask: favourite(options) for ask, options in own_questions.items()}
            kept = {ask: option for ask, option in chose.items() if option is not None}
            found.append(Team(department, counts[team_id], own_apart, own_recall, kept))
    return Outcome(
        people=people,
        divergence=apart,
        recall=right_share,
        teams=sorted(found, key=lambda team: (-team.divergence, team.department.name)),
        hidden_teams=sum(1 for team in counts if team is not None and team not in shown),
        apart={str(ask): disagreement(by_question[ask].values()) or 0.0 for ask in _Asks.values if ask in by_question},
        shares={option: n / sum(options.values()) for options in by_question.values() for option, n in options.items()},
    )


def _people(answers: Iterable[tuple[str, int]]) -> int:
    """How many answered: each of them every question."""
    by_question: dict[str, int] = {}
    for ask, n in answers:
        by_question[ask] = by_question.get(ask, 0) + n
    return max(by_question.values(), default=0)


def _figures(rows: list[tuple[str, UUID, bool, int]]) -> tuple[float, float, dict[str, dict[UUID, int]]]:
    by_question = tally((ask, option, n) for ask, option, _right, n in rows)
    apart = divergence(options.values() for options in by_question.values())
    share = recall(sum(n for *_rest, right, n in rows if right), sum(n for *_rest, n in rows))
    return apart or 0.0, share or 0.0, by_question
