"""Telling a database that is away from one that refuses."""

from django.db import InterfaceError, OperationalError

RETRY_AFTER = 5  # seconds
# Connection lost or not made, server going down or coming up, no connection or resource left.
_AWAY = ("08", "57P", "53")


def is_away(error: BaseException | None) -> bool:
    """Was there nobody to answer? A cancelled statement, a lock not given or a deadlock is an answer.

    Without an SQLSTATE the client itself gave up: the server was never reached, or stopped talking.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_AWAY)
