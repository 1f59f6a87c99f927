"""What the consent column of a file means beside what the customer said before."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from customers.models import Consent


def latest_statements(customer_ids: Iterable[UUID]) -> dict[UUID, Consent]:
    """Customer → their standing word on surveys."""
    latest = (
        Consent.objects.filter(customer_id__in=list(customer_ids), purpose=Consent.Purpose.SURVEY)
        .order_by("customer_id", "-stated_at", "-id")
        .distinct("customer_id")
    )
    return {consent.customer_id: consent for consent in latest}


def withdrawal_stands(values: Mapping[str, Any], standing: Consent | None, time_zone: str) -> bool:
    """Does the row say yes for somebody who said no, without a date after that no?

    A list written before somebody opted out would otherwise opt them in again.
    """
    if standing is None or standing.granted or not values["survey_consent"]:
        return False
    stated_at = _stated_at(values, time_zone)
    return stated_at is None or stated_at <= standing.stated_at


def new_statement(
    values: Mapping[str, Any], standing: Consent | None, time_zone: str, moment: datetime
) -> Consent | None:
    """The consent to append for a row (customer and evidence still to be set), or None when it says nothing new.

    Dated at the start of the day the file names, else at ``moment``. A word older than the standing one is no news.
    """
    granted = values["survey_consent"]
    if granted is None or (standing and standing.granted == granted) or withdrawal_stands(values, standing, time_zone):
        return None
    stated_at = _stated_at(values, time_zone) or moment
    if standing and stated_at <= standing.stated_at:
        return None
    return Consent(purpose=Consent.Purpose.SURVEY, granted=granted, method=Consent.Method.FILE, stated_at=stated_at)


def _stated_at(values: Mapping[str, Any], time_zone: str) -> datetime | None:
    text = values.get("survey_consent_date")
    return datetime.combine(date.fromisoformat(text), time.min, ZoneInfo(time_zone)) if text else None
