"""Which answer opens a complaint (domain.md §3.8)."""

from collections.abc import Mapping
from typing import Final, Literal

Metric = Literal["nps", "csat", "ces", "none"]

# Per metric: the highest score that is a detractor's, and the scale.
_DETRACTOR_UP_TO: Final[Mapping[Metric, tuple[int, range]]] = {
    "nps": (6, range(11)),
    "csat": (2, range(1, 6)),
    "ces": (3, range(1, 8)),
}


def is_detractor(metric: Metric, score: int) -> bool:
    """Return whether `score` is low: NPS 0-6, CSAT 1-2, CES 1-3. Raises ValueError off the scale."""
    if metric not in _DETRACTOR_UP_TO:
        raise ValueError(f"unknown metric {metric}")
    highest, scale = _DETRACTOR_UP_TO[metric]
    if score not in scale:
        raise ValueError(f"{score} is not on the scale of {metric}")
    return score <= highest


def opens_complaint(metric: Metric, score: int, words: str, contact_me: bool) -> bool:
    """Return whether an answer becomes a complaint: a detractor's with words, or any that asks for contact.

    Raises ValueError for an unknown metric or a score off its scale.
    """
    # A survey that measures nothing has no detractors; who asks to be called is called all the same.
    detractor = metric != "none" and is_detractor(metric, score)
    return contact_me or (detractor and bool(words.strip()))
