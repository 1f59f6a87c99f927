"""Answering what staff are asked once a period: who has is noted, what they said goes into a box that is shaken."""

from collections.abc import Mapping
from datetime import date
from secrets import SystemRandom
from uuid import UUID, uuid4

from django.db import transaction

from customers.logic.masks import without_contacts
from feedback.errors import (
    AlreadyAnswered,
    QuestionnaireIncomplete,
    QuestionnaireNotAsked,
    QuestionnaireOffScale,
    QuestionnaireUnknownItem,
    QuestionnaireWordsTooLong,
)
from feedback.logic.questionnaires import MOST_WORDS, QUESTIONNAIRES, Questionnaire, unit_kept
from feedback.models import StaffAnswer, StaffTurn
from feedback.selectors.staff_voice import asked_people, is_asked
from tenants.staff.models import Firm, User
from tenants.staff.selectors.firm import firm_today, the_firm


@transaction.atomic
def answer_questionnaire(*, user_id: UUID, questionnaire: str, values: Mapping[str, int], words: str = "") -> StaffTurn:
    """Keep what ``user_id`` answers, item code → number, each on its scale, and why in ``words``; once a period.

    It publishes nothing: the event log names who acts and when. Raises QuestionnaireNotAsked, QuestionnaireUnknownItem,
    QuestionnaireIncomplete, QuestionnaireOffScale, QuestionnaireWordsTooLong, AlreadyAnswered.
    """
    asked = QUESTIONNAIRES.get(questionnaire)
    user = User.objects.working().filter(pk=user_id).first()
    if asked is None or user is None or not is_asked(user, asked):
        raise QuestionnaireNotAsked(field="questionnaire")
    said = _words(asked, words)
    _check(asked, values)
    # One at a time: who shakes the box holds it.
    Firm.objects.select_for_update(no_key=True).get(pk=the_firm().pk)
    period = asked.period_of(firm_today())
    turn, is_new = StaffTurn.objects.get_or_create(user=user, questionnaire=asked.code, period=period)
    if not is_new:
        raise AlreadyAnswered(field="questionnaire")
    unit = _unit(user)
    told = {"questionnaire": asked.code, "period": period, **unit}
    answers = [StaffAnswer(**told, item=item, value=value) for item, value in values.items()]
    if said:
        answers.append(StaffAnswer(**told, item="why", words=said))
    _drop_and_shake(asked, period, answers)
    return turn


def _check(asked: Questionnaire, values: Mapping[str, int]) -> None:
    trouble = asked.trouble_with(values)
    if trouble is None:
        return
    code, why = trouble
    if why == "unknown":
        raise QuestionnaireUnknownItem(field=code)
    if why == "missing":
        raise QuestionnaireIncomplete(field=code)
    item = next(one for one in asked.items if one.code == code)
    raise QuestionnaireOffScale(code, item.low, item.high)


def _words(asked: Questionnaire, words: str) -> str:
    """Without contacts, on one line: how somebody breaks lines is known in a small firm."""
    said = without_contacts(" ".join(words.split()))
    if said and not asked.has_words:
        raise QuestionnaireUnknownItem(field="words")
    if len(said) > MOST_WORDS:
        raise QuestionnaireWordsTooLong(field="words")
    return said


def _unit(user: User) -> dict[str, UUID | None]:
    """Where they work, as far as it is kept."""
    people = asked_people()
    branch = people.filter(branch=user.branch_id).count() if user.branch_id else None
    department = people.filter(branch=None, department=user.department_id).count() if user.department_id else None
    kept = unit_kept(branch, department)
    return {
        "branch_id": user.branch_id if kept == "branch" else None,
        "department_id": user.department_id if kept == "department" else None,
    }


def _drop_and_shake(asked: Questionnaire, period: date, answers: list[StaffAnswer]) -> None:
    """Write the whole box anew, in an order drawn by lot and under new ids.

    Else rows written together could be told by where they lie and by the transaction that wrote them.
    """
    box = StaffAnswer.objects.filter(questionnaire=asked.code, period=period)
    rows = [*box, *answers]
    box.delete()
    SystemRandom().shuffle(rows)
    for row in rows:
        row.pk = uuid4()
    StaffAnswer.objects.bulk_create(rows, batch_size=1000)
