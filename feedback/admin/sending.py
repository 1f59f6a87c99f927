"""Sending a survey: choose, see who would get it and who not, send, watch what becomes of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.errors import DomainError
from feedback.admin.asking import AudienceForm
from feedback.admin.contexts import Bannered, banners
from feedback.admin.responses import INVITATION_TONES
from feedback.models import Dispatch, Invitation, Survey
from feedback.selectors.audience import REASONS, Preview, preview
from feedback.selectors.contexts import held_of
from feedback.services.dispatches import send_survey
from tenants.models import Usage
from tenants.services.plans import current_use


def _invitations_left() -> int | None:
    """How many more customers the plan lets be asked this month; None is unlimited."""
    uses = {use.metric: use.left for use in current_use(limited_only=True)}
    return uses.get(Usage.Metric.INVITATIONS)


def reasons_of(skipped: dict[str, int]) -> list[tuple[Any, int]]:
    """Why customers were left out, most frequent first, in words."""
    return [(REASONS.get(code, code), count) for code, count in sorted(skipped.items(), key=lambda row: -row[1])]


class DispatchAdmin(Bannered, ReadOnlyAdmin):
    list_display = ("survey", "created_at", "sent_by", "matched", "invited", "left_out")
    list_select_related = ("survey", "sent_by")
    list_filter = ("survey",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("feedback.add_dispatch")

    @display(description=_("left out"))
    def left_out(self, dispatch: Dispatch) -> int:
        return sum(dispatch.skipped.values())

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        asked = request.POST or (request.GET if "survey" in request.GET else None)
        form = AudienceForm(asked, initial=self._first_guess(request))
        found: Preview | None = None
        if form.is_bound and form.is_valid():
            audience = form.audience(request.user)
            if request.method == "POST":
                done = self._send(request, form, audience)
                if done is not None:
                    return done
            found = preview(form.cleaned_data["survey"], audience)
        return self.page(
            request,
            "admin/feedback/send_survey.html",
            title=_("Send a survey"),
            form=form,
            preview=found,
            reasons=reasons_of(found.skipped) if found else [],
            waits=sorted(found.held.items()) if found else [],
            banners=banners(),
            left=_invitations_left(),
            chosen=len([one for one in request.GET.get("ids", "").split(",") if one]),
        )

    def _first_guess(self, request: HttpRequest) -> dict[str, Any]:
        guess = {name: request.GET[name] for name in ("q", "tag", "branch", "language", "ids") if name in request.GET}
        survey = Survey.objects.filter(is_active=True).order_by("created_at").first()
        return {"survey": survey, **guess}

    def _send(self, request: HttpRequest, form: AudienceForm, audience: Any) -> HttpResponse | None:
        data = form.cleaned_data
        try:
            dispatch = send_survey(
                survey_id=data["survey"].pk,
                customer_ids=list(audience.values_list("pk", flat=True)),
                touchpoint_id=data["touchpoint"].pk if data["touchpoint"] else None,
                sent_by=request.user,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return None
        count = dispatch.invited
        told = ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", count)
        messages.success(request, told % {"n": count})
        return redirect(f"{self.admin_site.name}:feedback_dispatch_change", dispatch.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        dispatch = self.get_object(request, object_id)
        if dispatch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        counts = dict(dispatch.invitations.order_by().values_list("state").annotate(Count("pk")))
        held = held_of(dispatch.pk)
        states = [(state, counts[state], INVITATION_TONES[state]) for state in Invitation.State if state in counts]
        return self.page(
            request,
            "admin/feedback/dispatch.html",
            title=str(dispatch),
            dispatch=dispatch,
            states=states,
            moving=counts.get(Invitation.State.QUEUED, 0) > 0,
            reasons=reasons_of(dispatch.skipped),
            held=held,
        )
