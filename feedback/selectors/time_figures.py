"""What listening knows of the time before and after a decision: what customers and staff say, complaints a week."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.logic.shares import SHOWN_FROM
from feedback.logic.metrics import NpsCounts, Score, compare_nps, enps
from feedback.logic.rates import compare_counts
from feedback.models import Survey
from feedback.selectors.complaints import visible_to
from feedback.selectors.pulse import enps_counts
from feedback.selectors.trends import Change, changes
from journeys.logic.months import months_after, quarter_of
from journeys.selectors.time_figures import Stretches, TimeFigure, Verdict, tells_of_times
from journeys.wording import quarter_name
from tenants.staff.roles import Level
from tenants.staff.selectors.firm import firm_zone

_SCORES: Final = ((Survey.Metric.CSAT, "CSAT"), (Survey.Metric.NPS, "NPS"))


@tells_of_times
def scores_and_cases(reader: Any, stretches: Stretches) -> Iterator[TimeFigure]:
    """CSAT and NPS with their intervals, and complaints a week of those within reach. Two queries."""
    if not reader.allows("feedback", Level.READ):
        return
    found = changes(days=stretches.days, until=stretches.end)
    for metric, label in _SCORES:
        yield _score(metric, label, found.get(metric))
    yield _cases(reader, stretches)


@tells_of_times
def what_staff_said(reader: Any, stretches: Stretches) -> Iterator[TimeFigure]:
    """eNPS of the last whole quarter before the decision and of the quarter the time after it ends in. One query.

    A quarter in which both lie tells nothing: nobody is asked twice in it, and who answered before is not known.
    """
    if not reader.allows("feedback", Level.READ):
        return
    turned, ends = (quarter_of(at.astimezone(firm_zone()).date()) for at in (stretches.turn, stretches.end))
    before, after = months_after(turned, -3), ends if ends > turned else None
    counts = enps_counts([before, *([after] if after else [])])
    sides = [counts.get(one, NpsCounts(0, 0, 0)) if one else NpsCounts(0, 0, 0) for one in (before, after)]
    told = [_said("nps", enps(*side)) if sum(side) else ("–", _("no answers")) for side in sides]
    verdict: Verdict = "few"
    if min(map(sum, sides)) >= SHOWN_FROM:
        change = compare_nps(sides[1], sides[0])
        verdict = "same" if not change.differ else "better" if change.difference > 0 else "worse"
    of = [
        f"{quarter_name(one)}: {words}" if one else _("no quarter has begun since")
        for one, (_value, words) in zip((before, after), told, strict=True)
    ]
    yield TimeFigure("enps", "eNPS", told[0][0], of[0], told[1][0], of[1], verdict)


def _score(metric: str, label: str, change: Change | None) -> TimeFigure:
    if change is None:
        none = _("no answers")
        return TimeFigure(metric, label, "–", none, "–", none, "few")
    verdict: Verdict = "same"
    if "hidden" in {change.score.enough, change.before.enough}:
        verdict = "few"
    elif change.comparison.differ:
        verdict = "better" if change.comparison.difference > 0 else "worse"
    (before, before_of), (after, after_of) = (_said(metric, one) for one in (change.before, change.score))
    return TimeFigure(metric, label, before, before_of, after, after_of, verdict)


def _said(metric: str, score: Score) -> tuple[str, str]:
    n = ngettext("%(n)s answer", "%(n)s answers", score.n) % {"n": number_format(score.n, force_grouping=True)}
    if score.value is None or score.enough == "hidden":
        return "–", n
    value = (
        f"{round(score.value)} %"
        if metric != Survey.Metric.NPS
        else f"{round(score.value):+d}".replace("+0", "0").replace("-", "−")
    )
    low, high = (f"{round(bound)}".replace("-", "−") for bound in (score.low, score.high))
    return value, _("%(low)s to %(high)s, %(n)s") % {"low": low, "high": high, "n": n}


def _cases(reader: Any, stretches: Stretches) -> TimeFigure:
    near = visible_to(reader).filter(received_at__gte=stretches.start, received_at__lt=stretches.end)
    counted = near.aggregate(
        before=Count("pk", filter=Q(received_at__lt=stretches.turn)),
        after=Count("pk", filter=Q(received_at__gte=stretches.turn)),
    )
    before, after = counted["before"], counted["after"]
    weeks = stretches.days / 7
    rates = [number_format(n / weeks, decimal_pos=1, use_l10n=True) for n in (before, after)]
    told = [
        ngettext("%(n)s complaint", "%(n)s complaints", n) % {"n": number_format(n, force_grouping=True)}
        for n in (before, after)
    ]
    more = compare_counts(before, after)
    verdict: Verdict = "few" if more is None else ("same", "worse", "better")[more]
    return TimeFigure("complaints", _("Complaints a week"), rates[0], told[0], rates[1], told[1], verdict)
