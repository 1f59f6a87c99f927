"""What happens to accounts, for the audit log."""

from dataclasses import dataclass
from uuid import UUID

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
