"""Purchases as a kind of rows: how a list of orders, visits or contracts is read and judged."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from customers import problems
from customers.logic.moments import parse_day, parse_moment
from customers.logic.purchase_columns import (
    KIND_WORDS,
    PURCHASES,
    STATE_WORDS,
    TELLTALES,
    parse_amount,
)
from customers.models import ImportJob, ImportRow, Purchase
from customers.selectors.matching import FILE_SOURCE, Match, matches_for
from customers.services.import_judging import left_alone
from customers.services.import_kinds import ImportKind, register
from customers.services.import_purchases_writing import undo_purchases, write_purchases
from customers.services.import_reading import CellReader, ReadRow, Sheet, read_row
from customers.services.purchases import MAX_BRANCH, MAX_CHANNEL, MAX_ITEMS, MAX_NUMBER
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import among
from cxcrm.core.money import money
from tenants.staff.selectors.firm import the_firm

Outcome = ImportRow.Outcome
# What a customer's row is refused for and a purchase's is not: whoever is known needs no name.
NAMELESS: Final = frozenset({"name_missing", "contact_missing", "key_missing"})
# Fields of a customer that a row about something else may bring.
CUSTOMER_PART: Final = ("external_id", "full_name", "family_name", "first_name", "salutation", "phone", "email")


def read_purchase(sheet: Sheet, number: int, cells: Sequence[Any]) -> ReadRow:
    """Understand one purchase; never raises, what cannot be used is a problem."""
    return _Reader(sheet, number, cells).read()


def read_whose(sheet: Sheet, number: int, cells: Sequence[Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The customer a row about something else names, and what is said about them; nobody at all is one problem."""
    columns = {field: index for field, index in sheet.columns.items() if field in CUSTOMER_PART}
    whose = read_row(
        Sheet(
            columns,
            sheet.headers,
            sheet.region,
            sheet.language,
            sheet.today,
            sheet.zone,
            sheet.currency,
            sheet.match_by,
        ),
        number,
        cells,
    )
    said = [problem for problem in whose.problems if problem["code"] not in NAMELESS]
    missing = [problem for problem in whose.problems if problem["code"] in ("contact_missing", "key_missing")]
    return whose.values, said + missing


class _Reader(CellReader):
    def read(self) -> ReadRow:
        values = self.row.values
        values["customer"], self.row.problems[:] = read_whose(self.sheet, self.row.number, self.cells)
        values["number"] = self.shortened("order_number", MAX_NUMBER)
        self._moment()
        self._covers()
        self._amount()
        values["state"] = self.known("order_state", STATE_WORDS, "state_unknown")
        values["kind"] = self.known("order_kind", KIND_WORDS, "purchase_kind_unknown")
        values["branch_name"] = self.shortened("order_branch", MAX_BRANCH)
        values["items"] = self.shortened("order_items", MAX_ITEMS)
        values["channel"] = self.shortened("order_channel", MAX_CHANNEL)
        values["note"] = self.shortened("order_note", 4_000)
        if self.sheet.clears:
            names = {
                "order_branch": "branch_name",
                "order_items": "items",
                "order_channel": "channel",
                "order_note": "note",
                "order_covers": "covers_until",
            }
            values["blank"] = [
                name for field, name in names.items() if field in self.sheet.columns and not self.text(field)
            ]
        return self.row

    def _moment(self) -> None:
        moment = read_moment(self, "order_time")
        self.row.values["occurred_at"] = moment.isoformat() if moment else ""

    def _covers(self) -> None:
        """Until what day it covers; a day before the purchase is most often a day and a month that changed places."""
        text, at = self.text("order_covers"), self.row.values["occurred_at"]
        self.row.values["covers_until"] = ""
        if not text or text == "-":
            return
        until = parse_day(self.raw("order_covers"))
        if until is None:
            self.say("cover_unreadable", "order_covers", value=text[:80])
        elif at and until < datetime.fromisoformat(at).date():
            self.say("cover_too_early", "order_covers", value=text[:80])
        else:
            self.row.values["covers_until"] = until.isoformat()

    def _amount(self) -> None:
        values, text = self.row.values, self.text("order_amount")
        values["amount"] = ""
        if not text or text == "-":
            return
        amount = parse_amount(self.raw("order_amount"), self.sheet.currency)
        if amount is None:
            self.say("amount_unreadable", "order_amount", value=text[:80])
        elif amount < 0:
            self.say("amount_negative", "order_amount", value=text[:80])
        else:
            values["amount"] = str(amount)


def read_moment(reader: CellReader, field: str) -> datetime | None:
    """The moment in a column, in the firm's time; missing, unreadable or still to come is a problem."""
    text = reader.text(field)
    if not text:
        reader.say("time_missing", field)
        return None
    naive = parse_moment(reader.raw(field))
    if naive is None:
        reader.say("time_unreadable", field, value=text[:80])
        return None
    moment = naive.replace(tzinfo=ZoneInfo(reader.sheet.zone))
    if moment > now() + timedelta(days=1):
        reader.say("time_in_future", field, value=text[:80])
        return None
    return moment


class PurchaseJudge:
    """Judges purchases in the order of the file: known by their number, else by customer, time and amount."""

    def __init__(self, job: ImportJob) -> None:
        self.job = job
        self.first: dict[str, tuple[int, str]] = {}
        self.read: Mapping[int, ReadRow] = {}

    def judge(self, batch: Mapping[int, ReadRow]) -> dict[int, str]:
        self.read = batch
        matches = matches_for([row.values["customer"] for row in batch.values()])
        numbers = {row.values["number"] for row in batch.values()} - {""}
        stored = Purchase.objects.filter(source=FILE_SOURCE, external_id__in=numbers)
        self.known = set(stored.values_list("external_id", flat=True))
        found = {number: matches.of(row.values["customer"], self.job.match_by) for number, row in batch.items()}
        self.nameless = _without_number({match.customer_id for match in found.values() if match.customer_id})
        return {number: self._outcome(row, found[number]) for number, row in batch.items()}

    def remember(self, rows: Sequence[ImportRow]) -> None:
        for row in rows:
            if row.values["number"]:
                self.first[row.values["number"]] = (row.number, row.values["amount"])

    def _outcome(self, row: ReadRow, match: Match) -> str:
        number = row.values["number"]
        if not row.is_refused:
            judge_customer(self.job, row, match)
        if not row.is_refused and number in self.first:
            return self._further_line(row, *self.first[number])
        if row.is_refused:
            return Outcome.REFUSE
        alike = (
            match.customer_id,
            datetime.fromisoformat(row.values["occurred_at"]),
            Decimal(row.values["amount"] or 0),
        )
        if not number and alike in self.nameless:
            row.problems.append({"code": "purchase_known", "column": ""})
            return Outcome.SKIP
        if left := left_alone(self.job, number in self.known):
            row.problems.append({"code": left, "column": ""})
            return Outcome.SKIP
        if number:
            self.first[number] = (row.number, row.values["amount"])
        return Outcome.UPDATE if number in self.known else Outcome.CREATE

    def _further_line(self, row: ReadRow, first: int, amount: str) -> str:
        """A second line of one order adds its items to the first; one of another amount is another order's number."""
        if row.values["amount"] not in (amount, "") or not row.values["items"]:
            row.problems.append({"code": "number_twice", "column": "", "row": first, "value": row.values["number"]})
            return Outcome.REFUSE
        row.problems.append({"code": "further_line", "column": "", "row": first})
        beside = self.read.get(first)
        if beside is not None:
            beside.values["items"] = _joined(beside.values["items"], row.values["items"])
        else:
            stored = ImportRow.objects.get(job=self.job, number=first)
            stored.values["items"] = _joined(stored.values["items"], row.values["items"])
            stored.save(update_fields=["values"])
        return Outcome.SKIP


def judge_customer(job: ImportJob, row: ReadRow, match: Match) -> None:
    """Say whom a row about something else means: somebody known, somebody to be added, or nobody it can be."""
    whose = row.values["customer"]
    if match.ambiguous:
        row.problems.append({"code": "ambiguous", "column": "", "value": match.ambiguous})
    elif match.customer_id is None and not (job.add_missing and whose["full_name"]):
        row.problems.append({"code": "customer_unknown", "column": ""})
    elif match.customer_id is None:
        row.problems.append({"code": "customer_added", "column": "", "value": whose["full_name"]})


def _joined(first: str, more: str) -> str:
    return f"{first}; {more}"[:MAX_ITEMS] if first else more


def _without_number(customer_ids: set[UUID]) -> set[tuple[UUID, datetime, Decimal]]:
    """What is known of these customers' purchases that have no number: whose, when, for how much."""
    stored = Purchase.objects.filter(customer_id__in=among(customer_ids), external_id="", source=FILE_SOURCE)
    return set(stored.values_list("customer_id", "occurred_at", "amount"))


def _worth(amount: str) -> str:
    return money(Decimal(amount), the_firm().currency) if amount else ""


def _shown(values: Mapping[str, Any]) -> tuple[str, list[str]]:
    when = values.get("occurred_at", "")
    day = f"{datetime.fromisoformat(when):%d/%m/%Y %H:%M}" if when else ""
    whose = values.get("customer", {})
    return " · ".join(part for part in (values.get("number", ""), day) if part), [
        part
        for part in (whose.get("full_name", ""), _worth(values.get("amount", "")), values.get("items", "")[:60])
        if part
    ]


PURCHASES_KIND: Final = ImportKind(
    code="purchases",
    label=_("Purchases"),
    fields={
        "order_number": _("Number of the purchase"),
        "order_time": _("When"),
        "order_covers": _("Covered until"),
        "order_amount": _("Amount"),
        "order_state": _("Paid, cancelled, …"),
        "order_kind": _("Order, visit, delivery, …"),
        "order_branch": _("Branch"),
        "order_items": _("What was bought"),
        "order_channel": _("Channel"),
        "order_note": _("Note"),
        **{field: problems.CUSTOMER_FIELDS[field] for field in CUSTOMER_PART},
    },
    vocabulary=PURCHASES,
    read=read_purchase,
    judge=PurchaseJudge,
    write=write_purchases,
    undo=undo_purchases,
    shown=_shown,
    telltales=TELLTALES,
    sentences={
        "time_missing": _("The time is missing."),
        "time_unreadable": _("“%(value)s” is no date (day/month/year, with or without a time)."),
        "time_in_future": _("“%(value)s” lies in the future."),
        "cover_unreadable": _("“%(value)s” is no day until which something is paid (day/month/year)."),
        "cover_too_early": _("“%(value)s” lies before the purchase; a plan cannot end before it was bought."),
        "amount_unreadable": _("“%(value)s” is no amount of money."),
        "amount_negative": _("“%(value)s” is less than nothing; enter a return as returned instead."),
        "state_unknown": _("“%(value)s” is no state we know; it counts as paid."),
        "purchase_kind_unknown": _("“%(value)s” is no kind we know; it counts as an order."),
        "number_twice": _("“%(value)s” stands in row %(row)s too, with another amount."),
        "further_line": _("A further line of the purchase in row %(row)s; its items were added there."),
        "purchase_known": _("This purchase is known already: same customer, time and amount."),
        "customer_unknown": _("No customer has this number, phone or e-mail address, and none is added."),
        "customer_added": _("%(value)s is new here and will be added as a customer."),
        "branch_unknown": _("“%(value)s” is none of your branches; it is kept as written."),
    },
    refusing=frozenset(
        {
            "time_missing",
            "time_unreadable",
            "time_in_future",
            "cover_unreadable",
            "cover_too_early",
            "amount_unreadable",
            "amount_negative",
            "number_twice",
            "customer_unknown",
        }
    ),
    adds_customers=True,
)
register(PURCHASES_KIND)
