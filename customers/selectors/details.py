"""Customers together with how to reach them, what others call them and what they agreed to, in one query."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from customers.models import Consent, ContactPoint, Customer, ExternalId


def with_details(queryset: "QuerySet[Customer]") -> "QuerySet[Customer]":
    """Adds ``contact_rows`` (preferred first), ``external_rows`` and ``consent_rows`` (the standing statement of each
    purpose), lists of plain dicts; the number of queries does not grow with the number of customers."""
    mine = {"customer": OuterRef("pk")}
    contacts = ContactPoint.objects.filter(**mine).order_by("kind", "-is_primary", "id")
    elsewhere = ExternalId.objects.filter(**mine).order_by("source", "value")
    standing = Consent.objects.filter(**mine).order_by("purpose", "-stated_at", "-id").distinct("purpose")
    return queryset.annotate(
        contact_rows=ArraySubquery(
            contacts.values(row=JSONObject(kind="kind", value="value", undeliverable_at="undeliverable_at"))
        ),
        external_rows=ArraySubquery(elsewhere.values(row=JSONObject(source="source", value="value"))),
        consent_rows=ArraySubquery(standing.values(row=JSONObject(purpose="purpose", granted="granted"))),
    )
