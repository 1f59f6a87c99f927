"""The character of a brand: three to five traits with what to say and do, and four ready ones to begin with."""

from collections.abc import Mapping, Sequence
from typing import Final

from journeys.logic.brand_presets import PRESETS

FEWEST, MOST = 3, 5
NAME_LENGTH: Final = 40
WORDING_LENGTH: Final = 300
Trait = Mapping[str, str]


def preset(code: str, language: str) -> list[dict[str, str]]:
    """The traits of a ready character in "vi" or "en". Raises KeyError for another code."""
    ready = PRESETS[code]
    return [dict(zip(("name", "do", "dont"), trait, strict=True)) for trait in ready.get(language, ready["en"])]


def trait_problem(traits: Sequence[Trait]) -> str:
    """What is wrong with a brand's traits: "few", "many", "name", "twice", "long", or "" when nothing is."""
    names = [trait.get("name", "").casefold() for trait in traits]
    if len(traits) < FEWEST:
        return "few"
    if len(traits) > MOST:
        return "many"
    if not all(names):
        return "name"
    if len(set(names)) < len(names):
        return "twice"
    long = any(len(trait.get("name", "")) > NAME_LENGTH for trait in traits) or any(
        len(trait.get(part, "")) > WORDING_LENGTH for trait in traits for part in ("do", "dont")
    )
    return "long" if long else ""
