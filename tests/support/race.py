"""Several people doing something at the same moment, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from cxcrm.core.context import TenantRef
from tenants.context import enter, leave


def race(tenant: TenantRef, *calls: Callable[[], Any]) -> list[Any]:
    """Start every call at once inside ``tenant``; returns what each returned or raised, in order.

    Needs a test with real transactions.
    """
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            enter(tenant)
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            barrier.wait(timeout=30)
            return call()
        except Exception as error:  # noqa: BLE001 - whatever a call raises is its outcome
            return error
        finally:
            leave()
            connection.close()

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return list(pool.map(run, calls))
