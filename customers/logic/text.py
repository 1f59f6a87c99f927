"""Vietnamese text: one normal form, keys to search by and keys to sort by."""

import unicodedata
from functools import lru_cache

_SPACE = "00"
_PUNCTUATION = "01"
_HORN, _BREVE, _CIRCUMFLEX = "\u031b", "\u0306", "\u0302"
# Letters of their own in the Vietnamese alphabet (CLDR vi: a < ă < â, e < ê, o < ô < ơ, u < ư), not accented
# variants.
_LETTER_RANK = {
    ("a", _BREVE): "1",
    ("a", _CIRCUMFLEX): "2",
    ("e", _CIRCUMFLEX): "1",
    ("o", _CIRCUMFLEX): "1",
    ("o", _HORN): "2",
    ("u", _HORN): "1",
}
# Ngang (no mark) is 0; then huyền, hỏi, ngã, sắc, nặng in the order of CLDR vi.
_TONE_RANK = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_FOREIGN_MARK = "9"


def nfc(text: str) -> str:
    """Return `text` in Unicode NFC, the one form stored (phones and macOS often send NFD)."""
    return unicodedata.normalize("NFC", text)


def search_key(text: str) -> str:
    """Return the key `text` is found by: lower case, đ as d, no accents, single spaces.

    Equal for both placements of a tone mark ("Hoà", "Hòa") and for text typed without accents. Invisible
    formatting characters are dropped. đ has no decomposition in Unicode and is mapped by hand.
    """
    lower = text.lower()
    if lower.isascii():
        return " ".join(lower.split())
    keys = [word if word.isascii() else _word_key(word) for word in lower.split()]
    return " ".join(key for key in keys if key)


@lru_cache(maxsize=10_000)
def _word_key(word: str) -> str:
    """The key of one word in lower case; names are made of a few hundred words."""
    decomposed = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return nfc("".join(char for char in decomposed if unicodedata.category(char) not in {"Mn", "Cf"}))


def vietnamese_sort_key(text: str) -> str:
    """Return an ASCII key whose code point order is the Vietnamese dictionary order of `text`.

    The order is CLDR's for vi: first letters (a < ă < â, d < đ, e < ê, o < ô < ơ, u < ư), then tones (ngang,
    huyền, hỏi, ngã, sắc, nặng), then lower before upper case; spaces before punctuation before digits before
    letters. Compare by code point (PostgreSQL: collation "C").
    """
    words = [_word_weights(word) for word in nfc(text).split()]
    letters = _SPACE.join(word[0] for word in words)
    tones = "0".join(word[1] for word in words)
    cases = "0".join(word[2] for word in words)
    return f"{letters} {tones.rstrip('0')} {cases.rstrip('0')}"


@lru_cache(maxsize=10_000)
def _word_weights(word: str) -> tuple[str, str, str]:
    """The weights of one word: letters, tones, cases."""
    letters, tones, cases = zip(*map(_weights, word), strict=True)
    return "".join(letters), "".join(tones), "".join(cases)


@lru_cache(maxsize=2_000)
def _weights(char: str) -> tuple[str, str, str]:
    """The weights of one character: letter, tone, case."""
    decomposed = unicodedata.normalize("NFD", char)
    base, marks = decomposed[0], decomposed[1:]
    lower = base.lower()
    rank, tone = "0", "0"
    for mark in marks:
        if (lower, mark) in _LETTER_RANK:
            rank = _LETTER_RANK[lower, mark]
        else:
            tone = _TONE_RANK.get(mark, _FOREIGN_MARK)
    return _letter_key(lower, rank), tone, "0" if base == lower else "1"


def _letter_key(lower: str, rank: str) -> str:
    """Return the primary weight of a lower-case base letter: two characters, more only for foreign ones."""
    if lower == "đ":
        return "d1"
    if lower.isascii() and lower.isalpha():
        return lower + rank
    if lower.isascii() and lower.isdigit():
        return "1" + lower
    if lower == " ":
        return _SPACE
    if lower.isalnum():
        return "zz" + "".join(f"{ord(char):06x}" for char in lower)
    return _PUNCTUATION


def person_sort_key(full_name: str, given_name: str) -> str:
    """Return a key that sorts people as Vietnamese lists do: by given name, then by the whole name.

    Compare by code point, as with `vietnamese_sort_key`. Case of the given name never decides before the
    family name.
    """
    return f"{vietnamese_sort_key(given_name.lower())} {vietnamese_sort_key(full_name)}"


def has_diacritics(text: str) -> bool:
    """Return whether `text` holds an accent or a đ, that is: whether the writer meant accents to count."""
    return any(char in "đĐ" or unicodedata.category(char) == "Mn" for char in unicodedata.normalize("NFD", text))
