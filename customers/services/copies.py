"""A customer's own data as one readable text, to be handed to them; that it was taken is written down."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers.errors import CustomerIsErased, CustomerNotFound
from customers.exports import CUSTOMER_PREFETCH, CUSTOMER_RELATED, customer_columns
from customers.models import Consent, Customer, Fact, Interaction, Purchase
from customers.services.interactions import record_interaction
from customers.timeline import describe
from cxcrm.core.events import publish
from cxcrm.core.exports.taking import ListExported
from cxcrm.core.language import speaking
from cxcrm.core.money import money
from tenants.staff.selectors.firm import firm_zone, the_firm

# What a floor above has of a customer: a title and lines, said in the active language.
Part = Callable[[UUID], tuple[str, list[str]]]
_parts: list[Part] = []


def hands_out(part: Part) -> Part:
    """Register what a floor above adds to a copy, once at start-up."""
    if part not in _parts:
        _parts.append(part)
    return part


@transaction.atomic
def take_copy(*, customer_id: UUID) -> str:
    """What is known of a customer, in their language: their file, consents, purchases, what they told, what was said
    between us. Guesses of ours and notes between colleagues are not theirs. Raises CustomerNotFound, CustomerIsErased.
    """
    found = Customer.objects.select_related(*CUSTOMER_RELATED).prefetch_related(*CUSTOMER_PREFETCH)
    customer = found.filter(pk=customer_id).first()
    if customer is None:
        raise CustomerNotFound
    if customer.erased_at is not None:
        raise CustomerIsErased
    with speaking(customer.language), timezone.override(firm_zone()):
        text = "\n".join(_lines(customer)) + "\n"
    record_interaction(customer_id=customer.pk, kind=Interaction.Kind.CONSENT, what="data.copied")
    publish(ListExported(model="customers.customer", file_format="txt", rows=1, filters=str(customer.pk)))
    return text


def _lines(customer: Customer) -> Iterator[str]:
    yield f"{the_firm().brand} – {customer.full_name}"
    yield from _part(_("What we know of you"))
    for column in customer_columns():
        value = column.cell(customer)
        if value not in ("", None, []):
            yield f"{capfirst(str(column.label))}: {value}"
    yield from _part(_("What you agreed to"))
    for consent in Consent.objects.filter(customer=customer):
        said = _("yes") if consent.granted else _("no")
        yield f"{at(consent.stated_at)} · {capfirst(consent.get_purpose_display())}: {said}"
    yield from _part(_("What you bought"))
    for row in Purchase.objects.filter(customer=customer):
        yield f"{at(row.occurred_at)} · {row.items or row} · {money(row.amount, row.currency)}"
    yield from _part(_("What you told us"))
    for fact in Fact.objects.known().filter(customer=customer):
        yield f"{at(fact.stated_at)} · {capfirst(fact.get_kind_display())}: {fact.text}"
    yield from _part(_("What was said between us"))
    between = Interaction.objects.filter(customer=customer).exclude(direction=Interaction.Direction.INTERNAL)
    for entry in between:
        yield " · ".join(part for part in (at(entry.occurred_at), describe(entry), entry.body) if part)
    for part in _parts:
        title, lines = part(customer.pk)
        yield from _part(title)
        yield from lines


def _part(title: str) -> tuple[str, str]:
    return "", f"== {title} =="


def at(moment: Any) -> str:
    """A moment as it stands before each line."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
