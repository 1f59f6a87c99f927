"""What the columns of a customer list mean, and what their yes, no and e-mail cells say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from customers.logic.text import search_key

EXACT: Final = 1.0
PART: Final = 0.9
PREFIX: Final = 0.6


@dataclass(frozen=True, slots=True)
class Guess:
    """The field a column seems to hold; `confidence` is 1.0 (all of it), 0.9 (a part) or 0.6 (its start)."""

    field: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the headers of one kind of list are called: field → its names as search keys, parted by ``|``.

    ``no_prefix`` are names of two words that begin many other headers too ("Khách hàng thân thiết").
    """

    synonyms: Mapping[str, str]
    no_prefix: frozenset[str] = frozenset()
    field_of: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        known = {name: what for what, line in self.synonyms.items() for name in line.split("|")}
        object.__setattr__(self, "field_of", known)

    def beside(self, other: "Vocabulary") -> "Vocabulary":
        """This vocabulary with the fields of ``other`` that it lacks; a name both know is its own."""
        added = {
            what: "|".join(name for name in line.split("|") if name not in self.field_of)
            for what, line in other.synonyms.items()
            if what not in self.synonyms
        }
        return Vocabulary(
            {**self.synonyms, **{what: line for what, line in added.items() if line}}, self.no_prefix | other.no_prefix
        )


# Headers as search keys: KiotViet, Sapo, Haravan, MISA, sheets of small shops (domain.md §4.11), and English.
# Gender is missing on purpose (a title is never inferred), and so is advertising consent (it is not consent
# to surveys).
_SYNONYMS: Final[Mapping[str, str]] = {
    "full_name": "ten khach hang|ho va ten|ho ten|ho va ten khach hang|ho ten khach hang|khach hang|ten kh"
    "|ten khach|ten day du|ho ten day du|nguoi lien he|ten nguoi lien he|full name|fullname|name"
    "|customer name|client name|customer|contact name|contact person",
    "family_name": "ho|ho dem|ho va dem|ho lot|ho va ten dem|ho va ten lot|last name|lastname|surname|family name",
    "first_name": "ten|ten goi|ten rieng|first name|firstname|given name|forename",
    "salutation": "xung ho|danh xung|cach xung ho|xung danh|salutation|title|honorific",
    "phone": "dien thoai|sdt|so dien thoai|so dt|dt|dtdd|di dong|so di dong|dien thoai di dong"
    "|dien thoai khach hang|sdt khach hang|so dien thoai khach hang|sdt kh|so zalo|sdt zalo|phone"
    "|phone number|phone no|mobile|mobile phone|mobile number|telephone|tel|cell|cell phone|contact number"
    "|contact no|whatsapp",
    "email": "email|e mail|mail|thu dien tu|dia chi email|dia chi e mail|dia chi thu dien tu|hop thu"
    "|email khach hang|email address|e mail address",
    "external_id": "ma khach hang|ma kh|ma khach|ma so khach hang|ma so kh|ma so|ma|id khach hang|id"
    "|external id|code|customer code|customer id|customer no|customer number|client id",
    "kind": "loai khach|loai khach hang|loai kh|kind|type|customer type",
    "company_name": "cong ty|ten cong ty|cong ty to chuc|to chuc|ten to chuc|doanh nghiep|ten doanh nghiep"
    "|don vi|ten don vi|company|company name|organization|organisation|business name",
    "language": "ngon ngu|ngon ngu lien he|language|lang|locale|preferred language",
    "tags": "nhom|nhom khach hang|nhom khach|nhom kh|phan nhom|phan loai|nhan|tag|tags|label|labels|group"
    "|groups|customer group|segment",
    "note": "ghi chu|chu thich|luu y|ghi chu khach hang|note|notes|comment|comments|remark|remarks",
    "address": "dia chi|dia chi khach hang|dia chi lien he|dia chi giao hang|dia chi nha|address"
    "|street address|full address|address line 1",
    "ward": "phuong xa|phuong|xa|xa phuong|phuong xa thi tran|xa phuong thi tran|phuong xa dac khu|xa phuong dac khu"
    "|ward|commune|ward commune",
    "district": "quan huyen|quan huyen thi xa|huyen|quan huyen cu|district",
    "province": "tinh thanh|tinh thanh pho|tinh tp|tinh|thanh pho|thanh pho tinh|tinh thanh pho moi|province|city"
    "|province city",
    "survey_consent": "dong y khao sat|dong y nhan khao sat|nhan khao sat|cho phep khao sat"
    "|dong y tham gia khao sat|dong y lam khao sat|survey consent|consent to surveys|consent to survey"
    "|surveys ok|survey opt in|consent",
    "survey_consent_date": "ngay dong y|ngay dong y khao sat|ngay dong y nhan khao sat|thoi diem dong y"
    "|ngay dong y tham gia khao sat|consent date|survey consent date|date of consent|consent given on",
    "found_by": "nguon khach|nguon khach hang|nguon|biet den qua|biet qua|kenh biet den|nguon gioi thieu|found by"
    "|how they found us|how did you hear about us|lead source|source|referral source",
    "birthday": "ngay sinh|sinh nhat|ngay thang nam sinh|birthday|birth date|birthdate|date of birth|dob",
}
CUSTOMERS: Final = Vocabulary(
    _SYNONYMS, frozenset({"khach hang", "to chuc", "don vi", "doanh nghiep", "cong ty", "phan loai"})
)

_ANSWERS: Final[Mapping[bool, str]] = {
    True: "co|x|v|yes|y|1|true|t|ok|on|dong y|co dong y|da dong y|dong y nhan|cho phep|agree|agreed|agrees"
    "|opted in|opt in|subscribed|✓|✔|☑|✅",
    False: "khong|ko|k|no|n|0|false|f|off|tu choi|khong dong y|ko dong y|khong nhan|khong cho phep|refused"
    "|refuse|decline|declined|disagree|opted out|opt out|unsubscribed|✗|✘|❌",
}
_MEANING_OF: Final[Mapping[str, bool]] = {
    word: meaning for meaning, line in _ANSWERS.items() for word in line.split("|")
}

_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{2,59}}))")


def guess_mapping(headers: Sequence[str], vocabulary: Vocabulary = CUSTOMERS) -> dict[int, Guess]:
    """Return which column (index from 0) seems to hold which field; columns that say nothing are left out.

    Accents, case, punctuation and camelCase do not matter. Every field is given to one column only: the most
    confident, then the leftmost. A column "Tên" is the given name beside a column "Họ", else the full name.
    """
    candidates = [
        (-confidence, index, name)
        for index, header in enumerate(headers)
        for name, confidence in [_guess(header, vocabulary)]
        if name is not None
    ]
    mapping: dict[int, Guess] = {}
    taken: set[str] = set()
    for negative, index, name in sorted(candidates):
        if name not in taken:
            taken.add(name)
            mapping[index] = Guess(name, -negative)
    if "first_name" in taken and not taken & {"family_name", "full_name"}:
        index = next(index for index, guess in mapping.items() if guess.field == "first_name")
        mapping[index] = Guess("full_name", PART)
    return dict(sorted(mapping.items()))


def _guess(header: str, vocabulary: Vocabulary) -> tuple[str | None, float]:
    for candidate, confidence in _readings(header):
        if candidate in vocabulary.field_of:
            return vocabulary.field_of[candidate], confidence
    key = header_key(header)
    beginnings = [known for known in vocabulary.field_of if " " in known and key.startswith(known + " ")]
    if beginnings:
        longest = max(beginnings, key=len)
        if longest not in vocabulary.no_prefix:
            return vocabulary.field_of[longest], PREFIX
    return None, 0.0


def _readings(header: str) -> Iterator[tuple[str, float]]:
    """Yield the keys `header` may be read as: whole, then its parts ("Họ tên / Full name")."""
    yield header_key(header), EXACT
    for part in re.split(r"[/|()\[\]\n:]", header):
        yield header_key(re.sub(r"\d+\s*$", "", part)), PART


def header_key(header: str) -> str:
    """The key a header is known by: no accents, case, punctuation or camelCase."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.sub(r"[\W_]+", " ", search_key(spaced)).split())


def parse_yes_no(cell: object) -> bool | None:
    """Return True or False for a cell that says yes or no in Vietnamese or English, None for anything else.

    "chưa" (not yet) and blanks are None: nobody has been asked. Numbers count only as 1 and 0.
    """
    if isinstance(cell, (bool, int, float)):
        return bool(cell) if cell in (0, 1) else None
    if not isinstance(cell, str):
        return None
    return _MEANING_OF.get(search_key(cell).strip(" .!"))


def parse_email(cell: str) -> str | None:
    """Return the first e-mail address in `cell`, in lower case, or None.

    Takes "Name <a@b.vn>", "mailto:" and lists. International domains become their ASCII form. What is not
    ASCII before the @, longer than 254 characters or mistyped ("lan anh@b.vn", "gmail,com") is not guessed
    at: it may be a stranger's.
    """
    for piece in re.split(r"[,;|\n]", cell.lower()[:2000]):
        bracketed = re.search(r"<([^<>]*)>", piece) if "<" in piece else None
        text = (bracketed[1] if bracketed else piece).strip(" \t\r.'\"()")
        local, at, domain = text.removeprefix("mailto:").rpartition("@")
        if not at or len(local) > 64:
            continue
        try:
            found = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
        except UnicodeError:
            continue
        if len(found) <= 254 and _EMAIL.fullmatch(found):
            return found
    return None
