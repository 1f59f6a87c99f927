"""What good looks like at touchpoints, looked at."""

from uuid import UUID

from journeys.models import Standard


def place_of(standard_id: UUID) -> UUID:
    """The touchpoint a version of a standard is for. Raises Standard.DoesNotExist."""
    return Standard.objects.values_list("touchpoint_id", flat=True).get(pk=standard_id)
