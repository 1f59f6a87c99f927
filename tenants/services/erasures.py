"""The list of who was erased, and doing it again after a backup brought them back."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from cxcrm.core.context import current_tenant
from tenants.models import Erasure

Eraser = Callable[[UUID], None]
_erasers: list[Eraser] = []


def erases_again(eraser: Eraser) -> Eraser:
    """Register what erases a person by id inside the firm entered; harmless when repeated or nobody is there."""
    if eraser not in _erasers:
        _erasers.append(eraser)
    return eraser


@transaction.atomic
def remember_erasure(*, subject: UUID) -> None:
    """Note, outside the firm's own schema, that this person was erased from the firm entered."""
    Erasure.objects.bulk_create([Erasure(tenant_id=current_tenant().id, subject=subject)], ignore_conflicts=True)


@transaction.atomic
def erase_again(*, known_of: UUID) -> int:
    """Inside the firm entered, erase everybody on the list of the firm ``known_of``: itself, or the one it was made of.

    What that list names is then on its own list too. Returns how many there are.
    """
    subjects = list(Erasure.objects.filter(tenant_id=known_of).order_by("pk").values_list("subject", flat=True))
    for subject in subjects:
        for eraser in _erasers:
            eraser(subject)
        remember_erasure(subject=subject)
    return len(subjects)
