"""A storm on the connections: statements cancelled, backends terminated, time-outs, while two firms are worked in."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from uuid import uuid4

import psycopg
from django.db import Error, connection, connections, transaction

from cxcrm.core.context import TenantRef
from tenants.context import enter, in_tenant, leave
from tenants.staff.models import Department, Firm

NAMES = {"alpha": "Cà phê Alpha", "beta": "Beta Cycles"}
# A loop inside the server hits far more often than one here, which has to wait for its turn on a busy machine.
CANCEL = "SELECT pg_cancel_backend(pid), pg_sleep(0.0004) FROM unnest(%s::int[]) pid, generate_series(1, 15)"
TERMINATE = "SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid ORDER BY random() LIMIT 1"


class Undo(Exception):
    """Raised inside a savepoint to take it back."""


class Storm:
    """What was done meanwhile: ``done`` by kind, ``hits`` (errors seen), ``wrong`` (another firm's data), ``lost``."""

    def __init__(self, *firms: TenantRef) -> None:
        self.firms = firms
        self.done: Counter[str] = Counter()
        self.hits: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.lost: list[str] = []
        self._kept: dict[str, list[str]] = {firm.slug: [] for firm in firms}
        self._backends: dict[int, int] = {}
        self._over = threading.Event()

    @property
    def operations(self) -> int:
        return self.done.total()

    def run(
        self,
        *,
        operations: int,
        hits: int,
        seconds: float,
        workers: int = 1,
        kinds: Sequence[str] = (),
        terminate: float = 0,
        timeouts: float = 0,
    ) -> "Storm":
        """Until so many ``operations`` are done and so many were hit, but no longer than ``seconds``.

        A backend is terminated every ``terminate`` seconds; a share ``timeouts`` of the operations changes the time a
        statement may take (1 ms or any).
        """
        crew = [threading.Thread(target=self._work, args=[kinds or list(KINDS), timeouts]) for _ in range(workers)]
        crew.append(threading.Thread(target=self._strike, args=[CANCEL, 0]))
        if terminate:
            crew.append(threading.Thread(target=self._strike, args=[TERMINATE, terminate]))
        for thread in crew:
            thread.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until and (self.operations < operations or self.hits.total() < hits):
            time.sleep(0.05)
        self._over.set()
        for thread in crew:
            thread.join()
        self._take_stock()
        return self

    def _strike(self, how: str, every: float) -> None:
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            while not self._over.wait(every):
                cursor.execute(how, [list(self._backends.values())])
        other.close()

    def _work(self, kinds: Sequence[str], timeouts: float) -> None:
        try:
            while not self._over.is_set():
                kind, firm = random.choice(kinds), random.choice(self.firms)
                try:
                    enter(firm)
                    connection.ensure_connection()
                    self._backends[threading.get_ident()] = connection.connection.info.backend_pid
                    if random.random() < timeouts:
                        with connection.cursor() as cursor:
                            cursor.execute("SET statement_timeout = %s", [random.choice([1, 0, 0])])
                    KINDS[kind](self, firm)
                    self.done[kind] += 1
                except (Error, psycopg.Error) as error:  # psycopg's own where a cursor is closed
                    self.hits[type(error.__cause__ or error).__name__] += 1
                    if connection.connection is None or connection.connection.closed:
                        connection.close()
        finally:
            connection.close()
            leave()

    def _look(self, firm: TenantRef, seen: str, how: str) -> None:
        if seen != NAMES[firm.slug]:
            self.wrong.append(f"{how} in {firm.slug}: {seen}")

    def _write(self, firm: TenantRef) -> str:
        name = f"{firm.slug} {uuid4()}"
        Department.objects.create(name=name)
        return name

    def read(self, firm: TenantRef) -> None:
        self._look(firm, Firm.objects.values_list("name", flat=True).get(), "read")

    def message(self, firm: TenantRef) -> None:
        plan: list[object] | None = random.choice([None, []])
        self._look(firm, connection.read("SELECT name FROM staff_firm", [], plan)[0][0], "message")

    def iterate(self, firm: TenantRef) -> None:
        for row in Firm.objects.iterator():
            self._look(firm, row.name, "iterate")

    def write(self, firm: TenantRef) -> None:
        self._kept[firm.slug].append(self._write(firm))

    def change(self, firm: TenantRef) -> None:
        Firm.objects.update(phone=firm.slug)

    def transact(self, firm: TenantRef) -> None:
        with transaction.atomic():
            self.read(firm)
            name = self._write(firm)
            self.message(firm)
        self._kept[firm.slug].append(name)

    def savepoint(self, firm: TenantRef) -> None:
        with transaction.atomic():
            name = self._write(firm)
            try:
                with transaction.atomic():
                    self._write(firm)
                    self.message(firm)
                    raise Undo
            except Undo:
                self.read(firm)
            with transaction.atomic():
                self.change(firm)
        self._kept[firm.slug].append(name)

    def _take_stock(self) -> None:
        """Every row in the firm it was written in, and everything there that was said to be done."""
        for firm in self.firms:
            with in_tenant(firm):
                there = set(
                    Department.objects.filter(name__regex="^(alpha|beta) [0-9a-f-]{36}$").values_list("name", flat=True)
                )
                phone = Firm.objects.values_list("phone", flat=True).get()
            self.wrong += [f"row in {firm.slug}: {name}" for name in there if not name.startswith(f"{firm.slug} ")]
            self.wrong += [f"changed in {firm.slug}: {phone}"] if phone not in {"", firm.slug} else []
            self.lost += [name for name in self._kept[firm.slug] if name not in there]


KINDS: dict[str, Callable[[Storm, TenantRef], None]] = {
    "read": Storm.read,
    "message": Storm.message,
    "iterate": Storm.iterate,
    "write": Storm.write,
    "change": Storm.change,
    "transact": Storm.transact,
    "savepoint": Storm.savepoint,
}
READS = ("read", "message", "iterate")
