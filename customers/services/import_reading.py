"""One row of a customer file: from its cells to the values of a customer, and what there is to say about them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from customers import problems
from customers.logic.addresses import read_columns
from customers.logic.columns import parse_email, parse_yes_no
from customers.logic.moments import parse_day
from customers.logic.names import NameOrder, given_name_of, parse_person_name
from customers.logic.phones import normalise_phone, split_phones
from customers.logic.text import search_key
from customers.models import Customer
from customers.selectors.custom_fields import OWN, OwnColumn
from customers.services import fields
from customers.services.import_own import read_own

Problem = dict[str, Any]

# What people write into a cell that holds nothing.
_NOTHING: Final = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        ".",
        "x",
        "0",
        "n/a",
        "na",
        "null",
        "none",
        "khong",
        "khong co",
        "ko co",
        "ko",
        "chua co",
        "k co",
    }
)
# The same where a nought or a no would be an answer.
_NO_ANSWER: Final = frozenset({"", "-", "--", "---", "n/a", "null", "none"})
_SALUTATIONS: Final[Mapping[str, str]] = {
    **{search_key(word.label): word.value for word in Customer.Salutation},
    "a": "anh", "c": "chi", "e": "em", "mr": "anh", "ms": "chi", "mrs": "chi", "miss": "chi", "a/c": "anh_chi",
    "anh chi": "anh_chi",
}  # fmt: skip
_LANGUAGES: Final[Mapping[str, str]] = {
    "vi": "vi", "vn": "vi", "vie": "vi", "viet": "vi", "tieng viet": "vi", "viet nam": "vi", "vietnamese": "vi",
    "en": "en", "eng": "en", "anh": "en", "tieng anh": "en", "english": "en",
}  # fmt: skip
_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("ca nhan", "person", "individual", "khach le", "nguoi", "le", "b2c", "consumer"), Customer.Kind.PERSON.value
    ),
    **dict.fromkeys(
        ("cong ty", "to chuc", "doanh nghiep", "organization", "organisation", "company", "business", "dai ly", "b2b"),
        Customer.Kind.ORGANIZATION.value,
    ),
}
# Match key → where its values are; fields that a blank cell may empty.
_KEYS: Final[Mapping[str, str]] = {"number": "external_id", "phone": "phones", "email": "emails"}
_CLEARABLE: Final = ("salutation", "company_name", "tags", "note", "phone", "email")
# Columns that make an address where they stand beside it.
_ADDRESS: Final = ("address", "ward", "district", "province")
_TAG_SEPARATORS = re.compile(r"[;,|\n]")
_EMAIL_SEPARATORS = re.compile(r"[,;|\n]")


@dataclass(slots=True)
class ReadRow:
    """What a row says: ``values`` ready for JSON, ``problems`` with column and value."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(problems.refuses(problem["code"]) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the rows of one file are read: its columns, and what its firm takes for granted."""

    columns: Mapping[str, int]  # field -> index
    headers: Sequence[str]
    region: str
    language: str
    today: date
    zone: str = "Asia/Ho_Chi_Minh"
    currency: str = "VND"
    # By what alone a customer is recognised (ImportJob.MatchBy), and whether a blank cell empties the field.
    match_by: str = "any"
    clears: bool = False
    # The firm's own fields among the columns.
    own: Mapping[str, OwnColumn] = field(default_factory=dict)

    @property
    def name_order(self) -> NameOrder:
        return "given_first" if self.language == "en" else "family_first"


def read_row(sheet: Sheet, number: int, cells: Sequence[Any]) -> ReadRow:
    """Understand row ``number`` of ``sheet``; never raises, what cannot be used is a problem."""
    return _Reader(sheet, number, cells).read()


def to_cell(value: Any) -> Any:
    """A cell as JSON holds it: dates become day/month/year, as they are shown, with the time where there is one."""
    if isinstance(value, datetime) and value.time() != datetime.min.time():
        return f"{value:%d/%m/%Y %H:%M:%S}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value


class CellReader:
    """The cells of one row by field, and what is said about them."""

    def __init__(self, sheet: Sheet, number: int, cells: Sequence[Any]) -> None:
        self.sheet = sheet
        self.cells = cells
        self.row = ReadRow(number)

    def raw(self, name: str) -> Any:
        index = self.sheet.columns.get(name)
        return "" if index is None or index >= len(self.cells) else self.cells[index]

    def text(self, name: str) -> str:
        value = self.raw(name)
        return " ".join(str(value).split()) if value != "" else ""

    def say(self, code: str, column: str | None = None, **data: Any) -> None:
        problem: Problem = {"code": code, "column": self.header(column), **data}
        self.row.problems.append(problem)

    def header(self, name: str | None) -> str:
        index = self.sheet.columns.get(name) if name else None
        return "" if index is None else column_name(self.sheet.headers, index)

    def known(self, name: str, words: Mapping[str, str], code: str) -> str:
        text = self.text(name)
        if not text:
            return ""
        found = words.get(search_key(text).strip(" ."), "")
        if not found:
            self.say(code, name, value=text[:80])
        return found

    def shortened(self, name: str, limit: int) -> str:
        text = self.text(name)
        if len(text) > limit:
            self.say("shortened", name, limit=limit)
        return text[:limit].strip()


class _Reader(CellReader):
    def read(self) -> ReadRow:
        values = self.row.values
        values["kind"] = self._kind()
        values["language"] = self.known("language", _LANGUAGES, "language_unknown")
        values["company_name"] = self.shortened("company_name", fields.MAX_NAME)
        self._name()
        values["phones"] = self._phones()
        values["emails"] = self._emails()
        values["external_id"] = self._external_id()
        values["tags"] = self._tags()
        self._address()
        values["note"] = ", ".join(part for part in (values.get("note", ""), self.shortened("note", 4_000)) if part)
        if found_by := self.shortened("found_by", 300):
            values["found_by"] = found_by
        self._consent()
        self._own()
        self._key()
        if self.sheet.clears:
            values["blank"] = self._blank()
        return self.row

    def _blank(self) -> list[str]:
        """What the row leaves empty of what the file has columns for; a field that must be filled in stays."""
        columns = self.sheet.columns
        blank = [name for name in _CLEARABLE if name in columns and not self.text(name)]
        if any(name in columns for name in _ADDRESS) and not any(self.text(name) for name in _ADDRESS):
            blank.append("address")
        return blank + [code for code, own in self.sheet.own.items() if not (own.is_required or self.text(code))]

    def _address(self) -> None:
        """One line; where ward, district or province have columns of their own, with its parts beside it."""
        values, columns = self.row.values, self.sheet.columns
        line = self.shortened("address", fields.MAX_ADDRESS)
        values["address"] = line
        if not any(name in columns for name in _ADDRESS[1:]):
            return
        ward, district, province = (self.shortened(name, 80) for name in _ADDRESS[1:])
        if not (ward or district or province):
            return
        read = read_columns(line, ward, district, province, self.sheet.region)
        if len(read.line) > fields.MAX_ADDRESS:
            self.say("shortened", "address", limit=fields.MAX_ADDRESS)
            return
        values.update(address=read.line, address_parts=dict(read.parts), has_street=bool(line))
        if read.unknown:
            self.say(f"{read.unknown}_unknown", read.unknown, value={"ward": ward, "province": province}[read.unknown])

    def _own(self) -> None:
        """The firm's own fields; a cell that says nothing for its field leaves it as it is."""
        if not self.sheet.own:
            return
        told = self.row.values["custom"] = {}
        for code, own in self.sheet.own.items():
            if search_key(self.text(code)) in _NO_ANSWER:
                continue
            read = read_own(own.spec, self.raw(code))
            if read.problem:
                self.say(f"own_{read.problem}", code, value=self.text(code)[:80])
            elif read.value is not None:
                told[code.removeprefix(OWN)] = read.value

    def _key(self) -> None:
        """Whatever the customer is recognised by has to be there."""
        values, by = self.row.values, self.sheet.match_by
        if by == "any":
            if not (values["phones"] or values["emails"] or values["external_id"]):
                self.say("contact_missing")
        elif not values[_KEYS[by]]:
            self.say("key_missing", "external_id" if by == "number" else by)

    def _kind(self) -> str:
        found = self.known("kind", _KINDS, "kind_unknown")
        return found or Customer.Kind.PERSON.value

    def _name(self) -> None:
        """Name, given name and salutation; an organisation may be named by the company column alone."""
        values = self.row.values
        raw = self.text("full_name")
        if not raw:
            parts = [self.text("family_name"), self.text("first_name")]
            raw = " ".join(part for part in (parts if self.sheet.name_order == "family_first" else parts[::-1]) if part)
        if not raw and values["company_name"]:
            raw, values["company_name"] = values["company_name"], ""
            values["kind"] = Customer.Kind.ORGANIZATION.value
        salutation = self.known("salutation", _SALUTATIONS, "salutation_unknown")
        values["raw_name"] = raw[:200]
        if values["kind"] == Customer.Kind.ORGANIZATION:
            values.update(full_name=raw, given_name="", salutation="", company_name="")
        else:
            parsed = parse_person_name(raw, self.sheet.name_order)
            values["full_name"] = parsed.full_name
            values["given_name"] = self._given_name(parsed.full_name)
            values["salutation"] = salutation or (parsed.salutation.value if parsed.salutation else "")
            values["note"] = parsed.note
        if not values["full_name"]:
            self.say("name_missing", "full_name")
        elif len(values["full_name"]) > fields.MAX_NAME:
            self.say("name_too_long", "full_name", limit=fields.MAX_NAME)

    def _given_name(self, full_name: str) -> str:
        own = self.text("first_name")
        apart = own and self.text("family_name") and not self.text("full_name")
        if apart and full_name.lower().endswith(own.lower()) and self.sheet.name_order == "family_first":
            return full_name[-len(own) :].split()[-1][:80]
        return given_name_of(full_name, self.sheet.name_order)[:80]

    def _phones(self) -> list[list[str]]:
        """[[E.164, as received], …]"""
        text = self.text("phone")
        if search_key(text) in _NOTHING:
            return []
        found: dict[str, str] = {}
        for piece in split_phones(text) or [text]:
            phone = normalise_phone(piece, self.sheet.region)
            if phone is None:
                self.say("phone_unreadable", "phone", value=piece[:80])
                continue
            if phone.note:
                self.say(f"phone_{phone.note}", "phone", value=piece[:80])
            found.setdefault(phone.e164, piece[:254])
        return self._limited(found, "phone")

    def _emails(self) -> list[list[str]]:
        text = self.text("email")
        if search_key(text) in _NOTHING:
            return []
        found: dict[str, str] = {}
        for piece in _EMAIL_SEPARATORS.split(text):
            if not piece.strip():
                continue
            address = parse_email(piece)
            if address is None:
                self.say("email_unreadable", "email", value=piece.strip()[:80])
            else:
                found.setdefault(address, piece.strip()[:254])
        return self._limited(found, "email")

    def _limited(self, found: Mapping[str, str], name: str) -> list[list[str]]:
        if len(found) > fields.MAX_CONTACTS:
            self.say("too_many_contacts", name, limit=fields.MAX_CONTACTS)
        return [[value, raw] for value, raw in found.items()][: fields.MAX_CONTACTS]

    def _external_id(self) -> str:
        text = self.text("external_id")
        if len(text) > fields.MAX_EXTERNAL_ID:
            self.say("external_id_too_long", "external_id", limit=fields.MAX_EXTERNAL_ID)
            return ""
        return text

    def _tags(self) -> list[str]:
        found: dict[str, str] = {}
        for piece in _TAG_SEPARATORS.split(str(self.raw("tags"))):
            tag = " ".join(piece.split())
            if len(tag) > fields.MAX_TAG:
                self.say("shortened", "tags", limit=fields.MAX_TAG)
                tag = tag[: fields.MAX_TAG].strip()
            if tag:
                found.setdefault(tag.casefold(), tag)
        return list(found.values())[: fields.MAX_TAGS]

    def _consent(self) -> None:
        """Only a clear yes is a yes; only a clear no is a no; all else counts as never asked."""
        values = self.row.values
        cell = self.raw("survey_consent")
        meaning = parse_yes_no(cell)
        values["survey_consent"] = meaning
        if meaning is None:
            if self.text("survey_consent"):
                self.say("consent_unclear", "survey_consent", value=self.text("survey_consent")[:80])
            return
        stated = self.text("survey_consent_date")
        if not stated:
            return
        day = parse_day(stated)
        if day is None:
            self.say("date_unreadable", "survey_consent_date", value=stated[:80])
        elif day > self.sheet.today:
            self.say("date_in_future", "survey_consent_date", value=stated[:80])
        else:
            values["survey_consent_date"] = day.isoformat()


def column_name(headers: Sequence[str], index: int) -> str:
    """The header of a column, or its letters as a spreadsheet shows them."""
    if index < len(headers) and headers[index]:
        return headers[index]
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
