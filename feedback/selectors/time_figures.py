"""What listening knows of the time before and after a decision: satisfaction, recommending, complaints a week."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.logic.metrics import Score
from feedback.logic.rates import compare_counts
from feedback.models import Survey
from feedback.selectors.complaints import visible_to
from feedback.selectors.trends import Change, changes
from journeys.selectors.time_figures import Stretches, TimeFigure, Verdict, tells_of_times
from tenants.staff.roles import Level

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
    value = f"{round(score.value)} %" if metric != Survey.Metric.NPS else f"{round(score.value):+d}".replace("+0", "0")
    return value, _("%(low)s to %(high)s, %(n)s") % {"low": round(score.low), "high": round(score.high), "n": n}


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
