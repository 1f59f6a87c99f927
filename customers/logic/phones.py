"""Phone numbers as people type them, to E.164 and back to what may be shown."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers

LEADING_ZERO_ADDED = "leading_zero_added"
PREFIX_CONVERTED_2018 = "prefix_converted_2018"

# Vietnam's mobile renumbering of 15-9-2018: eleven digits became ten, the last seven kept (domain.md §4.3).
PREFIXES_2018 = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip

_VIETNAM = 84
# libphonenumber's own pattern of mobile numbers: most cells hold exactly one, and to ask it of each takes ten times as
# long as to read the rest of the row.
_PATTERNS: Any = phonenumbers.PhoneMetadata.metadata_for_region("VN")
_MOBILE_OF_VIETNAM = re.compile(rf"(?:0|\+84|84)?({_PATTERNS.mobile.national_number_pattern})", re.ASCII)
_MAX_CELL = 500
_SHORTEST_NUMBER = 8
_LONGEST_NUMBER = 13
_RUN = re.compile(r"[+(]*[0-9][0-9\s().-]*")
_MOBILE = re.compile(r"\+84([35789][0-9]{2})([0-9]{3})([0-9]{3})")
_SPLIT = re.compile(r"([/;,\n\r|&-])")


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid number in E.164, and what had to be mended: "" or one of the constants of this module."""

    e164: str
    note: str = ""


def normalise_phone(raw: str, region: str = "VN") -> Phone | None:
    """Return the one valid number in `raw`, or None when there is none or more than one. Never raises.

    `region` (ISO 3166) is where a number without country code belongs. In VN a lost leading zero
    (spreadsheets drop it) is put back and mobile prefixes of before 15-9-2018 are converted; `Phone.note`
    says so. Words around the number are ignored; an extension is not kept. Validity is libphonenumber's.
    """
    text = unicodedata.normalize("NFKC", raw[:_MAX_CELL]).strip()  # full-width digits too
    if region == "VN" and (mobile := _MOBILE_OF_VIETNAM.fullmatch(text)):
        return Phone(f"+84{mobile[1]}", LEADING_ZERO_ADDED if text[0] in "235789" and len(text) == 9 else "")
    if re.fullmatch(r"[0-9]{8,12}\.0", text):  # a number that went through a floating-point column
        text = text[:-2]
    runs = [run for run in _RUN.findall(text) if len(_digits(run)) >= _SHORTEST_NUMBER]
    if len(runs) != 1:
        return None
    if region == "VN":
        return _vietnamese(runs[0])
    e164 = _valid_e164(runs[0], region)
    return Phone(e164) if e164 else None


def _vietnamese(run: str) -> Phone | None:
    digits = _digits(run)
    if "+" not in run or digits.startswith("84"):
        subscriber = re.sub(r"^(?:(?:00)?84)?0?", "", digits)
        renumbered = PREFIXES_2018.get(subscriber[:3]) if len(subscriber) == 10 else None
        e164 = _valid_e164(f"0{renumbered}{subscriber[3:]}", "VN") if renumbered else None
        if e164:
            return Phone(e164, PREFIX_CONVERTED_2018)
    e164 = _valid_e164(run, "VN")
    if e164 is None:
        return None
    lost_zero = e164 == f"+84{digits}" and "+" not in run and digits[0] in "235789"
    return Phone(e164, LEADING_ZERO_ADDED if lost_zero else "")


def _valid_e164(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def split_phones(cell: str) -> list[str]:
    """Return the pieces of `cell` that look like one number each, in order, unchecked.

    Separators are / ; , | & - and new lines, and spaces where two whole numbers stand side by side; a
    separator that merely groups the digits of one number ("0912-345-678") does not split it.
    """
    if cell.isdecimal() and len(cell) <= _LONGEST_NUMBER:
        return [cell]
    parts = _SPLIT.split(cell[:_MAX_CELL])
    pieces = _group(parts[0::2], parts[1::2])
    numbers: list[str] = []
    for piece in pieces:
        if len(_digits(piece)) > _LONGEST_NUMBER:
            words = piece.split()
            numbers.extend(_group(words, [" "] * (len(words) - 1)))
        else:
            numbers.append(piece)
    return [number.strip() for number in numbers if _digits(number)]


def _group(parts: Sequence[str], separators: Sequence[str]) -> list[str]:
    """Join `parts` again wherever the digits before or after a separator are too few to be a number."""
    groups = [parts[0]] if parts else []
    for separator, part in zip(separators, parts[1:], strict=True):
        before, after = len(_digits(groups[-1])), len(_digits(part))
        if before >= 9 or (before == _SHORTEST_NUMBER and after >= _SHORTEST_NUMBER) or not before or not after:
            groups.append(part)
        else:
            groups[-1] += separator + part
    return groups


def display_phone(e164: str) -> str:
    """Return `e164` as read aloud: "0912 345 678" in Vietnam, "+65 6123 4567" elsewhere, junk unchanged."""
    if mobile := _MOBILE.fullmatch(e164):  # nearly all there are: lists show a hundred at a time
        return "0{} {} {}".format(*mobile.groups())
    number = _parsed(e164)
    if number is None:
        return e164
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if number.country_code == _VIETNAM
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style)


def mask_phone(e164: str) -> str:
    """Return `e164` fit for a mail: the beginning and the last two digits, everything between as stars.

    "+84912345678" becomes "091*****78"; of a foreign number only the country code begins it ("+65******67").
    What is not a phone number is starred whole.
    """
    number = _parsed(e164)
    if number is None:
        return "*" * len(e164)
    compact = re.sub(r"[^0-9+]", "", display_phone(e164))
    kept = 3 if number.country_code == _VIETNAM else len(f"+{number.country_code}")
    return compact[:kept] + "*" * (len(compact) - kept - 2) + compact[-2:]


def _parsed(e164: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None
