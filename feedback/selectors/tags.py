"""The words staff put on complaints."""

from typing import Final

from django.db import connection

from feedback.selectors.reach import Reader, within_reach

LOOKED_AT: Final = 5_000
SHOWN: Final = 100


def tags_in_use(reader: Reader) -> list[str]:
    """Tags of the newest 5,000 complaints within reach, in order, at most a hundred; an address may name any other.

    Those of every complaint would read the whole table each time the desk is opened.
    """
    if not reader.reaches_firm:
        newest = within_reach(reader).exclude(tags=[]).order_by("-received_at", "-id").values_list("tags", flat=True)
        return sorted({tag for tags in newest[:LOOKED_AT] for tag in tags})[:SHOWN]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT tag
               FROM (SELECT tags FROM feedback_complaint ORDER BY received_at DESC, id DESC LIMIT %s) newest,
                   unnest(newest.tags) tag
               WHERE newest.tags <> '{}'
               ORDER BY tag LIMIT %s""",
            [LOOKED_AT, SHOWN],
        )
        return [tag for (tag,) in cursor.fetchall()]
