"""What others did to a complaint since somebody's page of it was made."""

from uuid import UUID

from customers.models import Interaction
from customers.timeline import describe
from feedback.models import Complaint
from tenants.staff.models import User
from workflows import wording

_SHOWN = 4
# What the house does by itself is no reason to stop anybody.
_PEOPLE = ("user", "customer", "api_key")


def last_seen(complaint_id: UUID) -> str:
    """The mark a page carries: the newest entry about the complaint, "" when there is none."""
    newest = Interaction.objects.filter(subject_id=complaint_id).order_by("-id").values_list("pk", flat=True).first()
    return str(newest or "")


def news_since(complaint: Complaint, seen: str, user: User) -> list[str]:
    """What others did after the entry ``seen``, in words, the latest last; nothing for a page without a mark."""
    try:
        mark = UUID(seen)
    except ValueError:
        return []
    entries = Interaction.objects.filter(subject_id=complaint.pk, pk__gt=mark, actor_kind__in=_PEOPLE)
    others = entries.exclude(actor_id=user.pk).order_by("-id")[:_SHOWN]
    return [_said(entry) for entry in reversed(others)]


def _said(entry: Interaction) -> str:
    who = f"{entry.actor_label}, " if entry.actor_label else ""
    return f"{who}{wording.stamp(entry.occurred_at)}: {describe(entry)}"
