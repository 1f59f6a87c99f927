"""What is said about the rows of a customer file; the codes are stored, the words chosen when shown."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

# Problems that keep a row out; every other one is a remark beside a row that is taken. Kinds of rows add theirs.
REFUSING: Final = set(
    {
        "name_missing",
        "contact_missing",
        "key_missing",
        "name_too_long",
        "external_id_too_long",
        "duplicate_row",
        "ambiguous",
        "limit_reached",
        "taken_meanwhile",
        "not_storable",
    }
)

_PROBLEMS: Final[dict[str, Any]] = {
    "name_missing": _("There is no name."),
    "contact_missing": _(
        "There is no usable phone number, e-mail address or customer number to recognise this customer by."
    ),
    "key_missing": _("This is what customers are recognised by here, and it is missing or cannot be used."),
    "exists_already": _("This one is known already; you chose only to add new ones."),
    "not_known": _("This one is not known; you chose only to update known ones."),
    "number_elsewhere": _("“%(value)s” is the number of another customer already; it was not given to this one too."),
    "kept_in_use": _("Kept, because something hangs on it since: %(uses)s."),
    "kept_changed": _("Partly kept, because it was changed since: %(fields)s."),
    "gone": _("It was removed or merged since; nothing was left to undo."),
    "name_too_long": _("The name is too long (more than %(limit)s characters)."),
    "external_id_too_long": _("The customer number is too long (more than %(limit)s characters)."),
    "duplicate_row": _("This is the same customer as in row %(row)s: “%(value)s” stands in both."),
    "ambiguous": _("Several of your customers have “%(value)s”, and none of them is clearly meant."),
    "limit_reached": _("Your plan's number of customers is reached."),
    "taken_meanwhile": _("Somebody else used “%(value)s” for another customer while this import ran."),
    "not_storable": _("This row could not be stored."),
    "phone_unreadable": _("“%(value)s” is no phone number and is left out."),
    "phone_leading_zero_added": _("“%(value)s” had lost its leading zero; it was put back."),
    "phone_prefix_converted_2018": _("“%(value)s” has a prefix of before 2018; it was changed to the one in use now."),
    "email_unreadable": _("“%(value)s” is no e-mail address and is left out."),
    "too_many_contacts": _("Only the first %(limit)s are kept."),
    "salutation_unknown": _("“%(value)s” is no salutation we know; the customer is addressed neutrally."),
    "language_unknown": _("“%(value)s” is no language we write in; your own is used."),
    "kind_unknown": _("“%(value)s” is neither a person nor an organisation; a person is assumed."),
    "consent_unclear": _("“%(value)s” is no clear yes or no; this customer counts as not asked and gets no survey."),
    "consent_withdrawn_stands": _(
        "This customer has said no since; the yes in the file does not change that unless it has a later date."
    ),
    "consent_contradicted": _("Row %(row)s is the same customer and says no to surveys; that counts."),
    "date_unreadable": _("“%(value)s” is no date (day/month/year); today is used."),
    "date_in_future": _("“%(value)s” lies in the future; today is used."),
    "ward_unknown": _(
        "“%(value)s” is no ward of this province since July 2025; the address is kept as it was written."
    ),
    "province_unknown": _("“%(value)s” is no province or city; the address is kept as it was written."),
    "own_not_a_number": _("“%(value)s” is no number and is left out."),
    "own_not_money": _("“%(value)s” is no amount of money and is left out."),
    "own_not_a_date": _("“%(value)s” is no date (day/month/year) and is left out."),
    "own_not_yes_no": _("“%(value)s” is no clear yes or no and is left out."),
    "own_unknown_choice": _("“%(value)s” is none of the choices of this field and is left out."),
    "own_too_long": _("The text is too long for this field (more than 500 characters) and is left out."),
    "own_text_invalid": _("The text holds characters that cannot be stored and is left out."),
    "shortened": _("The text was too long and is cut after %(limit)s characters."),
    "name_differs": _("This customer is called “%(value)s” here; the name stays."),
}

_WARNINGS: Final[Mapping[str, Any]] = {
    "undecodable_bytes": _(
        "Some characters of this file are damaged. Save it as “CSV UTF-8” or XLSX and upload it again."
    ),
    "columns_ignored": _("These columns are not taken: %(columns)s."),
    "consent_column_missing": _(
        "No column says who agreed to surveys. Nobody is asked because of this file; ask for consent first."
    ),
    "limit": _(
        "Your plan allows %(limit)s customers and you may add %(left)s more; %(over)s of the new ones cannot be taken."
    ),
    "room": _("Your plan allows %(limit)s customers; you may add %(left)s more."),
    "other_sheets_ignored": _("Only the first sheet is read; these are not: %(sheets)s."),
    "totals_row_dropped": _("Row %(row)s is a total and no customer; it is left out."),
    "legacy_font": _(
        "This text was written for old fonts (%(font)s): “%(example)s”. Convert it to Unicode first, "
        "or the names stay unreadable."
    ),
    "remembered": _("You took a file with these columns before; the same choice is made again. Look at it below."),
}

_REFUSALS: Final[Mapping[str, Any]] = {
    "empty": _("There are no customers in this file."),
    "too_large": _("This file is too large. At most 20 MB and 200 columns can be read; split it."),
    "too_many_rows": _("This file has more rows than can be read at once (100,000); split it."),
    "not_a_table": _("This is no table. Upload an Excel (XLSX) or CSV file."),
    "unreadable": _("This file is damaged or protected. Open it in a spreadsheet program and save it again as XLSX."),
    "no_header": _("There is no row of headers. Put a first row such as Name, Phone, E-mail above the customers."),
}

CUSTOMER_FIELDS: Final[Mapping[str, Any]] = {
    "full_name": _("Full name"),
    "family_name": _("Family name"),
    "first_name": _("Given name"),
    "salutation": _("Salutation"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "external_id": _("Customer number"),
    "kind": _("Person or organisation"),
    "company_name": _("Organisation"),
    "language": _("Language"),
    "tags": _("Tags"),
    "note": _("Note"),
    "found_by": _("How they found us"),
    "address": _("Address"),
    "ward": _("Ward or commune"),
    "district": _("District (addresses of before July 2025)"),
    "province": _("Province or city"),
    "survey_consent": _("Agreed to surveys"),
    "survey_consent_date": _("Agreed on"),
}


def explain(problem: Mapping[str, Any]) -> str:
    """One sentence on one problem of a row, with its column where it is about one."""
    if "model" in problem:
        model = apps.get_model(problem["model"])
        names = [str(model._meta.get_field(name.removesuffix("_id")).verbose_name) for name in problem["fields"]]
        problem = {**problem, "fields": names or [str(model._meta.verbose_name)]}
    sentence = _filled(_PROBLEMS, str(problem.get("code", "")), problem)
    column = problem.get("column")
    return f"{column}: {sentence}" if column else sentence


def explain_warning(warning: Mapping[str, Any]) -> str:
    """One sentence on what was noticed about the whole file."""
    code, data = str(warning.get("code", "")), warning.get("data", {})
    count = data.get("count", 0)
    if code == "title_rows_skipped":
        return ngettext(
            "%(count)s line above the headers is left out.", "%(count)s lines above the headers are left out.", count
        ) % {"count": count}
    if code == "cells_cleaned":
        return ngettext(
            "%(count)s cell held characters that cannot be stored; they were removed.",
            "%(count)s cells held characters that cannot be stored; they were removed.",
            count,
        ) % {"count": count}
    return _filled(_WARNINGS, code, data)


def explain_refusal(code: str) -> str:
    """Why the whole file was refused, and what to do."""
    return _filled(_REFUSALS, code, {})


def teach(sentences: Mapping[str, Any], refusing: Iterable[str] = ()) -> None:
    """Add what another kind of rows has to say; ``refusing`` are the codes that keep a row out."""
    _PROBLEMS.update(sentences)
    REFUSING.update(refusing)


def refuses(code: str) -> bool:
    """Does this problem keep its row out?"""
    return code in REFUSING


def _filled(sentences: Mapping[str, Any], code: str, data: Mapping[str, Any]) -> str:
    if code not in sentences:
        return code
    values = {key: ", ".join(map(_said, value)) if isinstance(value, list) else value for key, value in data.items()}
    return str(sentences[code]) % _Blank(values)


def _said(part: Any) -> str:
    """A part of a list: text as it is, or how many rows of a model."""
    if not isinstance(part, list):
        return str(part)
    label, number = part
    return f"{number} × {apps.get_model(label)._meta.verbose_name}"


class _Blank(dict[str, Any]):
    """Data of an older row may lack what a newer sentence names."""

    def __missing__(self, key: str) -> str:
        return "…"
