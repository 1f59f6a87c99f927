"""The home page of a firm's staff: what is mine, what is late, what nobody owns, and how things move."""

from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import DataRequest
from customers.selectors.data_requests import open_data_requests_for
from customers.selectors.quizzes import rounds_left_for
from cxcrm.core.admin.site import Site
from cxcrm.core.clock import now
from cxcrm.core.money import money
from cxcrm.core.once import reading_once
from cxcrm.core.tokens import make_token
from feedback.admin import banners
from feedback.admin.people import named, score_drawn
from feedback.admin.responses import score_tone
from feedback.models import Complaint, Response, Survey
from feedback.selectors.community import to_look_at as answers_to_look_at
from feedback.selectors.community import waiting_for as questions_for
from feedback.selectors.desk import unseen_mentions
from feedback.selectors.pulse import latest_enps
from feedback.selectors.reach import answers_visible_to
from feedback.selectors.staff_voice import asked_of
from feedback.selectors.trends import Change
from journeys.selectors.decisions import to_look_back_at
from journeys.selectors.environments import due_for
from journeys.selectors.walks import owes_a_walk
from journeys.wording import quarter_name
from tenants.services import plans
from tenants.staff.models import User
from tenants.staff.roles import Level, Role
from tenants.staff.selectors.firm import currency, firm_zone
from workflows import wording
from workflows.admin.charts import days_chart, places_chart, trend_chart
from workflows.admin.dues import due_of, mark_paused
from workflows.admin.tones import SEVERITY_TONES
from workflows.selectors.calendars import default_calendar
from workflows.selectors.change_requests import is_late
from workflows.selectors.change_requests import waiting_for as changes_waiting_for
from workflows.selectors.change_words import what_waits
from workflows.selectors.compensations import asks_waiting_for
from workflows.selectors.first_steps import first_steps_for
from workflows.selectors.home import LEADERS, SCORED_OVER, Home, first_and_count, home_for
from workflows.selectors.incoming import WITHIN, unknown_for, who_answers
from workflows.selectors.promises import open_promises
from workflows.selectors.reviews import called, waiting_for

LATEST = 5
# Who is told that the plan runs out.
_ASKS_FOR_MORE: set[str] = {Role.OWNER, Role.MANAGER}


def home(site: Site, request: HttpRequest) -> HttpResponse:
    """The page every role begins the day with; lists a role may not see stay empty."""
    with reading_once():  # the firm and its calendar stand in every corner
        return _home(site, request).render()


def _home(site: Site, request: HttpRequest) -> TemplateResponse:
    at = now()
    found = home_for(request.user)
    mark_paused([*found.mine, *found.overdue])
    promised, promise_count = first_and_count(open_promises(request.user.pk), LATEST)
    today = at.astimezone(firm_zone()).date()
    reads = request.user.allows("feedback", Level.READ)
    context = {
        **site.each_context(request),
        "title": _("Home"),
        "greeting": _greeting(request.user, at),
        "today": timezone.localtime(at),
        "home": found,
        "leads": request.user.role in LEADERS,
        "first_steps": first_steps_for(request.user),
        "banners": banners() if reads else [],
        "plan_notices": plans.near_limit() if request.user.role in _ASKS_FOR_MORE else [],
        "mine": [_row(row, at) for row in found.mine],
        "overdue": [_row(row, at) for row in found.overdue],
        "decisions": [(step, f"/d/{make_token('decide', step.pk)}/") for step in found.decisions],
        "asks": [
            (ask, money(ask.compensation.amount, currency()), wording.moment(ask.answer_by, at), ask.answer_by < at)
            for ask in asks_waiting_for(request.user)[:LATEST]
        ],
        "reviews": [
            (row, called(row), wording.moment(row.answer_by, at), row.answer_by < at)
            for row in waiting_for(request.user)[:LATEST]
        ],
        "changes": [
            (row, what_waits(row, at), is_late(row, today)) for row in changes_waiting_for(request.user)[:LATEST]
        ],
        "unknown": _unknown(request.user, at),
        "data_asked": [_asked(row, at) for row in open_data_requests_for(request.user)[:LATEST]],
        "questions": list(questions_for(request.user)[:LATEST]) if reads else [],
        "to_look_at": list(answers_to_look_at(request.user)[:LATEST]) if reads else [],
        "quizzes": rounds_left_for(request.user)[:LATEST],
        "questionnaires": named([one for one in asked_of(request.user) if not one.is_answered]),
        "environments": [(place, place.due_on < today) for place in due_for(request.user)[:LATEST]],
        "look_back": list(
            to_look_back_at(today).filter(decider=request.user.pk).order_by("check_back_on", "pk")[:LATEST]
        ),
        "to_walk": owes_a_walk(request.user, today),
        "mentions": list(unseen_mentions(request.user.pk)[:LATEST]),
        "promises": [(row, wording.moment(row.due_at, at), row.due_at < at) for row in promised],
        "promise_count": promise_count,
        "answers": _answers(request.user, at) if reads else {},
        "after_points": abs(found.after_care.difference) if found.after_care else 0,
        "moves": _moves(found),
        "scored_over": SCORED_OVER,
        "scores": _scores(found, reads=reads),
        "days": days_chart(found.days),
        "places": places_chart(found.places),
        "trends": _trends(found),
    }
    context["questions_count"] = len(context["questions"]) + len(context["to_look_at"])
    request.current_app = site.name
    return TemplateResponse(request, "admin/home.html", context)


def _greeting(user: User, at: datetime) -> Any:
    hour = timezone.localtime(at).hour
    words = _("Good morning, %(name)s") if hour < 11 else _("Good afternoon, %(name)s")
    return (_("Good evening, %(name)s") if hour >= 18 else words) % {"name": user.get_short_name()}


def _row(complaint: Complaint, at: datetime) -> dict[str, Any]:
    return {"complaint": complaint, "tone": SEVERITY_TONES[complaint.severity], "due": due_of(complaint, at)}


def _unknown(user: User, at: datetime) -> dict[str, Any]:
    """How many mails are from nobody we know, and by when the oldest must have been looked at."""
    waiting = list(unknown_for(user)[:LATEST]) if user.allows("feedback", Level.WRITE) else []
    if not waiting:
        return {}
    due_at = default_calendar().add(waiting[0].created_at, WITHIN)
    return {
        "count": len(waiting),
        "due": wording.moment(due_at, at),
        "is_late": due_at < at,
        "accountable": who_answers(),
    }


def _asked(row: DataRequest, at: datetime) -> dict[str, Any]:
    return {"asked": row, "due": wording.moment(row.next_due, at), "is_late": row.next_due < at}


def _answers(user: User, at: datetime) -> dict[str, Any]:
    """How many answered today, and the last who also wrote something."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))
    latest = answers_visible_to(user).exclude(words="").select_related("customer").order_by("-answered_at")[:LATEST]
    return {
        "today": Response.objects.filter(answered_at__gte=midnight).count(),
        "latest": [(row, score_tone(row.metric, row.score)) for row in latest],
    }


def _moves(found: Home) -> list[dict[str, Any]]:
    """Today and yesterday beside what a day usually brings."""
    *before, yesterday, today = found.days
    usual = len(before) or 1
    return [
        {
            "label": label,
            "today": getattr(today, name),
            "yesterday": getattr(yesterday, name),
            "usual": sum(getattr(day, name) for day in before) / usual,
        }
        for name, label in (("opened", _("Opened")), ("closed", _("Closed")))
    ]


def _scores(found: Home, *, reads: bool) -> list[dict[str, Any]]:
    """Each score of customers, and behind willingness to recommend us that of staff to work here (domain.md 0.1)."""
    scores = [_score(metric, change) for metric, change in found.changes.items()]
    told = latest_enps() if reads else None
    if told is not None:
        quarter, score = told
        label = _("Staff would recommend working here (eNPS), %(quarter)s") % {"quarter": quarter_name(quarter)}
        scores.insert(1 if Survey.Metric.NPS in found.changes else 0, score_drawn(score, "eNPS", label))
    return scores


def _score(metric: str, change: Change) -> dict[str, Any]:
    """A score with where it and its interval lie on the scale in percent, and what may be said of the change."""
    found = change.score
    low_end, width = (-100, 200) if metric == Survey.Metric.NPS else (0, 100)
    ends = {"value": found.value or 0, "low": found.low, "high": found.high}
    place = {name: round(100 * (value - low_end) / width, 1) for name, value in ends.items()}
    place["width"] = round(place["high"] - place["low"], 1)
    comparable = "hidden" not in {found.enough, change.before.enough}
    return {
        "metric": metric.upper(),
        "label": Survey.Metric(metric).label,
        "score": found,
        "place": place,
        "before": change.before if comparable else None,
        "change": change.comparison,
    }


def _trends(found: Home) -> list[dict[str, Any]]:
    trends = []
    for metric in (Survey.Metric.NPS, Survey.Metric.CSAT):
        low_end = -100 if metric == Survey.Metric.NPS else 0
        chart = trend_chart(found.trend.get(metric, []), low_end)
        if chart is not None:
            trends.append({"metric": metric, "name": metric.upper(), "chart": chart, "low_end": low_end})
    return trends
