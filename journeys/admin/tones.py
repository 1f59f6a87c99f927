"""Colours and drawings of states, channels and standings on the pages of journeys."""

from typing import Final

from journeys.logic.coverage import CARE_ALONE, EMPTY, NOBODY, SHARED

# An empathy gap below it is what a firm aims at (domain.md §2.12).
GAP_TARGET: Final = 0.75

STATE_TONES: Final = {"draft": "plain", "in_review": "info", "published": "good"}
STANDING_TONES: Final = {EMPTY: "plain", NOBODY: "bad", CARE_ALONE: "bad", SHARED: "good"}
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
