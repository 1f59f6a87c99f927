"""What a person can prove themselves with, and where they are logged in."""

from dataclasses import dataclass

from django.db.models import QuerySet

from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from tenants.staff.models import AuthenticatorApp, Firm, IdentityProvider, Passkey, RecoveryCode, Role, Session, User

LEADERS = frozenset({Role.OWNER, Role.MANAGER, Role.EXECUTIVE})


@dataclass(frozen=True)
class Factors:
    """Second factors of one person; passkeys of an address the firm no longer has do not count."""

    app: bool
    passkeys: int
    codes_left: int

    @property
    def exist(self) -> bool:
        return self.app or self.passkeys > 0


def factors_of(user: User) -> Factors:
    return Factors(
        app=AuthenticatorApp.objects.filter(user_id=user.pk).exists(),
        passkeys=passkeys_of(user).filter(host=current_tenant().host).count(),
        codes_left=RecoveryCode.objects.filter(user_id=user.pk, used_at=None).count(),
    )


def passkeys_of(user: User) -> QuerySet[Passkey]:
    return Passkey.objects.filter(user_id=user.pk)


def must_have_second_factor(firm: Firm, user: User) -> bool:
    """Does the firm ask this person for a second factor?"""
    if firm.second_factor == Firm.SecondFactor.EVERYBODY:
        return True
    return firm.second_factor == Firm.SecondFactor.LEADERS and user.role in LEADERS


def sessions_of(user: User) -> QuerySet[Session]:
    return Session.objects.filter(user_id=user.pk, expires_at__gt=now())


def providers() -> QuerySet[IdentityProvider]:
    """The firm's providers whose buttons stand on the log-in page."""
    return IdentityProvider.objects.filter(is_active=True)
