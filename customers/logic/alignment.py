"""How far people agree about a persona: questions made from portraits, disagreement, and what is recalled.

Domain page §1, rows 2.6 (divergence = mean pairwise disagreement) and 2.8 (recall).
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import Final, TypeVar

Q = TypeVar("Q")
T = TypeVar("T")

QUESTIONS: Final = 5
OPTIONS: Final = 4
# Bands of a share of customers: the first whose upper end lies above it. In percent.
BANDS: Final = (10, 25, 50, 101)


def band_of(share: float) -> int:
    """The place in ``BANDS`` of a share from 0 to 1. Raises ValueError for another."""
    if not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1")
    return next(place for place, end in enumerate(BANDS) if 100 * share < end)


def offered(right: T, others: Iterable[T], words: Mapping[T, str]) -> list[T]:
    """``right`` and the first of ``others`` that read differently, at most four in all.

    ``words`` is how each reads; what reads alike but for capitals and spaces is offered once, nothing is not offered.
    """
    found: dict[str, T] = {}
    for one in (right, *others):
        said = " ".join(words[one].split()).casefold()
        if said and len(found) < OPTIONS:
            found.setdefault(said, one)
    return list(found.values())


def mixed(options: Sequence[T], words: Mapping[T, str], seed: str) -> list[T]:
    """``options`` in an order that tells nothing, the same for everybody: by the digest of ``seed`` and their words."""
    return sorted(options, key=lambda one: sha256(f"{seed}:{words[one]}".encode()).digest())


def disagreement(counts: Iterable[int]) -> float | None:
    """Of all pairs of people, the share that chose differently, 0 to 1; None with fewer than two people.

    ``counts`` is how many chose each option: 1 − Σ k(k−1) ÷ n(n−1) (Simpson 1949, unbiased). Raises ValueError below 0.
    """
    chosen = list(counts)
    if any(count < 0 for count in chosen):
        raise ValueError("counts are not negative")
    n = sum(chosen)
    if n < 2:
        return None
    return float(1 - Fraction(sum(count * (count - 1) for count in chosen), n * (n - 1)))


def divergence(questions: Iterable[Iterable[int]]) -> float | None:
    """The mean of ``disagreement`` over the questions of a round, 0 to 1; None with fewer than two people."""
    found = [value for value in map(disagreement, questions) if value is not None]
    return sum(found) / len(found) if found else None


def recall(right: int, answers: int) -> float | None:
    """The share of answers that are as in the portrait, 0 to 1; None without answers. Raises ValueError if more."""
    if not 0 <= right <= answers:
        raise ValueError("right must lie between 0 and answers")
    return right / answers if answers else None


def favourite(counts: Mapping[T, int]) -> T | None:
    """What most chose; None without answers and where two are level, for then nothing is what most chose."""
    most = max(counts.values(), default=0)
    leading = [one for one, count in counts.items() if count == most]
    return leading[0] if most and len(leading) == 1 else None


def tally(rows: Iterable[tuple[Q, T, int]]) -> dict[Q, dict[T, int]]:
    """Sums of (question, option, how many) by question and option."""
    found: dict[Q, dict[T, int]] = {}
    for question, option, count in rows:
        of_question = found.setdefault(question, {})
        of_question[option] = of_question.get(option, 0) + count
    return found
