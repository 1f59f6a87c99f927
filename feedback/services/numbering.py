"""Complaint numbers: without a gap, without a twin."""

from datetime import datetime
from zoneinfo import ZoneInfo

from feedback.models import Complaint, ComplaintCounter
from tenants.staff.models import Firm


def take_number(firm: Firm, at: datetime) -> str:
    """The next number of the year of ``at`` in the firm's time zone: ``KN-2026-00417``, or ``CP-…`` in English.

    The counter stays locked until the caller's transaction ends, so the complaint and its number appear together.
    """
    year = at.astimezone(ZoneInfo(firm.time_zone)).year
    ComplaintCounter.objects.bulk_create([ComplaintCounter(year=year)], ignore_conflicts=True)
    counter = ComplaintCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    prefix = "KN" if firm.language == "vi" else "CP"
    return f"{prefix}-{year}-{counter.last:05}"


def take_sample_number(firm: Firm) -> str:
    """A number apart for an invented complaint, so that the real ones have no gap once it is removed."""
    Firm.objects.select_for_update(no_key=True).get(pk=firm.pk)
    prefix = "MẪU" if firm.language == "vi" else "SAMPLE"
    taken = Complaint.objects.filter(is_sample=True, number__startswith=f"{prefix}-").values_list("number", flat=True)
    last = max((int(number.rpartition("-")[2]) for number in taken), default=0)
    return f"{prefix}-{last + 1:05}"
