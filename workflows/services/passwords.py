"""A new password for somebody who forgot theirs."""

from django.db import transaction

from tenants.staff.models import User
from workflows.services.notifications import welcome


@transaction.atomic
def mail_password_link(*, email: str) -> None:
    """Mail the link to choose a password to whoever works here under ``email``; nothing happens for other addresses."""
    user = User.objects.working().filter(email__iexact=email.strip()).first()
    if user is not None:
        welcome(user_id=user.id)
