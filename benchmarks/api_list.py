"""The list of 50 customers of 100,000, and a search among them, beside bare WSGI with psycopg and json."""

import json
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from benchmarks.figures import Figure, interleaved
from benchmarks.firm import firm

CUSTOMERS = 100_000

_FILL = """
WITH family AS (SELECT ARRAY['Nguyễn','Trần','Lê','Phạm','Hoàng','Võ','Đặng','Bùi','Đỗ','Hồ'] AS f,
                       ARRAY['Thị','Văn','Hữu','Minh','Ngọc','Quốc','Thanh','Đức'] AS m,
                       ARRAY['Hương','Lan','Tuấn','Dũng','Hà','Phúc','Nghĩa','Trâm','Yến','Đạt','Vy','Khôi'] AS g),
made AS (
    SELECT n, gen_random_uuid() AS id, now() - n * interval '1 minute' AS at,
        f[1 + n %% 10] || ' ' || m[1 + (n / 7) %% 8] || ' ' || g[1 + (n / 3) %% 12] AS name,
        '+849' || lpad(n::text, 8, '0') AS phone, 'khach' || n || '@example.com' AS email
    FROM family, generate_series(1, %s) n
), people AS (
    INSERT INTO customers_customer (id, created_at, updated_at, kind, full_name, raw_name, given_name, name_order,
        salutation, salutation_source, formal_title, language, tags, address, note, search_text, sort_key, version,
        is_sample)
    SELECT id, at, at, 'person', name, '', split_part(name, ' ', 3), 'family_first', '', '', '', 'vi', '{vip}',
        'Quận 1', '', lower(public.unaccent(name)) || E'\\n' || email || E'\\n' || phone || E'\\n', n::text, 1, false
    FROM made
), points AS (
    INSERT INTO customers_contactpoint (id, created_at, customer_id, kind, value, raw, is_primary)
    SELECT gen_random_uuid(), at, id, k, CASE k WHEN 'phone' THEN phone ELSE email END, '', true
    FROM made, unnest(ARRAY['phone', 'email']) k
)
INSERT INTO customers_consent (id, created_at, customer_id, purpose, granted, method, evidence, text_version, stated_at)
SELECT gen_random_uuid(), at, id, 'survey', n %% 3 > 0, 'file', '', '', at FROM made
"""


def measure() -> Iterator[Figure]:
    from django.conf import settings
    from django.db import connection

    from cxcrm.wsgi import application
    from tenants.context import in_tenant
    from tenants.staff.services.api_keys import create_api_key

    tenant = firm()
    with in_tenant(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        if cursor.fetchone()[0] < CUSTOMERS:
            started = time.monotonic()
            cursor.execute(_FILL, [CUSTOMERS])
            cursor.execute("ANALYZE")
            yield Figure(f"made {CUSTOMERS:,} customers", time.monotonic() - started, "s")
        _key, text = create_api_key(name="bench", scopes=["customers:read"])

    def ask(path: str) -> bytes:
        return call(application, tenant.host, path, text)

    page = json.loads(ask("/api/v1/customers/"))
    assert len(page["results"]) == 50, page
    seen: list[str] = []
    with connection.execute_wrapper(lambda run, sql, *rest: (seen.append(sql), run(sql, *rest))[1]):
        ask("/api/v1/customers/")
    statements = [sql for sql in seen if not sql.startswith("SET ")]
    yield Figure("queries of a page of 50", len(statements), "", None, "goal: at most 6")

    floor = Floor(settings.DATABASES["default"], tenant.schema_name)
    search = "/api/v1/customers/?search=nguyen%20huong"
    assert json.loads(ask(search))["results"]
    deep = page["next"].partition(tenant.host)[2].partition("/api")[2]
    taken = interleaved(
        {
            "list": lambda: ask("/api/v1/customers/"),
            "next": lambda: ask(f"/api{deep}"),
            "floor": lambda: call(floor.application, tenant.host, "/", ""),
            "search": lambda: ask(search),
            "search floor": lambda: call(floor.search, tenant.host, "/", ""),
        },
        rounds=9,
        each=20,
    )
    yield Figure(
        "a page of 50", taken["list"] * 1e3, "ms", taken["floor"] * 1e3, "floor: psycopg, the same rows, json.dumps"
    )
    yield Figure("requests per second on one thread", 1 / taken["list"], "1/s", 1 / taken["floor"])
    yield Figure("the next page", taken["next"] * 1e3, "ms", taken["floor"] * 1e3)
    yield Figure("search “nguyen huong”", taken["search"] * 1e3, "ms", taken["search floor"] * 1e3)


def call(application: Any, host: str, path: str, key: str) -> bytes:
    """One request to a WSGI application in this process; the whole body."""
    address, _question, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": address, "QUERY_STRING": query, "HTTP_HOST": host,
        "SERVER_NAME": host, "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(), "wsgi.errors": BytesIO(),
        "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        "HTTP_AUTHORIZATION": f"Bearer {key}",
    }  # fmt: skip
    status: list[str] = []
    response = application(environ, lambda code, _headers, *_rest: status.append(code))
    try:
        body = b"".join(response)
    finally:
        getattr(response, "close", lambda: None)()
    assert status[0].startswith("200"), (status, body[:500])
    return body


class Floor:
    """The least that answers: one query on an open connection, rows to JSON, no framework."""

    _ROWS = """
    SELECT c.id::text, c.kind, c.full_name, c.given_name, c.name_order, c.salutation, c.salutation_source,
        c.formal_title, c.language, c.organization_id::text, c.owner_id::text, c.branch_id::text, c.tags, c.address,
        c.note, c.version, c.created_at::text, c.updated_at::text,
        ARRAY(SELECT json_build_object('kind', p.kind, 'value', p.value) FROM customers_contactpoint p
              WHERE p.customer_id = c.id ORDER BY p.kind) AS contacts,
        ARRAY(SELECT json_build_object('purpose', s.purpose, 'granted', s.granted) FROM customers_consent s
              WHERE s.customer_id = c.id) AS consents
    FROM customers_customer c {} ORDER BY c.created_at DESC, c.id DESC LIMIT 50
    """

    def __init__(self, database: dict[str, Any], schema: str) -> None:
        import psycopg
        from psycopg.rows import dict_row

        self.connection = psycopg.connect(
            host=database["HOST"], port=database["PORT"], user=database["USER"], password=database["PASSWORD"],
            dbname=database["NAME"], options=f"-c search_path={schema},public", autocommit=True, row_factory=dict_row,
        )  # fmt: skip

    def application(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        return self._answer("", start_response)

    def search(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        return self._answer("WHERE c.search_text LIKE '%nguyen%' AND c.search_text LIKE '%huong%'", start_response)

    def _answer(self, where: str, start_response: Any) -> list[bytes]:
        rows = self.connection.execute(self._ROWS.format(where)).fetchall()
        body = json.dumps({"results": rows}).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]
