"""What became of one mail of a group whose worker died, as far as anybody can know."""

from enum import StrEnum


class Fate(StrEnum):
    """Accepted (or settled otherwise before), perhaps accepted, or certainly not."""

    SENT = "sent"
    PERHAPS = "perhaps"
    FREE = "free"


def fate_of(place: int | None, position: tuple[int, int] | None) -> Fate:
    """``place`` counts from 0 in the group; ``position`` is how many were answered and how many may have begun.

    A mail that went alone, or of a group whose position is lost, may have left.
    """
    if place is None or position is None:
        return Fate.PERHAPS
    answered, begun = position
    if place < answered:
        return Fate.SENT
    return Fate.PERHAPS if place < begun else Fate.FREE
