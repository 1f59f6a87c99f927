"""Importing a customer file: upload, dry run, go-ahead, progress, result."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.logic.columns import guess_mapping
from customers.models import ImportJob, ImportRow
from customers.problems import explain, explain_warning, fields
from customers.services.imports import check_file, discard_import, refused_rows_csv, remap, start_import
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask, page_number
from cxcrm.core.errors import DomainError

ROWS_PAGE = 25
STATE_TONES = {
    ImportJob.State.CHECKED: "warn",
    ImportJob.State.RUNNING: "info",
    ImportJob.State.DONE: "good",
    ImportJob.State.DISCARDED: "plain",
}
ROW_TONES = {
    ImportRow.Outcome.CREATE: "info",
    ImportRow.Outcome.UPDATE: "plain",
    ImportRow.Outcome.REFUSE: "bad",
    ImportRow.Outcome.CREATED: "good",
    ImportRow.Outcome.UPDATED: "good",
    ImportRow.Outcome.FAILED: "bad",
}


class UploadForm(WorkForm):
    file = forms.FileField(
        label=_("Excel (XLSX) or CSV file"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv", "class": "cx-file"}),
    )


class ImportJobAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "standing", "to_create", "to_update", "refused", "uploaded_by", "created_at")
    list_select_related = ("uploaded_by",)
    list_filter = ("state",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.add_importjob")

    @display(description=_("state"))
    def standing(self, job: ImportJob) -> str:
        return pill(job.get_state_display(), STATE_TONES[job.state])

    def get_urls(self) -> list[Any]:
        refused = path(
            "<path:object_id>/refused.csv",
            self.admin_site.admin_view(self.refused_view),
            name="customers_import_refused",
        )
        return [refused, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            form.cleaned_data = {"data": upload.read(), "file_name": upload.name, "uploaded_by": request.user}
            job = ask(form, check_file)
            if job:
                return redirect(f"{self.admin_site.name}:customers_importjob_change", job.pk)
        return self._page(request, "admin/customers/import_upload.html", title=_("Import customers"), form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = self.get_object(request, object_id)
        if job is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return self._act(request, job)
        rows, shown = job.rows.all(), request.GET.get("show", "")
        if shown in ImportRow.Outcome.values:
            rows = rows.filter(outcome=shown)
        elif shown == "remarks":
            rows = rows.exclude(problems=[])
        page = Paginator(rows, ROWS_PAGE).get_page(page_number(request))
        done = job.created_count + job.updated_count + job.failed_count
        total = job.to_create + job.to_update
        return self._page(
            request,
            "admin/customers/import_job.html",
            title=job.file_name,
            job=job,
            columns=_columns(job),
            field_names=fields().items(),
            warnings=[explain_warning(warning) for warning in job.warnings],
            page=page,
            rows=[_shown(row) for row in page],
            shown=shown,
            done=done,
            total=total,
            remarks=job.rows.exclude(problems=[]).count(),
            percent=100 * done // total if total else 100,
            standing=pill(job.get_state_display(), STATE_TONES[job.state]),
            may_write=self.has_add_permission(request),
        )

    def _act(self, request: HttpRequest, job: ImportJob) -> HttpResponse:
        """Change the mapping, go ahead or discard; each is the service's decision."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        calls = {
            "remap": lambda: remap(job_id=job.pk, mapping=_mapping(request, len(job.headers))),
            "start": lambda: start_import(job_id=job.pk),
            "discard": lambda: discard_import(job_id=job.pk),
        }
        told = {
            "remap": _("The file was read again with these columns."),
            "start": _("The import has begun."),
            "discard": _("The file was discarded; nothing was taken from it."),
        }
        act = request.POST.get("do", "")
        if act not in calls:
            raise PermissionDenied
        try:
            calls[act]()
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, told[act])
        return redirect(request.path)

    def refused_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The rows that were not taken, as a file to mend and upload again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = self.get_object(request, object_id)
        if job is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        response = HttpResponse(refused_rows_csv(job_id=job.pk), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="refused-rows.csv"'
        return response

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )


def _mapping(request: HttpRequest, width: int) -> dict[int, str]:
    """Column index → field as chosen on the page; columns left out are missing."""
    chosen = {index: request.POST.get(f"column-{index}", "") for index in range(width)}
    return {index: field for index, field in chosen.items() if field in fields()}


def _columns(job: ImportJob) -> list[dict[str, Any]]:
    """Each column with its header, an example, what it is taken as and how sure we are."""
    guesses = guess_mapping([str(header) for header in job.headers])
    first = job.rows.first()
    cells = first.cells if first else []
    return [
        {
            "index": index,
            "header": header,
            "example": cells[index] if index < len(cells) else "",
            "field": job.mapping.get(str(index), ""),
            "unsure": index in guesses and guesses[index].confidence < 1,
        }
        for index, header in enumerate(job.headers)
    ]


def _shown(row: ImportRow) -> dict[str, Any]:
    values = row.values
    return {
        "row": row,
        "pill": pill(row.get_outcome_display(), ROW_TONES[row.outcome]),
        "name": values.get("full_name", ""),
        "contacts": [value for value, _raw in (*values.get("phones", []), *values.get("emails", []))],
        "remarks": [explain(problem) for problem in row.problems],
    }
