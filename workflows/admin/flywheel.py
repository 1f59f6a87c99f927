"""The flywheel: listen, understand and predict, act, learn; each stage with its measure and what it waits for."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.links import page, page_of
from cxcrm.core.admin.site import Site
from cxcrm.core.clock import now
from cxcrm.core.once import reading_once
from feedback.selectors.pillars import inputs_now
from feedback.staff_words import INPUTS, PILLARS
from journeys.selectors.initiatives import under_way
from workflows.selectors.flywheel import Stuck, Turn, turn_for

_WAITS: dict[str, Any] = {
    "complaint": _("waits for somebody to call the customer"),
    "late": _("the answer to the customer is late"),
    "insight": _("waits to be borne out or let go"),
    "decision": _("waits for somebody to look back"),
}


def flywheel(site: Site, request: HttpRequest) -> HttpResponse:
    """For whoever reads complaints and journeys."""
    if not (request.user.has_perm("feedback.view_complaint") and request.user.has_perm("journeys.view_insight")):
        raise PermissionDenied
    with reading_once():
        turn = turn_for(request.user, now())
        request.current_app = site.name
        context = {
            **site.each_context(request),
            "title": _("The flywheel"),
            "stages": _stages(turn),
            "turn": turn,
            **_inputs(),
            "outputs": under_way() if request.user.has_perm("journeys.view_initiative") else None,
        }
        return TemplateResponse(request, "admin/workflows/flywheel.html", context).render()


def _stages(turn: Turn) -> list[dict[str, Any]]:
    learned = turn.days_to_learn
    return [
        {
            "name": _("Listen"),
            "icon": "hearing",
            "value": str(turn.signals),
            "unit": _("signals in seven days"),
            "more": _("%(n)s a week in the four weeks before") % {"n": _plain(turn.signals_before)},
            "links": [(_("Responses"), page("admin:feedback_response_changelist"))],
            **_stuck(turn.stuck["listen"]),
        },
        {
            "name": _("Understand and predict"),
            "icon": "lightbulb",
            "value": _percent(turn.understood.percent),
            "unit": _("understood within three working days"),
            "more": _("of %(n)d signals with words in thirty days: coded by cause, or taken as a quote")
            % {"n": turn.understood.of},
            "links": [(_("Insights"), page("admin:journeys_insight_changelist"))],
            **_stuck(turn.stuck["understand"]),
        },
        {
            "name": _("Act"),
            "icon": "rocket_launch",
            "value": _percent(turn.in_time.percent),
            "unit": _("done in time"),
            "more": _("of the answers and promises due in thirty days: %(n)d") % {"n": turn.in_time.of},
            "links": [
                (_("Complaints"), page("admin:feedback_complaint_changelist")),
                (_("Change requests"), page("admin:workflows_changerequest_changelist")),
            ],
            **_stuck(turn.stuck["act"]),
        },
        {
            "name": _("Learn"),
            "icon": "school",
            "value": str(turn.learned),
            "unit": _("lessons in half a year"),
            "more": _("median %(days)s days from the first quote to the lesson") % {"days": round(learned)}
            if learned is not None
            else _("Nothing was learned from a quote yet."),
            "links": [
                (_("Decisions"), page("admin:journeys_decision_changelist")),
                (_("Causes that come back"), page("admin:workflows_causeproposal_changelist")),
            ],
            **_stuck(turn.stuck["learn"]),
        },
    ]


def _inputs() -> dict[str, Any]:
    """What the wheel turns on, as staff score it in the audit of the five pillars (domain.md §1, 0.15)."""
    year, inputs = inputs_now()
    return {
        "inputs_year": year,
        "inputs": [
            {
                "name": INPUTS[one.code],
                "value": None if one.percent is None else round(one.percent),
                "pillars": [PILLARS[code] for code in one.pillars],
            }
            for one in inputs
        ],
    }


def _percent(value: int | None) -> str:
    return "–" if value is None else f"{value} %"


def _plain(value: float) -> str:
    return str(round(value))


def _stuck(stuck: Stuck | None) -> dict[str, Any]:
    if stuck is None:
        return {"stuck": None}
    since: datetime | date = stuck.since
    return {
        "stuck": stuck,
        "waits": _WAITS[stuck.kind],
        "since": since,
        "address": page_of(f"admin:{stuck.page}_change", stuck.ident),
    }
