"""May this customer be asked something now? Floors above, which know what they were asked before, say why not."""

from collections.abc import Callable
from uuid import UUID

# Customer → one translated sentence on why asking must wait; "" where nothing speaks against it.
Check = Callable[[UUID], str]
_checks: list[Check] = []


def holds_back(check: Check) -> Check:
    """Register a check of a floor above, once at start-up."""
    if check not in _checks:
        _checks.append(check)
    return check


def reason_not_to_ask(customer_id: UUID) -> str:
    """The first reason found, "" when the customer may be asked."""
    for check in _checks:
        if reason := check(customer_id):
            return str(reason)
    return ""
