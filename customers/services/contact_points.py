"""Phones, addresses and numbers elsewhere of a customer: checked, and made what they should be."""

from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction

from customers.errors import ExternalIdTaken
from customers.models import ContactPoint, Customer, ExternalId
from customers.services import fields
from tenants.staff.models import Firm


def checked_points(
    firm: Firm, phones: Iterable[str] | None, emails: Iterable[str] | None
) -> dict[ContactPoint.Kind, dict[str, str]]:
    """Checked contact points of the kinds that were given: value → as received."""
    found = {}
    if phones is not None:
        found[ContactPoint.Kind.PHONE] = fields.phones(phones, firm.country)
    if emails is not None:
        found[ContactPoint.Kind.EMAIL] = fields.emails(emails)
    return found


def set_points(customer: Customer, kind: ContactPoint.Kind, wanted: Mapping[str, str]) -> bool:
    """Make ``wanted`` the customer's contact points of ``kind``, the first preferred; True when that changed any.

    Points that stay keep their row, and so what is known of them: an address refused before stays refused.
    """
    stored = {point.value: point for point in customer.contact_points.filter(kind=kind)}
    preferred = next(iter(wanted), None)
    before = next((value for value, point in stored.items() if point.is_primary), None)
    if stored.keys() == wanted.keys() and before == preferred:
        return False
    points = customer.contact_points.filter(kind=kind)
    points.exclude(value__in=list(wanted)).delete()
    points.update(is_primary=False)
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=customer, kind=kind, value=value, raw=raw, is_primary=False)
        for value, raw in wanted.items()
        if value not in stored
    )
    points.filter(value=preferred).update(is_primary=True)
    return True


def set_external_ids(customer: Customer, wanted: Mapping[str, str]) -> bool:
    """Make ``wanted`` the customer's numbers elsewhere; True when that changed any. Raises ExternalIdTaken."""
    stored = {(number.source, number.value): number for number in customer.external_ids.all()}
    if stored.keys() == set(wanted.items()):
        return False
    gone = [number.pk for key, number in stored.items() if key not in set(wanted.items())]
    customer.external_ids.filter(pk__in=gone).delete()
    for source, value in wanted.items():
        if (source, value) in stored:
            continue
        try:
            with transaction.atomic():
                ExternalId.objects.create(customer=customer, source=source, value=value)
        except IntegrityError as error:
            raise ExternalIdTaken(field="external_ids", source=source, value=value) from error
    return True
