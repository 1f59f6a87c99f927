"""Customers a demo firm has had for years, laid straight into the tables: nobody watches nine thousand imports."""

import random
from collections.abc import Sequence
from datetime import timedelta

from customers.logic.phones import normalise_phone
from customers.models import Consent, ContactPoint, Customer, ExternalId
from customers.services.indexing import index_customer
from cxcrm.core.clock import now
from cxcrm.demo.companies import address_for, custom_for
from cxcrm.demo.firms import DemoFirm
from cxcrm.demo.people import Invented
from tenants.staff.models import Branch

BATCH = 1000
YEARS = 3


def lay_customers(demo: DemoFirm, invented: Sequence[Invented]) -> None:
    """Add what an import would have made of ``invented``, dated over the last years."""
    rng = random.Random(len(invented))
    more = random.Random(len(invented) + 1)
    branches = list(Branch.objects.order_by("name"))
    source = "Mã khách hàng" if demo.language == "vi" else "Customer code"
    customers, points, numbers, consents = [], [], [], []
    for one in invented:
        since = now() - timedelta(days=rng.uniform(2, YEARS * 365))
        phone = normalise_phone(one.phone, demo.country)
        phones, emails = [phone.e164] if phone else [], [one.email] if one.email else []
        customer = Customer(
            full_name=one.full,
            raw_name=one.name,
            given_name=one.full.split()[0 if demo.language == "en" else -1],
            name_order="given_first" if demo.language == "en" else "family_first",
            salutation=one.salutation,
            salutation_source="import" if one.salutation else "",
            language=demo.language,
            branch=rng.choice(branches),
            tags=[one.tag],
            note=one.note,
            custom=custom_for(demo, more),
            created_at=since,
            **(address_for(demo, more) if more.random() < 0.6 else {}),
        )
        index_customer(customer, phones=phones, emails=emails, numbers=[one.code])
        customers.append(customer)
        for kind, values in (("phone", phones), ("email", emails)):
            points += [ContactPoint(customer=customer, kind=kind, value=value, is_primary=True) for value in values]
        numbers.append(ExternalId(customer=customer, source=source, value=one.code))
        if one.consent:
            granted = one.consent in ("Có", "Yes")
            consents.append(
                Consent(customer=customer, purpose="survey", granted=granted, method="file", stated_at=since)
            )
    for rows in (customers, points, numbers, consents):
        if rows:
            type(rows[0]).objects.bulk_create(rows, batch_size=BATCH)
