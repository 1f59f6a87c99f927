"""Counting what the database is asked in the customers room."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

_NOT_ASKED = ("SET search_path", "SAVEPOINT", "RELEASE SAVEPOINT")


@pytest.fixture
def exactly(db: None) -> Callable[[int], AbstractContextManager[None]]:
    """``with exactly(2):`` asks the database two things; choosing the schema and savepoints do not count."""

    @contextmanager
    def counted(number: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as queries:
            yield
        asked = [query["sql"] for query in queries if not query["sql"].startswith(_NOT_ASKED)]
        assert len(asked) == number, "\n".join(asked)

    return counted
