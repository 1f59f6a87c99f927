"""The words the brand wants to be known by, and others to mix them with."""

from customers.logic.text import search_key
from journeys.logic.brand_presets import PRESETS
from journeys.models import BrandProfile


def intended_words() -> frozenset[str]:
    """The names of the brand's traits as search keys; empty before there is a profile."""
    profile = BrandProfile.objects.first()
    return frozenset(search_key(trait["name"]) for trait in profile.traits) if profile else frozenset()


def experience_means() -> str:
    """What the firm says experience means, in one sentence; "" where nobody has said it."""
    return BrandProfile.objects.values_list("meaning", flat=True).first() or ""


def words_to_pick() -> list[tuple[str, str]]:
    """The brand's traits among those of the other characters, Vietnamese and English, so mixed that none stands out.

    Empty before there is a profile.
    """
    profile = BrandProfile.objects.first()
    if profile is None:
        return []
    known = {code: list(zip(*(_names(code, language) for language in ("vi", "en")), strict=True)) for code in PRESETS}
    in_english = {search_key(name): (vi, en) for pairs in known.values() for vi, en in pairs for name in (vi, en)}
    own = [in_english.get(search_key(trait["name"]), (trait["name"],) * 2) for trait in profile.traits]
    taken = {search_key(name) for pair in own for name in pair}
    others = [
        (vi, en) for code, pairs in known.items() if code != profile.preset for vi, en in pairs
        if taken.isdisjoint((search_key(vi), search_key(en)))
    ]  # fmt: skip
    return sorted([*own, *others], key=lambda pair: search_key(pair[0]))


def _names(code: str, language: str) -> list[str]:
    return [name for name, _do, _dont in PRESETS[code][language]]
