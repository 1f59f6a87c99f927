"""How good a forecast was: figures against what came, rolling origins, and whether it may be used.

Fawcett (2006), An introduction to ROC analysis; Brier (1950); domain page §2.10. Higher scores mean more likely.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

BINS: Final = 5
SHARE: Final = 0.1
# How many customers a small firm's staff can call in a week.
CAPACITY: Final = 50
# A model is only trained on so many customers, so many of each kind, so many events per column.
CUSTOMERS, EACH, PER_COLUMN = 200, 50, 10
# Days of the past a feature needs to mean something.
LEAD: Final = 90
SHORTEST_STEP: Final = 30
ORIGINS: Final = 3
# Points the mean forecast may lie beside what came.
MISSED: Final = 0.05


@dataclass(frozen=True)
class Origin:
    """One cut-off: trained on what was known at ``trained`` (its outcome known by ``tested``), tested after."""

    trained: int
    tested: int


def origins(first: int, last: int, h: int) -> list[Origin]:
    """Cut-offs for a firm with purchases from day ``first`` to ``last``, the newest first; none for too short a past.

    At least two, as far as three; they lie up to ``h`` days apart, nearer where the past is short.
    """
    room = last - first - 2 * h - LEAD
    step = min(h, max(SHORTEST_STEP, room // (ORIGINS - 1)))
    found = [last - h - step * number for number in range(ORIGINS) if room >= step * number]
    return [Origin(tested - h, tested) for tested in found] if len(found) > 1 else []


def auc(scores: Sequence[float], came: Sequence[bool]) -> float:
    """The chance that whoever it came true for scored higher than whoever not; equals count half (Mann–Whitney).

    0.5 where all outcomes are alike.
    """
    hits = sum(came)
    misses = len(came) - hits
    if not hits or not misses:
        return 0.5
    below, won = 0, 0.0
    for group_hits, group in _by_score(scores, came, reverse=False):
        group_misses = group - group_hits
        won += group_hits * (below + group_misses / 2)
        below += group_misses
    return won / (hits * misses)


def average_precision(scores: Sequence[float], came: Sequence[bool]) -> float:
    """Σ (recall gained · precision) from the highest score down; 0 where it never came true."""
    hits, seen, found, total = sum(came), 0, 0, 0.0
    for group_hits, group in _by_score(scores, came, reverse=True):
        seen += group
        found += group_hits
        total += group_hits * found / seen
    return total / hits if hits else 0.0


def precision_of(scores: Sequence[float], came: Sequence[bool], most: int) -> float:
    """The share that came true among the ``most`` highest scores; of equals at the edge, the part that fits."""
    left, found = min(most, len(scores)), 0.0
    wanted = left
    for group_hits, group in _by_score(scores, came, reverse=True):
        taken = min(left, group)
        found += group_hits * taken / group
        left -= taken
    return found / wanted if wanted else 0.0


def brier(chances: Sequence[float], came: Sequence[bool]) -> float:
    """Mean squared distance between chance and outcome; lower is better."""
    return math.fsum((chance - one) ** 2 for chance, one in zip(chances, came, strict=True)) / len(came)


def bins(chances: Sequence[float], came: Sequence[bool]) -> list[dict[str, float]]:
    """Five groups of equal size, from the lowest chances to the highest: mean chance, share that came true, number."""
    pairs = sorted(zip(chances, came, strict=True))
    found = []
    for number in range(BINS):
        group = pairs[len(pairs) * number // BINS : len(pairs) * (number + 1) // BINS]
        if group:
            found.append(
                {
                    "mean": math.fsum(chance for chance, _one in group) / len(group),
                    "observed": sum(one for _chance, one in group) / len(group),
                    "customers": len(group),
                }
            )
    return found


def ranking(scores: Sequence[float], came: Sequence[bool]) -> dict[str, float]:
    """AUC, average precision, precision and lift among the top tenth and among as many as can be called."""
    share = sum(came) / len(came)
    tenth = precision_of(scores, came, math.ceil(SHARE * len(came)))
    called = precision_of(scores, came, CAPACITY)
    return {
        "auc": auc(scores, came),
        "average_precision": average_precision(scores, came),
        "precision": tenth,
        "lift": tenth / share if share else 0.0,
        "precision_called": called,
        "lift_called": called / share if share else 0.0,
    }


def judged(chances: Sequence[float], simple: Sequence[float], came: Sequence[bool]) -> dict[str, Any]:
    """Everything a report says of one cut-off; ``simple`` are the scores of the rule of thumb."""
    share = sum(came) / len(came)
    return {
        "customers": len(came),
        "left": sum(came),
        **ranking(chances, came),
        "brier": brier(chances, came),
        "brier_base": share * (1 - share),
        "mean": math.fsum(chances) / len(chances),
        "observed": share,
        "bins": bins(chances, came),
        "simple": ranking(simple, came),
    }


def verdict(cuts: Sequence[Mapping[str, Any]]) -> str:
    """accepted, not_better or off.

    Used only where AUC and lift of the top tenth, over all cut-offs by their customers, reach the rule of thumb's, and
    where the mean forecast of the newest cut-off lies within five points of what came.
    """
    for figure in ("auc", "lift"):
        if mean_of(cuts, figure) < mean_of([{**cut["simple"], "customers": cut["customers"]} for cut in cuts], figure):
            return "not_better"
    return "accepted" if round(abs(cuts[0]["mean"] - cuts[0]["observed"]), 6) <= MISSED else "off"


def mean_of(cuts: Sequence[Mapping[str, Any]], figure: str) -> float:
    """The mean over cut-offs, weighted by their customers."""
    return float(sum(cut[figure] * cut["customers"] for cut in cuts) / sum(cut["customers"] for cut in cuts))


def columns_allowed(came: Sequence[bool]) -> int:
    """How many columns may be fitted: one per ten of the rarer outcome; 0 where there are too few customers."""
    rarer = min(sum(came), len(came) - sum(came))
    return rarer // PER_COLUMN if len(came) >= CUSTOMERS and rarer >= EACH else 0


def _by_score(scores: Sequence[float], came: Sequence[bool], *, reverse: bool) -> Iterator[tuple[int, int]]:
    """Hits and size of each group of equal scores, in order."""
    pairs = sorted(zip(scores, came, strict=True), key=lambda pair: pair[0], reverse=reverse)
    for _score, group in groupby(pairs, key=lambda pair: pair[0]):
        outcomes = [one for _same, one in group]
        yield sum(outcomes), len(outcomes)
