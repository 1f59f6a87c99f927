"""Answers that look odd: why in words, how many in a stretch of time, and who may set them aside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from feedback.logic.oddness import BEGGED, ONE_MAILBOX, QUICK
from feedback.models import Response
from tenants.staff.models import User
from tenants.staff.roles import Role

WORDS: Final = {
    QUICK: _("answered in under five seconds"),
    ONE_MAILBOX: _("several customers from one mailbox within a day"),
    BEGGED: _("a score was asked for in what we wrote"),
}
_SETTING_ASIDE: Final = (Role.BRAND_STEWARD, Role.EXECUTIVE, Role.OWNER)


@dataclass(frozen=True)
class Odd:
    """How many answers were marked, and how many of them are left out of the measures."""

    marked: int
    set_aside: int


def odd_answers(since: datetime, until: datetime) -> Odd:
    """Of the answers given from ``since`` up to, not including, ``until``."""
    rows = Response.objects.filter(answered_at__gte=since, answered_at__lt=until).exclude(odd=[])
    return Odd(**rows.aggregate(marked=Count("pk"), set_aside=Count("pk", filter=Q(set_aside_at__isnull=False))))


def may_set_aside(user: User) -> bool:
    """Brand stewards, executives and owners: whoever is judged by a score does not choose what counts."""
    return user.role in _SETTING_ASIDE
