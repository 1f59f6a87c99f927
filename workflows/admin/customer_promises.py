"""What was promised to one customer: the panel on their page, a promise made beside any case, its two buttons."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.selectors.customers import visible_to
from cxcrm.core.admin.working import ask
from cxcrm.core.clock import now
from cxcrm.core.errors import DomainError
from workflows import wording
from workflows.admin.complaint_forms import PromiseForm
from workflows.admin.tones import PROMISE_TONES
from workflows.selectors.promises import promises_to, promises_visible_to
from workflows.services.promises import keep_promise, make_promise, withdraw_promise

SETTLED_SHOWN = 3
_SETTLES: dict[str, tuple[Callable[..., Any], Any]] = {
    "keep": (keep_promise, _("The promise is kept.")),
    "withdraw": (withdraw_promise, _("The promise is withdrawn.")),
}


def customer_panel(request: HttpRequest, customer: Customer) -> str:
    """What ``customer`` was promised and still waits for, then what was settled last; empty for who may not see it."""
    if not request.user.has_perm("feedback.view_complaint"):
        return ""
    at = now()
    rows = promises_to(customer, reader=request.user, settled=SETTLED_SHOWN)
    context: dict[str, Any] = {
        "customer": customer,
        "promises": [
            (row, wording.moment(row.due_at, at), row.is_open and row.due_at < at, PROMISE_TONES[row.state])
            for row in rows
        ],
        "open_count": sum(row.is_open for row in rows),
        "may_promise": _may(request) and customer.erased_at is None,
    }
    return render_to_string("admin/workflows/customer_promises.html", context, request=request)


def promise_urls(admin: Any) -> list[Any]:
    """The addresses of what the panel asks for, bound to the admin of promises."""

    def made(request: HttpRequest) -> HttpResponse:
        return make_view(admin, request)

    def settled(request: HttpRequest, object_id: str) -> HttpResponse:
        return settle_view(admin, request, object_id)

    return [
        path("make/", admin.admin_site.admin_view(made), name="workflows_promise_make"),
        path("<path:object_id>/settle/", admin.admin_site.admin_view(settled), name="workflows_promise_settle"),
    ]


def make_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """Promise the customer of the address something that belongs to no case."""
    if not _may(request):
        raise PermissionDenied
    customer = visible_to(request.user).filter(pk=_id(request.GET.get("customer", "")), erased_at=None).first()
    if customer is None:
        messages.info(request, _("Whom do you promise something? Find the customer, then choose “Promise something”."))
        return redirect(f"{admin.admin_site.name}:customers_customer_changelist")
    page = reverse(f"{admin.admin_site.name}:customers_customer_change", args=[customer.pk])
    form = PromiseForm(request.POST or None, complaint=None, user=request.user)
    if form.is_valid():
        form.cleaned_data["customer_id"] = customer.pk
        if ask(form, make_promise):
            messages.success(request, _("Promised. You are reminded before it is due."))
            return redirect(page)
    return admin.page(
        request,
        "admin/form_page.html",
        title=_("Promise something"),
        intro=_("To %(customer)s") % {"customer": customer},
        form=form,
        button=_("Keep this promise in mind"),
        back=page,
    )


def settle_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Kept, or needed no more; then the customer's page is there again."""
    if not _may(request):
        raise PermissionDenied
    promise = promises_visible_to(request.user).filter(pk=_id(object_id)).first()
    if promise is None:
        raise Http404
    service, done = _SETTLES.get(request.POST.get("do", ""), (None, ""))
    if service is not None:
        try:
            service(promise_id=promise.pk, evidence=request.POST.get("words", "")[:4000])
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, done)
    return redirect(f"{admin.admin_site.name}:customers_customer_change", promise.customer_id)


def _may(request: HttpRequest) -> bool:
    """Whoever works on complaints makes and keeps promises, as on the page of a case."""
    return bool(request.user.has_perm("feedback.change_complaint"))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
