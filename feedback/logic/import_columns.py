"""What the columns of a list of past answers mean, and what their scores say."""

import re
from collections.abc import Mapping
from typing import Final

from customers.logic.columns import CUSTOMERS, Vocabulary
from feedback.logic.answers import SCALES

ANSWERS: Final = Vocabulary(
    {
        "score_nps": "nps|diem nps|nps score|san long gioi thieu|muc do san long gioi thieu|kha nang gioi thieu"
        "|likelihood to recommend|would recommend|recommend score",
        "score_csat": "csat|diem csat|csat score|hai long|muc do hai long|diem hai long|so sao|sao|danh gia|xep hang"
        "|rating|stars|star rating|satisfaction|satisfaction score",
        "score_ces": "ces|diem ces|ces score|muc do de dang|de dang|ease|effort score",
        "score": "diem|diem so|diem danh gia|score|points",
        "metric": "chi so|loai khao sat|loai diem|thang do|metric|measure|survey type",
        "answered_at": "ngay|thoi gian|ngay danh gia|ngay tra loi|thoi gian danh gia|ngay gui|ngay phan hoi"
        "|ngay khao sat|date|time|answered at|submitted at|review date|timestamp|dau thoi gian|created at"
        "|response date",
        "words": "noi dung|nhan xet|y kien|binh luan|gop y|ly do|noi dung danh gia|phan hoi|noi dung gop y|comment"
        "|comments|feedback|review|words|reason|review text|verbatim",
        "touchpoint": "diem cham|diem tiep xuc|kenh|kenh danh gia|touchpoint|channel|source|nguon",
        "branch": "chi nhanh|cua hang|quan|co so|branch|store|shop|location|outlet",
    }
).beside(CUSTOMERS)
SCORES: Final[Mapping[str, str]] = {"score_nps": "nps", "score_csat": "csat", "score_ces": "ces"}
TELLTALES: Final = frozenset({*SCORES, "score"})
METRIC_WORDS: Final[Mapping[str, str]] = {
    word: metric
    for metric, line in {
        "nps": "nps|gioi thieu|0 10|net promoter score",
        "csat": "csat|hai long|satisfaction|sao|stars|1 5",
        "ces": "ces|de dang|effort|ease|1 7",
    }.items()
    for word in line.split("|")
}
_SCORE = re.compile(r"(\d{1,2})(?:[.,]0+)?\s*(?:/\s*(\d{1,2})|sao|stars?|điểm|★|⭐)?", re.IGNORECASE)


def parse_score(cell: object, metric: str) -> int | None:
    """A score on the scale of ``metric`` (nps 0-10, csat 1-5, ces 1-7) as people write it ("9", "4/5", "5 sao").

    None for anything else, halves and other scales included: "8/10" is no satisfaction from 1 to 5.
    """
    if isinstance(cell, bool):
        return None
    low, high = SCALES[metric]
    text = str(cell).strip()
    if text and set(text) <= {"★", "⭐", "\ufe0f"}:
        text = str(sum(char in "★⭐" for char in text))
    found = _SCORE.fullmatch(text)
    if found is None or (found[2] and int(found[2]) != high):
        return None
    return score if low <= (score := int(found[1])) <= high else None
