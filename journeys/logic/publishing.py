"""The life of a map: a draft, in review, published; and published again as the next version."""

from enum import StrEnum
from typing import Final


class MapState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"


class MapAct(StrEnum):
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    PUBLISH = "publish"


# From where each act may start, and where it leads. A draft may be published at once, where no brand steward must be
# asked first: in a firm of five nobody reviews what they drew themselves.
_WAYS: Final = {
    MapAct.SUBMIT: (frozenset({MapState.DRAFT, MapState.PUBLISHED}), MapState.IN_REVIEW),
    MapAct.SEND_BACK: (frozenset({MapState.IN_REVIEW}), MapState.DRAFT),
    MapAct.PUBLISH: (frozenset(MapState), MapState.PUBLISHED),
}


def after(state: str, act: MapAct) -> MapState | None:
    """The state ``act`` leads to from ``state``; None where it is not open."""
    starts, end = _WAYS[act]
    return end if MapState(state) in starts else None


def acts_from(state: str) -> list[MapAct]:
    """What may be done with a map in ``state``."""
    return [act for act in MapAct if after(state, act) is not None]
