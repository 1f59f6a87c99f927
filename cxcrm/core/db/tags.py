"""The words rows carry in a list of their own, as a choice to filter by."""

from typing import Any

from django.db import connection, models


def tags_of_newest(model: type[models.Model], moment: str, *, rows: int, most: int) -> list[str]:
    """The tags of the newest ``rows`` by ``moment``, in order, at most ``most``.

    Those of every row would read the whole table each time a list is opened.
    """
    quote, meta = connection.ops.quote_name, model._meta
    column: Any = meta.get_field(moment)
    newest = f"SELECT tags FROM {quote(meta.db_table)} ORDER BY {quote(column.column)} DESC, id DESC LIMIT %s"  # noqa: S608 - names of the model's own
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT DISTINCT tag FROM ({newest}) newest, unnest(newest.tags) tag
               WHERE newest.tags <> '{{}}' ORDER BY tag LIMIT %s""",  # noqa: S608 - the same
            [rows, most],
        )
        return [tag for (tag,) in cursor.fetchall()]
