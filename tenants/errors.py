"""What can be refused when a firm signs up."""

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, Gone, InvalidInput, LimitReached, TooOften


class AddressTaken(Conflict):
    """``data``: slug, and at sign-up proposal, an address like it that is free."""

    code = "tenant.address_taken"
    message = _("This address is taken. Please choose another.")


class AddressInvalid(InvalidInput):
    code = "tenant.address_invalid"
    message = _(
        "Use 2 to 40 lower-case letters, digits or hyphens, beginning with a letter. Words like admin or www are taken."
    )


class SignUpTooOften(TooOften):
    message = _(
        "We have mailed this address several times within the hour. Look into the spam folder, or try again in an hour."
    )


class SignUpExpired(Gone):
    code = "sign_up.expired"
    message = _("This link has had its 24 hours. Nothing was made; have a new one sent.")


class PlanLimitReached(LimitReached):
    """``data``: metric, limit, used, left, wanted."""

    code = "plan.limit_reached"


class ApiCallsUsedUp(TooOften):
    """``data``: metric, limit, used, retry_after (seconds until the firm's midnight)."""

    code = "plan.limit_reached"
    message = _(
        "Your plan's API calls for today are used up. They begin anew at midnight; an owner of your firm can ask the "
        "operators for a larger plan."
    )


class FirmSuspended(Conflict):
    """What programs are answered (503) while a firm is suspended."""

    code = "tenant.suspended"
    message = _("This firm is suspended. Nothing is lost; try again when the operators have resumed it.")


class FirmClosing(Conflict):
    code = "tenant.closing"
    message = _("This firm is closing. To keep it, ask the operators before its last day.")


class NotInThisState(Conflict):
    """``data``: state."""

    code = "tenant.invalid_state"
    message = _("The firm is in another state by now. Reload and look again.")


class OperatorsOwn(Conflict):
    code = "tenant.is_platform"
    message = _("The operators' own tenant stays as it is.")


class StillBusy(Conflict):
    code = "tenant.busy"
    message = _("Work for this firm is still going on. It is paused now: try again in three minutes.")


class ArchiveRefused(InvalidInput):
    """``data``: what was looked at."""

    code = "archive.refused"
    message = _("This file is not an archive of a firm, or it was cut off. Take another copy.")


class ArchiveNotWritten(Conflict):
    """``data``: path, reason."""

    code = "archive.not_written"
    message = _("The archive could not be written. Free some space or choose another folder; nothing was left behind.")
