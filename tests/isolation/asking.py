"""Requests of somebody who should not, and answers made comparable."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.client import ClientHandler

from cxcrm.core.context import TenantRef
from tests.isolation.world import World
from tests.support.matrix import today

Question = TypeVar("Question")
# Each route is asked some of the questions every day, the next route and the next day others; `make faults` asks all.
in_shares = pytest.mark.parametrize(
    "share", [pytest.param(10, id="some"), pytest.param(1, id="all", marks=pytest.mark.faults)]
)


def some(questions: Sequence[Question], share: int, turn: int) -> Sequence[Question]:
    """Every ``share``-th question, beginning with another one each turn and each day; at least one."""
    return questions[(turn + today()) % min(share, len(questions)) :: share] if questions else questions


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
# What differs from answer to answer by nature: CSRF tokens and nonces.
_MOVING = re.compile(r'(csrfmiddlewaretoken" value=|csrf_?token["\']?[:=] ?|nonce=)["\'][^"\']+["\']', re.IGNORECASE)
_QUOTED = re.compile(r"_([0-9A-F]{2})")


@dataclass(frozen=True)
class Who:
    """Somebody who asks: a browser with cookies, a program with a key, or nobody."""

    name: str
    cookies: tuple[tuple[str, str], ...] = ()
    key: str = ""

    def browser(self, host: TenantRef | str, **headers: str) -> "Browser":
        browser = Browser(HTTP_HOST=host if isinstance(host, str) else host.host, **headers)
        browser.cookies.load(dict(self.cookies))
        return browser

    def ask(self, host: TenantRef | str, method: str, path: str, body: Any = None, **headers: str) -> "Answer":
        """One request by a fresh client; whatever it changed is taken back."""
        browser = self.browser(host, **headers)
        extra = {"HTTP_AUTHORIZATION": f"Bearer {self.key}"} if self.key else {}
        before = connection.tenant
        with transaction.atomic():
            response = _send(browser, method, path, body, extra)
            answer = Answer.of(response)
            transaction.set_rollback(True)
        connection.set_tenant(before)
        return answer


@cache
def _handler() -> ClientHandler:
    """One chain of middleware for all clients; each would load its own."""
    return ClientHandler(enforce_csrf_checks=False)


class Browser(RequestFactory):
    """Django's test client without what makes it slow here: it copies every context of every template."""

    def request(self, **request: Any) -> Any:
        return _handler()(self._base_environ(**request))


def _send(client: Browser, method: str, path: str, body: Any, extra: dict[str, str]) -> Any:
    if method in {"get", "head", "options"} or body is None:
        return getattr(client, method)(path, **extra)
    if path.startswith("/api/") and not any(hasattr(value, "read") for value in body.values()):
        return getattr(client, method)(path, json.dumps(body), content_type="application/json", **extra)
    return getattr(client, method)(path, body, **extra)


@dataclass(frozen=True)
class Answer:
    """What came back, as far as an outsider can see."""

    status: int
    location: str
    text: str
    cookies: tuple[str, ...]

    @classmethod
    def of(cls, response: Any) -> "Answer":
        body = b"".join(response.streaming_content) if response.streaming else response.content
        cookies = tuple(sorted(f"{name}={morsel.value}" for name, morsel in response.cookies.items()))
        return cls(response.status_code, response.get("Location", ""), body.decode(errors="replace"), cookies)

    def without(self, *asked: object) -> tuple[Any, ...]:
        """The answer with what was asked for, and what always differs, blotted out."""
        texts = [self.location, _MOVING.sub(r"\1~", self.text)]
        for value in asked:
            texts = [text.replace(str(value), "ASKED") for text in texts]
        names = tuple(cookie.partition("=")[0] for cookie in self.cookies)
        return self.status, *texts, names

    def leaks(self, world: World, *asked: object) -> set[str]:
        """Whatever in the answer belongs to ``world``: its canary, its schema, its address, its rows' ids."""
        everything = "\n".join([self.text, self.location, *self.cookies])
        found = {str(ident).lower() for ident in _UUID.findall(everything)} & world.all_ids
        found -= {str(value).lower() for value in asked}
        secrets = {world.canary, world.tenant.schema_name, world.tenant.host, world.key}
        return found | {secret for secret in secrets if secret.lower() in everything.lower()}


# Written by the mere asking: when a key was last used, the session of a browser that is sent away, calls counted.
_TRACES = ("staff_apikey", "staff_session", "tenants_usage")
_WRITTEN = """
SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del
FROM pg_stat_xact_user_tables WHERE relname <> ALL (%s) AND n_tup_ins + n_tup_upd + n_tup_del > 0
"""


def _written() -> dict[str, int]:
    """Rows written per table in this transaction so far, those taken back included."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [list(_TRACES)])
        return dict(cursor.fetchall())


@contextmanager
def nothing_happens() -> Iterator[None]:
    """No row of any firm or of the registry is written, not even for a moment."""
    before = _written()
    yield
    written = {table: rows for table, rows in _written().items() if rows != before.get(table)}
    assert not written, f"written to: {sorted(written)}"


def everybody(world: World) -> list[Who]:
    """Who may be at the door of ``world``: its owner, its full key, nobody."""
    return [Who("owner", cookies=tuple(world.cookies.items())), Who("key", key=world.key), Who("nobody")]
