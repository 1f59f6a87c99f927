"""Log-in by the firm's own identity provider: OpenID Connect with PKCE, state and nonce."""

import base64
import json
import logging
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import jwt
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cxcrm.core.configuration import drop, keep
from cxcrm.core.context import current_tenant
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from cxcrm.core.http import CallFailed, call
from cxcrm.core.sealed import Unreadable, seal, unseal
from tenants.services.domains import url_for
from tenants.staff.errors import ProviderRefused
from tenants.staff.events import IdentityLinked
from tenants.staff.logic.identity import Claims, challenge_of, new_verifier, read_claims
from tenants.staff.models import Identity, IdentityProvider, User
from tenants.staff.selectors.credentials import providers
from tenants.staff.selectors.firm import the_firm
from tenants.staff.services.accounts import create_user

logger = logging.getLogger(__name__)

SECRET, ON_THE_WAY = "client secret", "single sign-on"
CALLBACK = "/admin/login/callback/"
# Signatures only the provider can make; "none" and shared secrets are no signatures.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
LEEWAY_SECONDS = 60


@dataclass(frozen=True)
class Arrival:
    """Somebody back from the provider."""

    user: User
    provider: IdentityProvider
    next: str


def callback_url() -> str:
    """Where the provider sends people back to: the firm's primary address, to be entered at the provider."""
    return url_for(current_tenant().host, CALLBACK)


def save_provider(*, provider: IdentityProvider, secret: str = "") -> IdentityProvider:
    """Keep a provider; an empty ``secret`` leaves the one that is there. Raises InvalidInput when nobody answers."""
    provider.issuer = provider.issuer.strip()
    provider.email_domains = [name.strip().lower().removeprefix("@") for name in provider.email_domains]
    if secret:
        provider.client_secret = seal(SECRET, secret)
    if not provider.client_secret:
        raise InvalidInput(_("Type the client secret the provider gave you."), code="provider.secret")
    if not all("." in name and "@" not in name for name in provider.email_domains) or not provider.email_domains:
        raise InvalidInput(_("Type e-mail domains such as example.vn, separated by commas."), code="provider.domains")
    try:
        _discover(provider.issuer)
    except CallFailed as error:
        logger.warning("issuer not usable: %s", error)
        raise InvalidInput(
            _("No identity provider answers at this issuer. Copy the address from its guide, with https://."),
            code="provider.issuer",
        ) from error
    return keep(provider)


def remove_provider(*, provider: IdentityProvider) -> None:
    drop(provider)


def begin_sign_on(*, provider_id: UUID, next_path: str, again: bool = False) -> tuple[str, str]:
    """Where to send the browser, and what it carries until it is back (sealed). Raises NotFound, ProviderRefused.

    ``again`` has the provider ask for the password although it knows the browser: for proving oneself anew.
    """
    provider = providers().filter(pk=provider_id).first()
    if provider is None:
        raise NotFound
    try:
        endpoint = _address(_discover(provider.issuer), "authorization_endpoint")
    except CallFailed as error:
        raise _refusal(provider, error) from error
    tenant = current_tenant()
    luggage = {
        "provider": str(provider.pk),
        "epoch": tenant.epoch,
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": new_verifier(),
        "next": next_path,
    }
    query = {
        "response_type": "code",
        "scope": "openid email profile",
        "client_id": provider.client_id,
        "redirect_uri": callback_url(),
        "state": luggage["state"],
        "nonce": luggage["nonce"],
        "code_challenge": challenge_of(str(luggage["verifier"])),
        "code_challenge_method": "S256",
    }
    if again:
        query["prompt"] = "login"
    joint = "&" if "?" in endpoint else "?"
    return f"{endpoint}{joint}{urlencode(query)}", seal(ON_THE_WAY, json.dumps(luggage))


def finish_sign_on(*, luggage: str, state: str, code: str) -> Arrival:
    """Who came back. Raises ProviderRefused, NotFound when the luggage is not ours."""
    try:
        carried = json.loads(unseal(ON_THE_WAY, luggage, max_age=settings.LOG_IN_SECONDS))
    except Unreadable as error:
        raise NotFound from error
    provider = providers().filter(pk=carried["provider"]).first()
    if provider is None or carried["epoch"] != current_tenant().epoch:
        raise NotFound
    if not code or not secrets.compare_digest(state.encode(), carried["state"].encode()):
        raise _refusal(provider, "state")
    try:
        token = _id_token(provider, code, carried["verifier"])
    except (CallFailed, Unreadable, jwt.PyJWTError, ValueError, TypeError) as error:
        raise _refusal(provider, error) from error
    claims = read_claims(token, nonce=carried["nonce"], client_id=provider.client_id, domains=provider.email_domains)
    if isinstance(claims, str):
        raise _refusal(provider, claims)
    return Arrival(_account(provider=provider, claims=claims), provider, carried["next"])


@transaction.atomic
def _account(*, provider: IdentityProvider, claims: Claims) -> User:
    """The account these claims open: the one linked before, else the one with this address, else a new one."""
    known = Identity.objects.select_related("user").filter(provider=provider, subject=claims.subject).first()
    if known is not None:
        if not known.user.is_active:
            raise _refusal(provider, "left")
        return known.user
    user = User.objects.filter(email__iexact=claims.email).first()
    if user is None:
        if not provider.creates_accounts:
            raise _refusal(provider, "no account")
        user = create_user(
            email=claims.email, full_name=claims.full_name, role=provider.role, language=the_firm().language
        )
    if not user.is_active:
        raise _refusal(provider, "left")
    try:
        with transaction.atomic():
            Identity.objects.create(provider=provider, subject=claims.subject, user=user)
    except IntegrityError as error:  # somebody else at the provider took over the address
        raise _refusal(provider, "address belongs to another subject") from error
    publish(IdentityLinked(user_id=user.pk, provider_id=provider.pk))
    return user


def _discover(issuer: str) -> dict[str, Any]:
    """What the issuer publishes about itself. Raises CallFailed."""
    reply = call(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if reply.status != 200:
        raise CallFailed(f"discovery answers {reply.status}")
    found = reply.json()
    if found.get("issuer") != issuer and str(found.get("issuer")).rstrip("/") != issuer.rstrip("/"):
        raise CallFailed("discovery names another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _address(found, name)
    return found


def _address(found: dict[str, Any], name: str) -> str:
    address = str(found.get(name) or "")
    if not address.startswith(("https://", "http://") if settings.OUTBOUND_PRIVATE else ("https://",)):
        raise CallFailed(f"discovery names no {name}")
    return address


def _id_token(provider: IdentityProvider, code: str, verifier: str) -> dict[str, Any]:
    """Trade the code for an ID token and check its signature, issuer, audience and time."""
    found = _discover(provider.issuer)
    secret = unseal(SECRET, provider.client_secret)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url(),
        "code_verifier": verifier,
    }
    headers = {}
    if "client_secret_basic" in found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        user_and_password = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(user_and_password.encode()).decode()}"
    else:
        form |= {"client_id": provider.client_id, "client_secret": secret}
    reply = call(_address(found, "token_endpoint"), form=form, headers=headers)
    if reply.status != 200:
        raise CallFailed(f"token endpoint answers {reply.status}")
    text = str(reply.json().get("id_token") or "")
    key_id = jwt.get_unverified_header(text).get("kid")
    keys = jwt.PyJWKSet.from_dict(call(_address(found, "jwks_uri")).json()).keys
    fitting = [key for key in keys if key_id is None or key.key_id == key_id]
    if not fitting:
        raise CallFailed("signed with an unknown key")
    token: dict[str, Any] = jwt.decode(
        text,
        fitting[0].key,
        algorithms=ALGORITHMS,
        audience=provider.client_id,
        issuer=str(found["issuer"]),
        leeway=LEEWAY_SECONDS,
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )
    return token


def _refusal(provider: IdentityProvider, reason: object) -> ProviderRefused:
    logger.warning("log-in by provider %s refused: %s", provider.pk, reason)
    return ProviderRefused(ProviderRefused.message % {"name": provider.name})
