"""Behind a pooler that rotates connections nothing is started."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from cxcrm.core.db import pooling
from cxcrm.core.db.pooling import TRIES, is_own_session, refuse_transaction_pooling


class Pool:
    """Sessions handed out per transaction, the one used last first, as PgBouncer does."""

    def __init__(self, sessions: int, *, own: bool) -> None:
        self.free = list(range(sessions))
        self.settings: dict[int, str] = {}
        self.own = own
        self.asked = 0

    def ask(self, sql: str, params: list[Any]) -> tuple[str | None, int]:
        self.asked += 1
        session = -1 if self.own else self.free[-1]
        if params:
            self.settings[session] = params[0]
        return self.settings.get(session), session

    @contextmanager
    def busy(self) -> Iterator[None]:
        held = self.free.pop()
        yield
        self.free.append(held)


@pytest.mark.parametrize("sessions", [2, 3, 20])
def test_a_rotating_pool_is_noticed_at_once(sessions: int) -> None:
    pool = Pool(sessions, own=False)
    assert not is_own_session(pool.ask, pool.busy)
    assert pool.asked == 2


def test_a_session_of_ones_own_is_fine() -> None:
    pool = Pool(2, own=True)
    assert is_own_session(pool.ask, pool.busy)
    assert pool.asked == 2 * TRIES


@pytest.mark.django_db(transaction=True)
def test_the_real_database_is_accepted_and_nothing_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()
    refuse_transaction_pooling()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() == before
    monkeypatch.setattr(pooling, "is_own_session", lambda *_: False)
    with pytest.raises(ImproperlyConfigured, match="pool_mode = session"):
        refuse_transaction_pooling()
