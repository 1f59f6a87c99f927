"""Lists of 50 customers of 100,000, complaints and responses of 20,000, beside bare WSGI with psycopg and json."""

import json
import time
from collections.abc import Iterator
from functools import partial
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


_COMPLAINTS = """
INSERT INTO feedback_complaint (id, created_at, number, customer_id, channel, state, severity, severity_reasons,
    subject, description, remedy_sought, owner_id, action_taken, received_at, reopened_count, version, is_sample)
SELECT gen_random_uuid(), c.created_at, 'KN-B-' || c.sort_key, c.id, 'api', 'received', 'S3', '[]', 'Chờ lâu',
    'Chờ quét mã QR mười phút không được.', '', (SELECT id FROM staff_user LIMIT 1), '', c.created_at, 0, 1, false
FROM customers_customer c ORDER BY c.created_at DESC LIMIT 20000
"""
_RESPONSES = """
WITH sent AS (
    INSERT INTO feedback_dispatch (id, created_at, survey_id, matched, invited, skipped)
    SELECT gen_random_uuid(), now(), id, 20000, 20000, '{}' FROM feedback_survey ORDER BY id LIMIT 1
    RETURNING id, survey_id
), asked AS (
    INSERT INTO feedback_invitation (id, created_at, dispatch_id, survey_id, customer_id, email, state, skip_reason,
        expires_at)
    SELECT gen_random_uuid(), c.created_at, sent.id, sent.survey_id, c.id, '', 'answered', '', c.created_at
    FROM sent, (SELECT * FROM customers_customer ORDER BY created_at DESC LIMIT 20000) c
    RETURNING id, survey_id, customer_id, created_at
), answered AS (
    INSERT INTO feedback_response (id, created_at, invitation_id, survey_id, customer_id, metric, score, words,
        contact_me, language, answered_at)
    SELECT gen_random_uuid(), created_at, id, survey_id, customer_id, 'nps', 9, 'Nhân viên dễ thương', false, 'vi',
        created_at
    FROM asked RETURNING id, survey_id, created_at
)
INSERT INTO feedback_answer (id, created_at, response_id, question_id, kind, number, text)
SELECT gen_random_uuid(), a.created_at, a.id, q.id, q.kind, NULL, 'Rất tốt'
FROM answered a JOIN feedback_question q ON q.survey_id = a.survey_id AND q.position > 1
"""
HOT = ("customers", "complaints", "responses")


def measure() -> Iterator[Figure]:
    from django.conf import settings
    from django.db import connection

    from cxcrm.wsgi import application
    from tenants.context import in_tenant
    from tenants.staff.services.api_keys import create_api_key

    # Every call is counted as in life; only nobody is told to wait.
    settings.API_RATE = settings.API_BURST = 1_000_000
    tenant = firm()
    with in_tenant(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        if cursor.fetchone()[0] < CUSTOMERS:
            started = time.monotonic()
            _fill(cursor)
            yield Figure(f"made {CUSTOMERS:,} customers and their feedback", time.monotonic() - started, "s")
        _key, text = create_api_key(name="bench", scopes=["customers:read", "contacts:read", "feedback:read"])

    def ask(path: str) -> bytes:
        return call(application, tenant.host, path, text)

    floor = Floor(settings.DATABASES["default"], tenant.schema_name)
    calls, deep = {}, {}
    for name in (*HOT, "search"):
        path = f"/api/v1/{name}/" if name in HOT else "/api/v1/customers/?search=nguyen%20huong"
        page = json.loads(ask(path))
        assert page["results"] == json.loads(floor.answer(name))["results"], f"the floor of {name} shows other rows"
        assert len(page["results"]) == 50, name
        calls[name] = partial(ask, path)
        calls[f"{name} floor"] = partial(call, floor.application, tenant.host, f"/{name}", "")
        deep[name] = page["next"]
        yield Figure(
            f"queries of a page of 50 of {name}", len(_statements(partial(ask, path))), "", None, "goal: at most 6"
        )
    for name in HOT:
        following = deep[name].partition(tenant.host)[2].partition("/api")[2]
        calls[f"{name} next"] = partial(ask, f"/api{following}")
    filtered = "/api/v1/customers/?kind=person&tag=vip&created_since=2020-01-01T00:00:00Z"
    assert json.loads(ask(filtered))["results"] == json.loads(floor.answer("filtered"))["results"]
    calls["filtered"] = partial(ask, filtered)
    calls["filtered floor"] = partial(call, floor.application, tenant.host, "/filtered", "")
    taken = interleaved(calls, rounds=15, each=10)
    for name in HOT:
        yield Figure(
            f"requests per second, a page of 50 {name}",
            1 / taken[name],
            "1/s",
            1 / taken[f"{name} floor"],
            "goal: at least 1.00 x; floor: WSGI, psycopg, the same content, json.dumps",
        )
    for name in HOT:
        yield Figure(
            f"the next page of {name} (floor: the first)",
            1 / taken[f"{name} next"],
            "1/s",
            1 / taken[f"{name} floor"],
            "goal: at least 1.00 x",
        )
    for name, what in (("filtered", "customers by three filters"), ("search", "search “nguyen huong”")):
        yield Figure(what, 1 / taken[name], "1/s", 1 / taken[f"{name} floor"], "goal: at least 0.55 x")


def _fill(cursor: Any) -> None:
    cursor.execute(_FILL, [CUSTOMERS])
    cursor.execute(_COMPLAINTS)
    cursor.execute(_RESPONSES)
    cursor.execute("ANALYZE")


def _statements(request: Any) -> list[str]:
    from django.db import connection

    seen: list[str] = []
    with connection.execute_wrapper(lambda run, sql, *rest: (seen.append(sql), run(sql, *rest))[1]):
        request()
    return [sql for sql in seen if ";" in sql or not sql.startswith("SET ")]


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


_MOMENT = """replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', '')"""


def _moments(*names: str) -> str:
    return ", ".join(f"{_MOMENT.format(name)} AS {name}" for name in names)


def _ids(*names: str) -> str:
    return ", ".join(f"{name}_id::text AS {name}" for name in names)


class Floor:
    """The least that answers with the same content: one query on an open connection, rows to JSON, no framework."""

    _CUSTOMERS = f"""
    SELECT id::text, kind, full_name, given_name, name_order, salutation, salutation_source, formal_title, language,
        contact_channel, contact_hours, surveys_seldom, {_ids("organization")}, contact_role,
        {_ids("referred_by", "owner", "branch")}, tags, address, street_line, ward,
        province_code, legacy_address, note, custom,
        ARRAY(SELECT p.value FROM customers_contactpoint p WHERE p.customer_id = c.id AND p.kind = 'phone'
              ORDER BY p.is_primary DESC, p.id) AS phones,
        ARRAY(SELECT p.value FROM customers_contactpoint p WHERE p.customer_id = c.id AND p.kind = 'email'
              ORDER BY p.is_primary DESC, p.id) AS emails,
        ARRAY(SELECT p.value FROM customers_contactpoint p WHERE p.customer_id = c.id
              AND p.undeliverable_at IS NOT NULL ORDER BY p.kind, p.is_primary DESC, p.id) AS undeliverable,
        (SELECT coalesce(json_object_agg(e.source, e.value), '{{}}') FROM customers_externalid e
         WHERE e.customer_id = c.id) AS external_ids,
        (SELECT coalesce(json_object_agg(s.purpose, s.granted), '{{}}') FROM (
            SELECT DISTINCT ON (purpose) purpose, granted FROM customers_consent WHERE customer_id = c.id
            ORDER BY purpose, stated_at DESC, id DESC) s) AS consents,
        version, {_moments("created_at", "updated_at")}
    FROM customers_customer c WHERE true ORDER BY c.created_at DESC, c.id DESC LIMIT 50
    """
    _COMPLAINTS = f"""
    SELECT id::text, number, {_ids("customer", "response", "touchpoint", "branch")}, channel, state, severity,
        severity_reasons, subject, description, remedy_sought, {_ids("owner", "remedy", "root_cause")}, action_taken,
        state IN ('received', 'acknowledged', 'assessed', 'investigating', 'decided', 'reopened') AS is_open,
        {_moments("received_at", "acknowledged_at", "first_contact_at", "resolved_at", "closed_at")},
        reopened_count, tags, version
    FROM feedback_complaint c ORDER BY c.received_at DESC, c.id DESC LIMIT 50
    """
    _RESPONSES = f"""
    SELECT id::text, {_ids("invitation", "survey", "customer", "touchpoint")}, metric, score, words, contact_me,
        language, {_moments("answered_at", "changed_at")}, is_imported, odd, {_moments("set_aside_at")},
        {_ids("set_aside_by")}, set_aside_because,
        (SELECT coalesce(json_agg(json_build_object('question', a.question_id, 'kind', a.kind, 'number', a.number,
            'text', a.text) ORDER BY q.position), '[]') FROM feedback_answer a JOIN feedback_question q
            ON q.id = a.question_id WHERE a.response_id = r.id) AS answers
    FROM feedback_response r ORDER BY r.answered_at DESC, r.id DESC LIMIT 50
    """

    QUERIES = {
        "customers": _CUSTOMERS,
        "filtered": _CUSTOMERS.replace(
            "true", "c.kind = 'person' AND c.tags @> '{vip}' AND c.created_at >= '2020-01-01Z'"
        ),
        "search": _CUSTOMERS.replace("true", "c.search_text LIKE '%nguyen%' AND c.search_text LIKE '%huong%'"),
        "complaints": _COMPLAINTS,
        "responses": _RESPONSES,
    }

    def __init__(self, database: dict[str, Any], schema: str) -> None:
        import psycopg
        from psycopg.rows import dict_row

        self.connection = psycopg.connect(
            host=database["HOST"], port=database["PORT"], user=database["USER"], password=database["PASSWORD"],
            dbname=database["NAME"], options=f"-c search_path={schema},public", autocommit=True, row_factory=dict_row,
        )  # fmt: skip

    def answer(self, name: str) -> bytes:
        return json.dumps({"results": self.connection.execute(self.QUERIES[name]).fetchall()}).encode()

    def application(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = self.answer(environ["PATH_INFO"].strip("/"))
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]
