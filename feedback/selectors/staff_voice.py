"""Who is asked what this period, and who has answered; never what anybody said."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import QuerySet

from feedback.logic.questionnaires import QUESTIONNAIRES, Questionnaire
from feedback.models import StaffAnswer, StaffTurn
from feedback.selectors.forecasts import FORECASTERS
from tenants.staff.models import User
from tenants.staff.roles import Level, Role, role_allows
from tenants.staff.selectors.firm import firm_today

PERIODS_SHOWN: Final = 4
# Who reads the words: those who can change something.
READERS_OF_WORDS: Final[frozenset[str]] = frozenset({Role.OWNER, Role.MANAGER, Role.EXECUTIVE, Role.BRAND_STEWARD})
_ASKED_ROLES: Final = [role for role in Role.values if role_allows(role, "feedback", Level.WRITE)]


@dataclass(frozen=True)
class Asked:
    """A questionnaire as it is put to somebody in this period."""

    questionnaire: Questionnaire
    period: date
    is_answered: bool

    @property
    def code(self) -> str:
        return self.questionnaire.code


@dataclass(frozen=True)
class SoFar:
    """The period that runs: how many of those asked have answered, and when what they said can be read."""

    period: date
    answered: int
    asked: int
    told_on: date


def asked_people() -> "QuerySet[User]":
    """Everybody who works here and is asked; not those who only read."""
    return User.objects.working().filter(role__in=_ASKED_ROLES)


def is_asked(user: User, questionnaire: Questionnaire) -> bool:
    """Is it put to this person?"""
    return user.is_active and user.role in (FORECASTERS if questionnaire.of_leaders else _ASKED_ROLES)


def asked_of(user: User) -> list[Asked]:
    """What this person is asked, and which of it they have answered; one query."""
    today = firm_today()
    asked = [(one, one.period_of(today)) for one in QUESTIONNAIRES.values() if is_asked(user, one)]
    turns = StaffTurn.objects.filter(user=user, period__in={period for _one, period in asked})
    answered = set(turns.values_list("questionnaire", "period"))
    return [Asked(one, period, (one.code, period) in answered) for one, period in asked]


def answers_to(questionnaire: Questionnaire) -> "QuerySet[StaffAnswer]":
    """What may be read of it: everything leaders said, and of staff only periods that are over.

    Figures that follow each single answer would tell it: whoever looks before and after sees the difference.
    """
    rows = StaffAnswer.objects.filter(questionnaire=questionnaire.code).order_by()
    return rows if questionnaire.of_leaders else rows.filter(period__lt=questionnaire.period_of(firm_today()))


def periods_told(questionnaire: Questionnaire) -> list[date]:
    """The periods in which anybody answered, the latest first, and the latest there is something to read of."""
    today = firm_today()
    latest = questionnaire.period_of(today) if questionnaire.of_leaders else questionnaire.latest_over(today)
    told = answers_to(questionnaire).values_list("period", flat=True).distinct()
    return sorted({*told, latest}, reverse=True)[:PERIODS_SHOWN]


def so_far(questionnaire: Questionnaire) -> SoFar:
    """How many have answered in the period that runs; two queries."""
    today = firm_today()
    period = questionnaire.period_of(today)
    turns = StaffTurn.objects.filter(questionnaire=questionnaire.code, period=period)
    return SoFar(period, turns.count(), asked_people().count(), questionnaire.over_on(today))
