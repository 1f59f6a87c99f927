"""Set-up pages of what is worded in two languages: the firm's own comes first, and the other may be left out."""

from typing import Any

from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.base import SettingAdmin
from tenants.staff.selectors.firm import the_firm

# Field of the Vietnamese wording, field of the English one.
Pair = tuple[str, str]


def speaks_english(request: HttpRequest) -> bool:
    """Is English the firm's own language? Asked once a request."""
    if not hasattr(request, "firm_speaks_english"):
        request.firm_speaks_english = the_firm().language == "en"
    return bool(request.firm_speaks_english)


def own_first(names: Any, pairs: tuple[Pair, ...]) -> Any:
    """``names``, nested as Django's pages nest them, with the English field of each pair before the Vietnamese one."""
    other = {name: twin for vi, en in pairs for name, twin in ((vi, en), (en, vi))}
    swapped = (own_first(name, pairs) if isinstance(name, list | tuple) else other.get(name, name) for name in names)
    return type(names)(swapped)


def ask_in_english(form: ModelForm, pairs: tuple[Pair, ...]) -> None:
    """The English wording is what is asked for; a Vietnamese one that only repeats it counts as left out."""
    for vi, en in pairs:
        if vi not in form.fields or en not in form.fields:
            continue
        form.fields[vi].required, form.fields[en].required = False, True
        form.fields[en].label, form.fields[vi].label = form.fields[vi].label, _("In Vietnamese")
        form.fields[vi].help_text = _("Left empty, everybody reads the English.")
        if form.initial.get(vi) == form.initial.get(en):
            form.initial[vi] = ""


def ask_in_vietnamese(form: ModelForm, pairs: tuple[Pair, ...]) -> None:
    """The Vietnamese wording is what is asked for; an English one that only repeats it counts as left out."""
    for vi, en in pairs:
        if vi not in form.fields or en not in form.fields:
            continue
        form.fields[en].required = False
        form.fields[en].help_text = _("Left empty, everybody reads the Vietnamese.")
        if form.initial.get(vi) == form.initial.get(en):
            form.initial[en] = ""


def repeat_what_is_missing(data: dict[str, Any], pairs: tuple[Pair, ...]) -> None:
    """A Vietnamese wording left out is the English one; an English one may stay empty."""
    for vi, en in pairs:
        data[vi] = data.get(vi) or data.get(en)


class WordedAdmin(SettingAdmin):
    """A setting with a name in two languages."""

    pairs: tuple[Pair, ...] = (("name", "name_en"),)

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        return own_first(columns, self.pairs) if speaks_english(request) else columns

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        fields = super().get_fields(request, obj)
        return own_first(fields, self.pairs) if speaks_english(request) else fields

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> type:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        pairs, ask = self.pairs, ask_in_english if speaks_english(request) else ask_in_vietnamese

        class WordedForm(form):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                ask(self, pairs)

            def clean(self) -> dict[str, Any]:
                data: dict[str, Any] = super().clean()
                repeat_what_is_missing(data, pairs)
                return data

        return WordedForm
