"""Who leads the brand: its stewards, and whoever stands above them."""

from typing import Final

from django.db.models import QuerySet

from cxcrm.core.context import Actor
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import the_firm

LEADING: Final[frozenset[str]] = frozenset({Role.BRAND_STEWARD, Role.OWNER})


def stewards() -> "QuerySet[User]":
    """The brand stewards at work, the one who has been here longest first."""
    return User.objects.working().filter(role=Role.BRAND_STEWARD).order_by("created_at", "pk")


def may_lead(user: User) -> bool:
    """May ``user`` say yes for the brand? Stewards may, owners, and the firm's chief."""
    return user.role in LEADING or the_firm().chief_id == user.pk


def must_ask(actor: Actor) -> bool:
    """Does what ``actor`` wants to put in force wait for the brand steward?

    Not in a firm without one: in a firm of five nobody reviews what they drew themselves. Nor for what the product
    does by itself. A partner's key always asks.
    """
    if actor.kind == "system" or not stewards().exists():
        return False
    user = User.objects.working().filter(pk=actor.user_id).first() if actor.user_id else None
    return user is None or not may_lead(user)
