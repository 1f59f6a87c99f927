"""Who may do what: each view names its room, the method and the action name the level."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from cxcrm.core.errors import NotAllowed

READ, WRITE, MANAGE, EXPORT = "read", "write", "manage", "export"


def level_of(view: Any, method: str) -> str:
    """The level asked for by ``method`` on ``view``: its own for the action, else read or the view's level to write."""
    own = getattr(view, "levels", {}).get(getattr(view, "action", None))
    if own:
        return own
    return READ if method in SAFE_METHODS else getattr(view, "write_level", WRITE)


class HasScope(BasePermission):
    """A key's scopes and a person's role are asked the same question: ``allows(room, level)``.

    For an action in ``rights`` of the view, room and level of a right of its own are enough too.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        level = level_of(view, request.method or "")
        if view.room is None or request.user.allows(view.room, level):
            return True
        right = getattr(view, "rights", {}).get(getattr(view, "action", None))
        if right is not None and request.user.allows(*right):
            return True
        raise NotAllowed(needs=f"{view.room}:{level}")
