"""What a firm starts with: opening hours with its country's holidays, promises per severity, a ladder of four rungs."""

from datetime import timedelta
from uuid import UUID

import holidays
from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from cxcrm.core.language import speaking
from tenants.staff.selectors.firm import firm_zone
from workflows.default_reasons import PAUSE_REASONS
from workflows.models import Calendar, CalendarDay, EscalationLevel, EscalationPolicy, PauseReason, SlaPolicy
from workflows.selectors.policies import STANDARDS, WORKING_DAY

_MORNING, _AFTERNOON = ["08:00", "12:00"], ["13:00", "17:00"]
# Offices in Việt Nam work on Saturday mornings too (domain page §4.6); elsewhere Monday to Friday, nine to six.
_OFFICE_VN = {str(day): [_MORNING, _AFTERNOON] for day in range(5)} | {"5": [_MORNING]}
_OFFICE = {str(day): [["09:00", "18:00"]] for day in range(5)}

_Audience = EscalationLevel.Audience
# Rung, who, share of the clock, business time after it ran out.
_RUNGS: tuple[tuple[int, str, str | None, timedelta | None], ...] = (
    (1, _Audience.OWNER, "0.5", None),
    (2, _Audience.MANAGER, "0.8", None),
    (3, _Audience.EXECUTIVE, None, timedelta(0)),
    (4, _Audience.CHIEF, None, WORKING_DAY),
)


@transaction.atomic
def lay_calendar(*, country: str, language: str, time_zone: str) -> Calendar:
    """The default calendar, with the public holidays of this year and the next; an existing one is left alone."""
    with speaking(language):
        name = _("Office hours")
    windows = _OFFICE_VN if country == "VN" else _OFFICE
    calendar, _created = Calendar.objects.get_or_create(
        is_default=True, defaults={"name": name, "time_zone": time_zone, "windows": windows}
    )
    this_year = now().astimezone(firm_zone()).year
    for year in (this_year, this_year + 1):
        lay_holidays(calendar_id=calendar.id, country=country, language=language, year=year)
    return calendar


@transaction.atomic
def lay_holidays(*, calendar_id: UUID, country: str, language: str, year: int) -> int:
    """Add a year's public holidays as closed days; days the firm already set are left alone.

    Returns how many are known. A country the ``holidays`` package does not know has none.
    """
    if country not in holidays.list_supported_countries():
        return 0
    known = holidays.list_localized_countries().get(country, [])
    spoken = next((code for code in (language, f"{language}_{country}", "en_US") if code in known), None)
    found = holidays.country_holidays(country, years=year, language=spoken)
    CalendarDay.objects.bulk_create(
        [CalendarDay(calendar_id=calendar_id, day=day, name=name[:120]) for day, name in sorted(found.items())],
        ignore_conflicts=True,
    )
    return len(found)


@transaction.atomic
def lay_promises() -> None:
    """The times of domain page §3.9 for each severity that has none yet."""
    SlaPolicy.objects.bulk_create(
        [SlaPolicy(severity=severity, **standard._asdict()) for severity, standard in STANDARDS.items()],
        ignore_conflicts=True,
    )


@transaction.atomic
def lay_pause_reasons() -> None:
    """Reasons to pause a complaint, unless the firm has some already."""
    if not PauseReason.objects.exists():
        PauseReason.objects.bulk_create(
            PauseReason(name=name, name_en=name_en, told=told, told_en=told_en, position=position)
            for position, ((name, name_en), (told, told_en)) in enumerate(PAUSE_REASONS, start=1)
        )


@transaction.atomic
def ensure_ladder_policy(language: str = "vi") -> EscalationPolicy:
    """The default ladder, made when there is none: a firm without one would never escalate."""
    with speaking(language):
        name = _("Standard ladder")
    policy, _created = EscalationPolicy.objects.get_or_create(is_default=True, defaults={"name": name})
    if not policy.levels.exists():
        EscalationLevel.objects.bulk_create(
            EscalationLevel(policy=policy, position=position, audience=who, share=share, after_breach=after)
            for position, who, share, after in _RUNGS
        )
    return policy
