"""Taking a customer's answer: one row however often it is posted."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.db import transaction

from customers.selectors.merging import survivor_of
from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from cxcrm.core.language import LANGUAGES
from feedback.errors import ANSWER_PROBLEMS, AnswerInvalid, EditWindowClosed, InvitationExpired
from feedback.events import ResponseChanged, ResponseReceived
from feedback.logic.answers import AnswerError, QuestionKind, check_answer
from feedback.models import Answer, Invitation, Question, Response
from feedback.services.loop import act_on
from feedback.services.oddness import mark_oddness
from journeys.selectors.journeys import touchpoint_in_use

EDIT_WINDOW = timedelta(hours=24)


@transaction.atomic
def record_response(
    *,
    invitation_id: UUID,
    score: Any,
    words: str = "",
    contact_me: bool = False,
    touchpoint_id: UUID | None = None,
    answers: dict[UUID, Any] | None = None,
    language: str = "",
    seconds: float | None = None,
) -> Response:
    """Store the answer to an invitation, or change it within 24 hours of the first; open a complaint if it is one.

    ``score`` answers the first question and ``words`` the first free-text question; ``answers`` the others, by question
    id. What it was about is ``touchpoint_id``, else the invitation's, else the survey's. Posting the same again changes
    nothing. ``seconds`` is how long the form was seen before, where that is known.

    Raises NotFound, AnswerInvalid, InvitationExpired, EditWindowClosed.
    """
    invitation = _lock(invitation_id)
    response = Response.objects.filter(invitation=invitation).first()
    at = now()
    if response is None and invitation.expires_at <= at:
        raise InvitationExpired
    given = _checked(invitation, score, words, answers or {})
    values = {
        "score": next(value for question, value in given.items() if question.position == 1),
        "words": _words(given, words),
        "contact_me": bool(contact_me),
        "language": language if language in LANGUAGES else invitation.customer.language,
        "touchpoint_id": _touchpoint(invitation, touchpoint_id),
    }
    if response is None:
        response = _store(invitation, given, values)
        mark_oddness(response=response, invitation=invitation, seconds=seconds)
        _tell(response)
        publish(ResponseReceived(response_id=response.pk))
    elif not _differs(response, given, values):
        return response
    elif at - response.answered_at > EDIT_WINDOW:
        raise EditWindowClosed
    else:
        _change(response, given, values)
        _tell(response, changed=True)
        publish(ResponseChanged(response_id=response.pk))
    act_on(response)
    return response


def _lock(invitation_id: UUID) -> Invitation:
    # The customer is not joined: a merge that held the row gave it another one, and a join looked up before the wait
    # would no longer fit, so that the invitation seemed to be gone and an answer was lost.
    invitation = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("survey")
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None:
        raise NotFound
    return invitation


def _checked(invitation: Invitation, score: Any, words: str, answers: dict[UUID, Any]) -> dict[Question, int | str]:
    """What was answered, by question, in order; blanks are left out. Raises AnswerInvalid."""
    questions = list(invitation.survey.questions.order_by("position"))
    unknown = set(answers) - {question.pk for question in questions}
    if unknown:
        raise AnswerInvalid(field=str(min(unknown)), reason="unknown_question")
    first_text = next((question for question in questions if question.kind == Question.Kind.TEXT), None)
    given: dict[Question, int | str] = {}
    for question in questions:
        field, value = str(question.pk), answers.get(question.pk)
        if question.position == 1:
            field, value = "score", score
        elif question == first_text and value is None:
            field, value = "words", words
        checked = _check(question, field, value)
        if checked is not None:
            given[question] = checked
    return given


def _check(question: Question, field: str, value: Any) -> int | str | None:
    choices = {choice["value"] for choice in question.choices}
    try:
        kind = cast("QuestionKind", question.kind)
        return check_answer(kind, value, choices, question.required or question.position == 1)
    except AnswerError as error:
        raise AnswerInvalid(ANSWER_PROBLEMS[error.code], field=field, reason=error.code) from error


def _words(given: dict[Question, int | str], words: str) -> str:
    """The first free text; for a survey that asks for none, whatever words came along."""
    for question, value in given.items():
        if question.kind == Question.Kind.TEXT:
            return str(value)
    try:
        return str(check_answer("text", words, (), False) or "")
    except AnswerError as error:
        raise AnswerInvalid(ANSWER_PROBLEMS[error.code], field="words", reason=error.code) from error


def _touchpoint(invitation: Invitation, chosen: UUID | None) -> UUID | None:
    expected = invitation.touchpoint_id or invitation.survey.touchpoint_id
    if chosen is None or chosen == expected:
        return expected
    touchpoint = touchpoint_in_use(chosen)
    if touchpoint is None or not touchpoint.is_public:
        raise AnswerInvalid(ANSWER_PROBLEMS["not_a_choice"], field="touchpoint_id", reason="not_a_choice")
    return chosen


def _store(invitation: Invitation, given: dict[Question, int | str], values: dict[str, Any]) -> Response:
    response = Response.objects.create(
        invitation=invitation,
        survey=invitation.survey,
        customer_id=survivor_of(invitation.customer_id) or invitation.customer_id,
        metric=invitation.survey.metric,
        **values,
    )
    _store_answers(response, given)
    invitation.state = Invitation.State.ANSWERED
    invitation.save(update_fields=["state"])
    return response


def _differs(response: Response, given: dict[Question, int | str], values: dict[str, Any]) -> bool:
    stored = {
        answer.question_id: answer.number if answer.text == "" else answer.text for answer in response.answers.all()
    }
    return stored != {question.pk: value for question, value in given.items()} or any(
        getattr(response, name) != value for name, value in values.items()
    )


def _change(response: Response, given: dict[Question, int | str], values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(response, name, value)
    response.changed_at = now()
    response.save(update_fields=[*values, "changed_at"])
    response.answers.all().delete()
    _store_answers(response, given)


def _store_answers(response: Response, given: dict[Question, int | str]) -> None:
    Answer.objects.bulk_create(
        Answer(
            response=response,
            question=question,
            kind=question.kind,
            number=value if isinstance(value, int) else None,
            text="" if isinstance(value, int) else value,
        )
        for question, value in given.items()
    )


def _tell(response: Response, *, changed: bool = False) -> None:
    record_interaction(
        customer_id=response.customer_id,
        kind="survey",
        what="survey.answered",
        direction="in",
        body=response.words,
        data={
            "survey": response.survey.name,
            "metric": response.metric,
            "score": response.score,
            "changed": changed,
            "contact_me": response.contact_me,
        },
        subject=response,
    )
