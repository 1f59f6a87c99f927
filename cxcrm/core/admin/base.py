"""Base classes of model pages: rows are changed by services, refusals are shown on the form, records are only read."""

from functools import cache
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline, checkbox

from cxcrm.core.admin.exporting import Exporting
from cxcrm.core.admin.paging import CappedPaginator
from cxcrm.core.admin.table import DrawnChangeList
from cxcrm.core.errors import DomainError
from cxcrm.core.once import reading_once

_ROW = "id-of-the-row"


@cache
def _box(_language: str | None) -> str:
    return str(checkbox.render(ACTION_CHECKBOX_NAME, _ROW))


class RoomAdmin(Exporting, ModelAdmin):
    """Permissions come from the reader's role; nothing is deleted unless a class says how."""

    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    actions_on_top = True
    compressed_fields = True
    list_filter_sheet = True
    # The columns that what a long list shows is made of, beside the keys in ``list_select_related``; without them whole
    # rows are read. A method that asks for more would ask the database row by row.
    list_only: tuple[str, ...] = ()
    # What an empty list says, and what its button is called, where the general words would not do.
    nothing_here: Any = ""
    add_words: Any = ""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def list_prefetch(self) -> tuple[Any, ...]:
        """What is read with the rows of ``list_only``; made anew each time, for a queryset belongs to one firm."""
        return ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        return DrawnChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under a bar with what the site keeps for every list and the way to a file."""
        if request.method == "POST":  # something is done to rows, and what is shown comes after it
            return self._list(request, extra_context)
        with reading_once():  # the firm stands in every corner of a list
            answer = self._list(request, extra_context)
            return answer.render() if isinstance(answer, TemplateResponse) else answer

    def _list(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponse:
        context = {
            **self.export_context(request),
            **self.admin_site.list_context(request, self),
            **(extra_context or {}),
        }
        try:
            return super().changelist_view(request, context)
        except DisallowedModelAdminLookup:
            # A view saved or a link sent before the list changed: the list itself instead of an error page.
            messages.warning(request, _("These filters do not fit this list any more. Here is all of it."))
            return redirect(request.path)

    def action_checkbox(self, obj: Model) -> SafeString:
        """The box of a row: drawn once per language, since fifty drawn one by one take a third of a list's time."""
        return SafeString(_box(get_language()).replace(_ROW, escape(str(obj.pk))))

    action_checkbox.short_description = ModelAdmin.action_checkbox.short_description

    def response_action(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """What is ticked are ids of rows; anything else was not sent by our page."""
        try:
            for ident in request.POST.getlist("_selected_action"):
                UUID(ident)
        except ValueError as error:
            raise BadRequest("not an id") from error
        return super().response_action(request, queryset)

    # The event ledger is the audit log; a second one would only disagree with it.
    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        return None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied

    def confirm(self, request: HttpRequest, *, title: Any, what: Any, button: Any, back: str = "..") -> HttpResponse:
        """The page a GET shows before its POST acts."""
        return self.page(request, "admin/confirm.html", title=title, what=what, button=button, back=back)

    def page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        """A page of its own beside the list and the form: ``context`` within the frame every page of the site has."""
        request.current_app = self.admin_site.name
        frame = self.admin_site.each_context(request)
        return TemplateResponse(request, template, {**frame, "opts": self.opts, **context})

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        raise PermissionDenied  # a subclass names the service

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        raise PermissionDenied


class ReadOnlyAdmin(RoomAdmin):
    """Records that tell what happened: looked at, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SettingAdmin(RoomAdmin):
    """A row of the set-up: ``save_setting`` and ``remove_setting`` call the room's service; refusals keep the input."""

    removable = False
    # "Exactly one default" would refuse a new default before the service could take the mark from the old one.
    left_to_service: tuple[str, ...] = ("is_default",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        opts = self.opts
        return self.removable and request.user.has_perm(f"{opts.app_label}.delete_{opts.model_name}")

    def save_setting(self, row: Model, form: ModelForm, change: bool) -> None:
        """Call the service that saves ``row``; it may raise DomainError."""
        raise NotImplementedError

    def remove_setting(self, row: Model) -> None:
        """Call the service that removes ``row``; it may raise DomainError."""
        raise PermissionDenied

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        self.save_setting(obj, form, change)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list, change: bool) -> None:
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: Any, change: bool) -> None:
        """Rows of an inline go through the inline's own services, removed ones first so that their place is free."""
        inline = next(one for one in self.inlines if one.model is formset.model)
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            inline.remove_setting(row)
        for row in rows:
            inline.save_setting(row)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.remove_setting(obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a service's refusal on the form: the first try was rolled back, the second only renders."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            request.refusal = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return self.response_post_save_change(request, None)

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> type:
        """The form with a service's refusal on it, and without the checks the service makes after making room."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        left_to_service = set(self.left_to_service)

        class SettingForm(form):
            def clean(self) -> dict[str, Any]:
                data = super().clean()
                if refusal is not None:
                    raise ValidationError(str(refusal))
                return data

            def _get_validation_exclusions(self) -> set[str]:
                return super()._get_validation_exclusions() | left_to_service

        return SettingForm


class SettingInline(TabularInline):
    """Rows that belong to a setting, each saved and removed by a service."""

    extra = 0
    show_change_link = False

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        """A table's heads are no labels to a screen reader: every field says its own name."""
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.base_fields.values():
            if field.label:
                widget = getattr(field.widget, "widget", field.widget)  # within the wrapper of a related field
                widget.attrs.setdefault("aria-label", capfirst(field.label))
        return formset

    @staticmethod
    def save_setting(row: Model) -> None:
        raise NotImplementedError

    @staticmethod
    def remove_setting(row: Model) -> None:
        raise PermissionDenied
