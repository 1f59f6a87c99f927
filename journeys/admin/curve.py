"""The emotion curves as numbers for the template: across in percent of the drawing, so that it fits any width."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from journeys.logic.emotions import HIGHEST, LOWEST, Mean
from journeys.selectors.atlas import Atlas
from journeys.selectors.emotions import Point
from journeys.wording import signed

HEIGHT: Final = 208
_TOP, _BOTTOM = 16, 16
# A gap from here on is drawn as one: the target is to stay below it (domain.md §2.12).
WIDE_GAP: Final = 0.75
# How wide a stage is: one share, and more where it has several points or many touchpoints.
_SHARE_OF_POINT: Final = 0.46
MANY_TOUCHPOINTS: Final = 4

FACES: Final = (
    (2, "sentiment_very_satisfied"),
    (1, "sentiment_satisfied"),
    (0, "sentiment_neutral"),
    (-1, "sentiment_dissatisfied"),
    (-2, "sentiment_very_dissatisfied"),
)


@dataclass(frozen=True)
class Dot:
    """A mean at its place; ``low`` and ``high`` are the ends of its interval, from the top in pixels."""

    x: float
    y: float
    low: float
    high: float
    mean: Mean
    text: str
    text_y: float


@dataclass(frozen=True)
class Line:
    """From one place to another: across in percent, down in pixels."""

    x1: float
    y1: float
    x2: float
    y2: float


def weights(atlas: Atlas) -> list[float]:
    """How wide each stage is drawn, in shares."""
    points: dict[Any, int] = {}
    for spot in atlas.spots:
        points[spot.stage_id] = points.get(spot.stage_id, 0) + 1
    return [
        max(
            1.0,
            round(_SHARE_OF_POINT * points.get(column.stage.pk, 1), 2),
            1.7 if len(column.touchpoints) > MANY_TOUCHPOINTS else 1.0,
        )
        for column in atlas.columns
    ]


def curve_drawing(atlas: Atlas, shares: Sequence[float]) -> dict[str, Any]:
    """Dots, lines, gaps and the names of points for ``admin/journeys/curve.html``; ``shares`` are the weights."""
    whole = sum(shares) or 1
    starts = [sum(shares[:number]) / whole * 100 for number in range(len(shares))]
    stages = {column.stage.pk: number for number, column in enumerate(atlas.columns)}
    names = {row.pk: row for row in atlas.touchpoints}
    places: list[tuple[float, Point]] = []
    labels: list[dict[str, Any]] = []
    for point in atlas.curves.points:
        number = stages[point.spot.stage_id]
        alike = [one for one in atlas.spots if one.stage_id == point.spot.stage_id]
        step = shares[number] / whole * 100 / len(alike)
        left = starts[number] + step * alike.index(point.spot)
        places.append((round(left + step / 2, 3), point))
        name = names.get(point.spot.touchpoint_id) or atlas.columns[number].stage
        labels.append(
            {"left": round(left, 3), "width": round(step, 3), "name": name, "own": len(alike) > 1, "point": point}
        )
    reported = [_dot(x, point.reported, below=_is_under(point)) for x, point in places if point.reported]
    assumed = [_dot(x, point.assumed, below=False) for x, point in places if point.assumed]
    return {
        "height": HEIGHT,
        "levels": [{"y": _down(value), "value": value, "face": face} for value, face in FACES],
        "bounds": [round(start, 3) for start in starts[1:]],
        "reported": reported,
        "assumed": assumed,
        "reported_lines": _joined(reported),
        "assumed_lines": _joined(assumed),
        "gaps": [
            Line(x, _down(point.assumed.value), x, _down(point.reported.value))
            for x, point in places
            if point.assumed and point.reported and abs(point.assumed.value - point.reported.value) >= WIDE_GAP
        ],
        "walked": [
            _dot(round(starts[number] + shares[number] / whole * 50, 3), atlas.walked[column.stage.pk], below=False)
            for number, column in enumerate(atlas.columns)
            if column.stage.pk in atlas.walked
        ],
        "labels": labels,
        "has_own": any(label["own"] for label in labels),
    }


def _is_under(point: Point) -> bool:
    """Is the customers' value below what staff assume? Then its number stands below it, out of the line's way."""
    return bool(point.assumed and point.reported and point.reported.value <= point.assumed.value)


def _dot(x: float, mean: Mean, *, below: bool) -> Dot:
    y = _down(mean.value)
    place = min(y + 19, HEIGHT - 3) if below else max(y - 11, 9)
    return Dot(x, y, _down(mean.low), _down(mean.high), mean, signed(mean.value), place)


def _joined(dots: Sequence[Dot]) -> list[Line]:
    return [Line(a.x, a.y, b.x, b.y) for a, b in pairwise(dots)]


def _down(value: float) -> float:
    share = (HIGHEST - value) / (HIGHEST - LOWEST)
    return round(_TOP + share * (HEIGHT - _TOP - _BOTTOM), 1)
