"""The register of what the brand promises everybody: how each stands, and what became of it in the last periods."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.fields import MomentField
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.errors import DomainError
from journeys.models import Touchpoint
from tenants.staff.models import User
from workflows import wording
from workflows.admin.tones import PROMISE_TONES
from workflows.selectors.brand_promises import Period, Registered, may_promise_for_brand, register_of, who_may_keep
from workflows.services.brand_promises import (
    MOST_MONTHS,
    make_brand_promise,
    settle_brand_promise,
    withdraw_brand_promise,
)

_REGISTER = "workflows_promise_brand"
_DOES: dict[str, tuple[Callable[..., Any], dict[str, str], Any]] = {
    "kept": (settle_brand_promise, {"outcome": "kept"}, _("Kept. It stands in the register.")),
    "broken": (settle_brand_promise, {"outcome": "broken"}, _("Not kept. It stands in the register.")),
    "withdraw": (withdraw_brand_promise, {}, _("The brand does not promise this any more.")),
}


class BrandPromiseForm(WorkForm):
    text = forms.CharField(label=_("What does the brand promise?"), max_length=300)
    said_where = forms.CharField(
        label=_("Where is it said?"), max_length=120, help_text=_("An advert, the menu, the website, the packaging …")
    )
    touchpoint = forms.ModelChoiceField(
        label=_("Where do customers feel it?"),
        queryset=Touchpoint.objects.filter(is_active=True),
        required=False,
        empty_label=_("– nowhere in particular –"),
        help_text=_("Complaints there are counted beside it."),
    )
    owner = forms.ModelChoiceField(label=_("Which executive keeps it?"), queryset=User.objects.none(), empty_label=None)
    due_at = MomentField(label=_("When do you look whether it was kept?"))
    renews_months = forms.IntegerField(
        label=_("Comes back after how many months?"),
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        initial=3,
        help_text=_("Empty: once only."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = who_may_keep()
        self.fields["owner"].initial = user.pk

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors or data is None:
            return data
        owner, place = data.pop("owner"), data.pop("touchpoint")
        return {**data, "owner_id": owner.pk, "touchpoint_id": place.pk if place else None}


def brand_promise_urls(admin: Any) -> list[Any]:
    """The addresses of the register, bound to the admin of promises."""

    def shown(request: HttpRequest) -> HttpResponse:
        return register_view(admin, request)

    def made(request: HttpRequest) -> HttpResponse:
        return make_view(admin, request)

    return [
        path("brand/", admin.admin_site.admin_view(shown), name=_REGISTER),
        path("brand/make/", admin.admin_site.admin_view(made), name=f"{_REGISTER}_make"),
    ]


def register_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """For whoever reads the room; who speaks for the brand says here what became of a promise."""
    if not request.user.has_perm("workflows.view_promise"):
        raise PermissionDenied
    may_write = may_promise_for_brand(request.user)
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        return _settle(admin, request)
    found = register_of(request.user)
    return admin.page(
        request,
        "admin/workflows/brand_promises.html",
        title=_("What the brand promises"),
        register=found,
        current=[_shown(one) for one in found.current],
        over=[_shown(one) for one in found.over],
        may_write=may_write,
    )


def make_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """Write down what the brand promises."""
    if not may_promise_for_brand(request.user):
        raise PermissionDenied
    form = BrandPromiseForm(request.POST or None, user=request.user)
    if form.is_valid() and ask(form, make_brand_promise):
        messages.success(request, _("Written down. Its executive is reminded a week before the period ends."))
        return redirect(f"{admin.admin_site.name}:{_REGISTER}")
    return admin.page(
        request,
        "admin/form_page.html",
        title=_("A promise of the brand"),
        intro=_("What stands in an advert or on the menu is promised to everybody. Here it gets a name and a day."),
        form=form,
        button=_("Write it down"),
    )


def _settle(admin: Any, request: HttpRequest) -> HttpResponse:
    try:
        service, told, done = _DOES[request.POST.get("do", "")]
        promise_id = UUID(request.POST.get("promise", ""))
    except (KeyError, ValueError) as error:
        raise Http404 from error
    try:
        service(promise_id=promise_id, evidence=request.POST.get("words", "")[:4000], **told)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(f"{admin.admin_site.name}:{_REGISTER}")


def _shown(one: Registered) -> dict[str, Any]:
    latest = one.latest
    return {
        **_period(latest),
        "late": latest.promise.state == "broken" and latest.promise.is_open,
        "has_begun": latest.has_begun,
        "periods": [_period(period) for period in reversed(one.before)],
    }


def _period(period: Period) -> dict[str, Any]:
    return {
        "promise": period.promise,
        "tone": PROMISE_TONES[period.promise.state],
        "due": wording.day(period.promise.due_at),
        "complaints": period.complaints,
    }
