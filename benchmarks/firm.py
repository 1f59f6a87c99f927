"""A firm to measure in, made once per run; Django is set up on import."""

import os
from functools import cache
from io import StringIO
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxcrm.settings")
os.environ.setdefault("CXCRM_LOG_LEVEL", "ERROR")
django.setup()

from django.core.management import call_command  # noqa: E402 - after setup

from cxcrm.core.context import TenantRef  # noqa: E402
from tenants.context import leave, ref_of  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tenants.services import provisioning  # noqa: E402
from tenants.services.running import run_now  # noqa: E402


@cache
def firm(slug: str = "bench") -> TenantRef:
    """An active firm with its defaults."""
    leave()
    call_command("bootstrap", stdout=StringIO())
    tenant = Tenant.objects.filter(slug=slug).first() or provisioning.request_firm(
        name="Đo lường", slug=slug, owner_email="owner@bench.example", owner_name="Chủ Quán"
    )
    return ref_of(run_now(tenant))


def people(count: int) -> list[UUID]:
    """Customers of the entered firm who have an address and agreed to surveys."""
    from customers.models import Consent, ContactPoint, Customer

    made = Customer.objects.bulk_create(
        (
            Customer(full_name=f"Trần Thị Lan {n}", given_name="Lan", salutation="chi", salutation_source="staff")
            for n in range(count)
        ),
        batch_size=5000,
    )
    ContactPoint.objects.bulk_create(
        (
            ContactPoint(customer=one, kind="email", value=f"{one.pk.hex}@khach.example", is_primary=True)
            for one in made
        ),
        batch_size=5000,
    )
    Consent.objects.bulk_create(
        (Consent(customer=one, purpose="survey", granted=True, method="staff") for one in made), batch_size=5000
    )
    return [one.pk for one in made]
