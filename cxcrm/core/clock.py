"""The one place that says what time it is."""

from datetime import datetime

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """Current time of this process, aware, UTC. For stamps; whether something is due is decided by ``db_now``."""
    return timezone.now()


def db_now() -> datetime:
    """Current time of the database server, aware, UTC: the only clock that decides what is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at
