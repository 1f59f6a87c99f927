"""Our people: what staff say of working here, of the pillars of empathy, and how they are asked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm, dress
from cxcrm.core.admin.working import show_refusal
from cxcrm.core.errors import DomainError
from cxcrm.core.once import reading_once
from feedback.admin.gaps import AGREEMENT
from feedback.admin.people_drawings import day_drawing, radar_drawing, scatter_drawing
from feedback.logic.metrics import Score
from feedback.logic.questionnaires import MOST_WORDS, Item, Questionnaire, group_of
from feedback.selectors.forecasts import FORECASTERS
from feedback.selectors.pillars import AUDIT, SELF_TEST, orientation_of, pillars_of
from feedback.selectors.pulse import PULSE, Unit, pulse_of
from feedback.selectors.staff_voice import READERS_OF_WORDS, Asked, asked_of, periods_told, so_far
from feedback.services.staff_voice import answer_questionnaire
from feedback.staff_words import MOMENTS, ORIENTATIONS, PILLARS, SENTENCES, TITLES, WHY, scale_of, sentence_of
from journeys.admin.feelings import face_words
from journeys.wording import quarter_name, signed
from tenants.staff.selectors.firm import the_firm

_INTRO: Mapping[str, Any] = {
    "pulse": _(
        "How you find working here, so that what is not right can be mended. It takes a minute, once a quarter."
    ),
    "assumed": _(
        "What do you think your staff feel at these moments? When the quarter is over, both are set side by side. It "
        "counts in the mean of all who lead the firm."
    ),
    "pillars": _(
        "Twenty statements, once a year. Customers answer one sentence on each pillar; both are set side by side."
    ),
    "orientation": _(
        "Ten statements for those who lead the firm, once a year. They show whom the firm really looks at. The mean of "
        "all of you is shown to you, however few you are."
    ),
}


class AnswerForm(WorkForm):
    """One row for each item, and why."""

    def __init__(self, questionnaire: Questionnaire, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questionnaire = questionnaire
        brand = the_firm().brand
        for item in questionnaire.items:
            self.fields[item.code] = forms.TypedChoiceField(
                label=sentence_of(item.code, brand),
                choices=[(str(value), str(value)) for value in range(item.low, item.high + 1)],
                coerce=int,
                error_messages={"required": _("Please choose one."), "invalid_choice": _("Please choose one.")},
            )
        if questionnaire.has_words:
            self.fields["words"] = forms.CharField(
                label=WHY,
                max_length=MOST_WORDS,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "class": "cxv-words"}),
                help_text=_("Please name nobody. Phone numbers and e-mail addresses are masked."),
            )
            dress(self.fields["words"].widget)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The rows under a heading where there is one: the moments of the day, a pillar."""
        found: list[dict[str, Any]] = []
        for item in self.questionnaire.items:
            heading = self._heading(item)
            if not found or found[-1]["heading"] != heading:
                found.append({"heading": heading, "rows": []})
            found[-1]["rows"].append(self._row(item))
        return found

    def _heading(self, item: Item) -> Any:
        if item.code in MOMENTS:
            return _("How does it feel on an ordinary working day?")
        return PILLARS.get(group_of(item.code), "") if self.questionnaire.code == AUDIT.code else ""

    def _row(self, item: Item) -> dict[str, Any]:
        low, high = scale_of(item.low, item.high)
        words = {str(value): label for value, label in AGREEMENT} if item.low == 1 else {}
        return {
            "field": self[item.code],
            "faces": face_words() if item.low < 0 else [],
            "numbers": [(str(value), words.get(str(value), "")) for value in range(item.low, item.high + 1)],
            "is_eleven": item.high == 10,
            "low": low,
            "high": high,
        }


class PeopleAdmin(RoomAdmin):
    """Not a list but a page; whose turn it was is shown to nobody, and what a single person said cannot be."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("pillars/", view(self.pillars_view), name="feedback_pillars"),
            path("orientation/", view(self.orientation_view), name="feedback_orientation"),
        ]
        return [*own, *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """eNPS beside NPS, the working day, and why."""
        self._may_read(request)
        with reading_once():
            quarters = periods_told(PULSE)
            pulse = pulse_of(_period_asked(request, quarters))
            scatter = scatter_drawing(pulse.units)
            return self._tab(
                request,
                "admin/feedback/people.html",
                tab="pulse",
                pulse=pulse,
                quarters=[(one, quarter_name(one), one == pulse.quarter) for one in quarters],
                quarter=quarter_name(pulse.quarter),
                so_far=pulse.running,
                running=quarter_name(pulse.running.period),
                scores=[
                    score_drawn(pulse.enps, "eNPS", _("Would recommend working here (eNPS)")),
                    score_drawn(pulse.nps, "NPS", _("Customers would recommend us (NPS®)")),
                    score_drawn(pulse.support, "", SENTENCES["support"]),
                ],
                history=[(quarter_name(one.first), one.enps, one.nps) for one in pulse.history],
                scatter=scatter,
                rows=_numbered(pulse.units, scatter),
                day=day_drawing(pulse.day, MOMENTS.__getitem__),
                gap=_gap(pulse.day.gap),
                reads_words=request.user.role in READERS_OF_WORDS,
            ).render()

    def pillars_view(self, request: HttpRequest) -> HttpResponse:
        """The audit: each pillar as staff and as customers see it, and what is done about it."""
        self._may_read(request)
        with reading_once():
            years = periods_told(AUDIT)
            year, running = _period_asked(request, years), so_far(AUDIT)
            brand = the_firm().brand
            pillars = [
                {
                    "pillar": one,
                    "name": PILLARS[one.code],
                    "is_shown": one.gap.standing != "few",
                    "left": min(one.gap.ours.percent or 0, one.gap.theirs.percent or 0),
                    "right": max(one.gap.ours.percent or 0, one.gap.theirs.percent or 0),
                    "tone": "bad" if one.gap.standing == "real" and one.gap.points > 0 else "plain",
                    "statements": [(sentence_of(said.code, brand), said.ours) for said in one.statements],
                }
                for one in pillars_of(year)
            ]
            return self._tab(
                request,
                "admin/feedback/people_pillars.html",
                tab="pillars",
                pillars=pillars,
                so_far=running,
                running=running.period.year,
                years=[(one, one.year, one == year) for one in years],
                is_heard=any(row["pillar"].gap.theirs.n for row in pillars),
                may_set_up=request.user.has_perm("feedback.change_question"),
            ).render()

    def orientation_view(self, request: HttpRequest) -> HttpResponse:
        """The self-test of those who lead, for those who lead."""
        if request.user.role not in FORECASTERS:
            raise PermissionDenied
        with reading_once():
            years = periods_told(SELF_TEST)
            found = orientation_of(_period_asked(request, years))
            return self._tab(
                request,
                "admin/feedback/people_orientation.html",
                tab="orientation",
                found=found,
                radar=radar_drawing(found.axes, ORIENTATIONS.__getitem__),
                rows=[(ORIENTATIONS[axis.code], axis.mean, axis.before) for axis in found.axes],
                years=[(one, one.year, one == found.year) for one in years],
                has_before=any(axis.before is not None for axis in found.axes),
            ).render()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """One questionnaire as one person answers it; without a name the first that is left."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        asked = asked_of(request.user)
        left = [one for one in asked if not one.is_answered]
        one = next((one for one in left if one.code == request.GET.get("of")), left[0] if left else None)
        if one is None:
            return self.page(request, "admin/feedback/questionnaire.html", title=_("Asked of you"), asked=asked)
        form = AnswerForm(one.questionnaire, request.POST if request.method == "POST" else None)
        if form.is_valid() and _answer(request, form):
            messages.success(request, _("Thank you. It is kept without your name, and read when the period is over."))
            return redirect(f"{self.admin_site.name}:feedback_staffturn_changelist")
        return self.page(
            request,
            "admin/feedback/questionnaire.html",
            title=TITLES[one.code],
            form=form,
            one=one,
            intro=_INTRO[one.code],
            others=[(other.code, TITLES[other.code]) for other in left if other is not one],
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self._may_read(request)
        return redirect(f"{self.admin_site.name}:feedback_staffturn_changelist")

    def _may_read(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _tab(self, request: HttpRequest, template: str, **context: Any) -> Any:
        left = [one for one in asked_of(request.user) if not one.is_answered]
        return self.page(
            request,
            template,
            title=_("Our people"),
            left=named(left),
            sees_orientation=request.user.role in FORECASTERS,
            **context,
        )


def named(asked: list[Asked]) -> list[tuple[str, Any]]:
    """Code and title of what is asked."""
    return [(one.code, TITLES[one.code]) for one in asked]


def _answer(request: HttpRequest, form: AnswerForm) -> bool:
    told = dict(form.cleaned_data)
    words = told.pop("words", "")
    try:
        answer_questionnaire(user_id=request.user.pk, questionnaire=form.questionnaire.code, values=told, words=words)
    except DomainError as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _period_asked(request: HttpRequest, known: list[date]) -> date:
    """The period of the address, where it is one to choose; else the latest."""
    asked = request.GET.get("period", "")
    return next((one for one in known if one.isoformat() == asked), known[0])


def score_drawn(score: Score, metric: str, label: Any) -> dict[str, Any]:
    """A score for ``admin/workflows/score.html``, from −100 to 100 or (without ``metric``) a share: where it lies."""
    ends = {"value": score.value or 0, "low": score.low, "high": score.high}
    place = {name: round((value + 100) / 2 if metric else value, 1) for name, value in ends.items()}
    place["width"] = round(place["high"] - place["low"], 1)
    return {"metric": metric, "label": label, "score": score, "place": place}


def _numbered(units: list[Unit], scatter: dict[str, Any] | None) -> list[tuple[int | None, Unit]]:
    """The units with the numbers of their dots."""
    numbers = {dot["name"]: dot["number"] for dot in scatter["dots"]} if scatter else {}
    return [(numbers.get(unit.name) if unit.is_on_the_chart else None, unit) for unit in units]


def _gap(gap: Any) -> dict[str, Any] | None:
    if gap is None:
        return None
    return {
        "empathy": gap.empathy,
        "optimism": gap.optimism,
        "worst": MOMENTS[gap.worst],
        "signed": signed(gap.optimism),
    }
