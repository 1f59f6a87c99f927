"""Who answers for what: handed over, never edited, so that yesterday's answer stays true."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask
from cxcrm.core.clock import now
from journeys.models import Accountability, Stage, Touchpoint
from journeys.selectors.accountability import unowned
from journeys.services.accountability import hand_over
from tenants.staff.models import User


class HandOverForm(WorkForm):
    """What is handed over, to whom, from when."""

    target = forms.ChoiceField(label=_("What?"))
    executive = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Who answers for it?"))
    deputy = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Deputy when they are away"), required=False)
    from_day = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label=_("Note on the hand-over"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.working()
        self.fields["executive"].queryset = self.fields["deputy"].queryset = people
        stages = Stage.objects.order_by("journey", "position")
        touchpoints = Touchpoint.objects.filter(is_active=True).select_related("stage")
        self.fields["target"].choices = [
            ("", "---------"),
            (_("Whole stages"), [(f"stage:{row.pk}", str(row)) for row in stages]),
            (_("Touchpoints"), [(f"touchpoint:{row.pk}", f"{row.stage} › {row}") for row in touchpoints]),
        ]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors:
            return data
        kind, _colon, ident = data["target"].partition(":")
        return {
            f"{kind}_id": ident,
            "executive_id": data["executive"].pk,
            "deputy_id": data["deputy"].pk if data["deputy"] else None,
            "from_day": data["from_day"],
            "note": data["note"],
        }


class AccountabilityAdmin(ReadOnlyAdmin):
    list_display = ("target", "executive", "deputy", "valid_from", "valid_to", "standing")
    list_select_related = ("stage", "touchpoint__stage", "executive", "deputy")
    list_filter = ("executive",)
    search_fields = ("executive__full_name", "stage__name", "touchpoint__name")
    fields = ("target", "executive", "deputy", "valid_from", "valid_to", "note", "created_at")
    list_before_template = "admin/journeys/unowned.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("journeys.add_accountability")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Accountability]:
        return super().get_queryset(request).order_by("-valid_from", "-created_at")

    @display(description=_("what"))
    def target(self, row: Accountability) -> str:
        return f"{row.touchpoint.stage} › {row.touchpoint}" if row.touchpoint else str(row.stage)

    @display(description=_("standing"))
    def standing(self, row: Accountability) -> str:
        today = timezone.localdate(now())
        if row.valid_to and row.valid_to <= today:
            return pill(_("until %(day)s") % {"day": row.valid_to.strftime("%d/%m/%Y")})
        return pill(_("to come"), "info") if row.valid_from > today else pill(_("in force"), "good")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"unowned": unowned(timezone.localdate(now())), **(extra_context or {})}
        return super().changelist_view(request, context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        initial = {"from_day": timezone.localdate(now()), "target": request.GET.get("target", "")}
        form = HandOverForm(request.POST or None, initial=initial)
        if form.is_valid() and ask(form, hand_over):
            messages.success(request, _("Handed over."))
            return redirect(f"{self.admin_site.name}:journeys_accountability_changelist")
        return self.page(
            request,
            "admin/form_page.html",
            title=_("Hand over"),
            form=form,
            intro=_("Exactly one person answers for each part of the journey; whoever did until then stops that day."),
            button=_("Hand over"),
        )
