"""What a posted answer must be, whatever door it came through."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Final, Literal

QuestionKind = Literal["nps", "csat", "ces", "text", "choice", "words"]

MAX_TEXT: Final = 4000
# How many words a question of kind "words" asks for.
PICKS: Final = 3
SCALES: Final[Mapping[str, tuple[int, int]]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
_KEPT_CONTROLS = "\n\t"


class AnswerError(Exception):
    """The answer is refused: required, not_a_number, out_of_range, not_text, too_long, not_a_choice or not_three."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_answer(kind: QuestionKind, value: object, choices: Collection[str], required: bool) -> int | str | None:
    """Return the answer as it is stored: a whole number, NFC text, one of `choices`, or three of them one a line.

    It is None when blank. Scales are nps 0-10, csat 1-5, ces 1-7; forms send digits, JSON sends numbers. Words come
    as a list or in lines. Texts have at most 4000 characters after trimming; NUL, other control characters and lone
    surrogates are dropped, line breaks kept as a line feed.

    Raises AnswerError for an answer, ValueError for a `kind` that does not exist.
    """
    if kind not in SCALES and kind not in ("text", "choice", "words"):
        raise ValueError(f"unknown kind of question {kind}")
    if value is None or (kind == "words" and value == []) or (isinstance(value, str) and not _clean(value)):
        if required:
            raise AnswerError("required")
        return None
    if kind in SCALES:
        return _check_scale(kind, value)
    if kind == "words":
        return _check_words(value, choices)
    if not isinstance(value, str):
        raise AnswerError("not_text" if kind == "text" else "not_a_choice")
    text = _clean(value)
    if kind == "choice" and text not in choices:
        raise AnswerError("not_a_choice")
    if len(text) > MAX_TEXT:
        raise AnswerError("too_long")
    return text


def _check_scale(kind: str, value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,3}\s*", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise AnswerError("not_a_number")
    low, high = SCALES[kind]
    if not low <= value <= high:
        raise AnswerError("out_of_range")
    return value


def _check_words(value: object, choices: Collection[str]) -> str:
    """Three different ones, sorted, one a line: in whatever order they were ticked, it is the same answer."""
    picked = value.split("\n") if isinstance(value, str) else value
    if not isinstance(picked, list) or not all(isinstance(one, str) for one in picked):
        raise AnswerError("not_a_choice")
    words = {_clean(one) for one in picked}
    if not words <= set(choices):
        raise AnswerError("not_a_choice")
    if len(words) != PICKS:
        raise AnswerError("not_three")
    return "\n".join(sorted(words))


def _clean(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (char for char in lines if char in _KEPT_CONTROLS or unicodedata.category(char) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(kept)).strip()
