"""Going the journey as a customer: a page for the phone, what one felt beside customers, who went this quarter."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Avg, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask, row_asked
from cxcrm.core.clock import now
from journeys.admin.curve import FACES
from journeys.admin.feelings import face_words
from journeys.logic.months import quarter_of
from journeys.models import Journey, JourneyWalk, Stage
from journeys.selectors.walks import compared, journey_to_walk, walks, who_walked
from journeys.services.walks import NOTE, Felt, log_walk
from journeys.wording import quarter_name, signed


class WalkForm(WorkForm):
    """What was done, and a face and a sentence for each stage one came to."""

    how = forms.ChoiceField(
        label=_("What did you do as a customer?"), choices=JourneyWalk.How.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, stages: Iterable[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stages = list(stages)
        for stage in self.stages:
            self.fields[f"face_{stage.pk}"] = forms.TypedChoiceField(
                choices=[(str(value), str(value)) for value, _icon in FACES],
                coerce=int,
                required=False,
                empty_value=None,
            )
            self.fields[f"note_{stage.pk}"] = forms.CharField(max_length=NOTE, required=False)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each stage with its two boxes."""
        return [
            {
                "stage": stage,
                "face": self[f"face_{stage.pk}"],
                "chosen": self[f"face_{stage.pk}"].value(),
                "note": self[f"note_{stage.pk}"],
            }
            for stage in self.stages
        ]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors or data is None:
            return data
        felt = []
        for stage in self.stages:
            face, note = data[f"face_{stage.pk}"], data[f"note_{stage.pk}"]
            if face is None and note:
                self.add_error(f"face_{stage.pk}", _("How did it feel? Choose a face."))
            elif face is not None and not note:
                self.add_error(f"note_{stage.pk}", _("What happened? One sentence is enough."))
            elif face is not None:
                felt.append(Felt(stage.pk, face, note))
        return data if self.errors else {"how": data["how"], "felt": felt}


class JourneyWalkAdmin(RoomAdmin):
    nothing_here = _("Nobody has walked yet. Order, call or complain as a customer would, and say how it felt.")
    add_words = _("Walk the journey")
    list_display = ("day", "walker", "journey", "how", "felt")
    list_display_links = ("day",)
    list_select_related = ("journey", "walker")
    list_filter = ("journey", "how", "walker")
    ordering = ("-walked_on", "-id")
    sortable_by = ("day",)
    list_before_template = "admin/journeys/walks_top.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[JourneyWalk]:
        return super().get_queryset(request).annotate(mean=Avg("steps__valence"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what was felt stays as it was said

    @display(description=_("day"), ordering="walked_on")
    def day(self, walk: Any) -> str:
        return f"{walk.walked_on:%d/%m/%Y}"

    @display(description=_("felt on average"))
    def felt(self, walk: Any) -> str:
        return "–" if walk.mean is None else signed(float(walk.mean))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        quarter = quarter_of(localdate(now()))
        context = {"walked": who_walked(quarter), "quarter": quarter_name(quarter)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The page one walks with; nothing of customers' data stands on it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        journey = row_asked(request, "journey", Journey.objects) or journey_to_walk()
        if journey is None:
            messages.info(request, _("There is no journey with stages yet. Draw one first."))
            return redirect(f"{self.admin_site.name}:journeys_journeywalk_changelist")
        form = WalkForm(request.POST or None, stages=journey.stages.order_by("position"))
        if form.is_valid():
            kept = ask(form, lambda **told: log_walk(journey_id=journey.pk, walker_id=request.user.pk, **told))
            if kept:
                messages.success(request, _("Thank you. Here is what you felt beside what customers report."))
                return redirect(f"{self.admin_site.name}:journeys_journeywalk_change", kept.pk)
        return self.page(
            request,
            "admin/journeys/journey_walk_form.html",
            title=_("Walk the journey"),
            journey=journey,
            form=form,
            faces=face_words(),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        walk = self.get_object(request, object_id)
        if walk is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        faces = {face["value"]: face for face in face_words()}
        found = compared(walk, request.user)
        return self.page(
            request,
            "admin/journeys/journey_walk.html",
            title=_("%(who)s walked “%(journey)s”") % {"who": walk.walker, "journey": walk.journey},
            walk=walk,
            rows=[
                {
                    "one": one,
                    "face": faces[one.step.valence],
                    "mean": "" if one.reported is None else signed(one.reported.value),
                    "off_by": "" if one.off_by is None else signed(one.off_by),
                    "is_far": one.off_by is not None and abs(one.off_by) >= 1,
                }
                for one in found
            ],
            is_open=any(one.reported for one in found),
            older=walks().filter(walker=walk.walker_id).exclude(pk=walk.pk)[:8],
        )
