"""What an identity provider says about somebody, and whether that lets them in (OpenID Connect Core, 3.1.3.7)."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Claims:
    """Who the provider says it is."""

    subject: str
    email: str
    full_name: str


def new_verifier() -> str:
    """A secret for one log-in only (RFC 7636)."""
    return secrets.token_urlsafe(48)


def challenge_of(verifier: str) -> str:
    """What is shown of the verifier beforehand (S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def read_claims(token: dict[str, Any], *, nonce: str, client_id: str, domains: list[str]) -> Claims | str:
    """The claims of an ID token whose signature, issuer, audience and time are checked; or why they do not do."""
    email = str(token.get("email") or "").strip().lower()
    subject = str(token.get("sub") or "")
    audience = token.get("aud")
    reasons = {
        "nonce": not secrets.compare_digest(str(token.get("nonce") or "").encode(), nonce.encode()),
        "authorised party": token.get("azp", client_id) != client_id
        or (isinstance(audience, list) and len(audience) > 1 and "azp" not in token),
        "subject": not 0 < len(subject) <= 255,
        "email": email.count("@") != 1 or len(email) > 254 or "\x00" in email,
        "email not verified": token.get("email_verified") not in (True, "true"),
        "email domain": email.rpartition("@")[2] not in [domain.lower() for domain in domains],
    }
    wrong = [reason for reason, is_wrong in reasons.items() if is_wrong]
    if wrong:
        return ", ".join(wrong)
    name = " ".join(str(token.get("name") or "").replace("\x00", "").split())
    return Claims(subject, email, name[:120] or email.partition("@")[0])
