"""The words staff put on customers."""

from typing import Final

from django.db import connection

LOOKED_AT: Final = 5_000
SHOWN: Final = 50


def tags_in_use() -> list[str]:
    """Tags of the newest 5,000 customers, in order, at most fifty; the search finds any other.

    Those of every customer would read the whole table each time the list is opened.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT tag
               FROM (SELECT tags FROM customers_customer ORDER BY created_at DESC, id DESC LIMIT %s) newest,
                   unnest(newest.tags) tag
               WHERE newest.tags <> '{}'
               ORDER BY tag LIMIT %s""",
            [LOOKED_AT, SHOWN],
        )
        return [tag for (tag,) in cursor.fetchall()]
