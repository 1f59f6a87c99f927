"""Of several answers one customer gave in a stretch of time only the latest counts."""

from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber


def latest_keys(rows: QuerySet[Any], *by: Any, at: str) -> QuerySet[Any]:
    """The keys of those of ``rows`` after which, by the moment ``at``, none came with the same ``by`` (expressions)."""
    turn = Window(RowNumber(), partition_by=list(by), order_by=[F(at).desc(), F("pk").desc()])
    return rows.annotate(turn=turn).filter(turn=1).values("pk")
