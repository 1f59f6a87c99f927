"""The list of complaints to work down: queues as tabs, quick filters, what is due next on each."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.masking import MasksTexts
from customers.selectors.ranking import deserves_ranking
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.admin.quick import (
    DaysQuickFilter,
    FieldQuickFilter,
    QuickChangeList,
    QuickFilter,
    RowQuickFilter,
    TagQuickFilter,
)
from cxcrm.core.clock import now
from feedback.exports import COMPLAINT_COLUMNS, COMPLAINT_RELATED
from feedback.models import Complaint
from feedback.selectors.complaints import best_first, search, visible_to
from feedback.selectors.tags import tags_in_use
from journeys.models import Touchpoint
from tenants.staff.models import Branch, User
from workflows.admin.dues import due_of, legal_day, legal_words, mark_paused
from workflows.admin.tones import SEVERITY_TONES, STATE_TONES
from workflows.logic.legal import CONSUMER_NEGOTIATION
from workflows.selectors.calendars import default_calendar
from workflows.selectors.queues import QUEUES, in_queue, order_of, queue_counts, with_next_due

DEFAULT_SHOW = "open"
TAGS_SHOWN = 3
# Queues the board can show, too.
BOARD_SHOWS = ("open", "mine", "team")


def show_of(request: HttpRequest) -> str:
    """The queue of the address; a search looks everywhere unless it says where."""
    show = request.GET.get("show", "")
    return show if show in QUEUES else "all" if request.GET.get("q") else DEFAULT_SHOW


class QueueFilter(QuickFilter):
    """Which part of the desk is shown; the tabs above the list are this filter."""

    title = _("show")
    parameter_name = "show"
    kind = "tabs"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(QUEUES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Complaint]) -> QuerySet[Complaint]:
        return in_queue(queryset, show_of(request), request.user)


class SeverityFilter(FieldQuickFilter):
    title, parameter_name, field = _("severity"), "severity", "severity"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return Complaint.Severity.choices


class StateFilter(FieldQuickFilter):
    title, parameter_name, field = _("state"), "state", "state"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return Complaint.State.choices


class ChannelFilter(FieldQuickFilter):
    title, parameter_name, field = _("came by"), "channel", "channel"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return Complaint.Channel.choices


class TouchpointFilter(RowQuickFilter):
    title, parameter_name, field = _("touchpoint"), "touchpoint", "touchpoint"

    def options(self, request: HttpRequest) -> list[tuple[Any, Any]]:
        return [(row.pk, row) for row in Touchpoint.objects.filter(is_active=True).order_by("name")]


class BranchFilter(RowQuickFilter):
    title, parameter_name, field = _("branch"), "branch", "branch"

    def options(self, request: HttpRequest) -> list[tuple[Any, Any]]:
        return list(Branch.objects.order_by("name").values_list("pk", "name"))


class OwnerFilter(RowQuickFilter):
    title, parameter_name, field = _("owner"), "owner", "owner"

    def options(self, request: HttpRequest) -> list[tuple[Any, Any]]:
        return list(User.objects.working().order_by("full_name").values_list("pk", "full_name"))


class ComplaintTagFilter(TagQuickFilter):
    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(tag, tag) for tag in tags_in_use(request.user)]


class ReceivedFilter(DaysQuickFilter):
    title, field = _("received"), "received_at"


class DeskChangeList(QuickChangeList):
    """The page's rows know what the calendar says of them and why they stand still, read once for all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: list[Complaint] = list(self.result_list)
        calendar, at = default_calendar(), now()
        for row in self.result_list:
            row.legal_day = legal_day(row, calendar, at)
        mark_paused(self.result_list)


class DeskList(MasksTexts, RoomAdmin):
    """Columns, filters and order; what is done with the rows is in ``workflows.admin.bulk``."""

    free_texts = ("subject", "description", "remedy_sought", "action_taken")

    list_display = ("case", "who", "standing", "due", "law", "belongs_to")
    list_display_links = ("case",)
    list_filter = (
        QueueFilter,
        SeverityFilter,
        StateFilter,
        OwnerFilter,
        TouchpointFilter,
        BranchFilter,
        ChannelFilter,
        ComplaintTagFilter,
        ReceivedFilter,
    )
    list_select_related = ("customer", "owner", "touchpoint")
    list_only = (
        *("number", "subject", "tags", "severity", "state", "received_at", "resolved_at", "closed_at"),
        *("customer__full_name", "owner__full_name", "owner__email", "owner__is_active"),
        *("touchpoint__name", "touchpoint__name_en"),
    )
    search_fields = ("number",)
    search_help_text = _("Number, subject, or the customer's name or phone number")
    export_columns = COMPLAINT_COLUMNS
    export_related = COMPLAINT_RELATED
    list_before_template = "admin/workflows/complaint_tabs.html"
    sortable_by = ("case", "due")

    class Media:
        js = ("admin-extra/desk.js",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        return DeskChangeList

    def rows(self, request: HttpRequest) -> QuerySet[Complaint]:
        return with_next_due(visible_to(request.user))

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        return order_of(show_of(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Complaint], search_term: str
    ) -> tuple[QuerySet[Complaint], bool]:
        found = search(queryset, search_term, request.user)
        # Where the hits are few and nobody asked for another order, what is written as typed comes first.
        if "o" not in request.GET and deserves_ranking(found, search_term):
            found = best_first(found, search_term, *order_of(show_of(request)))
        return found, False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"show_now": show_of(request), "board_shows": BOARD_SHOWS, "title": _("Complaints")}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def _list(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponse:
        counts = queue_counts(request.user)
        queues = [(code, label, counts.get(code)) for code, label in QUEUES.items()]
        return super()._list(request, {**(extra_context or {}), "queues": queues})

    @display(description=_("complaint"), ordering="number")
    def case(self, complaint: Complaint) -> str:
        return format_html(
            '<b class="cx-name">{}</b><br><span class="cx-quiet cx-subject">{}</span>{}',
            complaint.number,
            complaint.subject,
            tag_pills(complaint),
        )

    @display(description=_("customer"))
    def who(self, complaint: Complaint) -> str:
        url = page_of("admin:customers_customer_change", complaint.customer_id)
        return format_html(
            '<span class="cx-cell"><a class="cx-link cx-line" href="{}">{}</a>'
            '<span class="cx-quiet cx-line">{}</span></span>',
            url,
            complaint.customer,
            complaint.touchpoint or "",
        )

    @display(description=_("owner"), ordering="owner__full_name")
    def belongs_to(self, complaint: Complaint) -> str:
        gone = "" if complaint.owner.is_active else pill(_("no longer works here"), "warn")
        return format_html('<span class="cx-cell"><span class="cx-line">{}</span>{}</span>', complaint.owner, gone)

    @display(description=_("severity and state"))
    def standing(self, complaint: Complaint) -> str:
        level = pill(complaint.get_severity_display(), SEVERITY_TONES[complaint.severity])
        state = pill(complaint.get_state_display(), STATE_TONES[complaint.state])
        return format_html('<span class="cx-cell cx-pills">{}{}</span>', level, state)

    @display(description=_("next due"), ordering="next_due_at")
    def due(self, complaint: Complaint) -> str:
        due = due_of(complaint, now())
        lines = [("cx-line cx-late" if due.late else "cx-line", due.when), ("cx-quiet cx-line", due.what)]
        if due.paused:
            lines += [("cx-line", pill(_("paused"), "warn")), ("cx-quiet cx-why", due.paused)]
        shown = [(kind, words) for kind, words in lines if words]
        return format_html('<span class="cx-cell">{}</span>', format_html_join("", '<span class="{}">{}</span>', shown))

    @display(description=_("by law"))
    def law(self, complaint: Complaint) -> str:
        if complaint.legal_day is None:
            return "–"
        late = complaint.legal_day > CONSUMER_NEGOTIATION.working_days
        return format_html(
            '<span class="cx-line{}">{}</span>', " cx-late" if late else "", legal_words(complaint.legal_day)
        )


def tag_pills(complaint: Complaint) -> SafeString:
    """The first few of its tags, on a line of their own."""
    if not complaint.tags:
        return SafeString("")
    pills = format_html_join(" ", "{}", ((pill(tag),) for tag in complaint.tags[:TAGS_SHOWN]))
    return format_html('<span class="cx-tags">{}</span>', pills)
