"""The admin's lists as a browser gets them: customers of 1,000,000 beside the API's list, complaints of 100,000."""

import os
import time
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

from benchmarks.api_list import _statements
from benchmarks.api_list import call as call_api
from benchmarks.figures import Figure, interleaved
from benchmarks.firm import firm
from benchmarks.search import _FILL

CUSTOMERS = int(os.environ.get("CXCRM_BENCH_CUSTOMERS", "1000000"))
COMPLAINTS = int(os.environ.get("CXCRM_BENCH_COMPLAINTS", "100000"))
# One in fifty is open, as at a desk that keeps up.
OPEN_EVERY = 50

_POINTS = """
INSERT INTO customers_contactpoint (id, created_at, customer_id, kind, value, raw, is_primary)
SELECT gen_random_uuid(), created_at, id, k, CASE k WHEN 'phone' THEN '+849' || lpad(n::text, 8, '0')
    ELSE 'khach' || n || '@example.com' END, '', true
FROM (SELECT *, row_number() OVER (ORDER BY created_at DESC) AS n FROM customers_customer
      ORDER BY created_at DESC LIMIT 1000) newest, unnest(ARRAY['phone', 'email']) k
"""
_COMPLAINTS = """
WITH cause AS (SELECT id FROM feedback_rootcause LIMIT 1), owner AS (SELECT id FROM staff_user LIMIT 1),
made AS (
    INSERT INTO feedback_complaint (id, created_at, number, customer_id, touchpoint_id, channel, state, severity,
        severity_reasons, subject, description, remedy_sought, owner_id, root_cause_id, action_taken, received_at,
        resolved_at, closed_at, reopened_count, version, is_sample)
    SELECT gen_random_uuid(), at, 'KN-B-' || n, c.id,
        (SELECT id FROM journeys_touchpoint ORDER BY id OFFSET n %% 5 LIMIT 1), 'staff',
        CASE WHEN n %% %(every)s = 0 THEN 'investigating' ELSE 'closed_confirmed' END, 'S3', '[]', 'Chờ lâu',
        'Chờ quét mã QR mười phút không được.', '', (SELECT id FROM owner),
        CASE WHEN n %% %(every)s > 0 THEN (SELECT id FROM cause) END, 'Đã xong', at,
        CASE WHEN n %% %(every)s > 0 THEN at + interval '1 day' END,
        CASE WHEN n %% %(every)s > 0 THEN at + interval '2 days' END, 0, 1, false
    FROM (SELECT n, now() - n * interval '5 minutes' AS at FROM generate_series(1, %(count)s::bigint) n) t
    JOIN (SELECT id, row_number() OVER (ORDER BY created_at DESC) AS place FROM customers_customer
          ORDER BY created_at DESC LIMIT 1000) c ON c.place = 1 + n %% 1000
    RETURNING id, received_at, closed_at
)
INSERT INTO workflows_slaclock (id, created_at, complaint_id, kind, run, state, started_at, due_at, stopped_at)
SELECT gen_random_uuid(), received_at, id, 'resolve', 1, CASE WHEN closed_at IS NULL THEN 'running' ELSE 'met' END,
    received_at, received_at + interval '3 days', closed_at FROM made
"""


def fill(customers: int, complaints: int) -> Iterator[Figure]:
    """The entered firm with as many; made once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        if cursor.fetchone()[0] < customers:
            started = time.monotonic()
            cursor.execute(_FILL, [customers])
            cursor.execute(_POINTS)
            cursor.execute(_COMPLAINTS, {"count": complaints, "every": OPEN_EVERY})
            cursor.execute("ANALYZE")
            what = f"made {customers:,} customers and {complaints:,} complaints"
            yield Figure(what, time.monotonic() - started, "s")


def session_of(host: str) -> str:
    """The cookie header of the firm's owner, logged in; inside the firm."""
    from django.test import Client

    from tenants.staff.models import User

    client = Client(HTTP_HOST=host)
    client.force_login(User.objects.order_by("created_at").first())
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def call(application: Any, host: str, path: str, cookie: str) -> bytes:
    """One page to a WSGI application in this process; the whole body."""
    address, _question, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": address, "QUERY_STRING": query, "HTTP_HOST": host,
        "SERVER_NAME": host, "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(), "wsgi.errors": BytesIO(),
        "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False, "HTTP_COOKIE": cookie,
    }  # fmt: skip
    status: list[str] = []
    response = application(environ, lambda code, _headers, *_rest: status.append(code))
    try:
        body = b"".join(response)
    finally:
        getattr(response, "close", lambda: None)()
    assert status[0].startswith("200"), (status, body[:300])
    return body


def measure() -> Iterator[Figure]:
    from django.conf import settings

    from cxcrm.wsgi import application
    from tenants.context import in_tenant
    from tenants.staff.services.api_keys import create_api_key

    settings.API_RATE = settings.API_BURST = 1_000_000
    tenant = firm("lists")
    with in_tenant(tenant):
        yield from fill(CUSTOMERS, COMPLAINTS)
        _key, text = create_api_key(name="bench", scopes=["customers:read", "contacts:read", "feedback:read"])
        cookie = session_of(tenant.host)
    page = partial(call, application, tenant.host, cookie=cookie)
    pages = {
        "customers": "/admin/customers/customer/",
        "customers, searched": "/admin/customers/customer/?q=hoang+ngoc",
        "complaints, open": "/admin/feedback/complaint/",
        "complaints, all": "/admin/feedback/complaint/?show=all",
        "the board": "/admin/feedback/complaint/board/",
    }
    for name, path in pages.items():
        asked = _statements(partial(page, path))
        yield Figure(f"queries of {name}", len(asked), "")
        if os.environ.get("CXCRM_BENCH_SHOW"):
            print("\n".join(asked))
    floors = {"customers": "/api/v1/customers/", "complaints": "/api/v1/complaints/"}
    calls: dict[str, Any] = {name: partial(page, path) for name, path in pages.items()}
    calls |= {f"api {name}": partial(call_api, application, tenant.host, path, text) for name, path in floors.items()}
    taken = interleaved(calls, rounds=7, each=3)
    for name in pages:
        floor = taken["api customers" if name.startswith("customers") else "api complaints"] * 1e3
        goal = "goal: at most 3.00 x; floor: the API's list" if name == "customers" else ""
        yield Figure(f"{name}, server time", taken[name] * 1e3, "ms", floor, goal)
