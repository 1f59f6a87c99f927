"""Acting on change requests as one person or another."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from cxcrm.core.context import Actor, acting_as
from tenants.staff.models import User
from workflows.models import ChangeRequest


def as_person(user: User) -> AbstractContextManager[Actor]:
    return acting_as(Actor("user", user.pk, user.full_name))


def act(user: User, service: Callable[..., ChangeRequest], change: ChangeRequest, **told: Any) -> ChangeRequest:
    """Let ``user`` do something to a request."""
    with as_person(user):
        return service(change_id=change.pk, **told)
