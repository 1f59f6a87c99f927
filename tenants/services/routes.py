"""The circuit breaker of a way out: after failures in a row it rests, longer each time, then one mail tries it.

A mail that waits for it never reaches the server and counts no attempt.
"""

import random
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from cxcrm.core.clock import db_now
from cxcrm.core.observability.scrub import scrub
from tenants.models import Route

FAILURES: Final = 5  # in a row, until the way out is left alone
REST_BASE: Final = timedelta(seconds=10)
REST_CAP: Final = timedelta(minutes=5)
# How long everybody else waits for the one mail that tries the way out again.
PROBE: Final = timedelta(seconds=75)
_NOTE_SUCCESS_EVERY: Final = timedelta(minutes=1)


def admit(name: str) -> datetime | None:
    """None when a mail may go by this way out now; else when to come back.

    When a rest is over exactly one caller is let through, and its report decides.
    """
    route = Route.objects.filter(name=name).values("open_until").first()
    if route is None or route["open_until"] is None:
        return None
    with connection.cursor() as cursor:
        probe: list[Any] = [PROBE, name]
        cursor.execute(
            """UPDATE public.tenants_route SET open_until = statement_timestamp() + %s
               WHERE name = %s AND open_until <= statement_timestamp()""",
            probe,
        )
        if cursor.rowcount == 1:
            return None
    again_at: datetime = max(route["open_until"], db_now())
    return again_at + _jitter(timedelta(seconds=10))


@transaction.atomic
def report_failure(name: str, error: str, *, hopeless: bool = False) -> None:
    """The way out failed; after ``FAILURES`` in a row, or at once when it is ``hopeless``, it is left alone."""
    Route.objects.bulk_create([Route(name=name)], ignore_conflicts=True)
    route = Route.objects.select_for_update(no_key=True).get(name=name)
    route.failures = max(route.failures + 1, FAILURES if hopeless else 0)
    route.last_error = scrub(error)[:500]
    if route.failures >= FAILURES:
        rest = min(REST_CAP, REST_BASE * 2 ** min(route.failures - FAILURES, 10))
        route.open_until = db_now() + rest / 2 + _jitter(rest / 2)
    # By its columns: a registry row refuses to be saved from inside a firm's schema.
    Route.objects.filter(pk=route.pk).update(
        failures=route.failures, last_error=route.last_error, open_until=route.open_until
    )


def report_success(name: str) -> None:
    """The way out works; written once a minute, or when it mends something."""
    at = db_now()
    if not Route.objects.filter(name=name).exists():
        Route.objects.bulk_create([Route(name=name)], ignore_conflicts=True)
    stale = Q(last_success_at=None) | Q(last_success_at__lt=at - _NOTE_SUCCESS_EVERY)
    Route.objects.filter(Q(failures__gt=0) | Q(open_until__isnull=False) | stale, name=name).update(
        failures=0, open_until=None, last_error="", last_success_at=at
    )


def close_breaker(name: str) -> bool:
    """An operator mended it: let mails through at once; True when it was left alone."""
    return bool(Route.objects.filter(name=name, open_until__isnull=False).update(failures=0, open_until=None))


def _jitter(most: timedelta) -> timedelta:
    return most * random.random()  # noqa: S311 - jitter, not a secret
