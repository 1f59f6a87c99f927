"""The look of mails: one set of inline styles, since many mail programs read nothing else."""

from typing import Final

from cxcrm.core.colour import is_colour, text_on

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

_WHITE: Final = "#ffffff"


def readable_on(colour: str) -> str:
    """White or black, whichever reads better on ``colour``: at least 4.5 to 1 (WCAG 2.2 AA); white if malformed."""
    return text_on(colour) if is_colour(colour) else _WHITE
