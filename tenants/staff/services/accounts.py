"""Staff accounts and their passwords."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.http import base36_to_int
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from cxcrm.core.errors import Conflict, InvalidInput
from cxcrm.core.events import publish
from tenants.models import Usage
from tenants.services import plans
from tenants.staff.errors import NoOperatorsRole, WrongPassword
from tenants.staff.events import PasswordChanged
from tenants.staff.logic.waiting import CONNECTION, PASSWORD
from tenants.staff.models import Firm, User
from tenants.staff.roles import BY_DEPARTMENT, OPERATORS, Role
from tenants.staff.services.sessions import end_sessions
from tenants.staff.services.tries import claim_try, forgive


class TenantTokenGenerator(PasswordResetTokenGenerator):
    """Password links that are worthless in any other firm, after the epoch was raised, once used, and when too old.

    A letter to a new colleague may wait over a week-end; a link to an account that has a password is short-lived.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        tenant = current_tenant()
        return f"{tenant.id}|{tenant.epoch}|{user.pk}|{user.password}|{user.last_login}|{timestamp}|{user.email}"

    def check_token(self, user: Any, token: str | None) -> bool:
        if not super().check_token(user, token) or not token:
            return False
        made = base36_to_int(token.partition("-")[0])
        age = self._num_seconds(self._now()) - made
        return not user.has_usable_password() or bool(age <= settings.FORGOTTEN_PASSWORD_SECONDS)

    def _now(self) -> datetime:
        """UTC, where Django takes the machine's own time, which jumps twice a year in some countries."""
        return now().replace(tzinfo=None)


password_links = TenantTokenGenerator()


@plans.measures(Usage.Metric.STAFF)
def staff_in_use() -> int:
    """Accounts that may log in; the others cost nothing."""
    return User.objects.working().count()


def check_role(role: str) -> None:
    """Raise NoOperatorsRole where somebody among the operators would have a role that does nothing there."""
    if current_tenant().is_platform and role not in OPERATORS:
        raise NoOperatorsRole


def usual_reach(role: str, *, has_department: bool) -> str:
    """How far somebody new sees unless told otherwise: who works on cases sees those of their department, if any."""
    return User.Reach.DEPARTMENT if role in BY_DEPARTMENT and has_department else User.Reach.FIRM


@transaction.atomic
def create_user(
    *,
    email: str,
    full_name: str,
    role: str = Role.AGENT,
    language: str = "vi",
    password: str | None = None,
    reach: str = User.Reach.FIRM,
    **fields: Any,
) -> User:
    """A new account; without ``password`` its owner chooses one by link. An empty ``reach`` is the role's usual one.

    Raises Conflict when the address is in use, PlanLimitReached when the plan has no room, NoOperatorsRole for a role
    that does nothing on the operators' site.
    """
    check_role(role)
    plans.allow(Usage.Metric.STAFF)
    user = User(email=email.strip().lower(), full_name=full_name.strip(), role=role, language=language, **fields)
    user.reach = reach or usual_reach(role, has_department=user.department_id is not None)
    if not user.given_name and user.full_name:
        # By how names are written where the firm is, not by what somebody likes to read: English puts the given name
        # first, Vietnamese last. The owner comes before the firm's own row.
        firm = Firm.objects.only("language").first()
        user.given_name = user.full_name.split()[0 if (firm.language if firm else language) == "en" else -1]
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Conflict(_("Somebody already uses this e-mail address."), code="staff.email_taken") from error
    return user


def prove_password(*, email: str, password: str, visitor: str) -> User:
    """Who this is. Raises TooManyTries before the password is even looked at, WrongPassword for every other reason.

    Tries are counted by what was typed and where it came from: whether the account exists changes nothing, and
    somebody trying from elsewhere does not lock its owner out.
    """
    own, shared = f"password|{email.strip().lower()}|{visitor}", f"connection|{visitor}"
    claim_try(keys={own: PASSWORD, shared: CONNECTION})
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):
        raise WrongPassword
    forgive(keys=[own], shared=shared)
    return user


@transaction.atomic
def choose_password(*, user: User, token: str, password: str) -> User:
    """Set the password by link. Raises InvalidInput when the link is spent or the password too weak."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not password_links.check_token(user, token):
        raise InvalidInput(_("This link was used already or is too old. Ask for a new one."), code="staff.link_spent")
    return _set_password(user, password)


@transaction.atomic
def change_password(*, user_id: UUID, password: str, session_id: UUID | None = None) -> User:
    """Set a new password for somebody who is logged in; their other sessions end. Raises InvalidInput when too weak."""
    return _set_password(User.objects.select_for_update().get(pk=user_id), password, keep=session_id)


def _set_password(user: User, password: str, keep: UUID | None = None) -> User:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), code="staff.weak_password") from error
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user_id=user.pk, keep=keep)
    publish(PasswordChanged(user_id=user.pk))
    return user
