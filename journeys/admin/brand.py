"""The one page that says what the brand stands for and how it speaks."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm, dress
from cxcrm.core.admin.working import ask
from journeys.logic.brand import MOST, NAME_LENGTH, WORDING_LENGTH, preset
from journeys.logic.brand_presets import PRESETS
from journeys.models import BrandProfile
from journeys.services.brand import MAJORITY_LENGTH, POSITIONING_LENGTH, save_brand


class BrandForm(WorkForm):
    """Position, majority and up to five traits; what is left empty is no trait."""

    positioning = forms.CharField(
        label=_("Positioning, in one sentence"),
        max_length=POSITIONING_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What you are, for whom, and why they come to you rather than elsewhere."),
    )
    majority = forms.CharField(
        label=_("Whom most of it is for"),
        max_length=MAJORITY_LENGTH,
        help_text=_("The many you design for, not the few you could impress."),
    )
    preset = forms.ChoiceField(choices=BrandProfile.Preset.choices, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST + 1):
            self.fields[f"name{number}"] = _line(_("Trait"), NAME_LENGTH)
            self.fields[f"do{number}"] = _line(_("How we say and do it"), WORDING_LENGTH)
            self.fields[f"dont{number}"] = _line(_("How we never do"), WORDING_LENGTH)

    @property
    def traits(self) -> list[list[Any]]:
        """The three boxes of every trait."""
        return [[self[f"{part}{number}"] for part in ("name", "do", "dont")] for number in range(1, MOST + 1)]

    @property
    def about(self) -> list[Any]:
        return [self["positioning"], self["majority"]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        traits = [
            {part: data.pop(f"{part}{number}", "") for part in ("name", "do", "dont")} for number in range(1, MOST + 1)
        ]
        return {**data, "traits": traits}


def _line(label: Any, limit: int) -> forms.CharField:
    field = forms.CharField(label=label, max_length=limit, required=False)
    dress(field.widget)
    return field


class BrandAdmin(RoomAdmin):
    """Not a list but a page: there is one profile, or none yet."""

    # Markup for the page (request → markup), given by the rooms that ask how the brand is seen.
    panels: tuple[Callable[..., str], ...] = ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        allowed: bool = request.user.has_perm("journeys.add_brandprofile")
        return allowed

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        language = get_language() or "vi"
        ready = [(code, BrandProfile.Preset(code).label, preset(code, language)) for code in PRESETS]
        return self.page(
            request,
            "admin/journeys/brand.html",
            title=_("Brand profile"),
            profile=BrandProfile.objects.first(),
            ready=ready,
            may_write=self.has_add_permission(request),
            panels=[panel(request) for panel in self.panels],
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form for the first profile and for every later one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BrandForm(request.POST or None, initial=_initial(request))
        if form.is_valid() and ask(form, save_brand):
            messages.success(request, _("Saved."))
            return redirect(f"{self.admin_site.name}:journeys_brandprofile_changelist")
        return self.page(request, "admin/journeys/brand_form.html", title=_("What our brand stands for"), form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(f"{self.admin_site.name}:journeys_brandprofile_changelist")


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: the profile there is, with the traits of a character chosen instead of its own."""
    profile = BrandProfile.objects.first()
    told: dict[str, Any] = {"preset": BrandProfile.Preset.OWN, "version": 0}
    traits: list[dict[str, str]] = []
    if profile is not None:
        told = {name: getattr(profile, name) for name in ("positioning", "majority", "preset", "version")}
        traits = profile.traits
    chosen = request.GET.get("preset", "")
    if chosen in PRESETS:
        told["preset"], traits = chosen, preset(chosen, get_language() or "vi")
    for number, trait in enumerate(traits, start=1):
        told |= {f"{part}{number}": trait.get(part, "") for part in ("name", "do", "dont")}
    return told
