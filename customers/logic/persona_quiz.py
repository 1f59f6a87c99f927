"""Does everybody mean the same customers? Five questions made of the live portraits, and how far answers lie apart.

Domain.md §1, 2.6: departments see customers differently; divergence is the mean pairwise disagreement.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)

QUESTIONS: Final = 5
# What is asked about, in order: whose sentence is this, whose need …
ASKED: Final = ("sentence", "need", "expectation", "emotion", "channel")
# Fewer answers of a department tell nothing, and would tell who said what.
SHOWN_FROM: Final = 3


def questions(personas: Sequence[Key], told: Mapping[tuple[Key, str], str]) -> list[tuple[Key, str]]:
    """Five questions: a persona and what of it is quoted, going round the personas; only what is told can be asked."""
    if len(personas) < 2:
        return []
    found: list[tuple[Key, str]] = []
    for turn in range(len(personas)):
        for number, asked in enumerate(ASKED):
            about = personas[(number + turn) % len(personas)]
            if told.get((about, asked)) and (about, asked) not in found and len(found) < QUESTIONS:
                found.append((about, asked))
    return found


def disagreement(answers: Iterable[Hashable]) -> float | None:
    """The share of pairs that answered differently (0 to 1); None for fewer than two answers."""
    counts = Counter(answers)
    n = sum(counts.values())
    if n < 2:
        return None
    alike = sum(count * (count - 1) for count in counts.values())
    return 1 - alike / (n * (n - 1))


def divergence(by_question: Iterable[Iterable[Hashable]]) -> float | None:
    """The mean of the questions' disagreements; None where nobody can disagree."""
    found = [one for answers in by_question if (one := disagreement(answers)) is not None]
    return sum(found) / len(found) if found else None
