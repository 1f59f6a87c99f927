"""Complaints: the list to work down, and the page to work from."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from customers.selectors.customers import visible_to as customers_visible_to
from cxcrm.core.admin.working import ask, row_asked
from cxcrm.core.errors import DomainError
from cxcrm.core.once import reading_once
from feedback.models import Complaint
from feedback.selectors.reach import case_of_others
from feedback.services.complaints import open_complaint
from feedback.services.mentions import see_mentions
from workflows.admin.board import board_urls
from workflows.admin.bulk import BULK_ACTIONS
from workflows.admin.complaint_forms import ActForm
from workflows.admin.complaint_new import NewComplaintForm
from workflows.admin.complaint_page import page_context
from workflows.admin.complaint_rows import ROW_ACTS, act_on_row
from workflows.admin.complaint_work import ACTS, Act
from workflows.admin.desk_list import DeskList
from workflows.selectors.news import news_since


class ComplaintAdmin(DeskList):
    actions = BULK_ACTIONS

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Every action changes complaints."""
        return super().get_actions(request) if self.has_change_permission(request) else {}

    def get_urls(self) -> list[Any]:
        return [*board_urls(self), *super().get_urls()]

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
        return self.page(
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
            return self._not_theirs(request, object_id)
        may_write = self.has_change_permission(request, complaint)
        tried = None
        if request.method == "POST":
            if not may_write:
                raise PermissionDenied
            if request.POST.get("do", "") in ROW_ACTS:
                return self._act_on_row(request, complaint)
            act = ACTS.get(request.POST.get("do", ""))
            if act is None:
                raise PermissionDenied
            tried = act.form(request.POST, request.FILES, prefix=act.code, complaint=complaint, user=request.user)
            if tried.is_valid() and self._heard(act, tried, complaint, request):
                tried.cleaned_data["complaint_id"] = complaint.pk
                only_checked = tried.has_coach and "check" in request.POST
                made = None if only_checked else ask(tried, act.call)
                if made is not None:
                    messages.success(request, act.done(made) if callable(act.done) else act.done)
                    if tried.advice and tried.advice.sympathy_only:
                        messages.warning(request, _("It said sorry and nothing else. Next time: what, why, by when."))
                    return redirect(request.path)
            complaint = self.get_object(request, object_id)
        else:
            see_mentions(complaint_id=complaint.pk, user_id=request.user.pk)
        with reading_once():  # the firm, its calendars and promises stand in every corner of the page
            context = page_context(
                complaint, request.user, tried=tried, may_write=may_write, template=_template(request)
            )
            return self.page(request, "admin/workflows/complaint.html", title=complaint.number, **context).render()

    def _not_theirs(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Whose case it is, where there is one out of reach: the reader may ask to be called in."""
        try:
            theirs = case_of_others(request.user, UUID(object_id))
        except ValueError:
            theirs = None
        if theirs is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        page = self.page(request, "admin/workflows/out_of_reach.html", title=theirs.number, complaint=theirs)
        page.status_code = 404
        return page

    def _heard(self, act: Act, tried: ActForm, complaint: Complaint, request: HttpRequest) -> bool:
        """Whether whoever acts knows what others did since their page was made; else they are told, once."""
        if not act.heeds_news or "check" in request.POST:
            return True
        news = news_since(complaint, request.POST.get("seen", ""), request.user)
        if news:
            tried.add_error(
                None, _("Meanwhile: %(news)s. Look again; what you typed is still here.") % {"news": "; ".join(news)}
            )
        return not news

    def _act_on_row(self, request: HttpRequest, complaint: Complaint) -> HttpResponse:
        try:
            messages.success(request, act_on_row(complaint, request.POST, request.user))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect(request.path)


def _template(request: HttpRequest) -> str:
    return str(request.GET.get("template", ""))[:40]


def _customer_asked(request: HttpRequest) -> Any:
    return row_asked(request, "customer", customers_visible_to(request.user))
