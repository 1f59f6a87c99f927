"""Time-based one-time passwords as authenticator apps make them (RFC 6238: SHA-1, 30 seconds, 6 digits)."""

import base64
import hashlib
import hmac
import secrets
import struct
from urllib.parse import quote, urlencode

PERIOD = 30
DIGITS = 6


def new_secret() -> str:
    """160 random bits in base32, as an app takes them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_at(seconds: float) -> int:
    """The number of the 30-second step that ``seconds`` since 1970 falls in."""
    return int(seconds) // PERIOD


def code_at(secret: str, step: int) -> str:
    """The six digits an app shows during ``step`` (RFC 4226, section 5.3)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: str, code: str, *, seconds: float, after: int) -> int | None:
    """The step whose code this is: now, one before or one later, but only past ``after``, the last step ever used.

    One code opens once: whoever read it over a shoulder comes too late.
    """
    code = "".join(code.split())
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    now = step_at(seconds)
    found = None
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(code_at(secret, step), code) and step > after:
            found = step
    return found


def address(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code says: the ``otpauth://`` address an app understands."""
    label = quote(f"{issuer}:{account}", safe="")
    query = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": PERIOD}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def spaced(secret: str) -> str:
    """The key in groups of four, for typing by hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
