"""Colours people can read: a firm chooses any brand colour, text on it and in it keeps its contrast."""

import re

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
# What buttons, lines and marks need against what lies around them (WCAG 2.2, 1.4.11).
SEEN = 3.0
_WHITE, _BLACK = "#ffffff", "#000000"


def is_colour(text: str) -> bool:
    """Whether ``text`` is a colour as stored: ``#`` and six hexadecimal digits."""
    return bool(_HEX.match(text))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2). Raises ValueError for no colour."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def seen_on_paper(colour: str) -> str:
    """``colour`` where buttons and lines in it can be told from white, else the nearest darker one that can be."""
    return readable_on(colour, _WHITE, SEEN)


def text_on(background: str) -> str:
    """White or black, whichever reads better on ``background``; the better one always reaches 4.5."""
    return max((_WHITE, _BLACK), key=lambda text: contrast(text, background))


def readable_on(colour: str, background: str, ratio: float = 4.5) -> str:
    """``colour``, moved towards black or white by no more than is needed to reach ``ratio`` on ``background``."""
    target = _BLACK if _luminance(background) > 0.18 else _WHITE
    for step in range(21):
        candidate = mix(colour, target, step / 20)
        if contrast(candidate, background) >= ratio:
            return candidate
    return target


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` (0 to 1) of ``other`` in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    if not is_colour(colour):
        raise ValueError(f"{colour!r} is not a colour")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        value / 12.92 if (value := channel / 255) <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for channel in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
