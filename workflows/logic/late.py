"""What to do with a survey whose hour has passed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class LateRule:
    """What a firm wants of surveys that could not leave for longer than ``limit``.

    ``next_open`` tells the first open instant from a moment on; without it a late survey is not sent at all.
    """

    limit: timedelta
    next_open: Callable[[datetime], datetime] | None = None

    def departure(self, due_at: datetime, at: datetime) -> datetime | None:
        """When a survey due at ``due_at`` leaves, seen at ``at``: at once (``at``), later, or never (None).

        All times are aware. Up to the limit it leaves at once, whatever the hour.
        """
        if at - due_at <= self.limit:
            return at
        return self.next_open(at) if self.next_open else None
