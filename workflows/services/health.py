"""What promised times tell of whether a customer may leave; the customers room counts it (domain page §2.10)."""

from typing import Final

from customers.services.health_sources import experienced

# An answer promised and missed, and still owed.
_OVERDUE: Final = """
SELECT DISTINCT c.customer_id, 'overdue_case', 1.0::float8
FROM workflows_slaclock k
JOIN feedback_complaint c ON c.id = k.complaint_id
JOIN asked a ON a.customer_id = c.customer_id
WHERE k.kind = 'resolve' AND k.state <> 'paused' AND coalesce(k.breached_at, k.due_at) <= %(at)s
    AND k.created_at <= %(at)s AND (k.stopped_at IS NULL OR k.stopped_at > %(at)s)
"""

experienced("workflows.overdue", "overdue_case", sql=_OVERDUE)
