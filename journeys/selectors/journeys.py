"""Reads of journeys and of the touchpoints customers may name."""

from uuid import UUID

from django.db.models import QuerySet

from journeys.models import Journey, Touchpoint


def default_journey() -> Journey | None:
    """The journey marked as the default one."""
    return Journey.objects.filter(is_default=True).first()


def public_touchpoints() -> QuerySet[Touchpoint]:
    """What a customer may say their words are about, in the order of the journey."""
    return Touchpoint.objects.filter(is_active=True, is_public=True).select_related("stage")


def touchpoint_in_use(touchpoint_id: UUID | None) -> Touchpoint | None:
    """The active touchpoint with this id and its department, or None."""
    if touchpoint_id is None:
        return None
    return (
        Touchpoint.objects.filter(pk=touchpoint_id, is_active=True)
        .select_related("stage", "department__lead", "department__handler")
        .first()
    )
