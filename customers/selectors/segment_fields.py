"""What customers may be asked by in a segment; the floors above add what they know of them.

One catalogue for the whole product: whatever picks out customers by a rule picks them out by these.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DecimalField,
    Func,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Collate
from django.db.models.lookups import Exact, Regex
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.logic.addresses import province_name, provinces
from customers.models import Consent, Customer, CustomerHealth, CustomField, Fact, Purchase
from customers.selectors.custom_fields import custom_fields
from cxcrm.core.conditions.asking import Filled, Has, Kind, OneOf, Test
from cxcrm.core.conditions.fields import Catalogue, Choices, Field
from cxcrm.core.conditions.sources import Asking, Column, Computed, Figure, LastDay, LatestDay, Several, newest
from tenants.staff.models import Branch, User
from tenants.staff.selectors.firm import firm_today, firm_zone, the_firm

OWN: Final = "own."
CUSTOMER, PURCHASES, OWN_FIELDS = _("Customer"), _("Purchases"), _("Fields of your own")
FORECAST = _("Forecast")


def asking(only: Iterable[Any] | None = None) -> Asking:
    """Today on the firm's calendar; of everybody, or of the customers ``only``."""
    return Asking(firm_today(), firm_zone(), None if only is None else tuple(only))


def _branches() -> Choices:
    return [(str(pk), name) for pk, name in Branch.objects.order_by("name").values_list("pk", "name")]


def _kinds() -> Choices:
    return Customer.Kind.choices


def _owners() -> Choices:
    return [(str(pk), name) for pk, name in User.objects.working().order_by("full_name").values_list("pk", "full_name")]


def _provinces() -> Choices:
    return [(code, province_name(code)) for code in provinces()]


def _bought() -> QuerySet[Purchase]:
    return Purchase.objects.filter(state__in=Purchase.COUNTED)


def _spent() -> QuerySet[Purchase]:
    """Amounts are only added up in the firm's own currency."""
    return _bought().filter(currency=the_firm().currency)


def _consents(purpose: str) -> QuerySet[Consent]:
    return Consent.objects.filter(purpose=purpose)


def _ways(kind: str) -> QuerySet[Fact]:
    """What is known of how customers came."""
    return Fact.objects.known().filter(kind=kind).exclude(way="")


def _came(kind: str) -> Any:
    rows = partial(_ways, kind)
    return Figure(rows, moment="confirmed_at", figure=newest("way", "confirmed_at", CharField()))


def _referrals() -> QuerySet[Customer]:
    return Customer.objects.filter(referred_by__isnull=False)


def _agreed(purpose: str) -> Any:
    rows = partial(_consents, purpose)
    return Figure(rows, moment="stated_at", figure=newest("granted", "stated_at", BooleanField()))


CUSTOMER_FIELDS: Final = Catalogue()
CUSTOMER_FIELDS.add(
    Field("tags", _("tags"), Kind.TAGS, Column("tags", is_array=True), CUSTOMER),
    Field("branch", _("home branch"), Kind.CHOICE, Column("branch_id"), CUSTOMER, choices=_branches),
    Field("kind", _("kind"), Kind.CHOICE, Column("kind", is_text=True), CUSTOMER, choices=_kinds),
    Field(
        "province", _("province or city"), Kind.CHOICE, Column("province_code", is_text=True), CUSTOMER,
        choices=_provinces,
    ),
    Field("ward", _("ward or commune"), Kind.TEXT, Column("ward", is_text=True), CUSTOMER),
    Field(
        "language", _("language"), Kind.CHOICE, Column("language", is_text=True), CUSTOMER,
        choices=lambda: [("vi", _("Vietnamese")), ("en", _("English"))],
    ),
    Field(
        "contact_role", _("role there"), Kind.CHOICE, Column("contact_role", is_text=True), CUSTOMER,
        choices=lambda: Customer.ContactRole.choices,
    ),
    Field("owner", _("in charge"), Kind.CHOICE, Column("owner_id"), CUSTOMER, choices=_owners),
    Field(
        "found_by", _("how they found us"), Kind.CHOICE, _came(Fact.Kind.FIRST_SOURCE), CUSTOMER,
        choices=lambda: Fact.Way.choices,
    ),
    Field(
        "convinced_by", _("what made them come the first time"), Kind.CHOICE, _came(Fact.Kind.CONVINCED_BY), CUSTOMER,
        choices=lambda: Fact.Way.choices,
    ),
    Field(
        "brought", _("brought other customers"), Kind.COUNT,
        Figure(_referrals, figure=Count("pk"), missing=0, is_count=True, owner="referred_by_id"), CUSTOMER,
    ),
    Field(
        "contact_channel", _("likes to be reached by"), Kind.CHOICE, Column("contact_channel", is_text=True), CUSTOMER,
        choices=lambda: Customer.ContactChannel.choices,
    ),
    Field("since", _("customer since"), Kind.DAY, Column("created_at", is_moment=True), CUSTOMER),
    Field("consent.survey", _("agreed to surveys"), Kind.YES_NO, _agreed(Consent.Purpose.SURVEY), CUSTOMER),
    Field("consent.marketing", _("agreed to advertising"), Kind.YES_NO, _agreed(Consent.Purpose.MARKETING), CUSTOMER),
    Field(
        "purchases.count", _("number of purchases"), Kind.COUNT,
        Figure(_bought, figure=Count("pk"), missing=0, is_count=True), PURCHASES, has_window=True,
    ),
    Field(
        "purchases.spent", _("money spent"), Kind.MONEY,
        Figure(_spent, figure=Sum("amount"), missing=Decimal(0)), PURCHASES, has_window=True,
    ),
    Field("purchases.last", _("last purchase"), Kind.DAY, LastDay(_bought), PURCHASES),
    Field(
        "purchases.covered_until", _("covered until"), Kind.DAY, LatestDay(_bought, column="covers_until"), PURCHASES,
    ),
    Field(
        "purchases.branches", _("bought at"), Kind.TAGS, Several(_bought, column="branch_id"), PURCHASES,
        choices=_branches, has_window=True,
    ),
    Field(
        "purchases.items", _("what was bought"), Kind.WORDS, Several(_bought, column="items", is_text=True), PURCHASES,
        has_window=True, is_free_text=True,
    ),
    Field("health", _("health (0–100)"), Kind.NUMBER, Column("health__health"), FORECAST),
    Field(
        "health.band", _("band of health"), Kind.CHOICE, Column("health__band", is_text=True), FORECAST,
        choices=lambda: CustomerHealth.Band.choices,
    ),
    Field(
        "purchases.channel", _("how they bought"), Kind.WORDS, Several(_bought, column="channel", is_text=True),
        PURCHASES, has_window=True,
    ),
)  # fmt: skip


class OwnValue:
    """A value of a field of the firm's own with choices, found by the index on all of them."""

    def __init__(self, key: str, *, several: bool = False) -> None:
        self.key, self.several = key, several

    def where(self, test: Test, asking: Asking, days: int | None = None) -> Q:
        found = Q(pk__in=[])
        match test:
            case Filled():
                return Q(custom__has_key=self.key) & ~Q(custom__contains={self.key: None}) & ~self._empty
            case OneOf(values):
                for value in values:
                    found |= Q(custom__contains={self.key: value})
                return found
            case Has(values, every):
                if every:
                    return Q(custom__contains={self.key: list(values)})
                for value in values:
                    found |= Q(custom__contains={self.key: [value]})
                return found
            case _:
                raise TypeError(f"{test} of a choice")

    @property
    def _empty(self) -> Q:
        """Nothing chosen is written as an empty list; a list contains it always, so it is asked for as a whole."""
        return Q(**{f"custom__{self.key}": []}) if self.several else Q(custom__contains={self.key: ""})

    def read(self, rows: QuerySet[Any], asking: Asking, days: int | None = None) -> dict[Any, Any]:
        found = rows.order_by().values_list("pk", "custom")
        return {pk: custom[self.key] for pk, custom in found if custom.get(self.key) is not None}


def _own_text(key: str) -> Any:
    return Case(When(~Exact(KeyTextTransform(key, "custom"), ""), then=KeyTextTransform(key, "custom")))


def _own_number(key: str) -> Any:
    """A number; what is none (of a field that was something else once) is no value."""
    is_number = Exact(
        Func(KeyTransform(key, "custom"), function="jsonb_typeof", output_field=TextField()), Value("number")
    )
    number = Func(
        KeyTextTransform(key, "custom"),
        template="(%(expressions)s)::numeric",
        output_field=DecimalField(max_digits=40, decimal_places=10),
    )
    return Case(When(is_number, then=number))


def _own_day(key: str) -> Any:
    """A day as year-month-day, compared as the text it is."""
    written = KeyTextTransform(key, "custom")
    is_day = Regex(written, r"^\d{4}-\d{2}-\d{2}$")
    return Case(When(is_day, then=Collate(written, "C")), output_field=CharField())


def _own_source(field: CustomField) -> tuple[Kind, Any]:
    kind, key = field.kind, field.key
    if kind == CustomField.Kind.NUMBER:
        return Kind.NUMBER, Computed(partial(_own_number, key), Decimal)
    if kind == CustomField.Kind.MONEY:
        return Kind.MONEY, Computed(partial(_own_number, key), Decimal)
    if kind == CustomField.Kind.DATE:
        return Kind.DAY, Computed(partial(_own_day, key), date.fromisoformat)
    if kind == CustomField.Kind.YES_NO:
        return Kind.YES_NO, OwnValue(key)
    if kind == CustomField.Kind.CHOICE:
        return Kind.CHOICE, OwnValue(key)
    if kind == CustomField.Kind.CHOICES:
        return Kind.TAGS, OwnValue(key, several=True)
    return Kind.TEXT, Computed(partial(_own_text, key))


def _words_of(field: CustomField) -> Choices:
    return [(one["value"], one["en" if get_language() == "en" else "vi"]) for one in field.choices]


@CUSTOMER_FIELDS.provide
def own_fields() -> list[Field]:
    """The firm's own fields in use."""
    found = []
    for field in custom_fields():
        kind, source = _own_source(field)
        choices = partial(_words_of, field) if field.choices else None
        is_text = kind is Kind.TEXT
        found.append(
            Field(f"{OWN}{field.key}", str(field), kind, source, OWN_FIELDS, choices=choices, is_free_text=is_text)
        )
    return found
