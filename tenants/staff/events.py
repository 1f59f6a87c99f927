"""What happens to accounts, and who heads what: for the audit log, and for the floors above."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cxcrm.core.events import DomainEvent, event


@event("staff.password_changed")
@dataclass(frozen=True, kw_only=True)
class PasswordChanged(DomainEvent):
    """Somebody chose a new password; their other sessions ended."""

    user_id: UUID


@event("staff.second_factor_changed")
@dataclass(frozen=True, kw_only=True)
class SecondFactorChanged(DomainEvent):
    """``what`` is app, passkey or recovery_codes; ``action`` is added, removed, renewed or used."""

    user_id: UUID
    what: str
    action: str


@event("staff.second_factor_reset")
@dataclass(frozen=True, kw_only=True)
class SecondFactorReset(DomainEvent):
    """Somebody in charge took away all second factors of a colleague."""

    user_id: UUID


@event("staff.identity_linked")
@dataclass(frozen=True, kw_only=True)
class IdentityLinked(DomainEvent):
    """A provider's account opens this one from now on."""

    user_id: UUID
    provider_id: UUID


@event("staff.duties_changed", says=_("somebody left, came back or has another role"))
@dataclass(frozen=True, kw_only=True)
class DutiesChanged(DomainEvent):
    """What somebody may do is different by now; the account says what."""

    user_id: UUID


@event("staff.heads_changed", says=_("a department has another head"))
@dataclass(frozen=True, kw_only=True)
class HeadsChanged(DomainEvent):
    """Who headed a department, or handled first, until now; the department says who does."""

    department_id: UUID
    former_lead_id: UUID | None
    former_handler_id: UUID | None
