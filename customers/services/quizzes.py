"""Asking everybody five questions about a persona: rounds are opened, answered once, and close by themselves."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from customers.events import QuizClosed, QuizOpened
from customers.group_errors import (
    PersonaNotFound,
    PersonaNotLive,
    QuizAlreadyOpen,
    QuizAnswered,
    QuizIncomplete,
    QuizNotFound,
    QuizNotPossible,
    QuizOver,
)
from customers.logic.alignment import QUESTIONS, band_of, mixed, offered
from customers.models import Persona, PersonaQuiz, QuizAnswer, QuizOption, Quote
from customers.selectors.personas import live_personas, quotes_of, shares_by_persona
from customers.selectors.quizzes import is_asked
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotAllowed
from cxcrm.core.events import publish
from tenants.services.agenda import Later, cancel, enqueue
from tenants.staff.models import User

KIND: Final = "customers.close_quiz"
WORKING_DAYS: Final = 5
MAX_DAYS: Final = 20
Ask = QuizOption.Ask
_calendar: list[Callable[[datetime, int], datetime]] = []


def use_calendar(working_days_after: Callable[[datetime, int], datetime]) -> None:
    """Supply the firm's working days, which the floor of calendars above knows; called at start-up."""
    _calendar[:] = [working_days_after]


@transaction.atomic
def open_quiz(*, persona_id: UUID, working_days: int = WORKING_DAYS) -> PersonaQuiz:
    """Ask everybody five questions about a live persona, for ``working_days`` (1 to 20) of the firm.

    Answers offered are this portrait's and those of the other live ones, as they read now. Raises PersonaNotFound,
    PersonaNotLive, QuizAlreadyOpen, QuizNotPossible where the portraits do not differ enough, InvalidInput.
    """
    if not 1 <= working_days <= MAX_DAYS:
        raise InvalidInput(field="working_days")
    persona = Persona.objects.select_for_update(no_key=True, of=("self",)).filter(pk=persona_id).first()
    if persona is None:
        raise PersonaNotFound(field="persona")
    if persona.state != Persona.State.LIVE:
        raise PersonaNotLive(field="persona")
    if PersonaQuiz.objects.filter(persona=persona, closed_at=None).exists():
        raise QuizAlreadyOpen
    at = now()
    quiz = PersonaQuiz(
        persona=persona, opened_by_id=current_actor().user_id, opened_at=at, closes_at=_calendar[0](at, working_days)
    )
    options = _options(quiz)
    quiz.save(force_insert=True)
    QuizOption.objects.bulk_create(options)
    enqueue(KIND, quiz.pk, due_at=quiz.closes_at)
    publish(QuizOpened(quiz_id=quiz.pk, persona_id=persona.pk))
    return quiz


@transaction.atomic
def answer_quiz(*, quiz_id: UUID, user_id: UUID, options: Mapping[str, UUID]) -> int:
    """Keep what somebody chose, question → option; returns how many are as in the portrait.

    It is said once a round. It publishes nothing: the event log would tell who answered when. Raises QuizNotFound,
    NotAllowed for who is not asked, QuizOver, QuizIncomplete with the questions left, QuizAnswered.
    """
    quiz = _locked(quiz_id)
    user = User.objects.working().filter(pk=user_id).first()
    if user is None or not is_asked(user):
        raise NotAllowed
    if not quiz.is_open or quiz.closes_at <= now():
        raise QuizOver
    rows = {row.pk: row for row in QuizOption.objects.filter(quiz=quiz)}
    chosen = {ask: rows[ident] for ask, ident in options.items() if ident in rows and rows[ident].ask == ask}
    left = sorted({row.ask for row in rows.values()} - set(chosen))
    if left or len(chosen) < len(options):
        raise QuizIncomplete(fields=left)
    if QuizAnswer.objects.filter(quiz=quiz, user=user).exists():
        raise QuizAnswered
    QuizAnswer.objects.bulk_create(
        [
            QuizAnswer(quiz=quiz, user=user, department_id=user.department_id, ask=ask, option=option)
            for ask, option in chosen.items()
        ]
    )
    return sum(option.is_right for option in chosen.values())


@transaction.atomic
def close_quiz(*, quiz_id: UUID) -> PersonaQuiz:
    """End a round, so that what came of it is shown; repeating it changes nothing. Raises QuizNotFound."""
    quiz = _locked(quiz_id)
    if quiz.is_open:
        _close(quiz)
    return quiz


@transaction.atomic
def close_due_quiz(*, quiz_id: UUID) -> Later | None:
    """End a round whose time is over; nothing for one that is closed or gone."""
    quiz = PersonaQuiz.objects.select_for_update(no_key=True, of=("self",)).filter(pk=quiz_id).first()
    if quiz is None or not quiz.is_open:
        return None
    if quiz.closes_at > now():
        return Later(quiz.closes_at)
    _close(quiz)
    return None


def end_rounds_about(persona: Persona) -> None:
    """Within a transaction: a portrait that is not shown any more is not asked about any more."""
    for quiz in PersonaQuiz.objects.select_for_update(no_key=True, of=("self",)).filter(
        persona=persona, closed_at=None
    ):
        _close(quiz)


def _close(quiz: PersonaQuiz) -> None:
    quiz.closed_at = now()
    quiz.save(update_fields=["closed_at"])
    cancel(f"{KIND}:{quiz.pk}")
    publish(QuizClosed(quiz_id=quiz.pk, persona_id=quiz.persona_id))


def _locked(quiz_id: UUID) -> PersonaQuiz:
    quiz = PersonaQuiz.objects.select_for_update(no_key=True, of=("self",)).filter(pk=quiz_id).first()
    if quiz is None:
        raise QuizNotFound
    return quiz


def _options(quiz: PersonaQuiz) -> list[QuizOption]:
    """Five questions of those the portraits answer differently. Raises QuizNotPossible with how many there are."""
    persona = quiz.persona
    others = list(live_personas().exclude(pk=persona.pk).select_related("sentence__customer"))
    drafts = [
        _of_words(Ask.NEED, persona, others),
        _of_words(Ask.EMOTION, persona, others),
        _of_words(Ask.CHANNEL, persona, others),
        _of_share(persona),
        _of_sentence(persona, others),
        _of_words(Ask.EXPECTATION, persona, others),
    ]
    asked = [options for options in drafts if len(options) > 1][:QUESTIONS]
    if len(asked) < QUESTIONS:
        raise QuizNotPossible(questions=len(asked))
    return [
        _placed(quiz, option, place)
        for options in asked
        for place, option in enumerate(mixed(options, {one: _read(one) for one in options}, str(quiz.pk)), start=1)
    ]


def _placed(quiz: PersonaQuiz, option: QuizOption, place: int) -> QuizOption:
    # Bands of a share read from few to many; in any other order they would be a puzzle.
    option.quiz, option.position = quiz, int(option.text) if option.ask == Ask.SHARE else place
    return option


def _of_words(ask: Ask, persona: Persona, others: list[Persona]) -> list[QuizOption]:
    words = {one: str(getattr(one, ask.value)) for one in (persona, *others)}
    return [QuizOption(ask=ask, text=words[one], is_right=one == persona) for one in offered(persona, others, words)]


def _of_share(persona: Persona) -> list[QuizOption]:
    share = shares_by_persona().by_persona.get(persona.pk)
    if share is None:
        return []
    right = band_of(share)
    return [QuizOption(ask=Ask.SHARE, text=str(band), is_right=band == right) for band in range(4)]


def _of_sentence(persona: Persona, others: list[Persona]) -> list[QuizOption]:
    """The true sentence beside those of the others, and where these are few, what else others' customers said."""
    own = persona.sentence
    if own is None or own.customer.erased_at:
        return []
    sentences = [one.sentence for one in others if one.sentence and not one.sentence.customer.erased_at]
    more = [quote for one in others for quote in quotes_of(one.pk)[:4]] if len(sentences) < 3 else []
    quotes: list[Quote] = [own, *sentences, *more]
    words: dict[Any, str] = {quote: "" if quote.customer.erased_at else quote.text for quote in quotes}
    return [
        QuizOption(ask=Ask.SENTENCE, quote=quote, is_right=quote == own) for quote in offered(own, quotes[1:], words)
    ]


def _read(option: QuizOption) -> str:
    return option.quote.text if option.quote else option.text
