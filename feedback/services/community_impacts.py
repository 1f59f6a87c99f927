"""Writing down what the firm does for the people around it, and which topics there are."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.logic.files import DRAWN, FileProblemError, kind_of
from cxcrm.core.configuration import keep
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from feedback.errors import ImpactWithoutEvidence, PhotoNotTaken
from feedback.events import ImpactKept
from feedback.models import CommunityImpact, CommunityTopic, ImpactPhoto, TopicExpert
from journeys.services.naming import line, rows
from tenants.models import Usage
from tenants.services import plans
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today

MOST_EVIDENCE: Final = 2000
MOST_PHOTO: Final = 5 * 1024 * 1024
_NAME: Final = 120


@transaction.atomic
def keep_impact(*, impact_id: UUID | None = None, **told: Any) -> CommunityImpact:
    """Write an impact down, or change what is told of one; ``photo`` is the bytes of a picture.

    Raises NotFound, InvalidInput, ImpactWithoutEvidence, PhotoNotTaken, PlanLimitReached.
    """
    photo = told.pop("photo", None)
    impact = CommunityImpact(recorded_by_id=current_actor().user_id)
    if impact_id is not None:
        found = CommunityImpact.objects.select_for_update(no_key=True).filter(pk=impact_id).first()
        if found is None:
            raise NotFound
        impact = found
    checked: dict[str, Callable[[Any], Any]] = {
        "activity": lambda value: line(value, "activity", _NAME, required=True),
        "held_on": _day,
        "place": lambda value: line(value, "place", _NAME),
        "beneficiaries": lambda value: line(value, "beneficiaries", _NAME, required=True),
        "how_many": lambda value: value,
        "evidence": _evidence,
        "is_published": bool,
    }
    for name, value in told.items():
        setattr(impact, name, checked[name](value))
    impact.save()
    if photo:
        _keep_photo(impact, photo)
    publish(ImpactKept(impact_id=impact.pk))
    return impact


def _day(value: date) -> date:
    if value > firm_today():
        raise InvalidInput(_("This day is still to come. Write down what was done."), field="held_on")
    return value


def _evidence(value: str) -> str:
    told = value.strip()
    if not told:
        raise ImpactWithoutEvidence(field="evidence")
    if len(told) > MOST_EVIDENCE:
        raise InvalidInput(_("Use at most %(limit)s characters.") % {"limit": MOST_EVIDENCE}, field="evidence")
    return told


def _keep_photo(impact: CommunityImpact, content: bytes) -> None:
    """What it is, is read from its bytes."""
    try:
        media_type = kind_of(content).media_type
    except FileProblemError as error:
        raise PhotoNotTaken(field="photo") from error
    if media_type not in DRAWN or len(content) > MOST_PHOTO:
        raise PhotoNotTaken(field="photo")
    plans.allow(Usage.Metric.STORAGE, 1)
    ImpactPhoto.objects.update_or_create(impact=impact, defaults={"content_type": media_type, "content": content})


@transaction.atomic
def keep_topic(*, topic: CommunityTopic, known_by: Iterable[UUID] | None = None) -> CommunityTopic:
    """Keep a topic, and who knows about it where that is told. Raises InvalidInput, Conflict."""
    topic.name = line(topic.name, "name", 60, required=True)
    kept = keep(topic)
    if known_by is not None:
        people = rows(User.objects.all(), known_by, "known_by")
        TopicExpert.objects.filter(topic=kept).exclude(user__in=people).delete()
        TopicExpert.objects.bulk_create([TopicExpert(topic=kept, user=one) for one in people], ignore_conflicts=True)
    return kept
