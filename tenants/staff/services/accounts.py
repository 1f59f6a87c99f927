"""Staff accounts and their first password."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cxcrm.core.context import current_tenant
from cxcrm.core.errors import Conflict, InvalidInput
from tenants.staff.models import User
from tenants.staff.roles import Role


class TenantTokenGenerator(PasswordResetTokenGenerator):
    """Password links that are worthless in any other firm, and after the epoch was raised."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        tenant = current_tenant()
        return f"{tenant.id}|{tenant.epoch}|{user.pk}|{user.password}|{user.last_login}|{timestamp}|{user.email}"


password_links = TenantTokenGenerator()


@transaction.atomic
def create_user(
    *,
    email: str,
    full_name: str,
    role: str = Role.AGENT,
    language: str = "vi",
    password: str | None = None,
    **fields: Any,
) -> User:
    """A new account; without ``password`` its owner chooses one by link. Raises Conflict when the address is in use."""
    user = User(email=email.strip().lower(), full_name=full_name.strip(), role=role, language=language, **fields)
    if not user.given_name:
        user.given_name = user.full_name.split()[-1] if user.full_name else ""
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


@transaction.atomic
def choose_password(*, user: User, token: str, password: str) -> User:
    """Set the password by link. Raises InvalidInput when the link is spent or the password too weak."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not password_links.check_token(user, token):
        raise InvalidInput(_("This link was used already or is too old. Ask for a new one."), code="staff.link_spent")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), code="staff.weak_password") from error
    user.set_password(password)
    user.save(update_fields=["password"])
    return user
