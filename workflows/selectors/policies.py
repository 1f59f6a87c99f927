"""Which promise applies to a complaint, and the product's own promises where a firm has none."""

from datetime import timedelta
from typing import Final, NamedTuple

from cxcrm.core.once import once
from workflows.models import SlaPolicy


class Standard(NamedTuple):
    """First personal contact and answer for one severity; business time unless around the clock."""

    first_contact: timedelta
    resolve: timedelta
    around_the_clock: bool


WORKING_DAY: Final = timedelta(hours=8)
# Domain page §3.9; a working day is eight hours of business time.
STANDARDS: Final[dict[str, Standard]] = {
    "S1": Standard(timedelta(hours=1), timedelta(days=3), True),
    "S2": Standard(timedelta(hours=4), 2 * WORKING_DAY, False),
    "S3": Standard(WORKING_DAY, 3 * WORKING_DAY, False),
    "S4": Standard(3 * WORKING_DAY, 10 * WORKING_DAY, False),
}


@once
def policy_for(severity: str) -> SlaPolicy:
    """The firm's policy for ``severity``, or an unsaved one with the standard times."""
    stored = (
        SlaPolicy.objects.filter(severity=severity)
        .select_related("calendar")
        .prefetch_related("calendar__days")
        .first()
    )
    if stored:
        return stored
    standard = STANDARDS.get(severity, STANDARDS["S3"])
    return SlaPolicy(severity=severity, **standard._asdict())
