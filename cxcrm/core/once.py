"""Reads that one piece of work asks for again and again, asked of the database once."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

from cxcrm.core.models import active_schema

F = TypeVar("F", bound=Callable[..., Any])
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("known", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Until the end of this block every selector marked ``once`` is asked once per firm and arguments.

    For blocks that only read and are over in a moment, such as making a mail: nothing in it sees a change made
    meanwhile, its own neither. A block within another goes on with what is known.
    """
    known = _known.get()
    token = _known.set({} if known is None else known)
    try:
        yield
    finally:
        _known.reset(token)


def once(selector: F) -> F:
    """Mark a selector whose answer may be kept inside ``reading_once``; elsewhere nothing changes."""

    @wraps(selector)
    def ask(*args: Hashable) -> Any:
        known = _known.get()
        if known is None:
            return selector(*args)
        key = (selector, active_schema(), args)
        if key not in known:
            known[key] = selector(*args)
        return known[key]

    return cast(F, ask)
