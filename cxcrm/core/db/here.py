"""This thread's connection, at hand: Django's proxy looks for it anew at every word that is said to it."""

import asyncio  # noqa: TID251 - only asked whether a loop runs
import threading
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

_of_thread = threading.local()


def connection_here() -> Any:
    """The connection of our backend that this code works on, the same as ``django.db.connection`` stands for.

    Where an event loop runs Django keeps a connection for each context, not for the thread, and only it knows which.
    """
    if asyncio._get_running_loop() is not None:
        return connections[DEFAULT_DB_ALIAS]
    found = getattr(_of_thread, "connection", None)
    if found is None:
        found = _of_thread.connection = connections[DEFAULT_DB_ALIAS]
    return found
