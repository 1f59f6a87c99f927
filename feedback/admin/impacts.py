"""What the firm does for the people around it: the list, writing one down, changing it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask
from feedback.models import CommunityImpact, ImpactPhoto
from feedback.services.community_impacts import MOST_EVIDENCE, keep_impact
from tenants.staff.selectors.firm import firm_today

_TOLD = ("activity", "held_on", "place", "beneficiaries", "how_many", "evidence", "is_published")


class ImpactForm(WorkForm):
    activity = forms.CharField(label=_("What did you do?"), max_length=120)
    held_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    beneficiaries = forms.CharField(label=_("Who benefits?"), max_length=120)
    how_many = forms.IntegerField(label=_("How many?"), min_value=0, max_value=2_000_000_000, required=False)
    photo = forms.FileField(
        label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
    )
    evidence = forms.CharField(
        label=_("What shows it?"),
        max_length=MOST_EVIDENCE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was done, who saw it, what came of it: numbers rather than praise."),
    )
    is_published = forms.BooleanField(
        label=_("Show it on the community's page"),
        required=False,
        help_text=_("Whoever is seen in the photo agreed to be shown."),
    )

    def clean_photo(self) -> bytes | None:
        upload = self.cleaned_data["photo"]
        return upload.read() if upload else None


class CommunityImpactAdmin(RoomAdmin):
    nothing_here = _("Nothing is written down yet: what you did, who benefits, what shows it.")
    add_words = _("Write one down")
    list_display = ("activity", "held_on", "place", "beneficiaries", "how_many", "shown")
    list_display_links = ("activity",)
    list_filter = ("is_published",)
    search_fields = ("activity__unaccent", "beneficiaries__unaccent", "place__unaccent")
    ordering = ("-held_on", "-id")
    sortable_by = ("held_on",)

    @display(description=_("who reads it"), ordering="is_published")
    def shown(self, impact: CommunityImpact) -> str:
        return pill(_("everybody, on the page"), "info") if impact.is_published else pill(_("colleagues"), "plain")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._form(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        impact = self.get_object(request, object_id)
        if impact is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._form(request, impact)

    def _form(self, request: HttpRequest, impact: CommunityImpact | None) -> HttpResponse:
        may_write = self.has_add_permission(request) if impact is None else self.has_change_permission(request, impact)
        if request.method == "POST" and not may_write:
            raise PermissionDenied
        initial = {name: getattr(impact, name) for name in _TOLD} if impact else {"held_on": firm_today()}
        form = ImpactForm(request.POST or None, request.FILES or None, initial=initial)
        if form.is_valid():
            made = ask(form, lambda **told: keep_impact(impact_id=impact.pk if impact else None, **told))
            if made:
                messages.success(request, _("Saved."))
                return redirect(f"{self.admin_site.name}:feedback_communityimpact_changelist")
        return self.page(
            request,
            "admin/feedback/impact_form.html",
            title=str(impact) if impact else _("What we did for the community"),
            form=form,
            impact=impact,
            has_photo=impact is not None and ImpactPhoto.objects.filter(impact=impact).exists(),
            may_write=may_write,
        )
