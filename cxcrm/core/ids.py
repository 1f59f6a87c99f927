"""Primary keys: UUID version 7, which sort by time and tell nothing of a firm's size."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562 §5.7)."""
    return uuid7()
