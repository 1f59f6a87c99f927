"""The brand steward leads: what is submitted waits two working days for a yes, and then for the firm's chief."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from feedback.models import ReplyTemplate
from feedback.services import reply_templates
from journeys.errors import ChangedMeanwhile, NotTheSteward
from journeys.models import Initiative, Journey, Touchpoint
from journeys.services import initiatives, publishing, standards
from tenants.services.agenda import Later, NotYet, agenda_kind, cancel, enqueue
from tenants.staff.selectors.people import working_user
from tenants.staff.selectors.stewardship import may_lead
from workflows.errors import ReviewOver
from workflows.events import ReviewLate, ReviewOpened, ReviewSettled
from workflows.models import Alert, Message, Review
from workflows.selectors.calendars import default_calendar
from workflows.selectors.events import caused_at
from workflows.selectors.reviews import called, seen_of, waiting_of, who_answers, who_answers_late, words_of
from workflows.services.alerts import raise_alert
from workflows.services.due import is_due
from workflows.services.outbox import queue_message

RAISE: Final = "workflows.raise_review"
WORKING_DAYS: Final = 2
_NOTE: Final = 300
_State = Review.State


@transaction.atomic
def open_review(*, kind: str, ref: UUID) -> Review | None:
    """Something was submitted: whoever answers has two working days. While one waits for it, that one is returned.

    ``kind`` is one of ``SUBJECTS``, ``ref`` its id. None for what waits for nobody any more: news may come late.
    """
    if not _waits(kind, ref):
        return None
    asked_by, at = working_user(current_actor().user_id), caused_at()
    review, is_new = Review.objects.get_or_create(
        **{f"{kind}_id": ref},
        state=_State.WAITING,
        defaults={
            "asked_by": asked_by,
            "steward": who_answers(asked_by.pk if asked_by else None),
            "answer_by": default_calendar().add_working_days(at, WORKING_DAYS),
        },
    )
    if is_new:
        enqueue(RAISE, review.pk, due_at=review.answer_by)
        _mail(review, Message.Kind.REVIEW_ASKED, review.steward)
        publish(ReviewOpened(review_id=review.pk))
    return review


@transaction.atomic
def approve_review(*, review_id: UUID, marks: Sequence[int | None] = (), seen: str = "", note: str = "") -> Review:
    """Say yes, which puts it in force; to an initiative with ``marks``, the five lines of the brand checklist, 0 to 4.

    ``seen`` is the mark of what was looked at (``seen_of``). Raises NotFound, ReviewOver, NotTheSteward,
    ChangedMeanwhile, InvalidInput (marks, note), and what the thing itself refuses, such as NotReady.
    """
    review = _waiting(review_id)
    if seen and seen != seen_of(review, words_of(review)):
        raise ChangedMeanwhile
    told = _told(note)
    ref = review.ref
    act: Callable[[], Any] = {
        "journey": lambda: publishing.publish_journey(journey_id=ref),
        "touchpoint": lambda: standards.adopt_standard(touchpoint_id=ref),
        "initiative": lambda: initiatives.sign_brand(initiative_id=ref, marks=marks),
        "reply_template": lambda: reply_templates.approve_reply_template(template_id=ref),
    }[review.kind]
    act()
    return _settle(review, _State.APPROVED, told)


@transaction.atomic
def send_back_review(*, review_id: UUID, note: str) -> Review:
    """Say what should be different. Raises NotFound, ReviewOver, NotTheSteward, InvalidInput without a note."""
    review = _waiting(review_id)
    told = _told(note)
    if not told:
        raise InvalidInput(field="note")
    ref = review.ref
    act: Callable[[], Any] = {
        "journey": lambda: publishing.send_back_journey(journey_id=ref),
        "touchpoint": lambda: standards.send_back_standard(touchpoint_id=ref),
        "initiative": lambda: initiatives.send_back_initiative(initiative_id=ref, because=told),
        "reply_template": lambda: reply_templates.send_back_reply_template(template_id=ref),
    }[review.kind]
    act()
    return _settle(review, _State.SENT_BACK, told)


@transaction.atomic
def settle_review(*, kind: str, ref: UUID, state: str, note: str = "") -> None:
    """It was answered on its own page, or is no longer needed; nothing where nothing waits, or something does again."""
    if _waits(kind, ref):
        return
    review = waiting_of(kind, ref)
    review = _locked(review.pk) if review else None
    if review is not None and review.state == _State.WAITING:
        _settle(review, state, note)


def _never_raised(review_id: UUID, error: str) -> None:
    raise_alert(kind=Alert.Kind.GIVEN_UP, ref=review_id, detail=error)


@agenda_kind(RAISE, lane="escalation", priority=3, on_dead=_never_raised)
@transaction.atomic
def raise_review(review_id: UUID) -> Later | None:
    """Two working days without an answer: it is the chief's now, who hears of it by mail."""
    review = _locked(review_id)
    if review is None:
        raise NotYet(f"review {review_id}")
    if review.state != _State.WAITING or review.raised_at is not None:
        return None
    if not is_due(review.answer_by):
        return Later(review.answer_by)
    chief = who_answers_late(review.asked_by_id)
    if chief is None:
        raise_alert(kind=Alert.Kind.NOBODY_FOUND, ref=review.pk, detail=called(review))
    else:
        review.steward = chief
        _mail(review, Message.Kind.REVIEW_LATE, chief)
    review.raised_at = now()
    review.save(update_fields=["steward", "raised_at"])
    publish(ReviewLate(review_id=review.pk))
    return None


def _waits(kind: str, ref: UUID) -> bool:
    """Does the thing wait for a yes now? It is locked, so that nobody answers it while that is written down."""
    waiting: dict[str, QuerySet[Any]] = {
        "journey": Journey.objects.filter(state=Journey.State.IN_REVIEW),
        "touchpoint": Touchpoint.objects.filter(proposed_standard__isnull=False),
        "initiative": Initiative.objects.filter(state=Initiative.State.PROPOSED, signed_at=None),
        "reply_template": ReplyTemplate.objects.exclude(proposed_text=""),
    }
    return waiting[kind].select_for_update(of=("self",), no_key=True).filter(pk=ref).exists()


def _locked(review_id: UUID) -> Review | None:
    return Review.objects.select_for_update(of=("self",), no_key=True).filter(pk=review_id).first()


def _waiting(review_id: UUID) -> Review:
    """The request, locked behind what it is about, where it waits and whoever acts may answer it."""
    found = Review.objects.filter(pk=review_id).first()
    if found is None:
        raise NotFound
    person = working_user(current_actor().user_id)
    if person is None or not may_lead(person):
        raise NotTheSteward
    waits = _waits(found.kind, found.ref)
    review = Review.objects.select_for_update(of=("self",), no_key=True).get(pk=review_id)
    if not waits or review.state != _State.WAITING:
        raise ReviewOver(state=review.state)
    return review


def _told(note: str) -> str:
    told = " ".join(note.split())
    if len(told) > _NOTE:
        raise InvalidInput(field="note")
    return told


def _settle(review: Review, state: str, note: str) -> Review:
    review.state, review.note, review.decided_at = state, note, now()
    person = working_user(current_actor().user_id)
    review.decided_by = person
    review.save(update_fields=["state", "note", "decided_at", "decided_by"])
    cancel(f"{RAISE}:{review.pk}")
    if person is None or person.pk != review.asked_by_id:
        _mail(review, Message.Kind.REVIEW_ANSWERED, review.asked_by)
    publish(ReviewSettled(review_id=review.pk))
    return review


def _mail(review: Review, kind: str, person: Any) -> None:
    if person is not None:
        queue_message(kind=kind, ref=review.pk, dedupe_key=f"{kind}:{review.pk}", user=person)
