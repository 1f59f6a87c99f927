"""Long work on the agenda, a slice at a time: the worker turns to somebody else's in between."""

import time
from collections.abc import Callable

from cxcrm.core.clock import now
from tenants.services.agenda import Later


def in_slices(take: Callable[[], bool], budget: float) -> Later | None:
    """Call ``take`` until it says False, nothing left, or ``budget`` seconds are over; then Later.

    Each call is a transaction of its own that also writes how far it got, so a killed worker loses nothing.
    """
    end = time.monotonic() + budget
    while take():
        if time.monotonic() >= end:
            return Later(now())
    return None
