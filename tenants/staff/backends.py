"""Log-in by e-mail and password within one firm."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from tenants.staff.models import User


class StaffBackend:
    """Same answer and same work for an unknown address as for a wrong password."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if not username or password is None or "\x00" in username:
            return None
        user = User.objects.filter(email__iexact=username.strip()).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: str | UUID) -> User | None:
        try:
            return User.objects.filter(pk=user_id, is_active=True).first()
        except ValidationError:
            return None
