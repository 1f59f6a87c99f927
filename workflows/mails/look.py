"""The look of mails: one set of inline styles, since many mail programs read nothing else."""

import re
from typing import Final

_SANS: Final = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_INK, _SOFT, _LINE = "#1b1f24", "#5b636d", "#e2e5e9"

STYLES: Final = {
    "page": f"margin:0;padding:0;background:#f2f3f5;color:{_INK};{_SANS}",
    "card": "background:#ffffff;border-radius:12px;overflow:hidden",
    "pad": "padding:24px 28px",
    "brand": f"{_SANS};font-size:17px;line-height:24px;font-weight:700;letter-spacing:.1px",
    "h1": f"{_SANS};margin:0 0 14px;font-size:21px;line-height:28px;font-weight:700;color:{_INK}",
    "h2": f"{_SANS};margin:22px 0 8px;font-size:12px;line-height:16px;font-weight:700;letter-spacing:.6px;"
    f"text-transform:uppercase;color:{_SOFT}",
    "p": f"{_SANS};margin:0 0 14px;font-size:16px;line-height:24px;color:{_INK}",
    "small": f"{_SANS};margin:0 0 8px;font-size:13px;line-height:19px;color:{_SOFT}",
    "cell": f"{_SANS};padding:4px 0;font-size:14px;line-height:20px;color:{_INK};vertical-align:top",
    "when": f"{_SANS};padding:4px 14px 4px 0;font-size:14px;line-height:20px;color:{_SOFT};white-space:nowrap;"
    "vertical-align:top",
    "quote": f"{_SANS};margin:0;padding:2px 0 2px 14px;font-size:16px;line-height:25px;color:{_INK}",
    "box": f"border:1px solid {_LINE};border-radius:10px",
    "rule": f"border-top:1px solid {_LINE};font-size:0;line-height:0;height:1px",
    "button": f"{_SANS};display:block;padding:13px 20px;font-size:16px;line-height:22px;font-weight:600;"
    "text-align:center;text-decoration:none;border-radius:8px",
    "plain": f"{_SANS};display:block;padding:12px 19px;font-size:15px;line-height:22px;font-weight:600;"
    f"text-align:center;text-decoration:none;border-radius:8px;color:{_INK};border:1px solid #c5cbd3",
    "number": f"{_SANS};display:block;width:38px;padding:11px 0;font-size:17px;line-height:22px;font-weight:600;"
    f"text-align:center;text-decoration:none;color:{_INK};background:#f5f6f8;border:1px solid #c5cbd3;"
    "border-radius:8px",
    "tag": f"{_SANS};display:inline-block;padding:3px 10px;font-size:13px;line-height:18px;font-weight:600;"
    "border-radius:999px",
    "foot": f"{_SANS};margin:0 0 6px;font-size:12px;line-height:18px;color:{_SOFT}",
    "ink": _INK,
    "soft": _SOFT,
    "line": _LINE,
}

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
_WHITE, _BLACK = "#ffffff", "#111111"


def readable_on(colour: str) -> str:
    """White or near-black, whichever stands out more on ``colour`` (WCAG relative luminance); white if malformed."""
    if not _HEX.match(colour):
        return _WHITE
    light = _luminance(colour)
    on_white = 1.05 / (light + 0.05)
    on_black = (light + 0.05) / (_luminance(_BLACK) + 0.05)
    return _WHITE if on_white >= on_black or on_white >= 4.5 else _BLACK


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
