"""Flat placeholders in words a firm writes itself: ``{{name}}`` from a fixed list, everything else stays as written.

No template engine is involved: there is no attribute, index, call, filter or format to reach anything with.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

# What a reply template may name.
REPLY: Final = (
    "customer_greeting", "customer", "number", "subject", "staff_name", "brand", "we", "we_capital", "promised_time",
    "remedy",
)  # fmt: skip
LONGEST: Final = 4_000
_MARK: Final = re.compile(r"\{\{[ \t]{0,20}([a-z_]{1,40})[ \t]{0,20}\}\}")


def fill(text: str, values: Mapping[str, str], neutral: Mapping[str, str]) -> str:
    """``text`` with each known placeholder replaced by its value, or by its ``neutral`` words where that is empty.

    A placeholder ``values`` does not know stands as it was written. Values are not looked into again, and the result
    has at most ``LONGEST`` characters.
    """

    def word(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            return found[0]
        return values[name].strip() or neutral.get(name, "")

    return _MARK.sub(word, text[:LONGEST])[:LONGEST]


def unknown(text: str, known: Collection[str]) -> list[str]:
    """The names in ``{{…}}`` that are not ``known``, each once, in the order they appear."""
    return list(dict.fromkeys(name for name in _MARK.findall(text) if name not in known))
