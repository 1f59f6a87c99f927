"""Whatever strangers send, the answer is a refusal in the one shape, never a fault, and nothing is stored."""

import gzip
import json
import string
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxcrm.core.context import TenantRef
from tests.api.conftest import JSON, World
from tests.api.endpoint import a_file
from tests.api.endpoints import ENDPOINTS
from tests.api.test_scopes import rows, undone
from tests.support.matrix import today

WRITES = [e for e in ENDPOINTS if e.method in ("POST", "PATCH") and e.body is not a_file]
C = "/api/v1/customers/"
FORM = "multipart/form-data; boundary=x"

# Bodies no address may take, as bytes on the wire.
NASTY: dict[str, bytes] = {
    "empty object key": b'{"": 1}',
    "nothing but a brace": b"{",
    "a list": b"[]",
    "a string": b'"x"',
    "a number": b"42",
    "null": b"null",
    "true": b"true",
    "not json": b"full_name=An",
    "xml": b"<?xml version='1.0'?><a/>",
    "single quotes": b"{'full_name': 'An'}",
    "trailing comma": b'{"full_name": "An",}',
    "two documents": b"{}{}",
    "comment": b'{/* */"full_name": "An"}',
    "NaN": b'{"full_name": NaN}',
    "Infinity": b'{"full_name": Infinity}',
    "minus Infinity": b'{"full_name": -Infinity}',
    "infinite by exponent": b'{"full_name": 1e999}',
    "integer of 5,000 digits": b'{"full_name": ' + b"9" * 5000 + b"}",
    "integer beyond 64 bits": b'{"full_name": 9223372036854775808}',
    "NUL escaped": b'{"full_name": "A\\u0000n"}',
    "NUL raw": b'{"full_name": "A\x00n"}',
    "NUL in a key": b'{"full\\u0000name": "An"}',
    "NUL deep inside": b'{"x": [{"y": ["\\u0000"]}]}',
    "lone high surrogate": b'{"full_name": "\\ud800"}',
    "lone low surrogate": b'{"full_name": "\\udc00x"}',
    "surrogate in a key": b'{"\\ud800": 1}',
    "raw surrogate bytes": b'{"full_name": "\xed\xa0\x80"}',
    "Latin-1": b'{"full_name": "\xe9"}',
    "UTF-16": '{"full_name": "An"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"full_name": "An"}',
    "overlong encoding": b'{"full_name": "\xc0\x80"}',
    "twin keys": b'{"full_name": "An", "full_name": "Binh"}',
    "100,000 lists deep": b"[" * 100_000,
    "100,000 objects deep": b'{"a":' * 100_000,
    "33 levels": b'{"a":' + b"[" * 32 + b"1" + b"]" * 32 + b"}",
    "very many values": b'{"a": [' + b"1," * 30_000 + b"1]}",
    "1.5 MiB of text": b'{"full_name": "' + b"x" * 1_500_000 + b'"}',
    "1.5 MiB of spaces": b" " * 1_500_000,
    "raw control character": b'{"full_name": "A\x01n"}',
    "bad escape": b'{"full_name": "\\x41"}',
    "cut in an escape": b'{"full_name": "\\u12"}',
    "unterminated": b'{"full_name": "An',
    "unterminated after 200,000 escapes": b'{"a": "' + b'\\"' * 200_000,
    "prototype": b'{"__proto__": {"a": 1}}',
    "every field unknown": b'{"is_superuser": true, "tenant": 1, "schema_name": "public", "pk": 1}',
}
# Values for any field that is there.
WRONG: list[Any] = [None, True, 2**63 - 1, 1.5, " ", "\u202e", "x" * 20_000, [None], {"a": None}]


def _refused(response: Any) -> bool:
    if not 400 <= response.status_code < 500:
        return False
    body = response.json()
    return set(body) == {"code", "message", "data"} and isinstance(body["message"], str)


def test_the_corpus_is_large_enough() -> None:
    assert len(NASTY) >= 40


@pytest.mark.parametrize("share", [40, pytest.param(1, marks=pytest.mark.faults)])
def test_nasty_bodies_are_refused_everywhere(api: Client, alpha: TenantRef, world: World, share: int) -> None:
    before = rows(alpha)
    found = {}
    # Every day each body at a few addresses, beginning at another one each time.
    for turn, (name, body) in enumerate(NASTY.items(), today()):
        for endpoint in WRITES[turn % share :: share]:
            response = api.generic(endpoint.method, endpoint.url(world), body, JSON)
            if not _refused(response):
                found[f"{name}: {endpoint}"] = (response.status_code, response.content[:200])
    assert found == {}
    assert rows(alpha) == before


@pytest.mark.parametrize("share", [12, pytest.param(1, marks=pytest.mark.faults)])
def test_wrong_values_never_break_anything(api: Client, alpha: TenantRef, world: World, share: int) -> None:
    """Each field in turn holds something it should not; taken or refused, but never a fault."""
    found = {}
    for turn, endpoint in enumerate(WRITES):
        good = endpoint.body(world) if endpoint.body else {}
        for number, field in enumerate(good):
            for value in WRONG[(turn + number + today()) % share :: share]:
                body = json.dumps({**good, field: value}).encode()
                with undone():
                    response = api.generic(endpoint.method, endpoint.url(world), body, JSON)
                if response.status_code >= 400 and not _refused(response):
                    found[f"{endpoint}: {field} = {str(value)[:40]}"] = (response.status_code, response.content[:200])
    assert found == {}


_keys = st.text(string.ascii_lowercase + "_", max_size=12) | st.sampled_from(
    ["full_name", "phones", "emails", "tags", "external_ids", "owner", "language", "note", "kind", "version"]
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(_keys, _values, max_size=6))
def test_any_json_makes_a_customer_or_a_refusal(api: Client, body: dict[str, Any]) -> None:
    with undone():
        response = api.generic("POST", C, json.dumps(body).encode("utf-8", "surrogatepass"), JSON)
    assert response.status_code == 201 or _refused(response), response.content


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_compressed_bodies_are_not_read(api: Client, encoding: str) -> None:
    body = gzip.compress(b'{"full_name": "An"}')
    response = api.generic("POST", C, body, JSON, HTTP_CONTENT_ENCODING=encoding)
    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


def test_sizes_at_the_edge(api: Client) -> None:
    overhead = len(b'{"note": "", "full_name": "An"}')
    fits = json.dumps({"note": "x" * (1024 * 1024 - overhead), "full_name": "An"}).encode()
    assert len(fits) == 1024 * 1024
    response = api.generic("POST", C, fits, JSON)
    assert response.json()["data"]["fields"]["note"][0]["code"] == "max_length"
    response = api.generic("POST", C, fits + b" ", JSON)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_depth_at_the_edge(api: Client) -> None:
    def nested(levels: int) -> bytes:
        return b'{"x": ' + b"[" * (levels - 1) + b"1" + b"]" * (levels - 1) + b"}"

    assert api.generic("POST", C, nested(32), JSON).json()["code"] == "invalid"
    assert api.generic("POST", C, nested(33), JSON).json()["code"] == "malformed"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04 no zip at all",
        b"<html><body>no list</body></html>",
        b"\xff\xfe\x00",
        b"only a header\n",
        b'"never closed',
    ],
)
def test_broken_files_are_refused(api: Client, alpha: TenantRef, content: bytes) -> None:
    before = rows(alpha)
    response = api.post("/api/v1/imports/", {"file": SimpleUploadedFile("khach.xlsx", content)})
    assert _refused(response), response.content
    assert rows(alpha) == before


def test_a_file_that_is_too_large_is_refused_unread(api: Client) -> None:
    big = SimpleUploadedFile("khach.csv", b"Ten,Dien thoai\n" + b"An,0912345678\n" * 1_600_000)
    response = api.post("/api/v1/imports/", {"file": big})
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    response = api.generic("POST", "/api/v1/imports/", b"x" * 23_000_000, FORM)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"x", FORM),
        (
            b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nno file\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\n", "multipart/form-data; boundary=\xff"),
        (b'{"file": "x"}', JSON),
        (
            b"--x" + b"\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x" * 3000,
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_forms_without_a_file_are_refused(api: Client, body: bytes, kind: str) -> None:
    response = api.generic("POST", "/api/v1/imports/", body, kind)
    assert _refused(response), response.content


def test_a_second_field_beside_the_file_is_refused(api: Client) -> None:
    file = SimpleUploadedFile("khach.csv", "Tên\nAn\n".encode())
    response = api.post("/api/v1/imports/", {"file": file, "state": "done"})
    assert (response.status_code, list(response.json()["data"]["fields"])) == (400, ["state"])
