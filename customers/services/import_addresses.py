"""The address a row of a file tells: all its parts, and what it changes of an address that is known."""

from collections.abc import Mapping
from typing import Any, Final, cast

from customers.logic.addresses import read_line
from customers.services.import_drafts import ADDRESS, Draft

_MAX_STREET: Final = 180
_NOWHERE: Final[dict[str, str]] = dict.fromkeys(ADDRESS, "")


def address_of(values: Mapping[str, Any], country: str) -> dict[str, str]:
    """The address a row tells, column by column: its line, and the parts the file or the line itself has.

    One whose street is longer than a street may be stays as it was written.
    """
    line = values["address"]
    if not line:
        return _NOWHERE
    parts = cast("dict[str, str]", dict(values.get("address_parts") or read_line(line, country)))
    if len(parts["street_line"]) > _MAX_STREET:
        parts.update(street_line="", ward="", legacy_address=line)
    return {"address": line, **parts}


def move(draft: Draft, values: Mapping[str, Any], country: str) -> None:
    """Another line brings its own parts; the same one only those that are not known.

    A row without a street says where somebody lives who has no address yet; of a known one it completes the province.
    """
    if not values["address"]:
        return
    told, customer = address_of(values, country), draft.customer
    if customer.address and not values.get("has_street", True):
        if not customer.province_code:
            draft.set("province_code", told["province_code"])
        return
    is_same = told["address"] == customer.address
    if is_same and (customer.street_line or customer.ward or "address_parts" not in values):
        return
    for name, value in told.items():
        draft.set(name, value)


def leave(draft: Draft) -> None:
    """The row says that there is no address any more."""
    for name, nothing in _NOWHERE.items():
        draft.set(name, nothing)
