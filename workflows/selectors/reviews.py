"""What waits for the brand steward's yes: for whom, what it is about, and what it would change."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from feedback.models import ReplyTemplate
from journeys.models import Initiative, Journey, Standard, StandardProposal
from journeys.selectors.publishing import digest_of, snapshot_of
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_today, the_firm
from tenants.staff.selectors.stewardship import stewards
from workflows.models import Review
from workflows.models.review import SUBJECTS
from workflows.selectors.audiences import stand_in


@dataclass(frozen=True)
class Words:
    """Words as they are in force and as they would be; ``before`` is "" where there are none."""

    before: str
    after: str
    before_does: list[str] = field(default_factory=list)
    after_does: list[str] = field(default_factory=list)


def reviews() -> "QuerySet[Review]":
    """Every request for approval with what it is about, read at once."""
    return Review.objects.select_related(*SUBJECTS, "asked_by", "steward", "decided_by")


def waiting_for(user: User) -> "QuerySet[Review]":
    """What waits for this person's yes, the most pressing first."""
    return reviews().filter(state=Review.State.WAITING, steward=user).order_by("answer_by", "pk")


def waiting_of(kind: str, ref: UUID) -> Review | None:
    """The request that waits about this very thing."""
    return reviews().filter(**{f"{kind}_id": ref}, state=Review.State.WAITING).first()


def is_late(review: Review) -> bool:
    """Is it past its two working days without an answer?"""
    return review.state == Review.State.WAITING and review.answer_by < now()


def who_answers(asked_by_id: UUID | None) -> User | None:
    """The steward present today, else whoever stands above; never who asks. None where nobody is left."""
    return _present([*stewards(), *_above()], asked_by_id)


def who_answers_late(asked_by_id: UUID | None) -> User | None:
    """Whose it is when two working days have gone by: the chief, else an owner; never who asks."""
    return _present(_above(), asked_by_id)


def _above() -> Iterator[User]:
    chief = the_firm().chief
    if chief is not None:
        yield chief
    yield from User.objects.working().filter(role=Role.OWNER).order_by("created_at", "pk")


def _present(meant: Iterable[User], but: UUID | None) -> User | None:
    today = firm_today()
    found = (stand_in(person.pk, today) for person in meant)
    return next((person for person in found if person is not None and person.pk != but), None)


def words_of(review: Review) -> Words | None:
    """The words a standard or a reply template would get; None for what is looked at on its own page, or is gone."""
    if review.touchpoint_id is not None:
        proposal = StandardProposal.objects.filter(touchpoint_id=review.touchpoint_id).first()
        standing = Standard.objects.filter(touchpoint_id=review.touchpoint_id, replaced_at=None).first()
        if proposal is None:
            return None
        before, before_does = (standing.text, standing.behaviours) if standing else ("", [])
        return Words(before, proposal.text, before_does, proposal.behaviours)
    if review.reply_template_id is not None:
        template = ReplyTemplate.objects.filter(pk=review.reply_template_id).exclude(proposed_text="").first()
        if template is None:
            return None
        return Words(template.text if template.is_active else "", template.proposed_text)
    return None


def seen_of(review: Review) -> str:
    """A mark of what is reviewed as it stands now: a yes given to an earlier one is not a yes to this."""
    if review.journey_id is not None:
        return digest_of(snapshot_of(Journey.objects.get(pk=review.journey_id), firm_today()))
    if review.initiative_id is not None:
        return str(Initiative.objects.values_list("version", flat=True).get(pk=review.initiative_id))
    words = words_of(review)
    told: Any = [words.after, words.after_does] if words else []
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def called(review: Review) -> str:
    """What it is about in one line, in the active language: “Standard: Queue”."""
    pattern = {
        "journey": _("Journey: %(name)s"),
        "touchpoint": _("Standard: %(name)s"),
        "initiative": _("Initiative: %(name)s"),
        "reply_template": _("Reply template: %(name)s"),
    }[review.kind]
    return pattern % {"name": review.subject}
