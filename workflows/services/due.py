"""Times on the agenda and the two clocks: the database's decides, a process's may be wrong."""

from datetime import datetime

from cxcrm.core.clock import db_now, now


def is_due(at: datetime) -> bool:
    """Has ``at`` come?

    The agenda decided by the database's clock; this only catches what was moved to later while it was handed out.
    So the later of both clocks counts: a worker whose clock is behind must not hold an escalation up.
    """
    return at <= max(now(), db_now())


def agenda_time(at: datetime) -> datetime | None:
    """``at`` for the agenda, or None for at once: "now" by a clock that is ahead would come late."""
    return at if at > now() else None
