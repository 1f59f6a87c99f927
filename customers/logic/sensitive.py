"""Words that hint at sensitive personal data (Decree 356/2025): health, faith, politics, love, debts, crimes."""

import re
from typing import Final

from customers.logic.text import nfc

_WORDS: Final = (
    # Vietnamese, whole words as they are written.
    "bệnh", "tiểu đường", "dị ứng", "ung thư", "huyết áp", "trầm cảm", "mang thai", "có bầu", "có thai", "khuyết tật",
    "hiv", "công giáo", "phật giáo", "tin lành", "hồi giáo", "tôn giáo", "đảng viên", "chính trị", "đồng tính",
    "chuyển giới", "dân tộc thiểu số", "nợ xấu", "tiền án",
)  # fmt: skip
_BEGINNINGS: Final = (
    # English, by how such words begin.
    "diabet", "allerg", "cancer", "depress", "pregnan", "disab", "religio", "muslim", "christian", "buddhis",
    "politic", "gay", "lesbian", "transgender", "ethnic", "bankrupt", "convict",
)  # fmt: skip
_HINT: Final = re.compile(
    rf"(?<!\w)(?:(?:{'|'.join(map(re.escape, _WORDS))})(?!\w)|(?:{'|'.join(map(re.escape, _BEGINNINGS))}))"
)


def looks_sensitive(text: str) -> bool:
    """Does ``text`` hint at something sensitive? It may be wrong either way; people may mark what it misses."""
    return _HINT.search(nfc(text).lower()) is not None
