"""What a complaint is about, in terms that two tellings of the same thing share: pairs of words, and rare single ones.

Vietnamese is written in syllables: "trừ" and "lần" say little, "trừ hai" and "hai lần" say what happened. So the unit
is two neighbours, function words left out; a word that is no Vietnamese syllable ("matcha", "wifi") also counts alone.
Accents do not matter: people type without them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from customers.logic.text import has_diacritics, nfc, search_key

# The first so many say what it is about; what comes after is told around it.
MOST_TERMS: Final = 60
# A pair counts 1, a single word a half: what is worth this much is no chance any more.
ENOUGH: Final = 1.5
# Among at least so many, a term that every fourth has says nothing.
_CROWD: Final = 12
_COMMON_SHARE: Final = 0.25
_SHORTEST_SINGLE: Final = 4
_LONGEST_TOKEN: Final = 24

_SENTENCE = re.compile(r"[.!?…;:,()\[\]“”\"\n\r]+")
_ADDRESS = re.compile(r"\S+@\S+")
_TOKEN = re.compile(r"[^\W_]+")
_SYLLABLE = re.compile(r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?")
# With their accents: "bác" says nothing in "bác ơi", "bạc" does in "bạc xỉu". Typed without, both are taken for "bác".
_VIETNAMESE: Final = (
    "tôi mình em anh chị bạn cô chú bác ông bà họ nó chúng ta là và thì mà ở tại của cho với những các một này "
    "đó kia ấy đây khi lúc vì nên để được bị đã đang sẽ rồi không chưa cũng rất quá làm hơn nữa lại ra vào lên "
    "xuống đến đi về từ theo như nếu hay hoặc còn mỗi gì sao nào đâu ai thấy muốn phải à ơi nhé nha ư vậy thế "
    "thôi luôn hoài hôm ngày sáng chiều trưa tối đêm mai tui tụi cái chiếc người bên dạ ạ vẫn cả có mới nhưng "
    "tới giờ bảo nói hỏi biết bọn giùm"
)
_ENGLISH: Final = (
    "the a an and or but if of to in on at by for with from as is are was were be been it its this that these "
    "those my your our their his her we you they he she i me us them not no do did does done have has had will "
    "would can could should so then than there here when what who which how why just very too also again still "
    "even only after before about into out up down over off all any some every each more most much many one two "
    "other another same because while got get told said say says went come came going someone everyone "
    "everything something nothing anything please today yesterday tomorrow morning afternoon evening week month "
    "year time customer staff service really never always like make made want wanted asked explain"
)
_FUNCTION_WORDS: Final = frozenset(f"{_VIETNAMESE} {_ENGLISH}".split())
_PLAIN_FUNCTION_WORDS: Final = frozenset(map(search_key, _FUNCTION_WORDS))
# What almost every complaint of a shop has.
_COMMON_PAIRS: Final = frozenset(
    (
        "nhan vien",
        "khach hang",
        "cua hang",
        "phuc vu",
        "san pham",
        "dich vu",
        "quan ly",
        "thai do",
        "lien he",
        "goi dien",
    )
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: its key, and where it stands."""

    key: str
    start: int
    end: int


def key_terms(text: str) -> list[str]:
    """The terms of ``text`` in the order they come, each once, at most ``MOST_TERMS``."""
    found: dict[str, None] = {}
    for sentence in _sentences(text):
        for place, token in enumerate(sentence):
            if _stands_alone(token.key):
                found[token.key] = None
            if place and (pair := f"{sentence[place - 1].key} {token.key}") not in _COMMON_PAIRS:
                found[pair] = None
    return list(found)[:MOST_TERMS]


def telling_terms(shared: Sequence[Iterable[str]]) -> list[list[str]]:
    """For each other text the terms it shares that tell something: none where they add up to chance.

    ``shared`` has, for every text at hand, what it shares with the one in question.
    """
    sets = [set(terms) for terms in shared]
    having = Counter(term for terms in sets for term in terms)
    crowded = len(sets) >= _CROWD
    common = {term for term, count in having.items() if crowded and count > _COMMON_SHARE * len(sets)}
    telling = [sorted(terms - common) for terms in sets]
    return [terms if weight(terms) >= ENOUGH else [] for terms in telling]


def weight(terms: Iterable[str]) -> float:
    return sum(1.0 if " " in term else 0.5 for term in terms)


def as_written(text: str, terms: Iterable[str]) -> list[str]:
    """``terms`` as ``text`` has them, neighbours joined: ["tru hai", "hai lan"] is read as "trừ hai lần"."""
    wanted, text = set(terms), nfc(text)
    spans: list[tuple[int, int]] = []
    for sentence in _sentences(text):
        run: tuple[int, int] | None = None
        for place, token in enumerate(sentence):
            joins = place > 0 and f"{sentence[place - 1].key} {token.key}" in wanted
            if joins:
                run = (run[0] if run else sentence[place - 1].start, token.end)
                continue
            if run:
                spans.append(run)
            run = (token.start, token.end) if token.key in wanted else None
        if run:
            spans.append(run)
    said: dict[str, str] = {search_key(words): words for words in (text[a:b] for a, b in reversed(spans))}
    return [words for key, words in reversed(said.items()) if not any(key != other and key in other for other in said)]


def _sentences(text: str) -> list[list[Token]]:
    """The words that mean something, sentence by sentence; no addresses and no numbers."""
    sentences, start = [], 0
    text = _ADDRESS.sub(lambda match: "." * len(match[0]), nfc(text))
    for end in [*(match.end() for match in _SENTENCE.finditer(text)), len(text)]:
        sentences.append(
            [
                Token(search_key(match[0]), start + match.start(), start + match.end())
                for match in _TOKEN.finditer(text[start:end])
                if _says_something(match[0].lower())
            ]
        )
        start = end
    return sentences


def _says_something(word: str) -> bool:
    if word.isdecimal() or len(word) > _LONGEST_TOKEN:
        return False
    return word not in (_FUNCTION_WORDS if has_diacritics(word) else _PLAIN_FUNCTION_WORDS)


def _stands_alone(key: str) -> bool:
    return len(key) >= _SHORTEST_SINGLE and key.isalpha() and _SYLLABLE.fullmatch(key) is None
