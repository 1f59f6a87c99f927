"""What the customers room does after its own events."""

from customers.events import CustomersMerged
from customers.services.merging import gather_late
from cxcrm.core.events import on


@on(CustomersMerged)
def gather_what_came_meanwhile(event: CustomersMerged) -> None:
    gather_late(merge_id=event.merge_id)
