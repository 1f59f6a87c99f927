"""Text of the time before Unicode: TCVN3 (ABC) and VNI, which look like junk today."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# TCVN3 puts Vietnamese vowels on Latin-1 signs no Vietnamese, English or French word has inside: "NguyÔn", "H­¬ng".
_TCVN3: Final = re.compile(
    r"[a-zA-Z][\u00a8\u00a9\u00aa\u00ab\u00ac\u00ad\u00ae\u00b5-\u00b9\u00be\u00c6-\u00cf\u00d0\u00d1\u00d2\u00d3\u00d4\u00d5\u00d6\u00d7\u00d8\u00dc-\u00df\u00e3-\u00e9\u00eb-\u00f3\u00f4-\u00fe]|®[a-z\u00a8-\u00fe]"
)
_TCVN3_TYPICAL: Final = frozenset("¨©ª«¬­®µ¶·¸¹»¼½¾ÆÇÈÉÊËÎÏÐÑÒÓÔÕÖ×ØÜÞßãäåæçëîïðñòóôõö÷øùúûüýþ")
# VNI writes the vowel and then a Latin-1 sign for its marks: "Nguyeãn", "Traàn", "Höông", "Ñaëng".
_VNI: Final = re.compile(
    r"[aeouyAEOUY][\u00e0\u00e1\u00e2\u00e3\u00e4\u00e5\u00e9\u00e8\u00ea\u00eb\u00f9\u00f8\u00fb\u00fc\u00fa\u00f5\u00ef\u00c0-\u00c5\u00c8-\u00cb\u00d9-\u00dc\u00d5](?![a-z]*\s*\d)|[öÖ][aôoöuùøûïõ]|Ñ[aeiouöô]"
)
# Plain signs Unicode Vietnamese needs for everyday words; a text full of them is no old font.
_UNICODE: Final = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_ENOUGH: Final = 0.5


@dataclass(frozen=True, slots=True)
class LegacyFont:
    """``name`` of the old encoding and one cell written in it."""

    name: str
    example: str


def legacy_font(cells: Iterable[str]) -> LegacyFont | None:
    """The old font most accented cells are written for, or None; two cells at least have to look like it."""
    found: dict[str, list[str]] = {"TCVN3": [], "VNI": []}
    accented = 0
    for cell in cells:
        if cell.isascii():
            continue
        accented += 1
        if _UNICODE.search(cell):
            continue
        if _VNI.search(cell):
            found["VNI"].append(cell)
        elif _TCVN3.search(cell) and _TCVN3_TYPICAL & set(cell):
            found["TCVN3"].append(cell)
    name = max(found, key=lambda font: len(found[font]))
    hits = found[name]
    return LegacyFont(name, hits[0][:60]) if len(hits) >= 2 and len(hits) >= _ENOUGH * accented else None
