"""Drawings of what staff say as numbers for the templates; every one has its table beside it."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import cos, pi, sin
from typing import Any, Final

from feedback.selectors.pillars import Axis
from feedback.selectors.pulse import Day, Unit
from journeys.logic.emotions import HIGHEST, LOWEST, Mean
from journeys.wording import signed

DAY_HEIGHT: Final = 190
_TOP, _BOTTOM = 22, 18
SCATTER: Final = (340, 240)
_LEFT, _FOOT, _HEAD = 34, 34, 22
# Left edge, width and height: at both sides there is room for the words.
RADAR: Final = (-50, 400, 270)
_CENTRE, _MIDDLE, _RADIUS = 150, 142, 100


def day_drawing(day: Day, name: Callable[[str], Any]) -> dict[str, Any]:
    """The working day: across in percent, so that it fits any width, down in pixels."""
    step = 100 / (len(day.moments) or 1)
    places = [(round(step * (number + 0.5), 2), one) for number, one in enumerate(day.moments)]

    def dots(of: Callable[[Any], Mean | None], other: Callable[[Any], Mean | None]) -> list[dict[str, Any]]:
        return [_dot(x, mean, other(one)) for x, one in places if (mean := of(one))]

    felt = dots(lambda one: one.reported, lambda one: one.assumed)
    assumed = dots(lambda one: one.assumed, lambda one: one.reported)
    return {
        "height": DAY_HEIGHT,
        "levels": [
            {"y": _down(value), "value": value, "mark": "" if value % 2 else signed(value, 0)} for value in range(-2, 3)
        ],
        "felt": felt,
        "assumed": assumed,
        "felt_lines": list(pairwise(felt)),
        "assumed_lines": list(pairwise(assumed)),
        "labels": [name(one.code) for _x, one in places],
        "rows": [{"name": name(one.code), "assumed": one.assumed, "felt": one.reported} for _x, one in places],
    }


def scatter_drawing(units: Sequence[Unit]) -> dict[str, Any] | None:
    """eNPS across, CSAT up from a round number below the lowest; None where fewer than two branches have both.

    Branches are numbered as in the table beside it: names of neighbours would lie on each other.
    """
    shown = [unit for unit in units if unit.is_on_the_chart]
    if len(shown) < 2:
        return None
    width, height = SCATTER
    least = min((unit.csat and unit.csat.value) or 0 for unit in shown)
    bottom = 50 if least >= 55 else 0

    def across(value: float) -> float:
        return round(_LEFT + (value + 100) / 200 * (width - _LEFT - 12), 1)

    def down(value: float) -> float:
        return round(height - _FOOT - (value - bottom) / (100 - bottom) * (height - _FOOT - _HEAD), 1)

    dots = [
        {
            "x": across((unit.enps and unit.enps.value) or 0),
            "y": down((unit.csat and unit.csat.value) or 0),
            "number": number,
            "name": unit.name,
        }
        for number, unit in enumerate(shown, start=1)
    ]
    return {
        "width": width,
        "height": height,
        "dots": dots,
        "across": [{"x": across(value), "value": value} for value in (-100, -50, 0, 50, 100)],
        "up": [{"y": down(value), "value": value} for value in (bottom, (bottom + 100) // 2, 100)],
        "left": _LEFT,
        "right": width - 12,
        "top": _HEAD,
        "floor": height - _FOOT,
    }


def radar_drawing(axes: Sequence[Axis], name: Callable[[str], Any]) -> dict[str, Any]:
    """Five spokes from 1 in the middle to 5 at the rim; this year's figure over last year's."""

    def at(number: int, value: float) -> tuple[float, float]:
        turn = 2 * pi * number / len(axes) - pi / 2
        reach = _RADIUS * (value - 1) / 4
        return round(_CENTRE + reach * cos(turn), 1), round(_MIDDLE + reach * sin(turn), 1)

    def figure(values: Sequence[float | None]) -> str:
        if None in values:
            return ""
        return " ".join("{},{}".format(*at(number, value or 1)) for number, value in enumerate(values))

    spokes = []
    for number, axis in enumerate(axes):
        (x, y), (text_x, text_y) = at(number, 5), at(number, 5.6)
        anchor = "middle" if abs(text_x - _CENTRE) < 20 else "start" if text_x > _CENTRE else "end"
        spokes.append({"x": x, "y": y, "text_x": text_x, "text_y": text_y, "anchor": anchor, "name": name(axis.code)})
    return {
        "left": RADAR[0],
        "width": RADAR[1],
        "height": RADAR[2],
        "centre": _CENTRE,
        "middle": _MIDDLE,
        "rings": [figure([value] * len(axes)) for value in (2, 3, 4, 5)],
        "spokes": spokes,
        "now": figure([axis.mean for axis in axes]),
        "before": figure([axis.before for axis in axes]),
        "dots": [at(number, axis.mean) for number, axis in enumerate(axes) if axis.mean is not None],
    }


def _dot(x: float, mean: Mean, other: Mean | None) -> dict[str, Any]:
    """Its number stands on the side away from the other curve."""
    y = _down(mean.value)
    below = other is not None and mean.value < other.value
    return {
        "x": x,
        "y": y,
        "low": _down(mean.low),
        "high": _down(mean.high),
        "mean": mean,
        "text": signed(mean.value),
        "text_y": min(y + 19, DAY_HEIGHT - 3) if below else max(y - 11, 10),
    }


def _down(value: float) -> float:
    share = (HIGHEST - value) / (HIGHEST - LOWEST)
    return round(_TOP + share * (DAY_HEIGHT - _TOP - _BOTTOM), 1)
