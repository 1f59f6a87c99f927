"""This thread's connection, at hand: Django's proxy looks for it anew at every word that is said to it."""

import threading
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

_of_thread = threading.local()


def connection_here() -> Any:
    """The connection of our backend that this thread works on, the same as ``django.db.connection`` stands for."""
    found = getattr(_of_thread, "connection", None)
    if found is None:
        found = _of_thread.connection = connections[DEFAULT_DB_ALIAS]
    return found
