"""A firm with a sentence asked of both sides: what staff and customers say of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from customers.models import Customer
from cxcrm.core.clock import now
from feedback.models import Answer, Dispatch, Invitation, Question, Response, Survey
from feedback.services.configuration import save_question
from feedback.services.gaps import state_beliefs
from tenants.staff.models import Department, User

SENTENCE = (
    "{brand} mang lại trải nghiệm thật sự tốt cho khách hàng.",
    "{brand} gives customers a truly good experience.",
)
_numbers = count(1)


def ask_both_sides(touchpoint: Any = None, position: int = 13) -> Question:
    """The sentence, in the firm's NPS survey; of a touchpoint or of the whole firm."""
    survey = Survey.objects.get(metric="nps")
    vi, en = SENTENCE
    return save_question(
        question=Question(
            survey=survey, position=position, kind="csat", text_vi=vi, text_en=en, is_mirror=True, touchpoint=touchpoint
        )
    )


def hire(count: int, department: Department | None = None, role: str = "agent") -> list[User]:
    """Staff, straight into the table: their passwords would take longer than the test."""
    return User.objects.bulk_create(
        User(email=f"p{next(_numbers)}@alpha.example", full_name="Người Làm", role=role, department=department)
        for _turn in range(count)
    )


def believe(question: Question, people: Iterable[User], good: int) -> None:
    """``good`` of ``people`` agree, the others do not."""
    for number, person in enumerate(people):
        state_beliefs(user_id=person.pk, values={question.pk: 4 if number < good else 3})


def answered(
    question: Question, values: Iterable[Any], *, at: datetime | None = None, people: list[Customer] | None = None
) -> list[Customer]:
    """Customers' answers to ``question``, straight into the tables; numbers, or the three words of kind "words"."""
    given = list(values)
    at = at or now()
    people = people or Customer.objects.bulk_create(Customer(full_name="Khách Hỏi") for _value in given)
    dispatch = Dispatch.objects.create(survey=question.survey)
    invitations = Invitation.objects.bulk_create(
        Invitation(
            dispatch=dispatch, survey=question.survey, customer=person, state="answered",
            expires_at=at + timedelta(days=9),
        )
        for person in people
    )  # fmt: skip
    responses = Response.objects.bulk_create(
        Response(
            invitation=one, survey=question.survey, customer_id=one.customer_id, metric=question.survey.metric, score=9,
            answered_at=at,
        )
        for one in invitations
    )  # fmt: skip
    Answer.objects.bulk_create(
        Answer(
            response=response, question=question, kind=question.kind,
            number=value if isinstance(value, int) else None, text="" if isinstance(value, int) else value,
        )
        for response, value in zip(responses, given, strict=True)
    )  # fmt: skip
    return people


def agreed(good: int, n: int) -> list[int]:
    return [5] * good + [2] * (n - good)
