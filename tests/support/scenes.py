"""What many tests start from: made once by the services, then only copied, row by row."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core import mail
from django.db import connection

from cxcrm.core.clock import now

T = TypeVar("T")
# A scene is made anew when it is older: what a test finds must have happened just now.
FRESH = timedelta(seconds=60)
_WRITTEN = """
SELECT name, written FROM (
  SELECT format('%I.%I', n.nspname, c.relname) AS name,
         pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)
         + pg_stat_get_xact_tuples_deleted(c.oid) AS written
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND (n.nspname = 'public' OR n.nspname LIKE 't\\_%')
) t WHERE written > 0
"""
Counters = dict[str, int]


@dataclass
class Scene:
    """What was there after it was made, and the scenes made upon it."""

    made_at: datetime | None = None
    rows: dict[str, bytes] = field(default_factory=dict)
    mails: list[Any] = field(default_factory=list)
    value: Any = None
    upon: dict[str, "Scene"] = field(default_factory=dict)

    def is_fresh(self) -> bool:
        return self.made_at is not None and timedelta() <= now() - self.made_at < FRESH


@dataclass
class Stage:
    """The last scene one test has set up, and what had been written then; None where nobody can tell."""

    scene: Scene
    written: Counters | None

    @classmethod
    def before(cls, first: Scene) -> "Stage":
        """A test begins: ``first`` is what every test finds."""
        return cls(first, _written() if connection.in_atomic_block and not _has_written() else None)

    def set_up(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` returns, with all that it writes and mails: made, or copied when it was made just before.

        It is made whenever a copy might differ: outside a transaction, after anything but scenes was written, or when
        mails do not go to the tests' outbox.
        """
        if self.written is None or "locmem" not in settings.EMAIL_BACKEND or _written() != self.written:
            self.written = None
            return make()
        scene = self.scene.upon.get(name)
        if scene is not None and scene.is_fresh():
            _play(scene)
        else:
            self.scene.upon[name] = scene = _record(make, self.written)
        self.scene, self.written = scene, _written()
        return deepcopy(scene.value)


def _record(make: Callable[[], Any], before: Counters) -> Scene:
    made_at, mails = now(), len(mail.outbox)
    value = deepcopy(make())
    rows = {}
    with connection.cursor() as cursor:
        for table, written in _written().items():
            if written != before.get(table):
                with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    rows[table] = b"".join(bytes(chunk) for chunk in copy)
    return Scene(made_at, rows, deepcopy(mail.outbox[mails:]), value)


def _play(scene: Scene) -> None:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in scene.rows))
        for table, rows in scene.rows.items():
            if rows:
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
    mail.outbox.extend(deepcopy(scene.mails))


def _has_written() -> bool:
    """Whether this transaction has written anything yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return bool(cursor.fetchone()[0])


def _written() -> Counters:
    """Rows written per table by this session; within a transaction the numbers only grow."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return dict(cursor.fetchall())
