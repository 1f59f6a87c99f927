"""Staff who answer what they are asked once a period."""

from collections.abc import Iterable
from typing import Any

from feedback.logic.questionnaires import QUESTIONNAIRES
from feedback.services.staff_voice import answer_questionnaire
from tenants.staff.models import User

PULSE_ITEMS = tuple(item.code for item in QUESTIONNAIRES["pulse"].items)


def values(questionnaire: str, value: int, **own: int) -> dict[str, int]:
    """Every item of it answered alike, but for those named."""
    return {**{item.code: value for item in QUESTIONNAIRES[questionnaire].items}, **own}


def say(people: Iterable[User], questionnaire: str, value: int, *, words: str = "", **own: int) -> None:
    for person in people:
        answer_questionnaire(
            user_id=person.pk, questionnaire=questionnaire, values=values(questionnaire, value, **own), words=words
        )


def counted(score: Any) -> tuple[int, int | None]:
    """n and the rounded score, None where it is hidden."""
    return score.n, None if score.enough == "hidden" else round(score.value)
