"""From what customers did to a forecast that may be used, or to the rule of thumb and the reason why (§2.10)."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from customers.logic.backtest import CUSTOMERS, Origin, columns_allowed, judged, origins, verdict
from customers.logic.health import (
    BOUGHT,
    FEATURES,
    JUDGED,
    PLAN,
    PRIORS,
    Coming,
    Past,
    cold_parts,
    features,
    gaps_of,
    has_left,
    horizon,
    may_be_lost,
    middle_gap,
    past_of,
    percentile,
    thinned,
    thumb,
)
from customers.logic.regression import Fitted, fit, shift_to, sigmoid

# A column of experience is fitted once so many customers have it, and so many do not.
SEEN_OFTEN: Final = 10
# Scores kept of a firm's customers, to rank one customer by.
RANKS: Final = 500
# A model is believed after so many cut-offs.
CUT_OFFS: Final = 2
MODEL, COLD_START, NOTHING = "model", "cold_start", "nothing"

People = Mapping[Hashable, Sequence[Coming]]
# What is known of people's experience as of a day: by person, by feature.
Said = Callable[[int], Mapping[Any, Mapping[str, float]]]


@dataclass(frozen=True)
class View:
    """The customers one can lose as of a day, with the numbers looked at."""

    at: int
    usual: float
    who: list[Any]
    pasts: list[Past]
    rows: list[tuple[float, ...]]


@dataclass(frozen=True)
class Forecast:
    """A fitted model: the columns it rests on, and judged log-odds for those too rare to fit; ``rare`` has their means,
    of plans only where somebody had one.
    """

    columns: tuple[str, ...]
    fitted: Fitted
    rare: Mapping[str, float]
    shift: float = 0.0

    def parts(self, row: Sequence[float]) -> dict[str, float]:
        """What each feature adds to the log-odds, as against the average customer it was trained on."""
        value = dict(zip(FEATURES, row, strict=True))
        fitted = self.fitted.parts([value[code] for code in self.columns])
        rare = {
            code: weight * (value[code] - self.rare.get(code, 0.0))
            for code, weight in JUDGED.items()
            if code not in self.columns
        }
        return {**dict(zip(self.columns, fitted, strict=True)), **rare}

    def log_odds(self, row: Sequence[float]) -> float:
        return self.fitted.intercept + self.shift + sum(self.parts(row).values())

    def chance(self, row: Sequence[float]) -> float:
        """The probability that this customer leaves within the horizon."""
        return sigmoid(self.log_odds(row))


@dataclass(frozen=True)
class Outcome:
    """What a training run found. ``basis`` says what healths rest on, ``verdict`` why."""

    basis: str
    verdict: str
    horizon: int
    usual: float
    customers: int
    forecast: Forecast | None = None
    ranked: Sequence[float] = ()
    means: Sequence[float] = ()
    cuts: Sequence[dict[str, Any]] = field(default_factory=tuple)


def look(people: People, said: Said, at: int, h: int, usual: float | None = None) -> View:
    """Whom the firm had as of day ``at``, from what was known then; without ``usual`` the middle gap is theirs."""
    pasts = {who: past_of(comings, at) for who, comings in people.items()}
    if usual is None:
        usual = middle_gap(pasts.values())
    there = [(who, past) for who, past in pasts.items() if may_be_lost(past, at, h)]
    known = said(at)
    return View(
        at=at,
        usual=usual,
        who=[who for who, _past in there],
        pasts=[past for _who, past in there],
        rows=[features(past, at, usual, known.get(who, {}), h) for who, past in there],
    )


def train(rows: Sequence[Sequence[float]], left: Sequence[bool]) -> Forecast | None:
    """A model of who left, its intercept set so that the mean forecast is what came; None for too few customers.

    Where ten customers have a plan, what it says comes before everything else.
    """
    allowed = columns_allowed(left)
    if not allowed:
        return None
    by_code = dict(zip(FEATURES, zip(*rows, strict=True), strict=True))
    often = [code for code in PRIORS if SEEN_OFTEN <= sum(map(bool, by_code[code])) <= len(rows) - SEEN_OFTEN]
    columns = (*_of_plans(by_code), *BOUGHT, *often)[:allowed]
    fitted = fit([by_code[code] for code in columns], left)
    rare = {code: sum(by_code[code]) / len(rows) for code in _judged(by_code) if code not in columns}
    raw = Forecast(columns, fitted, rare)
    return Forecast(columns, fitted, rare, shift_to([raw.log_odds(row) for row in rows], sum(left) / len(left)))


def _of_plans(by_code: Mapping[str, Sequence[float]]) -> list[str]:
    """The columns of plans that can be fitted: some customers have one, and what the column says differs."""
    if sum(by_code["plan"]) < SEEN_OFTEN:
        return []
    return [code for code in PLAN if len(set(by_code[code])) > 1]


def _judged(by_code: Mapping[str, Sequence[float]]) -> Mapping[str, float]:
    """What has a judged log-odds: of plans only where somebody has one, so that others' forecasts stay as they were."""
    return JUDGED if any(by_code["plan"]) else PRIORS


def run(people: People, said: Said, first: int, last: int, h: int | None = None) -> Outcome:
    """Train on people with purchases from day ``first`` to ``last``, test it on the past, and decide what to use.

    ``h`` is the horizon in days; without it the one their own gaps say.
    """
    if h is None:
        h = horizon([gap for comings in people.values() for gap in gaps_of(comings, last)])
    today = look(people, said, last + 1, h)
    ranked, means = _cold(today.rows)
    cuts: list[dict[str, Any]] = []
    forecast, found = None, "no_purchases"
    if people:
        forecast, cuts, found = _proven(people, said, origins(first, last, h), h)
    return Outcome(
        basis=MODEL if found == "accepted" else COLD_START if people else NOTHING,
        verdict=found,
        horizon=h,
        usual=today.usual,
        customers=len(today.who),
        forecast=forecast,
        ranked=thinned(ranked, RANKS),
        means=means,
        cuts=cuts,
    )


def _cold(rows: Sequence[Sequence[float]]) -> tuple[list[float], list[float]]:
    """The scores customers are ranked by, and the average customer.

    Both are of those without a plan where there are ten, so that plans move nobody else's place. What is said of plans
    is averaged over everybody, and left out where nobody has one.
    """
    at = FEATURES.index("plan")
    without = [row for row in rows if not row[at]]
    base = without if len(without) >= SEEN_OFTEN else rows
    means = [sum(column) / len(base) for column in zip(*base, strict=True)] or [0.0] * len(FEATURES)
    held = [row[at:] for row in rows] if len(without) < len(rows) else []
    plans = [sum(column) / len(held) for column in zip(*held, strict=True)]
    return [cold_score(row) for row in base], means[:at] + plans


def cold_score(row: Sequence[float]) -> float:
    """The rule of thumb, with what it says of plans, and the judged log-odds of what was experienced."""
    judged_odds = sum(PRIORS[code] * x for code, x in zip(FEATURES, row, strict=True) if code in PRIORS)
    return round(thumb(row) + judged_odds, 6)  # equals share a place, wherever they were reckoned


def cold_health(
    row: Sequence[float], ranked: Sequence[float], means: Sequence[float]
) -> tuple[float, dict[str, float]]:
    """100 − the place among the firm's customers, and what it is made of."""
    return 100 - percentile(cold_score(row), ranked), cold_parts(row, means)


def _proven(
    people: People, said: Said, cut_offs: Sequence[Origin], h: int
) -> tuple[Forecast | None, list[dict[str, Any]], str]:
    if not cut_offs:
        return None, [], "short_history"
    seen: dict[int, tuple[View, list[bool]]] = {}

    def labelled(at: int) -> tuple[View, list[bool]]:
        if at not in seen:
            view = look(people, said, at, h)
            seen[at] = view, [has_left(people[who], at, h) for who in view.who]
        return seen[at]

    newest, left = labelled(cut_offs[0].tested)
    final = train(newest.rows, left)
    if final is None:
        return None, [], "few_customers" if len(left) < CUSTOMERS else "few_leaving"
    cuts = []
    for cut_off in cut_offs:
        before, left_before = labelled(cut_off.trained)
        model = train(before.rows, left_before)
        if model is not None:
            view, came = labelled(cut_off.tested)
            chances = [model.chance(row) for row in view.rows]
            simple = [thumb(row) for row in view.rows]
            cuts.append({"trained": cut_off.trained, "tested": cut_off.tested, **judged(chances, simple, came)})
    if len(cuts) < CUT_OFFS:
        return final, cuts, "few_customers"
    return final, cuts, verdict(cuts)
