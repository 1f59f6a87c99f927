"""Whether something has come due, for work the agenda has already handed out."""

from datetime import datetime

from cxcrm.core.clock import db_now, now


def is_due(at: datetime) -> bool:
    """Has ``at`` come?

    The agenda decided by the database's clock; this only catches what was moved to later while it was handed out.
    So the later of both clocks counts: a worker whose clock is behind must not hold an escalation up.
    """
    return at <= max(now(), db_now())
