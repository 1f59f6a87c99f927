"""Drawings of the home page as numbers for the template; every one has its table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from feedback.logic.metrics import Score
from workflows.selectors.changes import AtTouchpoint, Day

WIDTH, HEIGHT = 400, 150
TREND_WIDTH, TREND_HEIGHT = 260, 110
_TOP, _BOTTOM = 12, 22


@dataclass(frozen=True)
class Bar:
    """One bar of a pair, in the drawing's own units."""

    x: float
    y: float
    width: float
    height: float


def days_chart(days: Sequence[Day]) -> dict[str, Any]:
    """Opened and closed as pairs of bars; the two differ in pattern, not only in colour."""
    most = max(1, *(max(day.opened, day.closed) for day in days))
    step = WIDTH / len(days)
    room = HEIGHT - _TOP - _BOTTOM

    def bar(index: int, value: int, second: bool) -> Bar:
        height = round(room * value / most, 1)
        left = index * step + step * (0.5 if second else 0.1)
        return Bar(round(left, 1), round(HEIGHT - _BOTTOM - height, 1), round(step * 0.36, 1), height)

    return {
        "opened": [bar(index, day.opened, second=False) for index, day in enumerate(days) if day.opened],
        "closed": [bar(index, day.closed, second=True) for index, day in enumerate(days) if day.closed],
        "most": most,
        "rows": list(reversed(days)),
        "total_opened": sum(day.opened for day in days),
        "total_closed": sum(day.closed for day in days),
        "marks": [
            {"x": round(index * step + step / 2, 1), "day": day.day}
            for index, day in enumerate(days)
            if (len(days) - 1 - index) % 7 == 0
        ],
        "floor": HEIGHT - _BOTTOM,
    }


def trend_chart(scores: Sequence[Score], low_end: float) -> dict[str, Any] | None:
    """A line of scores, the oldest first, in the band of their intervals; stretches with too few answers are left out.

    ``scores`` come latest first; ``low_end`` is the lowest value of the scale, 100 the highest. None where fewer than
    two stretches may be shown.
    """
    shown = [(index, one) for index, one in enumerate(reversed(scores)) if one.enough != "hidden"]
    if len(shown) < 2:
        return None
    step = TREND_WIDTH / len(scores)
    room = TREND_HEIGHT - _TOP - _BOTTOM

    def place(index: int, value: float) -> tuple[float, float]:
        share = (value - low_end) / (100 - low_end)
        return round(index * step + step / 2, 1), round(TREND_HEIGHT - _BOTTOM - room * share, 1)

    def path(points: list[tuple[float, float]]) -> str:
        return " ".join(f"{x},{y}" for x, y in points)

    upper = [place(index, one.high) for index, one in shown]
    lower = [place(index, one.low) for index, one in shown]
    line = [place(index, one.value or 0) for index, one in shown]
    return {
        "band": path([*upper, *reversed(lower)]),
        "line": path(line),
        "dots": [
            {"x": x, "y": y, "few": one.enough == "few"} for (x, y), (_index, one) in zip(line, shown, strict=True)
        ],
        "middle": place(0, (low_end + 100) / 2)[1],
        "rows": [{"ago": len(scores) - 1 - index, "score": one} for index, one in reversed(shown)],
    }


def places_chart(places: Sequence[AtTouchpoint]) -> list[dict[str, Any]]:
    """Touchpoints with the length of their bar in percent of the longest."""
    most = max((one.received for one in places), default=0) or 1
    return [{"row": one, "width": round(100 * one.received / most, 1)} for one in places]
