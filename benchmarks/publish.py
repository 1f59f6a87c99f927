"""What telling about it costs when a complaint is opened: its events in the ledger and their agenda items."""

import time
from collections.abc import Callable, Iterator
from statistics import median

from benchmarks.figures import Figure
from benchmarks.firm import firm

TIMES = 150


def measure() -> Iterator[Figure]:
    from customers.services.customers import create_customer
    from cxcrm.core import events
    from feedback.services.complaints import open_complaint
    from tenants.context import in_tenant
    from workflows.models import Event

    with in_tenant(firm()):
        customer = create_customer(full_name="Trần Thị Lan", emails=["lan@khach.example"])
        store = events._store[0]
        ledgers: dict[str, Callable[[events.Envelope], None]] = {"told": store, "untold": lambda _envelope: None}
        taken: dict[str, list[float]] = {name: [] for name in ledgers}
        before = Event.objects.count()
        try:
            for number in range(TIMES + 5):
                for name, ledger in ledgers.items():
                    events.use_store(ledger)
                    started = time.perf_counter()
                    open_complaint(customer_id=customer.id, description="Giao hàng trễ hơn một tiếng.", channel="staff")
                    if number >= 5:
                        taken[name].append(time.perf_counter() - started)
        finally:
            events.use_store(store)
        written = (Event.objects.count() - before) / (TIMES + 5)
    told, untold = (median(taken[name]) * 1e3 for name in ("told", "untold"))
    yield Figure(
        "open a complaint, committed, median", told, "ms", untold, "floor: the same, telling nobody; goal 1.40 x"
    )
    yield Figure("events written by it", written, "")
