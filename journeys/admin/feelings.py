"""How customers feel: drawing one's own curve first, and a stage's page, where feelings are noted in two taps."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Quote
from customers.selectors.quotes import quotes_visible_to
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.clock import now
from cxcrm.core.errors import DomainError, NotFound
from journeys.admin.curve import FACES
from journeys.admin.tones import CHANNEL_ICONS
from journeys.logic.emotions import PLEASANT, Spot
from journeys.models import Feeling, Journey, ReportedEmotion, Stage, StageQuote, Touchpoint
from journeys.selectors.atlas import TODAY, stages_drawn, touchpoints_drawn
from journeys.selectors.coverage import person_for
from journeys.selectors.emotions import curves_for, drawn_by, reports_visible_to, spots_of
from journeys.selectors.overlays import pains_at
from journeys.services.emotions import draw_assumed_curve, report_emotion
from journeys.services.evidence import cite_at_stage, take_from_stage
from journeys.services.journeys import set_ways

OFFERED, LATEST, MOST_CITED = 12, 20, 60


def face_words() -> list[dict[str, Any]]:
    """The five faces with what they mean, the unhappiest first."""
    words = {
        2: _("very pleasant"),
        1: _("pleasant"),
        0: _("neither"),
        -1: _("unpleasant"),
        -2: _("very unpleasant"),
    }
    return [{"value": value, "icon": icon, "label": words[value]} for value, icon in reversed(FACES)]


class DrawForm(WorkForm):
    """One face for each point the reader has not spoken about yet."""

    def __init__(self, *args: Any, points: list[Spot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for spot in points:
            self.fields[spot.key] = forms.TypedChoiceField(
                choices=[(str(value), str(value)) for value, _icon in FACES],
                coerce=int,
                error_messages={"required": _("Choose a face, also where you are not sure.")},
            )


class CodeForm(WorkForm):
    """A face, a feeling, and whose words or what touchpoint it is about."""

    valence = forms.TypedChoiceField(
        choices=[(str(value), str(value)) for value, _icon in FACES],
        coerce=int,
        error_messages={"required": _("Choose a face first.")},
    )
    feeling = forms.ChoiceField(choices=[("", ""), *Feeling.choices], required=False)
    touchpoint = forms.UUIDField(required=False)
    quote = forms.UUIDField(required=False)


def draw_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Draw one's own curve of a journey: what customers feel, as one believes before seeing it."""
    journey = admin.get_object(request, object_id)
    if journey is None:
        raise Http404
    if not admin.has_view_permission(request, journey):
        raise PermissionDenied
    points = spots_of(journey.pk)
    said = drawn_by(request.user.pk, journey.pk)
    asked = [spot for spot in points if spot not in said]
    if not asked:
        messages.info(request, _("You have drawn your curve. Here is the customers' beside it."))
        return redirect("admin:journeys_journey_map", journey.pk)
    form = DrawForm(request.POST or None, points=asked)
    if form.is_valid() and ask(form, lambda **valences: _draw(journey, request, valences)):
        messages.success(request, _("Thank you. Now see how customers really feel."))
        return redirect("admin:journeys_journey_map", journey.pk)
    stages = {row.pk: row for row in Stage.objects.filter(journey=journey)}
    own = {row.pk: row for row in Touchpoint.objects.filter(pk__in=[spot.touchpoint_id for spot in asked])}
    return admin.page(
        request,
        "admin/journeys/draw.html",
        title=_("How do customers feel?"),
        journey=journey,
        form=form,
        faces=face_words(),
        asked=[
            {
                "spot": spot,
                "stage": stages[spot.stage_id],
                "touchpoint": own.get(spot.touchpoint_id),
                "field": form[spot.key],
                "chosen": form[spot.key].value(),
            }
            for spot in asked
        ],
    )


def _draw(journey: Journey, request: HttpRequest, valences: dict[str, int]) -> int:
    return draw_assumed_curve(journey_id=journey.pk, user_id=request.user.pk, valences=valences)


def stage_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Everything about one stage, and what staff add to it: customers' words and how they felt."""
    stage = admin.get_object(request, object_id)
    if stage is None:
        raise Http404
    if not admin.has_view_permission(request, stage):
        raise PermissionDenied
    may_add = request.user.has_perm("journeys.add_stagequote")
    if request.method == "POST":
        draws = "ways" in request.POST
        if not (admin.has_change_permission(request, stage) if draws else may_add):
            raise PermissionDenied
        return _act(request, stage)
    today = timezone.localdate(now())
    others = list(stages_drawn(stage.journey_id, today))
    stage = next(one for one in others if one.pk == stage.pk)
    touchpoints = list(touchpoints_drawn([stage], today))
    for row in touchpoints:
        row.stage = stage
    order = spots_of(stage.journey_id)
    curves = curves_for(request.user, [spot for spot in order if spot.stage_id == stage.pk])
    names = {row.pk: row for row in touchpoints}
    cited = list(StageQuote.objects.filter(stage=stage).select_related("quote__customer")[:MOST_CITED])
    felt = _felt(stage, [row.quote_id for row in cited])
    return admin.page(
        request,
        "admin/journeys/stage.html",
        title=str(stage),
        stage=stage,
        answers=getattr(stage, TODAY, None),
        points=[(names.get(one.spot.touchpoint_id) or stage, one) for one in curves.points],
        curves=curves,
        touchpoints=[(row, CHANNEL_ICONS.get(row.channel, "touch_app"), person_for(row)) for row in touchpoints],
        own_points=[row for row in touchpoints if row.has_own_feeling],
        pains=pains_at(request.user, list(names)),
        cited=[(row, felt.get(row.quote_id, [])) for row in cited],
        offered=_offered(request, stage) if may_add else [],
        sought=request.GET.get("q", "").strip()[:100],
        latest=list(_latest(request, stage)),
        faces=face_words(),
        feelings=[(code, label, code in PLEASANT) for code, label in Feeling.choices],
        may_add=may_add,
        may_manage=admin.has_change_permission(request, stage),
        ways=[(one, one.pk in stage.leads_to) for one in others if one.pk != stage.pk],
    )


def _felt(stage: Stage, quote_ids: list[UUID]) -> dict[UUID, list[ReportedEmotion]]:
    """What was read from these words at this stage, by quote."""
    found: dict[UUID, list[ReportedEmotion]] = {}
    for row in ReportedEmotion.objects.filter(quote_id__in=quote_ids, stage=stage).select_related("touchpoint"):
        found.setdefault(row.quote_id, []).append(row)
    return found


def _offered(request: HttpRequest, stage: Stage) -> QuerySet[Quote]:
    """Customers' words that could stand here: those found by the words asked for, else the latest."""
    rows = quotes_visible_to(request.user).exclude(pk__in=StageQuote.objects.filter(stage=stage).values("quote"))
    sought = request.GET.get("q", "").strip()[:100]
    if sought:
        rows = rows.filter(Q(text__unaccent__icontains=sought))
    return rows.select_related("customer").order_by("-said_at")[:OFFERED]


def _latest(request: HttpRequest, stage: Stage) -> QuerySet[ReportedEmotion]:
    rows = reports_visible_to(request.user).filter(stage=stage)
    return rows.select_related("touchpoint", "coder", "quote", "customer").order_by("-felt_at", "-pk")[:LATEST]


def _act(request: HttpRequest, stage: Stage) -> HttpResponse:
    """What was asked for by a button, then back to the page with what became of it."""
    sent, done = request.POST, ""
    try:
        if "cite" in sent:
            cite_at_stage(stage_id=stage.pk, quote_id=_uuid(sent["cite"]))
            done = _("These words stand here now.")
        elif "take" in sent:
            take_from_stage(stage_quote_id=_uuid(sent["take"]))
            done = _("Taken away. The words themselves are kept.")
        elif "ways" in sent:
            set_ways(stage_id=stage.pk, to_ids=[_uuid(text) for text in sent.getlist("to")])
            done = _("So customers go on from here.")
        else:
            done = _code(stage, sent)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    if done:
        messages.success(request, done)
    return redirect("admin:journeys_stage_page", stage.pk)


def _code(stage: Stage, sent: Any) -> str:
    form = CodeForm(sent)
    if not form.is_valid():
        raise DomainError(next(iter(form.errors.values()))[0])
    told = form.cleaned_data
    report_emotion(
        stage_id=stage.pk,
        valence=told["valence"],
        feeling=told["feeling"],
        touchpoint_id=told["touchpoint"],
        quote_id=told["quote"],
        source=ReportedEmotion.Source.CODED if told["quote"] else ReportedEmotion.Source.STATED,
    )
    return _("Noted. It counts on the customers' curve.")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def stages_panel(request: HttpRequest, quote: Quote) -> str:
    """On a quote's page: the stages it stands at, and the way to put it to another one."""
    if not request.user.has_perm("journeys.view_stage"):
        return ""
    at = list(StageQuote.objects.filter(quote=quote).select_related("stage"))
    may_add = request.user.has_perm("journeys.add_stagequote")
    stages = Stage.objects.exclude(pk__in=[row.stage_id for row in at]) if may_add else Stage.objects.none()
    context = {"quote": quote, "at": at, "stages": list(stages.select_related("journey"))}
    return render_to_string("admin/journeys/quote_stages.html", context, request)


def cite_view(request: HttpRequest) -> HttpResponse:
    """Put a quote to a stage from the quote's own page, then go on to the stage."""
    if not request.user.has_perm("journeys.add_stagequote"):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("admin:customers_quote_changelist")
    stage_id, quote_id = _uuid(request.POST.get("stage", "")), _uuid(request.POST.get("quote", ""))
    try:
        cite_at_stage(stage_id=stage_id, quote_id=quote_id)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("These words stand here now. How did the customer feel?"))
    return redirect("admin:journeys_stage_page", stage_id)


def draw_urls(admin: Any) -> list[Any]:
    """The address of drawing, bound to the admin of journeys."""

    def drawn(request: HttpRequest, object_id: str) -> HttpResponse:
        return draw_view(admin, request, object_id)

    return [path("<path:object_id>/draw/", admin.admin_site.admin_view(drawn), name="journeys_journey_draw")]


def stage_urls(admin: Any) -> list[Any]:
    """The address of a stage's page, bound to the admin of stages."""

    def shown(request: HttpRequest, object_id: str) -> HttpResponse:
        return stage_view(admin, request, object_id)

    view = admin.admin_site.admin_view
    return [
        path("cite/", view(cite_view), name="journeys_stage_cite"),
        path("<path:object_id>/page/", view(shown), name="journeys_stage_page"),
    ]
