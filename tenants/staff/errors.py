"""Refusals of the staff room."""

from math import ceil
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxcrm.core.errors import Conflict, InvalidInput, LimitReached, NotAllowed, NotFound


class TooManyTries(LimitReached):
    """Looked at again after ``data["wait"]`` seconds; the account itself is never closed."""

    code = "staff.too_many_tries"

    def __init__(self, wait: float, **data: Any) -> None:
        minutes = ceil(wait / 60)
        message = ngettext(
            "That was tried too often from here. Please wait a minute, then try again.",
            "That was tried too often from here. Please wait %(minutes)d minutes, then try again.",
            minutes,
        ) % {"minutes": minutes}
        super().__init__(message, wait=ceil(wait), **data)


class NoOperatorsRole(InvalidInput):
    code = "staff.no_operators_role"
    message = _("Operators are owners, managers, or may only read. Choose one of these roles.")


class WrongPassword(InvalidInput):
    code = "staff.wrong_password"
    message = _("E-mail address and password do not fit together. Check both and try again.")


class WrongCode(InvalidInput):
    code = "staff.wrong_code"
    message = _("This code is not right, or was used already. Wait for the next one and type that.")


class WrongPasskey(InvalidInput):
    code = "staff.wrong_passkey"
    message = _("This passkey does not open anything here. Try another one, or log in with your password.")


class ProviderRefused(NotAllowed):
    """Why a provider's answer does not let somebody in; the details are in the log."""

    code = "staff.provider_refused"
    message = _("%(name)s did not confirm who you are. Try again, or log in another way.")


class SecondFactorMissing(NotAllowed):
    code = "staff.second_factor_missing"
    message = _("Your firm asks for a second factor. Set one up under “My account” first.")


class KeyUsedOtherwise(Conflict):
    code = "idempotency.key_reused"
    message = _("This idempotency key was used for another call. Take a new one for each call.")


class ViewNotFound(NotFound):
    code = "view.not_found"
    message = _("This view does not exist, or it is somebody else's.")


class ViewNameMissing(InvalidInput):
    code = "view.name_missing"
    message = _("Give the view a name.")


class ViewNameTaken(Conflict):
    code = "view.name_taken"
    message = _("You have a view of this name already.")


class TooManyViews(LimitReached):
    """``data``: limit."""

    code = "view.too_many"
    message = _("A list can have 20 views of your own. Throw one away first.")


class ViewUnfit(InvalidInput):
    code = "view.unfit"
    message = _("These filters do not fit this list any more.")
