"""The one page that says what the brand stands for and how it speaks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm, dress
from cxcrm.core.admin.working import ask
from cxcrm.core.colour import is_colour, text_on
from cxcrm.core.once import reading_once
from journeys.admin.thread import thread_urls
from journeys.logic.brand import MOST, NAME_LENGTH, WORDING_LENGTH, preset
from journeys.logic.brand_presets import PRESETS
from journeys.logic.voice import Voice, paired
from journeys.models import BrandProfile
from journeys.selectors.voice import voice_of
from journeys.services.brand import MAJORITY_LENGTH, MEANING_LENGTH, POSITIONING_LENGTH, save_brand
from tenants.staff.selectors.firm import self_name, the_firm


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
    meaning = forms.CharField(
        label=_("Experience here means …"),
        max_length=MEANING_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence everybody in the firm can repeat; it stands above every journey."),
    )
    preset = forms.ChoiceField(
        label=_("Character: how it sounds"),
        choices=BrandProfile.Preset.choices,
        help_text=_("Invitations, receipts and survey pages speak so; with one of your own, as they do for everybody."),
    )
    colour = forms.CharField(label=_("Brand colour"), max_length=7, widget=forms.TextInput(attrs={"type": "color"}))
    self_pronoun = forms.CharField(
        label=_("How the brand calls itself"),
        max_length=40,
        help_text=_("To your customers, in your own language: “we”, or the brand's name."),
    )
    # As they stood when the form was opened: what was not touched is not written over somebody else's change.
    colour_before = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput)
    self_pronoun_before = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
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
        return [self["positioning"], self["majority"], self["meaning"]]

    @property
    def look(self) -> list[Any]:
        return [self[name] for name in ("preset", "colour", "self_pronoun")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        traits = [
            {part: data.pop(f"{part}{number}", "") for part in ("name", "do", "dont")} for number in range(1, MOST + 1)
        ]
        for name in ("colour", "self_pronoun"):
            before = data.pop(f"{name}_before", "")
            data[name] = None if data.get(name) == before else data.get(name)
        return {**data, "traits": traits}


def _line(label: Any, limit: int) -> forms.CharField:
    field = forms.CharField(label=label, max_length=limit, required=False)
    dress(field.widget)
    return field


class BrandAdmin(RoomAdmin):
    """Not a list but a page: there is one profile, or none yet."""

    # Markup for the page (request → markup), given by the rooms that ask how the brand is seen.
    panels: tuple[Callable[..., str], ...] = ()

    def get_urls(self) -> list[Any]:
        return [*thread_urls(self), *super().get_urls()]

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
        with reading_once():
            profile, firm = BrandProfile.objects.first(), the_firm()
            return self.page(
                request,
                "admin/journeys/brand.html",
                title=_("Brand profile"),
                profile=profile,
                ready=ready,
                may_write=self.has_add_permission(request),
                sounds=sounds(profile.preset, firm.colour, firm.self_pronoun) if profile else [],
                panels=[panel(request) for panel in self.panels],
            ).render()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form for the first profile and for every later one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BrandForm(request.POST or None, initial=_initial(request))
        if "look" not in request.POST and form.is_valid() and ask(form, save_brand):
            messages.success(request, _("Saved."))
            return redirect(f"{self.admin_site.name}:journeys_brandprofile_changelist")
        return self.page(
            request,
            "admin/journeys/brand_form.html",
            title=_("What our brand stands for"),
            form=form,
            sounds=sounds(*(str(form[name].value() or "") for name in ("preset", "colour", "self_pronoun"))),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(f"{self.admin_site.name}:journeys_brandprofile_changelist")


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: the profile there is, with the traits of a character chosen instead of its own."""
    profile = BrandProfile.objects.first()
    firm = the_firm()
    told: dict[str, Any] = {"preset": BrandProfile.Preset.OWN, "version": 0}
    traits: list[dict[str, str]] = []
    if profile is not None:
        told = {name: getattr(profile, name) for name in ("positioning", "majority", "meaning", "preset", "version")}
        traits = profile.traits
    chosen = request.GET.get("preset", "")
    if chosen in PRESETS:
        told["preset"], traits = chosen, preset(chosen, get_language() or "vi")
    told |= {"colour": firm.colour, "colour_before": firm.colour}
    told |= {"self_pronoun": firm.self_pronoun, "self_pronoun_before": firm.self_pronoun}
    for number, trait in enumerate(traits, start=1):
        told |= {f"{part}{number}": trait.get(part, "") for part in ("name", "do", "dont")}
    return told


@dataclass(frozen=True)
class Sound:
    """How the brand looks and sounds to a customer, in one language."""

    language: str
    label: Any
    greeting: str
    voice: Voice | None
    colour: str
    on_colour: str
    brand: str


def sounds(preset: str, colour: str, self_pronoun: str) -> list[Sound]:
    """A preview of these in both languages, the reader's own first; a colour that is none shows the firm's own."""
    firm = the_firm()
    shown = colour.lower() if is_colour(colour) else firm.colour
    found = []
    for language, label, greeting, inline in (
        ("vi", _("Vietnamese"), "Chào chị Hà,", "chị"), ("en", _("English"), "Dear Ms Ha,", "you")
    ):  # fmt: skip
        we = self_pronoun if firm.language == language and self_pronoun else self_name(language)
        with override(language):
            pair = paired(
                we, brand=firm.brand, language=language, inline=inline, inline_capital=inline[:1].upper() + inline[1:]
            )
            voice = voice_of(preset, brand=firm.brand, pair=pair)
        on_colour = text_on(shown) if is_colour(shown) else "#ffffff"
        found.append(Sound(language, label, greeting, voice, shown, on_colour, firm.brand))
    return found[::-1] if get_language() == "en" else found
