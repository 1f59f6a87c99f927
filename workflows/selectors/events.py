"""Reads of the event ledger."""

from datetime import datetime

from cxcrm.core.clock import now
from cxcrm.core.context import current_cause
from workflows.models import Event


def caused_at() -> datetime:
    """When what is being answered happened: news may come late. Now, when nothing is."""
    cause = current_cause()[0]
    found = Event.objects.filter(pk=cause).values_list("occurred_at", flat=True).first() if cause else None
    return found or now()
