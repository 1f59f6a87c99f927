"""What answers and cases tell of how well a customer is understood; the customers room counts it (domain page §2.9)."""

from typing import Final
from uuid import UUID

from customers.services.understanding import recount_customers
from customers.services.understanding_sources import derives
from feedback.models import Complaint, Response

# A score with the customer's own reason: which way it goes says the score.
_WHY: Final = """
SELECT r.customer_id, 'why', max(r.answered_at), 1.0::float8
FROM feedback_response r JOIN asked a USING (customer_id)
WHERE r.words <> ''
GROUP BY r.customer_id
"""
# The latest case closed with the customer's own yes; an open one or one they never confirmed unsettles it.
_SETTLED: Final = """
SELECT c.customer_id, 'settled', c.closed_at, 1.0::float8
FROM (
    SELECT DISTINCT ON (c.customer_id) c.customer_id, c.state, c.closed_at
    FROM feedback_complaint c JOIN asked a USING (customer_id)
    ORDER BY c.customer_id, c.received_at DESC, c.id DESC
) c
WHERE c.state = 'closed_confirmed' AND c.closed_at IS NOT NULL
"""
# All four questions on how a case looks from the customer's side were answered.
_CONVERSATION: Final = """
SELECT c.customer_id, 'conversation', max(p.created_at), 1.0::float8
FROM feedback_perspective p
JOIN feedback_complaint c ON c.id = p.complaint_id
JOIN asked a ON a.customer_id = c.customer_id
WHERE p.trying <> '' AND p.happened <> '' AND p.feeling <> '' AND p.good_end <> ''
GROUP BY c.customer_id
"""

derives("feedback.why", "why", sql=_WHY)
derives("feedback.settled", "settled", sql=_SETTLED)
derives("feedback.conversation", "conversation", sql=_CONVERSATION)


def recount_answered(*, response_id: UUID) -> None:
    """Count whoever gave this answer."""
    recount_customers(customer_ids=Response.objects.filter(pk=response_id).values_list("customer_id", flat=True))


def recount_complaining(*, complaint_id: UUID) -> None:
    """Count whoever this case is about."""
    recount_customers(customer_ids=Complaint.objects.filter(pk=complaint_id).values_list("customer_id", flat=True))
