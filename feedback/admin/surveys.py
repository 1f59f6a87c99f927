"""Set-up pages of listening: surveys with their questions, root causes, remedies."""

from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.base import SettingAdmin, SettingInline
from feedback.models import Question, Remedy, RootCause, Survey
from feedback.services import configuration


class QuestionInline(SettingInline):
    model = Question
    fields = ("position", "kind", "text_vi", "text_en", "required")
    ordering = ("position",)

    @staticmethod
    def save_setting(row: Question) -> None:
        configuration.save_question(question=row)

    @staticmethod
    def remove_setting(row: Question) -> None:
        configuration.remove_question(question=row)


class SurveyAdmin(SettingAdmin):
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


class RootCauseAdmin(SettingAdmin):
    list_display = ("__str__", "name_en", "parent", "is_active")
    list_select_related = ("parent",)
    list_filter = ("is_active",)
    search_fields = ("name", "name_en")
    fields = ("parent", ("name", "name_en"), "is_active")

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "parent":
            kwargs["queryset"] = RootCause.objects.filter(parent=None)
            kwargs["empty_label"] = _("(a group of its own)")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_setting(self, row: RootCause, form: ModelForm, change: bool) -> None:
        configuration.save_root_cause(root_cause=row)


class RemedyAdmin(SettingAdmin):
    list_display = ("name", "name_en", "touchpoint", "cost", "is_recommended", "position", "is_active")
    list_select_related = ("touchpoint",)
    list_filter = ("is_active", "touchpoint")
    search_fields = ("name", "name_en")
    fields = (("name", "name_en"), ("touchpoint", "cost"), ("position", "is_recommended"), "is_active")

    def save_setting(self, row: Remedy, form: ModelForm, change: bool) -> None:
        configuration.save_remedy(remedy=row)
