"""The five customer-experience checklists for decisions of every day, and what their marks come to.

Each has a few lines answered from 0 (not at all) to 4 (fully); the score is their mean in percent (domain.md §1, 2.17).
"""

from collections.abc import Sequence
from typing import Final

TOP_MARK: Final = 4
# By kind of decision the codes of its lines; what they say stands with the pages, in both languages.
LINES: Final[dict[str, tuple[str, ...]]] = {
    "supplier": ("touchpoint_better", "reliable", "few_complaints", "sees_scorecard"),
    "email": ("our_tone", "right_salutation", "clear", "one_request", "easy_to_leave"),
    "hiring": ("asked_for_empathy", "scored_by_guide", "met_customers"),
    "training": ("answers_a_cause", "measured_before", "measured_after"),
    "policy": ("good_for_customers", "exceptions_said", "plain_words"),
}


def score(kind: str, marks: Sequence[int | None]) -> int | None:
    """Whole percent of the marks given, None while none is given. Raises ValueError for marks that do not fit."""
    lines = LINES.get(kind, ())
    if len(marks) > len(lines) or any(mark is not None and not 0 <= mark <= TOP_MARK for mark in marks):
        raise ValueError("one mark from 0 to 4 for each line")
    given = [mark for mark in marks if mark is not None]
    return round(100 * sum(given) / (TOP_MARK * len(given))) if given else None
