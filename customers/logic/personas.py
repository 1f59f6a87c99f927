"""When a portrait is short enough to be remembered and true enough to be published (domain.md §1, 2.8)."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, TypeVar

Key = TypeVar("Key")
Lack = Literal["field_missing", "sentence_missing", "too_few_quotes", "too_few_conversations"]

MAX_WORDS: Final = 120
MIN_QUOTES: Final = 5
MIN_CONVERSATIONS: Final = 5
# A customer's persona is known from this confidence on (domain.md §2.9).
KNOWN_FROM: Final = Decimal("0.60")
BY_RULE: Final = Decimal("0.80")
# With the sentence and the share of customers eight fields, and no more.
TEXTS: Final = ("name", "who", "need", "expectation", "emotion", "channel")


def word_count(*texts: str) -> int:
    """Words of all texts together; a word is what stands between spaces and holds a letter or digit."""
    return sum(any(char.isalnum() for char in word) for text in texts for word in text.split())


def lacks(told: Mapping[str, str], *, sentence: bool, quotes: int, conversations: int) -> list[tuple[Lack, str]]:
    """What keeps a persona from being published: each lack and the field it is about."""
    found: list[tuple[Lack, str]] = [("field_missing", name) for name in TEXTS if not told.get(name, "").strip()]
    if not sentence:
        found.append(("sentence_missing", "sentence"))
    if quotes < MIN_QUOTES:
        found.append(("too_few_quotes", "quotes"))
    elif conversations < MIN_CONVERSATIONS:
        found.append(("too_few_conversations", "quotes"))
    return found


def shares(counts: Mapping[Key, int]) -> dict[Key, float]:
    """Counts as shares of their sum; they add up to one. None at all have no shares."""
    total = sum(counts.values())
    return {key: float(Fraction(count, total)) for key, count in counts.items()} if total else {}
