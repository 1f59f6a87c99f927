"""Locks for decisions no unique key can make: who is the same person, which fields the firm has."""

from django.db import connection

from cxcrm.core.context import current_tenant

CONTACTS = "customers.contacts"
FIELDS = "customers.fields"
REFERRALS = "customers.referrals"


def lock(name: str) -> None:
    """Wait until nobody else in this tenant holds ``name``; it is released when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_tenant().id}:{name}"])
