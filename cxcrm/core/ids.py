"""Primary keys: UUID version 7, which sort by time and tell nothing of a firm's size."""

from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562 §5.7)."""
    return uuid7()


def new_id_text() -> str:
    """The same as text, for rows that go straight into a COPY: a third of the time."""
    return str(uuid_utils.uuid7())
