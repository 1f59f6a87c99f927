"""Set a firm up now, in this process, for commands that must not wait for a worker."""

import time

from tenants.models import AgendaItem, Tenant
from tenants.services import agenda, provisioning

WAIT_SECONDS = 120.0


def run_now(tenant: Tenant) -> Tenant:
    """Provision a firm that waits for its set-up here, or wait for the worker that already does; others are ready.

    Raises TimeoutError when nobody finished within ``WAIT_SECONDS``, and whatever the set-up itself raised.
    """
    key = f"{provisioning.KIND}:{tenant.id}"
    deadline = time.monotonic() + WAIT_SECONDS
    while tenant.state != Tenant.State.ACTIVE:
        if time.monotonic() >= deadline:
            raise TimeoutError(f"firm {tenant.slug} was not ready in time")
        item = agenda.claim_one(tenant.id, key)
        if item is not None:
            provisioning.provision(tenant.id)
            agenda.finish(item)
        tenant.refresh_from_db()
        if tenant.state == Tenant.State.ACTIVE:
            break
        if AgendaItem.objects.filter(tenant=tenant, dedupe_key=key, state=AgendaItem.State.DEAD).exists():
            raise TimeoutError(f"the set-up of firm {tenant.slug} was given up; replay it on the operators' site")
        time.sleep(0.3)
    return tenant
