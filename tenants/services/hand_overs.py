"""How far a worker has come with a group of mails, so that a dead one leaves hardly any whose fate nobody knows."""

from typing import Any
from uuid import UUID

import psycopg
from django.db import connection


def open_hand_over(cursor: Any, ident: UUID) -> None:
    """Nothing of the group may have left yet; part of the transaction that fences it."""
    cursor.execute(
        """INSERT INTO public.tenants_handover (id, created_at, answered, begun, closed)
           VALUES (%s, statement_timestamp(), 0, 0, false)""",
        [ident],
    )


def close_hand_over(cursor: Any, ident: UUID) -> None:
    """The group is marked; part of the transaction that does it."""
    cursor.execute("DELETE FROM public.tenants_handover WHERE id = %s", [ident])


class Progress:
    """Writes down how far one group is; each time before a mail may leave, and at most ``ahead`` of them at once."""

    def __init__(self, ident: UUID, *, ahead: int) -> None:
        self._ident, self._ahead, self._begun = ident, ahead, 0
        # Prepared by the server: this is asked before every few mails. The table is named with its schema, so the
        # search path, which our own cursors look after, does not matter.
        self._cursor = psycopg.Cursor(connection.connection)

    def about_to_begin(self, place: int, size: int) -> bool:
        """All before ``place`` are settled or were accepted. It may leave when this says True; when it says False the
        group is in other hands, and nothing of it may leave any more.
        """
        if place < self._begun:
            return True
        self._begun = min(place + self._ahead, size)
        return self._write(place, self._begun)

    def all_answered(self, size: int) -> None:
        """Every mail of the group is settled or was accepted."""
        self._write(size, size)

    def _write(self, answered: int, begun: int) -> bool:
        with connection.wrap_database_errors:
            self._cursor.execute(
                "UPDATE public.tenants_handover SET answered = %s, begun = %s WHERE id = %s AND NOT closed",
                [answered, begun, self._ident],
                prepare=True,
            )
        return self._cursor.rowcount == 1


def close_and_look(ident: UUID | None) -> tuple[int, int] | None:
    """``answered`` and ``begun`` of a group, which nobody goes on with from now on; None when nobody knows any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.tenants_handover SET closed = true WHERE id = %s RETURNING answered, begun", [ident]
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None
