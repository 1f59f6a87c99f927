"""Passkeys: made, proved, named and removed, each for the firm's own address only."""

import json
import struct
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from django.db import transaction
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from tenants.services.domains import url_for
from tenants.staff.errors import WrongPasskey
from tenants.staff.events import SecondFactorChanged
from tenants.staff.models import AuthenticatorApp, Passkey, RecoveryCode, User
from tenants.staff.services.second_factors import first_recovery_codes

# What the library and its parsers raise for an answer that is malformed, foreign or forged.
REFUSED = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, InvalidSignature)
LONGEST_ANSWER = 20_000
VERIFIED = UserVerificationRequirement.REQUIRED


def _server() -> Fido2Server:
    """Relying party is the firm's primary host: a passkey of one firm does not even come up at another's page."""
    tenant = current_tenant()
    origin = url_for(tenant.host, "")
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=tenant.host, name=tenant.name),
        attestation="none",  # type: ignore[arg-type] # taken by its value
        verify_origin=lambda said: said == origin,
    )


def begin_passkey(*, user: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to make a passkey, and what to keep until it answers."""
    tenant = current_tenant()
    known = [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY, id=AttestedCredentialData(bytes(row.public_key)).credential_id
        )
        for row in Passkey.objects.filter(user_id=user.pk, host=tenant.host)
    ]
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.email, display_name=user.full_name),
        credentials=known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFIED,
    )
    return dict(options), state


@transaction.atomic
def add_passkey(*, user: User, state: dict[str, Any] | None, answer: str, name: str) -> list[str]:
    """Keep the browser's new passkey; returns recovery codes when the person had none. Raises WrongPasskey."""
    User.objects.select_for_update().get(pk=user.pk)
    try:
        data = _server().register_complete(state, RegistrationResponse.from_dict(_read(state, answer)))
        credential = data.credential_data
        if credential is None:
            raise WrongPasskey
    except REFUSED as error:
        raise WrongPasskey from error
    number = Passkey.objects.filter(user_id=user.pk).count() + 1
    ident = websafe_encode(credential.credential_id)
    if len(ident) > 1400 or Passkey.objects.filter(credential_id=ident).exists():
        raise WrongPasskey
    Passkey.objects.create(
        user_id=user.pk,
        name=name.strip()[:60] or _("Passkey %(number)d") % {"number": number},
        host=current_tenant().host,
        credential_id=ident,
        public_key=bytes(credential),
        uses=data.counter,
    )
    publish(SecondFactorChanged(user_id=user.pk, what="passkey", action="added"))
    return first_recovery_codes(user=user)


def begin_proof() -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to prove any passkey of this firm, and what to keep until it answers."""
    options, state = _server().authenticate_begin(user_verification=VERIFIED)
    return dict(options), state


@transaction.atomic
def prove_passkey(*, state: dict[str, Any] | None, answer: str) -> User:
    """Who holds the passkey that signed ``state``'s challenge at this firm's address. Raises WrongPasskey.

    A counter that does not grow tells of a copied key (WebAuthn, 7.2 step 22); synced keys stay at nought.
    """
    try:
        response = AuthenticationResponse.from_dict(_read(state, answer))
        ident, handle = websafe_encode(response.raw_id), response.response.user_handle
        counter = response.response.authenticator_data.counter
    except REFUSED as error:
        raise WrongPasskey from error
    row = (
        Passkey.objects.select_for_update()
        .filter(credential_id=ident, host=current_tenant().host, user__is_active=True)
        .first()
    )
    if row is None or (handle is not None and handle != row.user_id.bytes):
        raise WrongPasskey
    try:
        _server().authenticate_complete(state, [AttestedCredentialData(bytes(row.public_key))], response)
    except REFUSED as error:
        raise WrongPasskey from error
    if counter <= row.uses and (counter or row.uses):
        raise WrongPasskey
    row.uses, row.last_used_at = counter, now()
    row.save(update_fields=["uses", "last_used_at"])
    return User.objects.get(pk=row.user_id)


@transaction.atomic
def rename_passkey(*, user: User, passkey_id: UUID, name: str) -> None:
    """Raises NotFound."""
    if not Passkey.objects.filter(user_id=user.pk, pk=passkey_id).update(name=name.strip()[:60]):
        raise NotFound


@transaction.atomic
def remove_passkey(*, user: User, passkey_id: UUID) -> None:
    """Raises NotFound."""
    User.objects.select_for_update().get(pk=user.pk)
    if not Passkey.objects.filter(user_id=user.pk, pk=passkey_id).delete()[0]:
        raise NotFound
    publish(SecondFactorChanged(user_id=user.pk, what="passkey", action="removed"))
    if not any(model.objects.filter(user_id=user.pk).exists() for model in (Passkey, AuthenticatorApp)):
        RecoveryCode.objects.filter(user_id=user.pk).delete()


def _read(state: dict[str, Any] | None, answer: str) -> dict[str, Any]:
    if not state or len(answer) > LONGEST_ANSWER:
        raise WrongPasskey
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise WrongPasskey
    return read
