"""One worker process, tasks of several firms in any order, some of them failing in every way: each in its own firm."""

import random
from collections.abc import Callable

import pytest
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, connection, connections

from cxcrm.core.context import TenantRef, current_tenant
from tenants.models import Tenant
from tenants.staff.models import Firm
from tenants.tasking import TenantTask
from tests.support.storm import NAMES

pytestmark = pytest.mark.django_db(transaction=True)
seen: list[tuple[str, str]] = []


def _kill() -> None:
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 1000)", [connection.connection.info.backend_pid])
    other.close()
    Firm.objects.exists()


def _raise(error: BaseException) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


def _bad_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


ENDS: dict[str, Callable[[], object]] = {
    "well": bool,
    "error": _raise(ValueError("kaputt")),
    "time is up": _raise(SoftTimeLimitExceeded()),
    "exit": _raise(SystemExit(3)),
    "bad SQL": _bad_sql,
    "killed session": _kill,
}


@shared_task(name="test.interleaved", base=TenantTask)
def look(end: str) -> None:
    seen.append((current_tenant().slug, Firm.objects.get().name))
    ENDS[end]()


@pytest.mark.parametrize("tasks", [120, pytest.param(5_000, marks=pytest.mark.faults)])
def test_each_task_is_in_its_own_firm_and_leaves_it(tasks: int, alpha: TenantRef, beta: TenantRef) -> None:
    seen.clear()
    expected = []
    for _number in range(tasks):
        firm = random.choice([alpha, beta])
        end = random.choices(list(ENDS), weights=[60, 12, 8, 8, 8, 4])[0]
        expected.append((firm.slug, NAMES[firm.slug]))
        try:
            look(str(firm.id), end)
        except (ValueError, SoftTimeLimitExceeded, SystemExit):
            pass
        except DatabaseError:
            connection.close()  # as the task that looks at the agenda does
        assert connection.schema_name == "public"
    assert seen == expected
    assert Tenant.objects.filter(slug__in=NAMES).count() == len(NAMES)
