"""What a customer asks about their own data, on their page: noted, answered, settled."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, DataRequest
from customers.selectors.data_requests import answers_for, data_requests_of
from customers.services.copies import take_copy
from customers.services.data_requests import answer_request, ask_about_data, settle_request
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.clock import now
from cxcrm.core.downloads import file_response
from cxcrm.core.errors import DomainError


class AskForm(WorkForm):
    """Somebody said it at the counter or on the phone instead of on their own page."""

    kind = forms.ChoiceField(
        label=_("The customer asks to"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In their words"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For a correction: what is wrong, and how it should be."),
    )


class ReplyForm(WorkForm):
    """What the customer reads about one request; with an outcome it is over."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    reply = forms.CharField(
        label=_("What the customer reads on their page"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    outcome = forms.ChoiceField(
        label=_("How does it stand?"),
        choices=[("", _("we are at it")), *DataRequest.Outcome.choices],
        required=False,
        widget=forms.RadioSelect,
    )


def reply_to(*, customer_id: UUID, request_id: UUID, reply: str, outcome: str = "") -> DataRequest:
    """Answered, or settled where an outcome was chosen."""
    if outcome:
        return settle_request(request_id=request_id, outcome=outcome, reply=reply, customer_id=customer_id)
    return answer_request(request_id=request_id, reply=reply, customer_id=customer_id)


DATA_ACTS: dict[str, tuple[Any, Any]] = {"ask": (AskForm, ask_about_data), "reply": (ReplyForm, reply_to)}


def data_context(request: HttpRequest, customer: Customer, reply: ReplyForm) -> dict[str, Any]:
    """The requests there are, each open one with its form; what was typed stays with the one it was typed for."""
    typed = reply["request_id"].value() if reply.is_bound else None
    rows = []
    for asked in data_requests_of(customer.pk):
        form = reply if str(asked.pk) == str(typed) else ReplyForm(prefix="reply", initial={"request_id": asked.pk})
        is_late = asked.settled_at is None and asked.next_due < now()
        rows.append({"asked": asked, "form": form, "is_late": is_late})
    return {"data_rows": rows, "may_copy": customer.erased_at is None and may_copy(request, customer)}


class DataPages:
    """Mixed into the customers' admin: the copy of somebody's data as a file, for who may take lists out."""

    admin_site: Any

    def get_urls(self: Any) -> list[Any]:
        view = self.admin_site.admin_view(self.copy_view)
        return [path("<path:object_id>/copy/", view, name="customers_customer_copy"), *super().get_urls()]

    def copy_view(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        customer = self.get_object(request, object_id)
        if customer is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not may_copy(request, customer):
            raise PermissionDenied
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Take a copy of the data of %(name)s?") % {"name": customer.full_name},
                what=_("Everything we know of them and what was said between us, as a text in their language."),
                button=_("Take the copy"),
                back="../change/",
            )
        try:
            text = take_copy(customer_id=customer.pk)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(f"{self.admin_site.name}:customers_customer_change", customer.pk)
        return file_response(text.encode(), file_name=f"{customer.full_name}.txt", content_type="text/plain")


def may_copy(request: HttpRequest, customer: Customer) -> bool:
    """It leaves the house as a list of customers does; and whoever answers for a request must be able to."""
    may_export = bool(request.user.has_perm("customers.export_customer"))
    return may_export or answers_for(request.user.pk, customer.pk)
