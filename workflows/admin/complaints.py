"""Complaints: the list to work down, and the page to work from."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from customers.logic.text import search_key
from customers.selectors.customers import visible_to as customers_visible_to
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask
from cxcrm.core.clock import now
from feedback.exports import COMPLAINT_COLUMNS, COMPLAINT_RELATED
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from feedback.services.complaints import open_complaint
from workflows import wording
from workflows.admin.complaint_page import page_context
from workflows.admin.complaint_work import ACTS, NewComplaintForm
from workflows.admin.tones import SEVERITY_TONES, STATE_TONES
from workflows.models import SlaClock

SHOWS = {
    "mine": _("Mine"),
    "overdue": _("Overdue"),
    "open": _("All open"),
    "waiting": _("Waiting for the customer"),
    "closed": _("Closed"),
    "all": _("All"),
}
DEFAULT_SHOW = "open"


class ShowFilter(SimpleListFilter):
    """Which part of the desk is shown; the tabs above the list are this filter."""

    title = _("show")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(SHOWS.items())

    def choices(self, changelist: Any) -> Any:
        return ()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Complaint]) -> QuerySet[Complaint]:
        show = self.value() or ("all" if request.GET.get("q") else DEFAULT_SHOW)
        is_open = Q(state__in=Complaint.OPEN_STATES)
        by_show = {
            "mine": is_open & Q(owner=request.user.pk),
            "overdue": is_open & Q(due_at__lt=now(), stopped_at=None),
            "open": is_open,
            "waiting": Q(state=Complaint.State.COMMUNICATED),
            "closed": Q(closed_at__isnull=False) & ~is_open,
        }
        return queryset.filter(by_show.get(show, Q()))


class ComplaintAdmin(RoomAdmin):
    list_display = ("case", "who", "level", "standing", "due", "belongs_to", "received")
    list_display_links = ("case",)
    list_filter = (ShowFilter, "severity", "state", "owner", "touchpoint", "branch", ("received_at", RangeDateFilter))
    list_select_related = ("customer", "owner", "touchpoint")
    search_fields = ("number",)
    search_help_text = _("Number, subject, or the customer's name or phone number")
    export_columns = COMPLAINT_COLUMNS
    export_related = COMPLAINT_RELATED
    list_before_template = "admin/workflows/complaint_tabs.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Complaint]:
        clock = SlaClock.objects.filter(complaint=OuterRef("pk"), kind=SlaClock.Kind.RESOLVE).order_by("-run")
        return visible_to(request.user).annotate(
            due_at=Subquery(clock.values("due_at")[:1]), stopped_at=Subquery(clock.values("stopped_at")[:1])
        )

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        if request.GET.get("show", DEFAULT_SHOW) in {"mine", "overdue", "open"} and not request.GET.get("q"):
            return (F("due_at").asc(nulls_last=True), "-id")
        return ("-received_at", "-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Complaint], search_term: str
    ) -> tuple[QuerySet[Complaint], bool]:
        key = search_key(search_term[:100])
        if not key:
            return queryset, False
        found = Q(number__icontains=search_term) | Q(subject__icontains=search_term)
        return queryset.filter(found | Q(customer__search_text__contains=key)), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        show = request.GET.get("show") or ("all" if request.GET.get("q") else DEFAULT_SHOW)
        context = {"shows": SHOWS.items(), "show_now": show, "title": _("Complaints"), **(extra_context or {})}
        return super().changelist_view(request, context)

    @display(description=_("complaint"), ordering="number")
    def case(self, complaint: Complaint) -> str:
        return format_html(
            '<b class="cx-name">{}</b><br><span class="cx-quiet cx-subject">{}</span>',
            complaint.number,
            complaint.subject,
        )

    @display(description=_("customer"))
    def who(self, complaint: Complaint) -> str:
        url = reverse("admin:customers_customer_change", args=[complaint.customer_id])
        return format_html(
            '<span class="cx-cell"><a class="cx-link cx-line" href="{}">{}</a>'
            '<span class="cx-quiet cx-line">{}</span></span>',
            url,
            complaint.customer,
            complaint.touchpoint or "",
        )

    @display(description=_("owner"), ordering="owner__full_name")
    def belongs_to(self, complaint: Complaint) -> str:
        return format_html('<span class="cx-line">{}</span>', complaint.owner)

    @display(description=_("received"), ordering="received_at")
    def received(self, complaint: Complaint) -> str:
        return format_html('<span class="cx-line">{}</span>', wording.stamp(complaint.received_at))

    @display(description=_("severity"), ordering="severity")
    def level(self, complaint: Complaint) -> str:
        return pill(complaint.get_severity_display(), SEVERITY_TONES[complaint.severity])

    @display(description=_("state"), ordering="state")
    def standing(self, complaint: Complaint) -> str:
        return pill(complaint.get_state_display(), STATE_TONES[complaint.state])

    @display(description=_("answer due"), ordering="due_at")
    def due(self, complaint: Complaint) -> str:
        if complaint.due_at is None or complaint.stopped_at is not None:
            return "–"
        late = complaint.due_at < now()
        return format_html(
            '<span class="cx-cell"><span class="cx-line{}">{}</span><span class="cx-quiet cx-line">{}</span></span>',
            " cx-late" if late else "",
            wording.moment(complaint.due_at),
            _("overdue") if late else "",
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Without a customer in the address, the way leads through the list of customers."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        customer = _customer_asked(request)
        if customer is None:
            messages.info(request, _("Whose complaint is it? Find or add the customer, then choose “New complaint”."))
            return redirect(f"{self.admin_site.name}:customers_customer_changelist")
        form = NewComplaintForm(request.POST or None, customer=customer)
        if form.is_valid():
            made = ask(form, open_complaint)
            if made:
                messages.success(request, _("%(number)s is open.") % {"number": made.number})
                return redirect(f"{self.admin_site.name}:feedback_complaint_change", made.pk)
        return self._page(
            request,
            "admin/form_page.html",
            title=_("New complaint"),
            intro=_("From %(customer)s") % {"customer": customer},
            form=form,
            button=_("Open complaint"),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        complaint = self.get_object(request, object_id)
        if complaint is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may_write = self.has_change_permission(request, complaint)
        tried = None
        if request.method == "POST":
            act = ACTS.get(request.POST.get("do", ""))
            if act is None or not may_write:
                raise PermissionDenied
            tried = act.form(request.POST, prefix=act.code, complaint=complaint, user=request.user)
            if tried.is_valid():
                tried.cleaned_data["complaint_id"] = complaint.pk
                only_checked = tried.has_coach and "check" in request.POST
                if not only_checked and ask(tried, act.call):
                    messages.success(request, act.done)
                    if tried.advice and tried.advice.sympathy_only:
                        messages.warning(request, _("It said sorry and nothing else. Next time: what, why, by when."))
                    return redirect(request.path)
            complaint = self.get_object(request, object_id)
        context = page_context(complaint, request.user, tried=tried, may_write=may_write)
        return self._page(request, "admin/workflows/complaint.html", title=complaint.number, **context)

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )


def _customer_asked(request: HttpRequest) -> Any:
    try:
        ident = UUID(request.GET.get("customer", ""))
    except ValueError:
        return None
    return customers_visible_to(request.user).filter(pk=ident).first()
