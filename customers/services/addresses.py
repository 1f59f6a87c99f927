"""An address and its parts stay in step: whichever is given, the others follow."""

from typing import Any

from customers.errors import ChoiceInvalid
from customers.logic.addresses import one_line, province_code, read_line, ward_as_known
from customers.models import Customer

PARTS = ("street_line", "ward", "province_code")


def checked_province(value: str) -> str:
    """Code of a province given by its code or by any of its names, old ones too. Raises ChoiceInvalid."""
    code = province_code(value) if value.strip() else ""
    if value.strip() and not code:
        raise ChoiceInvalid(field="province_code", value=value[:80])
    return code


def follow(customer: Customer, checked: dict[str, Any], country: str) -> None:
    """Complete ``checked`` (field → new value) so that line and parts say the same.

    New parts make the line anew and what stood there before is kept as it was written; a new line is read for parts.
    An emptied line empties everything.
    """
    now = {name: checked.get(name, getattr(customer, name)) for name in (*PARTS, "address", "legacy_address")}
    moved = {name for name, value in now.items() if value != getattr(customer, name)}
    if moved & set(PARTS):
        checked["ward"] = now["ward"] = ward_as_known(now["ward"], now["province_code"])
        before = one_line(customer.street_line, customer.ward, customer.province_code)
        checked["address"] = one_line(now["street_line"], now["ward"], now["province_code"])
        if customer.address not in ("", before) and not now["legacy_address"]:
            checked["legacy_address"] = customer.address
        if not (now["street_line"] or now["ward"]):
            checked["address"] = now["legacy_address"] or checked.get("legacy_address", "") or checked["address"]
    elif "address" in moved:
        read = read_line(now["address"], country)
        if "legacy_address" in moved:
            read["legacy_address"] = now["legacy_address"]
        checked.update(read)
    elif "legacy_address" in moved and not (now["street_line"] or now["ward"]):
        read = read_line(now["legacy_address"], country)
        checked["address"] = now["legacy_address"]
        checked["province_code"] = read["province_code"] or now["province_code"]
