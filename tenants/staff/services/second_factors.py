"""Authenticator apps and recovery codes."""

from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.events import publish
from cxcrm.core.sealed import Unreadable, seal, unseal
from tenants.staff.errors import WrongCode
from tenants.staff.events import SecondFactorChanged, SecondFactorReset
from tenants.staff.logic import recovery, totp
from tenants.staff.logic.waiting import CODES, PASSWORD
from tenants.staff.models import AuthenticatorApp, Passkey, RecoveryCode, User
from tenants.staff.services.sessions import end_sessions
from tenants.staff.services.tries import claim_try, forgive

APP = "authenticator app"


def new_app_secret() -> str:
    """A fresh key, sealed, for the page that shows it and asks for its first code."""
    return seal(APP, totp.new_secret())


def read_app_secret(sealed: str) -> str:
    """The key itself, to show it. Raises Unreadable."""
    return unseal(APP, sealed)


@transaction.atomic
def confirm_app(*, user: User, sealed: str, code: str) -> list[str]:
    """The app is set up once it shows a right code; takes the place of an earlier one.

    Returns fresh recovery codes when the person had none left, else nothing. Raises WrongCode.
    """
    _lock(user)
    try:
        step = totp.matching_step(unseal(APP, sealed), code, seconds=now().timestamp(), after=0)
    except Unreadable as error:
        raise WrongCode from error
    if step is None:
        raise WrongCode
    AuthenticatorApp.objects.filter(user_id=user.pk).delete()
    AuthenticatorApp.objects.create(user_id=user.pk, secret=sealed, last_step=step)
    publish(SecondFactorChanged(user_id=user.pk, what="app", action="added"))
    return first_recovery_codes(user=user)


@transaction.atomic
def remove_app(*, user: User) -> None:
    _lock(user)
    if AuthenticatorApp.objects.filter(user_id=user.pk).delete()[0]:
        publish(SecondFactorChanged(user_id=user.pk, what="app", action="removed"))
        _drop_codes_without_factor(user)


@transaction.atomic
def first_recovery_codes(*, user: User) -> list[str]:
    """Ten codes for somebody who has none left; an empty list for everybody else."""
    if RecoveryCode.objects.filter(user_id=user.pk, used_at=None).exists():
        return []
    return renew_recovery_codes(user=user)


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """Ten new codes, to be shown this once; the old ones are worthless from now on."""
    _lock(user)
    RecoveryCode.objects.filter(user_id=user.pk).delete()
    codes = recovery.new_codes()
    owner = str(user.pk)
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user_id=user.pk, digest=recovery.digest(code, owner=owner)) for code in codes]
    )
    publish(SecondFactorChanged(user_id=user.pk, what="recovery_codes", action="renewed"))
    return codes


def prove_code(*, user: User, code: str, visitor: str) -> None:
    """Take a code of the app, or a recovery code. Raises TooManyTries or WrongCode."""
    keys = {f"code|{user.pk}|{visitor}": PASSWORD, f"code|{user.pk}": CODES}
    claim_try(keys=keys)
    _spend(user, code)
    forgive(keys=list(keys))


@transaction.atomic
def _spend(user: User, code: str) -> None:
    if recovery.looks_like_one(code):
        digest = recovery.digest(code, owner=str(user.pk))
        if not RecoveryCode.objects.filter(user_id=user.pk, digest=digest, used_at=None).update(used_at=now()):
            raise WrongCode
        publish(SecondFactorChanged(user_id=user.pk, what="recovery_codes", action="used"))
        return
    app = AuthenticatorApp.objects.select_for_update().filter(user_id=user.pk).first()
    if app is None:
        raise WrongCode
    try:
        step = totp.matching_step(unseal(APP, app.secret), code, seconds=now().timestamp(), after=app.last_step)
    except Unreadable as error:  # the firm was moved here from another installation
        raise WrongCode from error
    if step is None:
        raise WrongCode
    app.last_step = step
    app.save(update_fields=["last_step"])


@transaction.atomic
def reset_second_factors(*, user_id: UUID) -> None:
    """Take away whatever a colleague lost; they set it up anew after the next log-in."""
    user = User.objects.select_for_update().get(pk=user_id)
    for model in (AuthenticatorApp, RecoveryCode, Passkey):
        model.objects.filter(user_id=user.pk).delete()
    end_sessions(user_id=user.pk)
    publish(SecondFactorReset(user_id=user.pk))


def _lock(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)


def _drop_codes_without_factor(user: User) -> None:
    """Recovery codes stand in for a factor; without one they would be a factor of their own."""
    if not Passkey.objects.filter(user_id=user.pk).exists():
        RecoveryCode.objects.filter(user_id=user.pk).delete()
