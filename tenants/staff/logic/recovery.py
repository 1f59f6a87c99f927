"""Recovery codes: ten words of luck for the day the phone is gone."""

import hashlib
import hmac
import secrets

HOW_MANY = 10
# No letter or digit that is read as another.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 12


def new_codes() -> list[str]:
    """Ten codes like ``k7qm-2hxd-9wtp``, each of 59 random bits."""
    return [_grouped("".join(secrets.choice(LETTERS) for _ in range(LENGTH))) for _ in range(HOW_MANY)]


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def looks_like_one(text: str) -> bool:
    return len(bare(text)) == LENGTH


def bare(text: str) -> str:
    """A code as somebody typed it, without what they put between the letters."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def digest(code: str, *, owner: str) -> str:
    """What is kept of a code. Bound to its owner, so that equal codes of two people are not seen to be equal."""
    return hmac.new(owner.encode(), bare(code).encode(errors="replace"), hashlib.sha256).hexdigest()
