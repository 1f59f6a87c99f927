"""Importing a file: upload, dry run, corrections, go-ahead, progress, result, and the way back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.import_pages import KEPT_SHOWN, OptionsForm, columns_of, kept_changes, shown_row
from customers.models import ImportJob, ImportRow
from customers.problems import explain_warning
from customers.selectors.contacts import may_see_contacts
from customers.services import imports
from customers.services.import_checking import correct_row
from customers.services.import_kinds import kind_of, kinds
from customers.services.import_refused import REFUSED
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask, page_number
from cxcrm.core.clock import now
from cxcrm.core.downloads import file_response
from cxcrm.core.errors import DomainError

ROWS_PAGE = 25
State = ImportJob.State
STATE_TONES = {
    State.CHECKING: "info",
    State.CHECKED: "warn",
    State.RUNNING: "info",
    State.PAUSED: "warn",
    State.STOPPED: "plain",
    State.DONE: "good",
    State.DISCARDED: "plain",
    State.UNDOING: "info",
    State.UNDONE: "plain",
}
# Which rows the page shows, by what its address asks for.
SHOWS: dict[str, Callable[[Any], Any]] = {
    "": lambda rows: rows,
    "remarks": lambda rows: rows.exclude(problems=[]),
    "not_taken": lambda rows: rows.filter(outcome__in=(ImportRow.Outcome.REFUSE, ImportRow.Outcome.FAILED)),
    **{str(one): partial(lambda one, rows: rows.filter(outcome=one), one) for one in ImportRow.Outcome.values},
}
MOVING = (State.CHECKING, State.RUNNING, State.UNDOING)


def _kind_choices() -> list[tuple[str, Any]]:
    return [("", _("find out from the headers")), *((kind.code, kind.label) for kind in kinds())]


class UploadForm(WorkForm):
    file = forms.FileField(
        label=_("Excel (XLSX) or CSV file"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv", "class": "cx-file"}),
    )
    kind = forms.ChoiceField(label=_("What the file holds"), choices=_kind_choices, required=False)


class ImportJobAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "holds", "standing", "came_in", "not_taken", "uploaded_by", "created_at")
    list_select_related = ("uploaded_by",)
    list_filter = ("state",)
    nothing_here = _("Nothing has been imported yet. Upload a list of customers, orders or past answers.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.add_importjob")

    @display(description=_("holds"))
    def holds(self, job: ImportJob) -> str:
        return str(kind_of(job.kind).label)

    @display(description=_("state"))
    def standing(self, job: ImportJob) -> str:
        return pill(job.get_state_display(), STATE_TONES[job.state])

    @display(description=_("rows in"))
    def came_in(self, job: ImportJob) -> str:
        if job.state in (State.CHECKING, State.CHECKED):
            return "–"
        return str(job.created_count + job.updated_count - job.undone_count)

    @display(description=_("not taken"))
    def not_taken(self, job: ImportJob) -> int:
        return job.refused + job.failed_count

    def get_urls(self) -> list[Any]:
        files = [
            path(
                f"<path:object_id>/refused.{ending}",
                self.admin_site.admin_view(self.refused_view),
                {"ending": ending},
                name=f"customers_import_refused_{ending}",
            )
            for ending in REFUSED
        ]
        return [*files, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            form.cleaned_data |= {"data": upload.read(), "file_name": upload.name, "uploaded_by": request.user}
            del form.cleaned_data["file"]
            job = ask(form, imports.check_file)
            if job:
                return redirect(f"{self.admin_site.name}:customers_importjob_change", job.pk)
        return self.page(request, "admin/customers/import_upload.html", title=_("Import a file"), form=form)

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
        shown = request.GET.get("show", "")
        shown = shown if shown in SHOWS else ""
        rows = SHOWS[shown](job.rows.all())
        page = Paginator(rows, ROWS_PAGE).get_page(page_number(request))
        done, total = _progress(job)
        may_write, kind = self.has_add_permission(request), kind_of(job.kind)
        names = kind.names()
        editable = may_write and job.state == State.CHECKED
        may_undo = job.state in (State.DONE, State.STOPPED) and job.finished_at is not None
        kept = kept_changes(job) if job.kept_count else []
        return self.page(
            request,
            "admin/customers/import_job.html",
            title=job.file_name,
            job=job,
            kind=kind,
            columns=columns_of(job),
            field_names=names.items(),
            options=OptionsForm(job=job) if editable else None,
            warnings=[explain_warning(warning) for warning in job.warnings],
            page=page,
            rows=[shown_row(row, job, names, editable=editable) for row in page],
            shown=shown,
            done=done,
            total=total,
            takeable=job.to_create + job.to_update,
            remarks=job.rows.exclude(problems=[]).count(),
            percent=100 * done // total if total else 100,
            standing=pill(job.get_state_display(), STATE_TONES[job.state]),
            is_moving=job.state in MOVING,
            not_taken=job.refused + job.failed_count,
            may_write=may_write,
            may_see_contacts=may_see_contacts(request.user),
            may_undo=may_write and may_undo and job.finished_at > now() - imports.UNDO_WITHIN,
            undo_until=job.finished_at + imports.UNDO_WITHIN if may_undo else None,
            kept=kept[:KEPT_SHOWN],
            kept_more=max(0, len(kept) - KEPT_SHOWN),
        )

    def _act(self, request: HttpRequest, job: ImportJob) -> HttpResponse:
        """Change the columns or choices, correct a row, go ahead, hold, stop, undo: each is the service's decision."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        calls: dict[str, tuple[Callable[[], Any], Any]] = {
            "remap": (lambda: self._remap(request, job), _("The file was read again with these choices.")),
            "correct": (lambda: _correct(request, job), _("The row was checked again.")),
            "start": (lambda: imports.start_import(job_id=job.pk), _("The import has begun.")),
            "pause": (lambda: imports.pause_import(job_id=job.pk), _("The import is held.")),
            "resume": (lambda: imports.resume_import(job_id=job.pk), _("The import goes on.")),
            "stop": (lambda: imports.stop_import(job_id=job.pk), _("The import was stopped; what is in stays in.")),
            "undo": (
                lambda: imports.undo_import(job_id=job.pk, undone_by=request.user),
                _("The import is being undone."),
            ),
            "discard": (
                lambda: imports.discard_import(job_id=job.pk),
                _("The file was discarded; nothing was taken from it."),
            ),
        }
        act = request.POST.get("do", "")
        if act not in calls:
            raise PermissionDenied
        call, told = calls[act]
        try:
            call()
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, told)
        back = request.POST.get("show", "")
        keeps_place = act == "correct" and back in SHOWS
        return redirect(f"{request.path}?show={back}" if keeps_place and back else request.path)

    def _remap(self, request: HttpRequest, job: ImportJob) -> None:
        form = OptionsForm(request.POST, job=job)
        options = form.cleaned_data if form.is_valid() else {}
        kind = options.pop("kind", "") or job.kind
        # The columns on the page belong to the kind that was shown.
        mapping = _mapping(request, job) if kind == job.kind else None
        imports.remap(job_id=job.pk, mapping=mapping, kind=kind, **options)

    def refused_view(self, request: HttpRequest, object_id: str, ending: str) -> HttpResponse:
        """The rows that were not taken, as a file to correct and upload again."""
        # To be corrected and uploaded again it cannot be masked, so it is for those who may see what is in it.
        if not (self.has_view_permission(request) and may_see_contacts(request.user)):
            raise PermissionDenied
        job = self.get_object(request, object_id)
        if job is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        make, content_type = REFUSED[ending]
        return file_response(make(job_id=job.pk), file_name=f"refused-rows.{ending}", content_type=content_type)


def _progress(job: ImportJob) -> tuple[int, int]:
    """How many rows the work at hand has done, and of how many."""
    if job.state == State.CHECKING:
        return job.checked_count, job.row_count
    taken = job.created_count + job.updated_count
    if job.state in (State.UNDOING, State.UNDONE):
        return job.undone_count + job.kept_count, taken
    return taken + job.failed_count, job.to_create + job.to_update


def _mapping(request: HttpRequest, job: ImportJob) -> dict[int, str]:
    """Column index → field as chosen on the page; columns left out are missing."""
    chosen = {index: request.POST.get(f"column-{index}", "") for index in range(len(job.headers))}
    names = kind_of(job.kind).names()
    return {index: field for index, field in chosen.items() if field in names}


def _correct(request: HttpRequest, job: ImportJob) -> None:
    number = request.POST.get("number", "")
    cells = {
        index: text for index in range(len(job.headers)) if (text := request.POST.get(f"cell-{index}")) is not None
    }
    correct_row(job_id=job.pk, number=int(number) if number.isdecimal() and len(number) < 8 else 0, cells=cells)
