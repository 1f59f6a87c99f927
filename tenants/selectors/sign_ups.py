"""Requests for firms that wait to be confirmed."""

from uuid import UUID

from cxcrm.core.clock import db_now
from tenants.models import SignUp


def sign_up_with(ident: UUID | None) -> SignUp | None:
    """The request a link names, with its firm if there is one; None when it is unknown or forgotten by now."""
    if ident is None:
        return None
    return SignUp.objects.select_related("tenant").filter(pk=ident).first()


def is_outlived(sign_up: SignUp) -> bool:
    return sign_up.expires_at <= db_now()
