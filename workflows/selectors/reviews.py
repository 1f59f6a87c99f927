"""What waits for the brand steward's yes: for whom, what it is about, and what it would change."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from feedback.models import ReplyTemplate
from journeys.models import Standard, StandardProposal
from journeys.selectors.publishing import digest_of, snapshot_of
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.stewardship import stewards
from workflows.models import Review
from workflows.models.review import SUBJECTS
from workflows.selectors.audiences import first_present, heads


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
    return first_present([*stewards(), *heads()], firm_today(), but=asked_by_id)


def who_answers_late(asked_by_id: UUID | None) -> User | None:
    """Whose it is when two working days have gone by: the chief, else an owner; never who asks."""
    return first_present(heads(), firm_today(), but=asked_by_id)


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


def seen_of(review: Review, words: Words | None) -> str:
    """A mark of what is reviewed as it stands now, with its ``words_of``: a yes to an earlier one is no yes to this."""
    if review.journey is not None:
        return digest_of(snapshot_of(review.journey, firm_today()))
    if review.initiative is not None:
        return str(review.initiative.version)
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
