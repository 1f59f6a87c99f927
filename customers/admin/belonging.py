"""What a customer belongs to: their segments and their persona on their page, and putting many into a segment."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from customers.logic.personas import KNOWN_FROM
from customers.models import Customer, Segment
from customers.selectors.personas import live_personas, persona_of
from customers.selectors.segments import active_segments, segments_of
from customers.services.personas import assign_persona
from customers.services.segments import MAX_NAME, add_to_segment, create_segment
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import show_refusal
from cxcrm.core.errors import DomainError

SURENESS = [("1", _("certain")), ("0.8", _("quite sure")), ("0.6", _("rather so")), ("0.4", _("only a guess"))]


class IntoForm(WorkForm):
    """A segment made by hand, or the name of a new one."""

    segment = forms.ModelChoiceField(
        queryset=None, label=_("Segment"), required=False, empty_label=_("a new one, named below")
    )
    new = forms.CharField(label=_("Name of the new segment"), max_length=MAX_NAME, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = active_segments().filter(kind=Segment.Kind.STATIC)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("segment") and not (data.get("new") or "").strip() and not self.errors:
            self.add_error("new", _("Choose a segment, or name a new one."))
        return data


@action(description=_("Put the chosen into a segment…"))
def put_into_segment(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Customer]) -> HttpResponse | None:
    """Asks which; those ticked, or everybody the list's filter finds, are put into it."""
    form = IntoForm(request.POST if "into" in request.POST else None, prefix="into")
    if form.is_valid():
        segment = form.cleaned_data["segment"]
        try:
            if segment is None:
                segment = create_segment(name=form.cleaned_data["new"], kind=Segment.Kind.STATIC, reader=request.user)
            came = add_to_segment(segment_id=segment.pk, customers=queryset)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            said = ngettext("%(n)s customer came to “%(name)s”.", "%(n)s customers came to “%(name)s”.", came)
            number = number_format(came, force_grouping=True)
            messages.success(request, said % {"n": number, "name": segment.name})
            return None
    return modeladmin.page(
        request,
        "admin/customers/into_segment.html",
        title=_("Put into a segment"),
        form=form,
        count=queryset.count(),
        chosen=request.POST.getlist("_selected_action"),
        across=request.POST.get("select_across", "0"),
        name=request.POST.get("action", ""),
    )


put_into_segment.needs = "customers.change_segment"


class Belonging:
    """Mixed into the customers' admin: saying by hand what a customer is taken for."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.persona_view)
        return [path("<path:object_id>/persona/", view, name="customers_customer_persona"), *super().get_urls()]

    def persona_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        customer = self.get_object(request, object_id)
        if customer is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            if not self.has_change_permission(request, customer):
                raise PermissionDenied
            _assign(request, customer)
        return redirect(f"{self.admin_site.name}:customers_customer_change", customer.pk)


def _assign(request: HttpRequest, customer: Customer) -> None:
    sureness = request.POST.get("confidence", "1")
    chosen = request.POST.get("persona", "")
    persona = next((one for one in live_personas() if str(one.pk) == chosen), None)
    if (chosen and persona is None) or sureness not in dict(SURENESS):
        messages.error(request, _("Choose a persona that is live, and how sure you are."))
        return
    try:
        assign_persona(
            customer_id=customer.pk, persona_id=persona.pk if persona else None, confidence=Decimal(sureness)
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted."))


def belonging_panel(request: HttpRequest, customer: Customer) -> str:
    """The customer's persona and segments; empty where the firm has neither."""
    if not request.user.has_perm("customers.view_segment") or customer.erased_at is not None:
        return ""
    assigned, segments = persona_of(customer.pk), list(segments_of(customer.pk))
    may_write = request.user.has_perm("customers.change_customer")
    personas = list(live_personas()) if may_write else []
    if not (assigned or segments or personas):
        return ""
    context = {
        "customer": customer,
        "assigned": assigned,
        "is_known": assigned is not None and assigned.confidence >= KNOWN_FROM,
        "percent": round(assigned.confidence * 100) if assigned else None,
        "segments": segments,
        "personas": personas,
        "sureness": SURENESS,
        "address": reverse("admin:customers_customer_persona", args=[customer.pk]),
    }
    return render_to_string("admin/customers/belonging_panel.html", context, request=request)
