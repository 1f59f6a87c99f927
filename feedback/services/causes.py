"""Merging root causes: what was told apart turns out to be one."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.configuration import record
from cxcrm.core.errors import Conflict, NotFound
from feedback.models import Complaint, RootCause


@transaction.atomic
def merge_root_causes(*, cause_id: UUID, into_id: UUID) -> RootCause:
    """Move the complaints (and the parts) of one cause to another; the empty one is retired, not deleted.

    Raises NotFound, Conflict for itself, for one of its own parts, or where parts would get a third level.
    """
    causes = {
        row.pk: row for row in RootCause.objects.select_for_update().filter(pk__in=[cause_id, into_id]).order_by("pk")
    }
    if len(causes) < len({cause_id, into_id}):
        raise NotFound
    cause, into = causes[cause_id], causes[into_id]
    has_parts = cause.children.exists()
    if cause == into or into.parent_id == cause.pk or (has_parts and into.parent_id):
        raise Conflict(_("These two cannot become one: choose another cause."), code="root_cause.merge")
    taken = set(into.children.values_list("name", flat=True))
    for part in cause.children.all():
        if part.name in taken:
            merge_root_causes(cause_id=part.pk, into_id=into.children.get(name=part.name).pk)
        else:
            part.parent = into
            part.save(update_fields=["parent"])
    Complaint.objects.filter(root_cause=cause).update(root_cause=into)
    cause.is_active = False
    cause.save(update_fields=["is_active"])
    record(cause, "changed")
    record(into, "changed")
    return into
