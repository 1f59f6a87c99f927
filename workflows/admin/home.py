"""The home page of a firm's staff: what is mine, what is late, what nobody owns, what customers said today."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.site import Site
from cxcrm.core.clock import now
from cxcrm.core.tokens import make_token
from feedback.models import Response, Survey
from feedback.selectors.metrics import score
from tenants.services import plans
from tenants.staff.models import User
from tenants.staff.roles import Role
from workflows.admin.tones import SEVERITY_TONES
from workflows.selectors.first_steps import first_steps_for
from workflows.selectors.home import Case, home_for

SCORED_OVER = timedelta(days=90)
LATEST = 4
# Who is told that the plan runs out.
_ASKS_FOR_MORE: set[str] = {Role.OWNER, Role.MANAGER}


def home(site: Site, request: HttpRequest) -> HttpResponse:
    """The page every role begins the day with; lists a role may not see stay empty."""
    at = now()
    found = home_for(request.user)
    context = {
        **site.each_context(request),
        "title": _("Home"),
        "greeting": _greeting(request.user, at),
        "today": timezone.localtime(at),
        "home": found,
        "first_steps": first_steps_for(request.user),
        "plan_notices": plans.near_limit() if request.user.role in _ASKS_FOR_MORE else [],
        "mine": [_row(case) for case in found.mine],
        "overdue": [_row(case) for case in found.overdue],
        "decisions": [(step, f"/d/{make_token('decide', step.pk)}/") for step in found.decisions],
        "answers_today": _answers_today(at),
        "latest": list(
            Response.objects.exclude(words="").select_related("customer", "complaint").order_by("-answered_at")[:LATEST]
        ),
        "scores": [shown for shown in (_score(metric, at) for metric in Survey.Metric) if shown["score"].n],
    }
    request.current_app = site.name
    return TemplateResponse(request, "admin/home.html", context)


def _greeting(user: User, at: datetime) -> Any:
    hour = timezone.localtime(at).hour
    words = _("Good morning, %(name)s") if hour < 11 else _("Good afternoon, %(name)s")
    return (_("Good evening, %(name)s") if hour >= 18 else words) % {"name": user.get_short_name()}


def _row(case: Case) -> dict[str, Any]:
    return {"case": case, "complaint": case.complaint, "tone": SEVERITY_TONES[case.complaint.severity]}


def _answers_today(at: datetime) -> int:
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))
    return Response.objects.filter(answered_at__gte=midnight).count()


def _score(metric: str, at: datetime) -> dict[str, Any]:
    """A score of the last 90 days, with where it and its interval lie on the scale in percent, for the drawing."""
    found = score(metric, since=at - SCORED_OVER)
    low_end, width = (-100, 200) if metric == Survey.Metric.NPS else (0, 100)
    place = {name: round(100 * (value - low_end) / width, 1) for name, value in _ends(found).items()}
    place["width"] = round(place["high"] - place["low"], 1)
    return {"metric": metric.upper(), "label": Survey.Metric(metric).label, "score": found, "place": place}


def _ends(found: Any) -> dict[str, float]:
    return {"value": found.value or 0, "low": found.low, "high": found.high}
