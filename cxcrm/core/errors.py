"""The family of errors a service may raise; only the API layer knows which HTTP status each becomes."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal the reader can act on.

    ``code`` is stable (``complaint.invalid_state``), ``message`` is one translated sentence that says what to do,
    ``data`` holds plain values for programs.
    """

    code = "error"
    message = _("This could not be done.")

    def __init__(self, message: Any = None, *, code: str | None = None, **data: Any) -> None:
        self.code = code or self.code
        self.message = message or self.message
        self.data = data
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(DomainError):
    code = "invalid"
    message = _("Please check what you entered.")


class NotFound(DomainError):
    code = "not_found"
    message = _("This does not exist, or it is not yours to see.")


class NotAllowed(DomainError):
    code = "not_allowed"
    message = _("Your role does not allow this.")


class Conflict(DomainError):
    code = "conflict"
    message = _("Somebody changed this in the meantime. Reload and try again.")


class Gone(DomainError):
    code = "gone"
    message = _("This link is no longer valid.")


class LimitReached(DomainError):
    code = "limit_reached"
    message = _("The limit of your plan is reached.")


class TooOften(DomainError):
    """``data``: retry_after, in seconds."""

    code = "too_often"
    message = _("Too many requests just now. Wait a moment and try again.")


class NoTenant(RuntimeError):
    """Code that needs a tenant ran without one: a programming error, never shown to a reader."""


class CrossTenantError(RuntimeError):
    """An object or query of one tenant was used in another: a programming error that must stop the request."""


class OnlyShownError(RuntimeError):
    """A row read with parts of it masked was about to be saved: a programming error that must stop the request."""
