"""Who held a complaint when: spans that split where it changes hands, whatever order the news comes in."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

Holder = TypeVar("Holder", bound=Hashable)


@dataclass(frozen=True)
class Span(Generic[Holder]):
    """``holder`` had it from ``start`` to ``end``; None: still has it."""

    holder: Holder
    start: datetime
    end: datetime | None = None

    def covers(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


def begin(spans: list[Span[Holder]], at: datetime, holder: Holder) -> list[Span[Holder]]:
    """It runs from ``at`` on, held by ``holder``; where it ran already it is only cut there: a stop may come later."""
    if any(span.start == at for span in spans):
        return spans
    covering = next((span for span in spans if span.covers(at)), None)
    if covering is not None:
        return _split(spans, covering, at, covering.holder)
    following = min((span.start for span in spans if span.start > at), default=None)
    return _ordered([*spans, Span(holder, at, following)])


def hand_over(spans: list[Span[Holder]], at: datetime, holder: Holder) -> list[Span[Holder]]:
    """From ``at`` on ``holder`` has it; while nothing runs there is nothing to hand over."""
    covering = next((span for span in spans if span.covers(at)), None)
    if covering is None or covering.holder == holder:
        return spans
    if covering.start == at:
        return _ordered([replace(span, holder=holder) if span is covering else span for span in spans])
    return _split(spans, covering, at, holder)


def stop(spans: list[Span[Holder]], at: datetime) -> list[Span[Holder]]:
    """Nobody has it from ``at`` on, until it begins again."""
    kept = [replace(span, end=at) if span.start < at and span.covers(at) else span for span in spans]
    return [span for span in kept if not (span.start == at and span.end is None)]


def _split(spans: list[Span[Holder]], covering: Span[Holder], at: datetime, holder: Holder) -> list[Span[Holder]]:
    rest = [span for span in spans if span is not covering]
    return _ordered([*rest, replace(covering, end=at), Span(holder, at, covering.end)])


def _ordered(spans: list[Span[Holder]]) -> list[Span[Holder]]:
    return sorted(spans, key=lambda span: span.start)
