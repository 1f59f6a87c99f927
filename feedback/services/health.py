"""What answers and cases tell of whether a customer may leave; the customers room counts it (domain page §2.10)."""

from typing import Final
from uuid import UUID

from customers.services.health import rescore_customers
from customers.services.health_sources import experienced
from feedback.models import Complaint

# The last answer of each kind counts, for a year; one changed later is not what was known then.
_ANSWERS: Final = """
SELECT l.customer_id, k.feature, 1.0::float8
FROM (
    SELECT DISTINCT ON (r.customer_id, r.metric) r.customer_id, r.metric, r.score
    FROM feedback_response r JOIN asked a USING (customer_id)
    WHERE r.answered_at <= %(at)s AND r.answered_at > %(at)s::timestamptz - interval '365 days'
        AND (r.created_at <= %(at)s OR r.is_imported) AND (r.changed_at IS NULL OR r.changed_at <= %(at)s)
    ORDER BY r.customer_id, r.metric, r.answered_at DESC, r.id DESC
) l
JOIN (VALUES
    ('nps', 'detractor', 0, 6), ('nps', 'promoter', 9, 10), ('ces', 'hard', 0, 3), ('csat', 'unhappy', 0, 2)
) k(metric, feature, lowest, highest) ON k.metric = l.metric AND l.score BETWEEN k.lowest AND k.highest
"""
# The latest case was settled with the customer's own yes.
_RESOLVED: Final = """
SELECT c.customer_id, 'resolved', 1.0::float8
FROM (
    SELECT DISTINCT ON (c.customer_id) c.customer_id, c.state, c.closed_at
    FROM feedback_complaint c JOIN asked a USING (customer_id)
    WHERE c.received_at <= %(at)s AND c.created_at <= %(at)s
    ORDER BY c.customer_id, c.received_at DESC, c.id DESC
) c
WHERE c.state = 'closed_confirmed' AND c.closed_at <= %(at)s
    AND c.closed_at > %(at)s::timestamptz - interval '365 days'
"""
_CRITICAL: Final = """
SELECT DISTINCT c.customer_id, 'critical_case', 1.0::float8
FROM feedback_complaint c JOIN asked a USING (customer_id)
WHERE c.severity = 'S1' AND c.received_at <= %(at)s AND c.created_at <= %(at)s
    AND (c.resolved_at IS NULL OR c.resolved_at > %(at)s) AND (c.closed_at IS NULL OR c.closed_at > %(at)s)
"""
_REPEATED: Final = """
SELECT c.customer_id, 'repeated_cases', 1.0::float8
FROM feedback_complaint c JOIN asked a USING (customer_id)
WHERE c.received_at <= %(at)s AND c.created_at <= %(at)s AND c.received_at > %(at)s::timestamptz - interval '90 days'
GROUP BY c.customer_id HAVING count(*) > 1
"""

experienced("feedback.answers", "detractor", "promoter", "hard", "unhappy", sql=_ANSWERS)
experienced("feedback.resolved", "resolved", sql=_RESOLVED)
experienced("feedback.critical", "critical_case", sql=_CRITICAL)
experienced("feedback.repeated", "repeated_cases", sql=_REPEATED)


def rescore_complaining(*, complaint_id: UUID) -> None:
    """Count anew whether whoever this case is about may leave: a flag does not wait for the night."""
    rescore_customers(customer_ids=Complaint.objects.filter(pk=complaint_id).values_list("customer_id", flat=True))
