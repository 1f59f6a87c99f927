"""Saved views as a list shows them."""

from uuid import UUID

from django.db.models import Q, QuerySet

from tenants.staff.models import SavedView, User


def views_for(user: User, model: str) -> "QuerySet[SavedView]":
    """The views of the list ``model`` (app.model) that ``user`` has or others shared, in their order."""
    return SavedView.objects.filter(Q(owner_id=user.pk) | Q(is_shared=True), model=model).select_related("owner")


def shared_queries(model: str) -> list[tuple[str, str]]:
    """Name and filters of every view of the list ``model`` that somebody shared with the firm."""
    return list(SavedView.objects.filter(model=model, is_shared=True).values_list("name", "query"))


def may_change(user: User, owner_id: UUID) -> bool:
    """One's own; a shared view whose owner left is changed by whoever may change accounts."""
    return owner_id == user.pk or user.has_perm("staff.change_user")
