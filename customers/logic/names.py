"""How a person is named and addressed, in Vietnamese and English.

Rules: domain.md §4.1. A wrong title in a mail offends, a neutral one does not: whatever is not certain stays
neutral.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from customers.logic.text import has_diacritics, nfc

NameOrder = Literal["family_first", "given_first"]
SalutationSource = Literal["declared", "staff", "import", "inferred"]


class Salutation(StrEnum):
    """The words a person may be addressed by; the values are stored and shared with the model's choices."""

    ANH = "anh"
    CHI = "chi"
    EM = "em"
    ONG = "ong"
    BA = "ba"
    CO = "co"
    CHU = "chu"
    BAC = "bac"
    BAN = "ban"
    QUY_KHACH = "quy_khach"
    ANH_CHI = "anh_chi"


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A name taken apart; `salutation` only where there is no doubt, `note` what is not part of the name."""

    full_name: str
    given_name: str
    salutation: Salutation | None
    note: str


@dataclass(frozen=True, slots=True)
class Address:
    """How to address one person: the greeting line, and the pronoun inside and at the start of a sentence."""

    greeting: str
    inline: str
    inline_capital: str


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_WRITTEN: Final[Mapping[Salutation, str]] = {
    Salutation.ANH: "anh",
    Salutation.CHI: "chị",
    Salutation.EM: "em",
    Salutation.ONG: "ông",
    Salutation.BA: "bà",
    Salutation.CO: "cô",
    Salutation.CHU: "chú",
    Salutation.BAC: "bác",
    Salutation.BAN: "bạn",
    Salutation.ANH_CHI: "anh/chị",
    Salutation.QUY_KHACH: "Quý khách",
}
# Bác is said to men and women alike, so it has no English title; nor have em and bạn.
_ENGLISH_TITLES: Final[Mapping[Salutation, str]] = {
    Salutation.ANH: "Mr",
    Salutation.ONG: "Mr",
    Salutation.CHU: "Mr",
    Salutation.CHI: "Ms",
    Salutation.BA: "Ms",
    Salutation.CO: "Ms",
}
_FAMILIAR = frozenset({Salutation.EM, Salutation.BAN})

# A first word that is always a title. Anh, and all of these without their accents, are names too ("Anh Thư",
# "Chu An").
_SURE_PREFIXES: Final[Mapping[str, Salutation]] = {
    "chị": Salutation.CHI,
    "em": Salutation.EM,
    "ông": Salutation.ONG,
    "bà": Salutation.BA,
    "cô": Salutation.CO,
    "chú": Salutation.CHU,
    "bác": Salutation.BAC,
    "bạn": Salutation.BAN,
    "anh/chị": Salutation.ANH_CHI,
    "a/c": Salutation.ANH_CHI,
    "mr": Salutation.ANH,
    "ms": Salutation.CHI,
    "mrs": Salutation.CHI,
    "miss": Salutation.CHI,
}
# One letter before a name. B is missing: bà, bác and bạn share it. "A Phủ", a name of the north-west, is a
# man's anyway.
_ABBREVIATIONS: Final[Mapping[str, Salutation]] = {
    "a": Salutation.ANH,
    "c": Salutation.CHI,
    "e": Salutation.EM,
    "ô": Salutation.ONG,
}
# Titles typed without accents; believed only where the small letter before a capital shows that no name was
# meant.
_UNACCENTED: Final[Mapping[str, Salutation]] = {
    "anh": Salutation.ANH,
    "chi": Salutation.CHI,
    "ong": Salutation.ONG,
    "ba": Salutation.BA,
    "co": Salutation.CO,
    "chu": Salutation.CHU,
    "bac": Salutation.BAC,
    "ban": Salutation.BAN,
}
# "Anh Tuấn" may be Mr Tuấn or a man called Anh Tuấn: anh is right either way. Only names borne by men belong
# here.
_MENS_NAMES: Final = _words(
    "tuấn dũng hùng cường đức kiệt khoa quân sơn thắng huy duy khôi việt hiếu trung đạt phong toàn tùng "
    "hưng nghĩa thịnh trí vinh lộc nam long hào vũ tuân luân"
)
# Family names that are hardly ever given names (Mai, Kim, Hà and their like are left out).
_FAMILY_NAMES: Final = _words(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô lý đoàn vương trịnh đinh phùng trương tạ "
    "quách lưu tăng triệu hứa kiều tống thạch nguyen tran pham hoang huynh dang bui doan vuong trinh dinh "
    "phung truong"
)
# Words that begin a remark after a name and are no names themselves.
_REMARKS: Final = _words(
    "shop quán tiệm quận phường chợ hẻm ngõ nhà cty spa salon cafe café đường khu sỉ bán zalo fb facebook "
    "số gần ship bún phở bánh cơm trà chè xôi tạp thuốc tóc nail vải gạo rau thịt cá q p kho xưởng"
)
_REMARK_PAIRS: Final = frozenset({("công", "ty"), ("cà", "phê"), ("chung", "cư"), ("kế", "toán"), ("khách", "sạn")})
_PROFESSIONS: Final = frozenset({("bác", "sĩ"), ("bác", "sỹ"), ("cô", "giáo"), ("thầy", "giáo")})
_TRIMMED = " -–—,;:|/*'"
_REMARK_START = re.compile(r"[(\[{,;:|/–—-]")
# Without one of these there is no such remark.
_GLUE: Final = frozenset("([{,;:|–—/-")
_ABBREVIATED = re.compile(r"(\w|anh|chị|ông|bà|cô|chú|bác|bạn|mr|mrs|ms|miss)\.(\w.*)", re.IGNORECASE)
_GLUED_REMARK = re.compile(r"\s*([(\[{,;:|–—]|(?<!\ba)(?<!\banh)/|-(?=\w*\d))", re.IGNORECASE)


def parse_person_name(raw: str, order: NameOrder = "family_first") -> ParsedName:
    """Take apart a name as staff type it: "C.Lan", "Anh Tuấn Q7", "chị hương shop hoa", "NGUYỄN VĂN A".

    The name is NFC with single spaces; a name all in capitals or all in small letters is put in title case. A
    leading title becomes the salutation, a remark after the name the note. "Anh" begins names too, so it is a
    title only before a family name with more after it, before a name borne by men only, or written small
    before a capital ("anh Thư"); otherwise ("Anh Thư", "Anh Minh") it stays in the name and the salutation is
    None. So do titles typed without accents ("Chi Mai", "Chu An"). With `order` given_first one letter is an
    initial, not a title.
    """
    text = nfc(raw)
    if not text.isprintable():
        text = "".join(char for char in text if char.isprintable() or char.isspace())
    text = text.lstrip(_TRIMMED)
    if not _GLUE.isdisjoint(text):
        text = _GLUED_REMARK.sub(r" \1", text)
    words = _separate_abbreviation(text.split())
    profession = ""
    if len(words) > 2 and tuple(word.lower() for word in words[:2]) in _PROFESSIONS:
        profession, words = " ".join(words[:2]), words[2:]
    salutation, words = _take_salutation(words, order)
    name, remark = _cut_remark(words, titled=salutation is not None)
    full_name = " ".join(_capitalised(name, order))
    note = ", ".join(part for part in (profession, remark) if part)
    return ParsedName(full_name, given_name_of(full_name, order), salutation, note)


def given_name_of(full_name: str, order: NameOrder) -> str:
    """Return the word a person is called by: the last, or the first in order given_first; "" for no name."""
    words = full_name.split()
    if not words:
        return ""
    return words[-1] if order == "family_first" else words[0]


def _separate_abbreviation(words: list[str]) -> list[str]:
    """Part "C.Lan" into "C." and "Lan", and join "anh / chị" and "anh chị" to one word."""
    if not words:
        return []
    first, *rest = words
    match = _ABBREVIATED.fullmatch(first)
    if match:
        return [match[1] + ".", match[2], *rest]
    lowered = " ".join(words).lower()
    for written in ("anh / chị ", "anh chị ", "a / c "):
        if lowered.startswith(written):
            return ["anh/chị", *words[written.count(" ") :]]
    return words


def _take_salutation(words: list[str], order: NameOrder) -> tuple[Salutation | None, list[str]]:
    """Return the title `words` begin with, where it is certain, and the words after it."""
    if len(words) < 2:
        return None, words
    first, second, *_ = words
    key = first.rstrip(".").lower()
    salutation = _SURE_PREFIXES.get(key)
    if salutation is None and order == "family_first":
        salutation = _ABBREVIATIONS.get(key)
    if salutation is None and key in _UNACCENTED:
        small_before_capital = first[0].islower() and second[0].isupper()
        if small_before_capital or (key == "anh" and _anh_is_a_title(words)):
            salutation = _UNACCENTED[key]
    return (salutation, words[1:]) if salutation else (None, words)


def _anh_is_a_title(words: list[str]) -> bool:
    second = words[1].lower()
    if second in _MENS_NAMES:
        return True
    return second in _FAMILY_NAMES and len(_cut_remark(words[1:], titled=False)[0]) > 1


def _cut_remark(words: list[str], *, titled: bool) -> tuple[list[str], str]:
    """Part the words of a name from the remark after it; the first word always belongs to the name.

    After a title, small words that follow a capitalised name ("Chị Hương bán hoa lẻ") are a remark as well,
    unless the first is a family name ("chị Nguyễn thị hương").
    """
    labelled = titled and bool(words) and words[0][0].isupper() and words[0].lower() not in _FAMILY_NAMES
    for index in range(1, len(words)):
        word, lowered = words[index], words[index].lower()
        following = words[index + 1].lower() if index + 1 < len(words) else ""
        if (
            lowered.rstrip(".") in _REMARKS
            or (lowered, following) in _REMARK_PAIRS
            or any(char.isdigit() for char in word)
            or _REMARK_START.match(word)
            or (labelled and all(later[0].islower() for later in words[index:]))
        ):
            remark = " ".join(words[index:]).strip(_TRIMMED)
            return words[:index], re.sub(r"^\((.*)\)$", r"\1", remark)
    return words, ""


def _capitalised(name: list[str], order: NameOrder) -> list[str]:
    """Return the words of a name in title case if all are capitals or all small ("K'BRẾU HA" → "K'Brếu Ha").

    In a Vietnamese name single small words get their capital too; elsewhere ("van", "binti") they are meant.
    """
    whole = " ".join(name)
    if whole.isupper() or whole.islower():
        return whole.title().split()
    if order == "family_first" and has_diacritics(whole):
        return [word[0].upper() + word[1:] for word in name]
    return name


def address(
    salutation: str | None,
    source: str | None,
    given_name: str,
    full_name: str,
    language: Literal["vi", "en"],
    formal: bool,
    complaint: bool,
    quy_khach_default: bool = True,
) -> Address:
    """Return how to address one customer in a message (domain.md §4.1).

    A salutation counts when declared, confirmed by staff or imported; one inferred from the name never does.
    "em" needs more than an import. Complaints and formal letters step up from em and bạn to anh/chị. Without
    a salutation the message is neutral: "Quý khách", or "anh/chị {name}" when the firm prefers that
    (`quy_khach_default` false). An empty name always gives the neutral form. English keeps the name as
    written, and its pronoun is "you". Raises ValueError for a salutation that does not exist.
    """
    given, full = " ".join(given_name.split()), " ".join(full_name.split())
    given, full = given or full, full or given
    usable = _usable(salutation, source)
    if language == "en":
        return Address(_english_greeting(usable, given, full, formal=formal), "you", "You")
    if usable in _FAMILIAR and (complaint or formal):
        usable = Salutation.ANH_CHI
    if usable is None and not quy_khach_default:
        usable = Salutation.ANH_CHI
    if usable is None or usable is Salutation.QUY_KHACH or not given:
        return Address("Kính gửi Quý khách,", "Quý khách", "Quý khách")
    word = _WRITTEN[usable]
    capital = "Anh/Chị" if usable is Salutation.ANH_CHI else word.capitalize()
    greeting = f"Kính gửi {word} {full}," if formal else f"Chào {word} {given},"
    return Address(greeting, word, capital)


def _usable(salutation: str | None, source: str | None) -> Salutation | None:
    if not salutation or source not in ("declared", "staff", "import"):
        return None
    chosen = Salutation(salutation)
    return None if chosen is Salutation.EM and source == "import" else chosen


def _english_greeting(salutation: Salutation | None, given: str, full: str, *, formal: bool) -> str:
    """Return "Dear Ms Hương,"; a name in Western order takes a title only when written in full."""
    if not given:
        return "Dear customer,"
    title = _ENGLISH_TITLES.get(salutation) if salutation else None
    name = full if formal else given
    given_comes_first = full.split()[0] == given != full
    if title is None or (given_comes_first and not formal):
        return f"Dear {name},"
    return f"Dear {title} {name},"
