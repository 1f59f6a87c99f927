"""How well customers are understood: the steps on a customer's page, and the page of the whole firm."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from customers.admin.facts import TONES
from customers.levels import ANSWERED_BY, ASPECTS, DEPTHS, DIMENSIONS, ITEMS, LEVELS, QUESTIONS, habit_words
from customers.logic.depth import Depth
from customers.logic.understanding import GATE
from customers.models import Customer, Fact, Understanding, UnderstandingDay
from customers.selectors.depth import depth_of, depths_of_active
from customers.selectors.facts import standing_facts, told_just_now
from customers.selectors.habits import turned
from customers.selectors.understanding import ACTIVE, TREND, Spread, firm_understanding, understanding_of
from customers.services.beliefs import state_belief
from customers.services.facts import CHECKABLE
from customers.services.understanding_nights import recount_everybody
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask

BRANCHES_SHOWN = 40


class BeliefForm(WorkForm):
    """What we believe, to be laid beside what is counted."""

    share = forms.IntegerField(
        label=_("How many of 100 customers do we understand, do we believe?"), min_value=0, max_value=100
    )


def understanding_context(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """What a customer's page shows of how well they are understood; nothing of who is erased."""
    if customer.erased_at is not None:
        return {}
    found = understanding_of(customer.pk)
    facts = standing_facts(customer.pk)
    has_asked = told_just_now(facts)
    standing, depth = found.standing, depth_of(customer.pk)
    return {
        "understood": found,
        "steps": _steps(standing.level),
        "level_says": LEVELS[standing.level],
        "progress": standing.progress / 10,
        "depth": depth.value,
        "depth_says": DEPTHS[depth],
        "deepest": max(Depth).value,
        "turned": [
            (ASPECTS[one.code], habit_words(one.code, one.before), habit_words(one.code, one.after))
            for one in turned(customer.pk)
        ],
        "gate": GATE // 10,
        "bars": [(DIMENSIONS[code], points) for code, points in found.points.items()],
        "pieces": [
            {"piece": piece, "label": ITEMS[piece.item.code], "dimension": DIMENSIONS[piece.item.dimension]}
            for piece in found.pieces
        ],
        "question": "" if has_asked else QUESTIONS.get(found.question, ""),
        "question_item": found.question,
        "answered_by": ANSWERED_BY.get(found.question, ""),
        "checkable": CHECKABLE,
        "has_asked": has_asked,
        "facts": [{"fact": fact, "tone": TONES[Fact.Source(fact.source)]} for fact in facts],
    }


def fact_initial(request: HttpRequest) -> dict[str, str]:
    """The kind of fact the address asks for, as the button beside the next question does."""
    kind = request.GET.get("note", "")
    return {"kind": kind} if kind in Fact.Kind.values else {}


def _steps(level: int) -> list[dict[str, Any]]:
    return [
        {"label": one.label, "is_reached": one <= level, "is_now": one == level, "says": LEVELS[one]}
        for one in Understanding.Level
    ]


class UnderstandingPages:
    """Mixed into the customers' admin: the firm's page of understanding."""

    admin_site: Any

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("understanding/", view(self.understanding_view), name="customers_understanding"),
            path("understanding/recount/", view(self.recount_view), name="customers_understanding_recount"),
            *super().get_urls(),
        ]

    def understanding_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_believe = request.user.has_perm("customers.add_understandingbelief")
        form = BeliefForm(request.POST or None)
        if request.method == "POST":
            if not may_believe:
                raise PermissionDenied
            if form.is_valid():
                form.cleaned_data["stated_by_id"] = request.user.pk
                if ask(form, state_belief):
                    messages.success(request, _("Kept. Here it stands beside what is counted."))
                    return redirect(request.path)
        found = firm_understanding()
        return self.page(
            request,
            "admin/customers/understanding.html",
            title=_("Understanding"),
            found=found,
            steps=_steps(found.level),
            level_says=LEVELS[found.level],
            is_limited=found.level < found.reached,
            chart=_chart(found.days),
            branches=[{"spread": one, "parts": _parts(one)} for one in found.branches[:BRANCHES_SHOWN]],
            personas=[{"spread": one, "parts": _parts(one)} for one in found.personas],
            parts=_parts(found.whole),
            labels=[(level.value, level.label, LEVELS[level]) for level in Understanding.Level],
            asked=[(QUESTIONS[code], times) for code, times in found.asked if code in QUESTIONS],
            depths=_depths(found.whole.total),
            active_days=ACTIVE.days,
            trend_days=TREND.days,
            form=form,
            may_believe=may_believe,
            may_recount=_may_recount(request),
            is_counting=UnderstandingDay.objects.filter(finished_at=None).exists(),
        )

    def recount_view(self, request: HttpRequest) -> HttpResponse:
        """Count everybody from the sources again, in the background."""
        if not _may_recount(request):
            raise PermissionDenied
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Count everybody anew?"),
                what=_(
                    "What is known of every customer is found out again from where it is kept. It takes a while in the "
                    "background; nothing is lost. It is done by itself when a release adds something to count."
                ),
                button=_("Count anew"),
            )
        recount_everybody()
        messages.success(request, _("Everybody is being counted. Come back in a few minutes."))
        return redirect(f"{self.admin_site.name}:customers_understanding")


def _may_recount(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("customers.change_understandingday"))


def _depths(active: int) -> list[tuple[int, Any, int, float]]:
    """Each step of depth, what it is called, and how many and which share of the active customers stand there."""
    if not active:
        return []
    return [(depth.value, DEPTHS[depth], n, 100 * n / active) for depth, n in depths_of_active()]


def _parts(spread: Spread) -> list[dict[str, Any]]:
    """The pieces of a bar: level, customers, per cent, and where it begins."""
    parts, start = [], 0.0
    for level, count, share in spread.shares:
        parts.append({"level": level, "count": count, "share": share, "start": start})
        start += share
    return parts


WIDTH, HEIGHT, TOP, BOTTOM = 260, 110, 12, 22


def _chart(days: Any) -> dict[str, Any] | None:
    """The share understood day by day as a line, 0 to 100 per cent; None for fewer than two days."""
    shown = [(day.day, 100 * (day.understand + day.empathise) / day.active, day.active) for day in days if day.active]
    if len(shown) < 2:
        return None
    first, last = shown[0][0], shown[-1][0]
    span, room = max(1, (last - first).days), HEIGHT - TOP - BOTTOM
    points = [
        (round((day - first).days / span * WIDTH, 1), round(TOP + room * (1 - share / 100), 1))
        for day, share, _active in shown
    ]
    return {
        "line": " ".join(f"{x},{y}" for x, y in points),
        "last": points[-1],
        "middle": TOP + room / 2,
        "floor": TOP + room,
        "first_day": first,
        "last_day": last,
        "rows": [{"day": day, "share": share, "active": active} for day, share, active in reversed(shown)],
    }
