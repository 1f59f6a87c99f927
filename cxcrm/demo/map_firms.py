"""Whose map is drawn in which words, and who leads, answers for and reads what is on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cxcrm.demo import map_words, map_words_kestrel
from cxcrm.demo.map_words import Detail, Felt, Good


@dataclass(frozen=True)
class Drawn:
    """One firm's map; ``opened_since`` is the touchpoint that came after it was published, owned by nobody yet."""

    goals: Mapping[str, str]
    seen_from: Mapping[str, str]
    details: tuple[Detail, ...]
    curve: tuple[Felt, ...]
    standards: tuple[Good, ...]
    steward: str
    executive: str
    stages: tuple[str, ...]
    readers: tuple[str, ...]
    opened_since: str
    care: str = ""


MAPS: Final[dict[str, Drawn]] = {
    "suongmai": Drawn(
        map_words.GOALS, map_words.SEEN_FROM, map_words.DETAILS, map_words.CURVE, map_words.STANDARDS,
        "nam", "duyen", ("perceive", "loyal"), ("ngan", "duyen", "tung"), "hotline-quan", "Chăm sóc khách hàng",
    ),
    "kestrel": Drawn(
        map_words_kestrel.GOALS, map_words_kestrel.SEEN_FROM, map_words_kestrel.DETAILS, map_words_kestrel.CURVE,
        map_words_kestrel.STANDARDS, "chloe", "marcus", ("choose_buy_use", "after_sales", "perceive"),
        ("aisha", "marcus", "chloe"), "phone",
    ),
}  # fmt: skip
