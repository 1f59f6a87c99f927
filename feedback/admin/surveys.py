"""Set-up pages of listening: surveys with their questions."""

from typing import Any, Literal

from django import forms
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from cxcrm.core.admin.base import SettingAdmin, SettingInline
from feedback.admin.contexts import Bannered
from feedback.logic.choices import choices_as_lines, read_choices
from feedback.models import Question, Survey
from feedback.services import configuration
from tenants.staff.admin.wording import (
    ask_in_english,
    ask_in_vietnamese,
    own_first,
    repeat_what_is_missing,
    speaks_english,
)

_WORDED = (("text_vi", "text_en"),)


class QuestionForm(forms.ModelForm):
    """A question with its choices as lines, the firm's own language first: Vietnamese | English, or the other way."""

    in_english = False

    options = forms.CharField(
        label=_("choices"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    class Meta:
        model = Question
        fields = ("position", "kind", "item", "text_vi", "text_en", "required", "is_mirror", "touchpoint")
        widgets = {name: UnfoldAdminTextareaWidget(attrs={"rows": 3}) for name in ("text_vi", "text_en")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask = ask_in_english if self.in_english else ask_in_vietnamese
        ask(self, _WORDED)
        if self.data.get(self.add_prefix("item")):
            # What many firms ask brings its kind and its wording.
            for name in ("kind", "text_vi", "text_en"):
                self.fields[name].required = False
        self.fields["options"].help_text = (
            _(
                "One choice a line, English | Vietnamese; the second may be left out. "
                "For three words: left empty, the traits of your brand are mixed with others."
            )
            if self.in_english
            else _(
                "One choice a line, Vietnamese | English; the second may be left out. "
                "For three words: left empty, the traits of your brand are mixed with others."
            )
        )
        self.initial["options"] = choices_as_lines(self.instance.choices, self._first)

    @property
    def _first(self) -> Literal["vi", "en"]:
        return "en" if self.in_english else "vi"

    def clean(self) -> dict[str, Any]:
        """Choices keep their value while their wording changes, so that answers given before still mean the same."""
        data: dict[str, Any] = super().clean() or {}
        self.instance.choices = read_choices(data.get("options", ""), self.instance.choices, self._first)
        repeat_what_is_missing(data, _WORDED)
        return data


class QuestionInline(SettingInline):
    model = Question
    form = QuestionForm
    fields = ("position", "kind", "item", "text_vi", "text_en", "options", "required", "is_mirror", "touchpoint")
    ordering = ("position",)

    def get_fields(self, request: HttpRequest, obj: Survey | None = None) -> Any:
        fields = super().get_fields(request, obj)
        return own_first(fields, _WORDED) if speaks_english(request) else fields

    def get_formset(self, request: HttpRequest, obj: Survey | None = None, **kwargs: Any) -> Any:
        form = type("OwnQuestionForm", (QuestionForm,), {"in_english": speaks_english(request)})
        return super().get_formset(request, obj, form=form, **kwargs)

    @display(description=_("choices"))
    def options(self, question: Question) -> str:
        """For those who may only look."""
        return ", ".join(one["en" if get_language() == "en" else "vi"] for one in question.choices) or "–"

    @staticmethod
    def save_setting(row: Question) -> None:
        configuration.save_question(question=row)

    @staticmethod
    def remove_setting(row: Question) -> None:
        configuration.remove_question(question=row)


class SurveyAdmin(Bannered, SettingAdmin):
    list_display = ("name", "metric", "cadence", "touchpoint", "is_active")
    list_select_related = ("touchpoint",)
    list_filter = ("is_active", "metric", "cadence")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": (("name", "is_active"), ("metric", "cadence"), ("touchpoint", "expires_after_days"))}),
    )
    inlines = (QuestionInline,)

    def save_setting(self, row: Survey, form: ModelForm, change: bool) -> None:
        configuration.save_survey(survey=row)
