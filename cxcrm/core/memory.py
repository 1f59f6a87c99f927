"""What one process remembers for a few seconds, so that the next request need not ask for it."""

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

V = TypeVar("V")
_all: list["Memory[Any]"] = []


class Memory(Generic[V]):
    """Answers kept for ``seconds``, at most ``entries`` of them.

    Other processes do not hear of a change: whatever is remembered may be that many seconds old, and no older. Keys
    name the tenant where the answer is a tenant's.
    """

    def __init__(self, *, seconds: float, entries: int) -> None:
        self.seconds, self.entries = seconds, entries
        self._kept: dict[Hashable, tuple[float, V]] = {}
        _all.append(self)

    def get(self, key: Hashable, ask: Callable[[], V]) -> V:
        """The remembered answer, else what ``ask`` gives."""
        kept = self._kept.get(key)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        answer = ask()
        if len(self._kept) >= self.entries:
            self._kept.clear()
        self._kept[key] = (time.monotonic() + self.seconds, answer)
        return answer

    def forget(self) -> None:
        """After this process changed what it remembers."""
        self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)


def memories() -> tuple["Memory[Any]", ...]:
    """All there are in this process."""
    return tuple(_all)


def forget_everything() -> None:
    for memory in _all:
        memory.forget()
