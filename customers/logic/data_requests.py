"""By when what a customer asks about their own data must be answered and done (domain.md §4.8)."""

from datetime import datetime, timedelta
from typing import Final

# Working days until somebody answers.
ANSWER_DAYS: Final = 2
# Days until it is done: shown, provided or corrected within 10, erased within 20.
DONE_DAYS: Final = {"copy": 10, "correct": 10, "delete": 20}


def due_at(kind: str, asked_at: datetime) -> datetime:
    """When a request of ``kind`` must be done."""
    return asked_at + timedelta(days=DONE_DAYS[kind])


def next_due(answer_by: datetime, due: datetime, *, is_answered: bool) -> datetime:
    """The clock that runs: until it is answered the shorter one."""
    return due if is_answered else min(answer_by, due)
