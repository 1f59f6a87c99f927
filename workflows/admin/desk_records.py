"""Lists beside the cases: promises and how many were kept, compensations and their sums, who spent the time."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from customers.admin.masking import MasksTexts
from cxcrm.core.admin.base import ReadOnlyAdmin, SettingAdmin
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.clock import now
from cxcrm.core.money import money
from cxcrm.core.once import reading_once
from feedback.selectors.reach import near
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import the_firm
from workflows import wording
from workflows.admin.brand_promises import brand_promise_urls
from workflows.admin.customer_promises import promise_urls
from workflows.admin.tones import MONEY_TONES, PROMISE_TONES
from workflows.models import ClockSegment, Compensation, PauseReason, Promise
from workflows.selectors.compensations import sums_by
from workflows.selectors.promises import kept_share
from workflows.selectors.segments import spent_by
from workflows.services.pauses import save_pause_reason

# Days looked back on, by the code in the address.
PERIODS: Final = {"30": gettext_lazy("30 days"), "90": gettext_lazy("90 days"), "365": gettext_lazy("a year")}
_USUAL: Final = "30"


class _Part(SimpleListFilter):
    """Which part of the list is shown; the tabs above it are this filter."""

    title = gettext_lazy("show")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(model_admin.shows.items()) or [("all", "")]

    def choices(self, changelist: Any) -> Any:
        return ()

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset


class _Days(_Part):
    """How far the report looks back; the list itself is not cut."""

    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(PERIODS.items())


class ReportedAdmin(ReadOnlyAdmin):
    """A list with a small report above it, over a period the reader chooses."""

    list_before_template = "admin/workflows/report.html"
    list_filter: Any = (_Part, _Days)
    # A row leads to its case.
    list_display_links = None
    shows: dict[str, Any] = {}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What belongs to cases within the reader's reach."""
        return near(request.user, super().get_queryset(request))

    def show_of(self, request: HttpRequest) -> str:
        """The tab that is open: the one asked for, else the first; none on the page of a row, whichever it is in."""
        match = request.resolver_match
        if match is not None and "object_id" in match.kwargs:
            return ""
        asked = request.GET.get("show", "")
        return asked if asked in self.shows else next(iter(self.shows), "")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        days = request.GET.get("days", _USUAL)
        days = days if days in PERIODS else _USUAL
        until = now()
        midnight = timezone.localtime(until).replace(hour=0, minute=0, second=0, microsecond=0)
        context = {
            "periods": PERIODS.items(),
            "days": days,
            "shows": self.shows.items(),
            "show_now": self.show_of(request),
            **(extra_context or {}),
        }
        with reading_once():
            context["report"] = self.report(request.user, midnight - timedelta(days=int(days)), until)
            return super().changelist_view(request, context)

    def report(self, reader: Any, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """Tables of what is within the reader's reach: a title, column heads and rows of cells."""
        raise NotImplementedError

    @display(description=gettext_lazy("complaint"))
    def case(self, row: Any) -> str:
        if row.complaint is None:
            return "–"
        url = page_of("admin:feedback_complaint_change", row.complaint_id)
        return format_html('<a class="cx-link" href="{}">{}</a>', url, row.complaint.number)


class PromiseAdmin(MasksTexts, ReportedAdmin):
    free_texts = ("text", "evidence")
    list_display = ("promised", "standing", "due", "owner", "case", "customer")
    list_select_related = ("owner", "complaint", "customer")
    search_fields = ("text", "complaint__number")
    ordering = ("due_at", "id")
    nothing_here = gettext_lazy("No promises here. They are made on the page of a case.")
    shows = {
        "mine": gettext_lazy("My promises"),
        "open": gettext_lazy("To be kept"),
        "broken": gettext_lazy("Broken"),
        "all": gettext_lazy("All"),
    }

    def get_urls(self) -> list[Any]:
        return [*brand_promise_urls(self), *promise_urls(self), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Promise]:
        # Those of the brand have a page of their own.
        rows = super().get_queryset(request).filter(customer__isnull=False)
        return {
            "mine": rows.filter(owner=request.user.pk, state__in=Promise.UNSETTLED),
            "open": rows.filter(state__in=Promise.UNSETTLED),
            "broken": rows.filter(state__in=(Promise.State.BROKEN, Promise.State.KEPT_LATE)),
        }.get(self.show_of(request), rows)

    @display(description=gettext_lazy("what was promised"))
    def promised(self, row: Promise) -> str:
        return format_html('<b class="cx-name cx-words">{}</b>', row.text)

    @display(description=gettext_lazy("state"), ordering="state")
    def standing(self, row: Promise) -> str:
        return pill(row.get_state_display(), PROMISE_TONES[row.state])

    @display(description=gettext_lazy("by"), ordering="due_at")
    def due(self, row: Promise) -> str:
        return wording.moment(row.due_at)

    def report(self, reader: Any, since: datetime, until: datetime) -> list[dict[str, Any]]:
        heads = [_("due"), _("kept in time"), _("share")]
        return [
            {
                "title": title,
                "heads": [who, *heads],
                "rows": [
                    [line.who or _("without a department"), line.due, line.kept, f"{line.percent} %"]
                    for line in kept_share(by, reader=reader, since=since, until=until)
                ],
            }
            for title, who, by in (
                (_("Promises kept, by person"), _("person"), "owner"),
                (_("Promises kept, by department"), _("department"), "department"),
            )
        ]


class CompensationAdmin(MasksTexts, ReportedAdmin):
    free_texts = ("reason", "decision_note")
    list_display = ("amount_said", "what_for", "standing", "case", "asked_by", "decided_by", "created_at")
    list_select_related = ("complaint", "asked_by", "decided_by")
    search_fields = ("reason", "complaint__number")
    nothing_here = gettext_lazy("Nothing was granted or asked for yet.")
    shows = {
        "all": gettext_lazy("All"),
        "waiting": gettext_lazy("Waiting for an answer"),
        "granted": gettext_lazy("Granted"),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Compensation]:
        # The money's unit comes with the row: this one object serves the requests of all firms.
        rows = super().get_queryset(request).annotate(currency=Subquery(Firm.objects.values("currency")[:1]))
        show = self.show_of(request)
        return rows.filter(state=show) if show in ("waiting", "granted") else rows

    @display(description=gettext_lazy("amount"), ordering="amount")
    def amount_said(self, row: Compensation) -> str:
        return format_html('<b class="cx-name cx-line">{}</b>', money(row.amount, row.currency))

    @display(description=gettext_lazy("for what"))
    def what_for(self, row: Compensation) -> str:
        return format_html('<span class="cx-words">{}</span>', row.reason)

    @display(description=gettext_lazy("state"), ordering="state")
    def standing(self, row: Compensation) -> str:
        return pill(row.get_state_display(), MONEY_TONES[row.state])

    def report(self, reader: Any, since: datetime, until: datetime) -> list[dict[str, Any]]:
        currency = the_firm().currency
        return [
            {
                "title": title,
                "heads": [what, _("granted"), _("together")],
                "rows": [
                    [line.what, line.count, money(line.total, currency)]
                    for line in sums_by(by, reader=reader, since=since, until=until)
                ],
            }
            for title, what, by in (
                (_("Granted, by root cause"), _("root cause"), "cause"),
                (_("Granted, by month"), _("month"), "month"),
            )
        ]


class ClockSegmentAdmin(ReportedAdmin):
    list_display = ("case", "holder", "department", "started_at", "ended_at", "how_long")
    list_select_related = ("complaint", "holder", "department")
    list_filter = (_Days, "department")
    ordering = ("-started_at", "-id")
    search_fields = ("complaint__number",)
    nothing_here = gettext_lazy("No time was spent yet.")

    @display(description=gettext_lazy("time spent"), ordering="spent")
    def how_long(self, row: ClockSegment) -> str:
        return wording.span(row.spent, working=True) if row.spent is not None else _("has it now")

    def report(self, reader: Any, since: datetime, until: datetime) -> list[dict[str, Any]]:
        heads = [_("cases"), _("time"), _("per case")]
        return [
            {
                "title": title,
                "heads": [who, *heads],
                "rows": [
                    [
                        line.who or _("without a department"),
                        line.cases,
                        wording.span(line.spent, working=True),
                        wording.span(line.each, working=True),
                    ]
                    for line in spent_by(by, reader=reader, since=since, until=until)
                ],
            }
            for title, who, by in (
                (_("Time on cases, by person"), _("person"), "holder"),
                (_("Time on cases, by department"), _("department"), "department"),
            )
        ]


class PauseReasonAdmin(SettingAdmin):
    list_display = ("said", "told_now", "position", "is_active")
    list_filter = ("is_active",)
    fields = (("name", "name_en"), ("told", "told_en"), ("position", "is_active"))

    @display(description=gettext_lazy("name"), ordering="position")
    def said(self, row: PauseReason) -> str:
        return str(row)

    @display(description=gettext_lazy("what the customer reads"))
    def told_now(self, row: PauseReason) -> str:
        return row.told_now or "–"

    def save_setting(self, row: PauseReason, form: Any, change: bool) -> None:
        save_pause_reason(reason=row)
