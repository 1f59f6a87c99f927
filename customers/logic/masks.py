"""Contacts as they are shown to those who may not see them: enough to recognise, too little to use."""

from typing import Final

from customers.logic.phones import display_phone, mask_phone

MASK: Final = "***"


def mask_email(address: str) -> str:
    """The first letter and the domain: "lan.nguyen@khach.example" becomes "l***@khach.example".

    How long the name is does not show. What is no address is starred whole.
    """
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}{MASK}@{domain}" if at and name else MASK


def contact_as_read(kind: str, value: str, *, masked: bool) -> str:
    """A phone as it is read aloud or an address as it is; masked where the reader may not see it."""
    if kind == "phone":
        return mask_phone(value) if masked else display_phone(value)
    return mask_email(value) if masked else value
