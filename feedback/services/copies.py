"""What a copy of a customer's data holds of answers and cases."""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.services.copies import at, hands_out
from feedback.models import Complaint, ComplaintNote, Response


@hands_out
def answers_and_cases(customer_id: UUID) -> tuple[str, list[str]]:
    """Every answer and case with the words on both sides; notes between colleagues are not the customer's."""
    lines = [
        " · ".join(part for part in (at(row.answered_at), f"{row.metric.upper()} {row.score}", row.words) if part)
        for row in Response.objects.filter(customer=customer_id).order_by("answered_at")
    ]
    for case in Complaint.objects.filter(customer=customer_id).order_by("received_at"):
        lines.append(f"{at(case.received_at)} · {case.number} · {case.description}")
        between = Q(is_internal=False) | Q(from_customer=True)
        notes = ComplaintNote.objects.filter(between, complaint=case).order_by("created_at", "id")
        lines += [f"{at(note.created_at)} · {case.number} · {note.body}" for note in notes]
    return _("Answers and cases"), lines
