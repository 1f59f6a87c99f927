"""Timing side by side, and how a figure is told."""

import gc
import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One measured value beside its floor; without a floor it stands for itself, with the goal in ``note``."""

    what: str
    value: float
    unit: str
    floor: float | None = None
    note: str = ""

    def line(self) -> str:
        ratio = f"{self.value / self.floor:8.2f} x" if self.floor else " " * 10
        floor = f"{self.floor:12.3f}" if self.floor is not None else " " * 12
        return f"{self.what:<62} {self.value:12.3f} {floor} {self.unit:<6} {ratio}  {self.note}"


HEADER = f"{'':<62} {'measured':>12} {'floor':>12} {'':<6} {'ratio':>10}"


def interleaved(calls: Mapping[str, Callable[[], object]], *, rounds: int, each: int) -> dict[str, float]:
    """Median seconds per call of each variant; the variants take turns, so that a busy machine is busy for all."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        for _warm in range(3):
            call()
    gc.disable()
    try:
        for _round in range(rounds):
            for name, call in calls.items():
                started = time.perf_counter()
                for _ in range(each):
                    call()
                taken[name].append((time.perf_counter() - started) / each)
    finally:
        gc.enable()
    return {name: median(values) for name, values in taken.items()}


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of ``values`` lie, the nearest one measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def machine() -> str:
    """What it was measured on, without names."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (
        f"{os.cpu_count()} cores, {pages / 2**30:.0f} GiB, {platform.system()}, Python {platform.python_version()}, "
        f"load averages {load}"
    )
