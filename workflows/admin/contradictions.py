"""Contradictions: both sentences side by side, which team says which, who decides, and a way to say it is none."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.errors import DomainError
from cxcrm.core.once import reading_once
from workflows.selectors.contradictions import Finding, Side, behind, dismissed, may_dismiss, open_contradictions
from workflows.services.contradictions import WHY_LENGTH, dismiss_contradiction, take_back_dismissal

TOPICS: dict[str, Any] = {
    "wait": _("how long customers wait"),
    "answer": _("how soon customers are answered"),
    "refund": _("refunds"),
    "deliver": _("deliveries"),
    "pick_up": _("picking up the phone"),
    "repair": _("when it is ready"),
    "exchange": _("exchanges and returns"),
    "walk": _("how far to walk"),
    "discount": _("discounts"),
    "fee": _("fees"),
    "open": _("opening hours"),
    "close": _("closing hours"),
}
KINDS: dict[str, Any] = {
    "standard": _("standard"),
    "outcome": _("what the customer gets out of it"),
    "proposal": _("proposed standard"),
    "template": _("reply template"),
    "times": _("promised times"),
}


class DismissForm(WorkForm):
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    why = forms.CharField(
        label=_("Why is it none?"), max_length=WHY_LENGTH, help_text=_("It comes back when a sentence is reworded.")
    )


def contradiction_urls(admin: Any) -> list[Any]:
    """The address of the page, bound to the admin of approvals."""

    def shown(request: HttpRequest) -> HttpResponse:
        return contradictions_view(admin, request)

    return [path("contradictions/", admin.admin_site.admin_view(shown), name="workflows_contradictions")]


def contradictions_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """For whoever sees approvals; the brand steward and whoever answers for a place say what is none."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    if "take_back" in request.POST:
        return _take_back(request)
    refused = DismissForm(request.POST) if request.method == "POST" else None
    if refused is not None and refused.is_valid() and ask(refused, dismiss_contradiction):
        messages.success(request, _("Noted: it is none."))
        return redirect(request.path)
    with reading_once():
        rows = [_row(one, may_dismiss(request.user, one), refused) for one in open_contradictions()]
        gone = [(row, may_dismiss(request.user, behind(row))) for row in dismissed()]
        return admin.page(
            request,
            "admin/workflows/contradictions.html",
            title=_("Contradictions"),
            rows=rows,
            gone=gone,
            # What was asked for is not on the page any more.
            lost=None if refused is None or any(row["form"] is refused for row in rows) else refused,
        ).render()


def _take_back(request: HttpRequest) -> HttpResponse:
    try:
        take_back_dismissal(dismissed_id=UUID(request.POST["take_back"]))
    except ValueError:
        messages.error(request, _("Choose one from the page."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back: it is looked at again."))
    return redirect(request.path)


def _row(one: Finding, may_dismiss: bool, refused: DismissForm | None) -> dict[str, Any]:
    is_asked = refused is not None and refused.data.get("key") == one.key
    form = (refused if is_asked else DismissForm(initial={"key": one.key})) if may_dismiss or is_asked else None
    return {
        "one": one,
        "topic": TOPICS[one.topic],
        "sides": [_side(one.first), _side(one.second)],
        "form": form,
        "is_open": is_asked,
    }


def _side(side: Side) -> dict[str, Any]:
    source = side.source
    return {
        "sentence": side.sentence,
        "kind": KINDS[source.kind],
        "name": source.name if source.kind == "template" else "",
        "place": source.touchpoint,
        "team": source.department,
        "address": _address(side),
    }


def _address(side: Side) -> str:
    source = side.source
    if source.kind == "times":
        return reverse("admin:workflows_slapolicy_changelist")
    if source.kind == "template":
        return reverse("admin:feedback_replytemplate_change", args=[source.ident])
    page = "admin:journeys_touchpoint_change" if source.kind == "outcome" else "admin:journeys_touchpoint_standard"
    return reverse(page, args=[source.touchpoint.pk]) if source.touchpoint else ""
