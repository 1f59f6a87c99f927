"""We believe, they say: the gaps on one page, the sentences put to staff, and the forecasts executives seal."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.once import reading_once
from feedback.admin.brand_match import brand_match_context
from feedback.logic.gaps import DeliveryGap
from feedback.models import Forecast
from feedback.selectors.forecasts import FORECASTERS, histories_for
from feedback.selectors.gaps import Asked, Gaps, Line, asked_of, delivery_gaps, quarters_told
from feedback.services.gaps import seal_forecast, state_beliefs
from journeys.logic.months import months_after, quarter_of
from journeys.models import Stage, Touchpoint
from journeys.selectors.emotions import curves_for, spots_of
from journeys.selectors.journeys import default_journey
from journeys.wording import quarter_name
from tenants.staff.selectors.firm import firm_today, the_firm

MONTHS_OFFERED = 3
AGREEMENT = (
    (1, _("strongly disagree")),
    (2, _("disagree")),
    (3, _("neither agree nor disagree")),
    (4, _("agree")),
    (5, _("strongly agree")),
)


class BeliefForm(WorkForm):
    """One row of numbers for each sentence not answered yet; those left empty are asked again."""

    def __init__(self, asked: Iterable[Asked], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list(asked)
        for one in self.asked:
            self.fields[str(one.question.pk)] = forms.TypedChoiceField(
                label=one.sentence, choices=AGREEMENT, coerce=int, empty_value=None, required=False
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [{"asked": one, "field": self[str(one.question.pk)]} for one in self.asked]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        return {"values": {UUID(name): value for name, value in data.items() if value is not None}}


class ForecastForm(WorkForm):
    metric = forms.ChoiceField(label=_("What do you foretell?"), choices=[(one, one.label) for one in Forecast.METRICS])
    month = forms.TypedChoiceField(label=_("For which month?"), coerce=date.fromisoformat)
    value = forms.IntegerField(
        label=_("What will it be?"), help_text=_("NPS from −100 to 100, CSAT from 0 to 100 percent.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = firm_today()
        coming = [months_after(today, ahead) for ahead in range(1, MONTHS_OFFERED + 1)]
        self.fields["month"].choices = [(month.isoformat(), month_name(month)) for month in coming]


def month_name(month: date) -> str:
    return date_format(month, "m/Y")


class BeliefAdmin(RoomAdmin):
    """Not a list but a page; what a single person said is shown nowhere."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [path("forecasts/", view(self.forecasts_view), name="feedback_forecasts"), *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            quarters = quarters_told()
            gaps = delivery_gaps(_asked_quarter(request, quarters))
            may_say = self.has_add_permission(request)
            left = 0
            if may_say:
                gaps = gaps.seen_by(request.user.pk)
                left = _left(request, gaps)
            forecasts = histories_for(request.user.pk) if request.user.role in FORECASTERS else None
            return self.page(
                request,
                "admin/feedback/gaps.html",
                title=_("We believe, they say"),
                gaps=gaps,
                headline=gaps.headline,
                rows=[row_of(line) for line in gaps.lines],
                quarters=[(one, quarter_name(one), one == gaps.quarter) for one in quarters],
                quarter=quarter_name(gaps.quarter),
                left=left,
                empathy=_empathy(request),
                forecasts=forecasts,
                may_set_up=request.user.has_perm("feedback.change_question"),
                **brand_match_context(),
            ).render()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The sentences of this quarter, as one person answers them."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        asked = asked_of(request.user.pk)
        form = BeliefForm([one for one in asked if not one.is_said], request.POST if request.method == "POST" else None)
        if form.is_valid() and ask(form, lambda **told: state_beliefs(user_id=request.user.pk, **told)):
            messages.success(request, _("Kept, without your name. Next quarter you are asked again."))
            return redirect(f"{self.admin_site.name}:feedback_belief_changelist")
        return self.page(
            request,
            "admin/feedback/believe.html",
            title=_("What we believe"),
            form=form,
            asked=asked,
            quarter=quarter_name(quarter_of(firm_today())),
            may_set_up=request.user.has_perm("feedback.change_question"),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(f"{self.admin_site.name}:feedback_belief_changelist")

    def forecasts_view(self, request: HttpRequest) -> HttpResponse:
        """Sealing one, and how far off those that are open were."""
        if request.user.role not in FORECASTERS:
            raise PermissionDenied
        form = ForecastForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and ask(form, lambda **told: seal_forecast(user_id=request.user.pk, **told)):
            messages.success(request, _("Sealed. It opens beside what was measured when the month is over."))
            return redirect(request.path)
        with reading_once():
            histories = histories_for(request.user.pk)
            title = _("Forecasts")
            return self.page(
                request, "admin/feedback/forecasts.html", title=title, form=form, histories=histories
            ).render()


def row_of(line: Line) -> dict[str, Any]:
    """A line with what its drawing needs: the ends of the bar in percent of the width."""
    gap = line.gap
    is_shown = line.is_open and gap.standing != "few"
    return {
        "line": line,
        "name": line.department or line.touchpoint or the_firm().brand,
        "left": min(gap.ours.percent or 0, gap.theirs.percent or 0),
        "right": max(gap.ours.percent or 0, gap.theirs.percent or 0),
        "points": abs(gap.points),
        "tone": _tone(gap),
        # Where there is too little to show of all of them, there is of none.
        "teams": [row_of(team) for team in line.teams] if is_shown else [],
        "hidden_teams": line.hidden_teams if is_shown else 0,
        "is_of_firm": line.touchpoint is None,
    }


def _left(request: HttpRequest, gaps: Gaps) -> int:
    """How many sentences of this quarter the reader has not answered; those closed to them, where it is on the page."""
    if gaps.quarter == quarter_of(firm_today()):
        return sum(not line.is_open for line in gaps.lines)
    return sum(not one.is_said for one in asked_of(request.user.pk))


def _tone(gap: DeliveryGap) -> str:
    if gap.standing != "real":
        return "plain"
    return "bad" if gap.points > 0 else "good"


def _asked_quarter(request: HttpRequest, known: list[date]) -> date:
    """The quarter of the address, where it is one to choose; else this one."""
    asked = request.GET.get("quarter", "")
    return next((one for one in known if one.isoformat() == asked), known[0])


def _empathy(request: HttpRequest) -> dict[str, Any] | None:
    """The gap between the two curves of the main journey, where this reader sees it; None without a journey."""
    journey = default_journey()
    if journey is None:
        return None
    curves = curves_for(request.user, spots_of(journey.pk))
    worst = curves.gap.worst if curves.gap else None
    place: Any = None
    if worst:
        rows: Any = Touchpoint.objects if worst.touchpoint_id else Stage.objects
        place = rows.filter(pk=worst.touchpoint_id or worst.stage_id).first()
    return {
        "journey": journey,
        "gap": curves.gap,
        "is_open": curves.is_open,
        "worst": place,
        "map": reverse("admin:journeys_journey_map", args=[journey.pk]),
    }
