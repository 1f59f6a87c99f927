"""Colours and drawings of states, channels and standings on the pages of journeys."""

from typing import Final

from journeys.logic.coverage import CARE_ALONE, EMPTY, NOBODY, ONE_ALONE, SHARED

# An empathy gap below it is what a firm aims at (domain.md §2.12).
GAP_TARGET: Final = 0.75

STATE_TONES: Final = {"draft": "plain", "in_review": "info", "published": "good"}
STANDING_TONES: Final = {EMPTY: "plain", NOBODY: "bad", CARE_ALONE: "bad", ONE_ALONE: "info", SHARED: "good"}
CHANNEL_ICONS: Final = {
    "place": "storefront",
    "phone": "call",
    "chat": "chat",
    "social": "thumb_up",
    "web": "language",
    "app": "smartphone",
    "mail": "mail",
    "delivery": "local_shipping",
    "print": "signpost",
    "other": "more_horiz",
}
# Of environments, and from which score on one is good or fair.
KIND_ICONS: Final = {"place": "storefront", "web": "language", "phone": "call"}
_GOOD_FROM, _FAIR_FROM = 90, 70


def tone_of(score: float | None) -> str:
    """The tone of a place's score of 0 to 100; plain where there is none."""
    if score is None:
        return "plain"
    return "good" if score >= _GOOD_FROM else "warn" if score >= _FAIR_FROM else "bad"
