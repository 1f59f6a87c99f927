"""What the customers room does after its own events."""

from customers.events import (
    CustomersMerged,
    ImportFinished,
    ImportUndone,
    PersonaAssigned,
    PersonasReassigned,
    PurchaseChanged,
    PurchaseRecorded,
)
from customers.services.merging import gather_late
from customers.services.understanding import recount_customers
from customers.services.understanding_nights import count_import, count_personas
from cxcrm.core.events import on


@on(CustomersMerged)
def gather_what_came_meanwhile(event: CustomersMerged) -> None:
    gather_late(merge_id=event.merge_id)


# Tills send purchases by hundreds; nobody waits for what they tell of a customer.
@on(PurchaseRecorded, PurchaseChanged)
def understand_from_purchase(event: PurchaseRecorded | PurchaseChanged) -> None:
    recount_customers(customer_ids=[event.customer_id])


@on(ImportFinished, ImportUndone)
def understand_from_file(event: ImportFinished | ImportUndone) -> None:
    count_import(job_id=event.job_id)


@on(PersonaAssigned)
def understand_from_persona(event: PersonaAssigned) -> None:
    recount_customers(customer_ids=[event.customer_id])


@on(PersonasReassigned)
def understand_from_rules(event: PersonasReassigned) -> None:
    count_personas()
