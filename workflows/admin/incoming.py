"""Mails that came in, and what became of each."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from customers.admin.masking import MasksTexts
from customers.models import Customer, Interaction
from customers.selectors.contacts import text_shown
from customers.selectors.drift import channel_drift, weeks_shown
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.admin.site import Site
from cxcrm.core.admin.working import ask
from cxcrm.core.once import reading_once
from workflows import wording
from workflows.models import IncomingMail
from workflows.selectors.incoming import in_the_queue, unknown_for, who_answers
from workflows.selectors.reach import incoming_visible_to
from workflows.services.unknown import give_to_customer, leave_alone


class HomeForm(WorkForm):
    """Who it is from; or that nothing is to be done."""

    incoming_id = forms.UUIDField(widget=forms.HiddenInput)
    customer = forms.ModelChoiceField(
        label=_("It is from"), queryset=Customer.objects.none(), required=False, empty_label=""
    )
    meant_for = forms.ChoiceField(
        label=_("Where had we expected it?"), choices=[("", _("there")), *Interaction.MeantFor.choices], required=False
    )
    do = forms.ChoiceField(choices=[("give", ""), ("leave", "")])

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["customer"]
        field.queryset = Customer.objects.filter(erased_at=None)
        column = Customer._meta.get_field("referred_by")
        field.widget = AutocompleteSelect(column, site, attrs={"data-placeholder": ""}, choices=field.choices)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("do") == "give" and not data.get("customer"):
            self.add_error("customer", _("Please choose whom it is from. Somebody new is added as a customer first."))
        return data


def bring_home(*, incoming_id: UUID, do: str, customer: Customer | None, meant_for: str) -> IncomingMail:
    """Give it to the customer, or leave it alone."""
    if do == "leave" or customer is None:
        return leave_alone(incoming_id=incoming_id)
    return give_to_customer(incoming_id=incoming_id, customer_id=customer.pk, meant_for=meant_for)


TONES = {
    IncomingMail.Outcome.WAITING: "info",
    IncomingMail.Outcome.NOTED: "good",
    IncomingMail.Outcome.REOPENED: "warn",
    IncomingMail.Outcome.TIMELINE: "good",
    IncomingMail.Outcome.AUTOMATIC: "plain",
    IncomingMail.Outcome.BOUNCED: "bad",
    IncomingMail.Outcome.UNMATCHED: "warn",
    IncomingMail.Outcome.LEFT: "plain",
    IncomingMail.Outcome.FAILED: "bad",
}


class IncomingMailAdmin(MasksTexts, ReadOnlyAdmin):
    """Also the page on where they write: from nobody we know, and elsewhere than where we had expected it."""

    free_texts = ("sender", "subject", "text", "reason")
    list_display = ("created_at", "sender", "subject", "standing", "case")
    list_filter = ("outcome", ("created_at", RangeDateFilter))
    list_select_related = ("complaint",)
    search_fields = ("sender", "subject")
    fields = (
        "created_at",
        "sender",
        "from_other_address",
        "subject",
        "standing",
        "reason",
        "case",
        "customer",
        "user",
        "body",
        "files",
        "answered",
        "message_id",
    )

    def get_urls(self) -> list[Any]:
        return [
            path("where/", self.admin_site.admin_view(self.where_view), name="workflows_where"),
            *super().get_urls(),
        ]

    def where_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_write = request.user.has_perm("customers.change_customer")
        waiting = unknown_for(request.user)
        form = HomeForm(request.POST or None, site=self.admin_site)
        if request.method == "POST":
            is_sound = form.is_valid()
            if not may_write or not waiting.filter(pk=form.cleaned_data.get("incoming_id")).exists():
                raise PermissionDenied
            if is_sound and ask(form, bring_home):
                messages.success(request, _("Done."))
                return redirect(request.path)
        with reading_once():
            return self._where(request, form, waiting, may_write=may_write).render()

    def _where(self, request: HttpRequest, form: Any, waiting: Any, *, may_write: bool) -> TemplateResponse:
        chosen = form["incoming_id"].value() if form.is_bound else None
        rows = [
            {
                "row": row,
                "sender": text_shown(row.mail.sender, request.user),
                "subject": text_shown(row.mail.subject, request.user),
                "text": text_shown(row.mail.text[:400], request.user),
                "due": wording.moment(row.due_at),
                "form": form
                if str(row.mail.pk) == str(chosen)
                else HomeForm(site=self.admin_site, auto_id=f"id_{n}_%s"),
            }
            for n, row in enumerate(in_the_queue(waiting))
        ]
        mondays = weeks_shown()
        meant, actual = dict(Interaction.MeantFor.choices), dict(Interaction.Kind.choices)
        drift = [
            {
                "row": row,
                "meant": meant[row.meant],
                "actual": actual.get(row.actual, row.actual),
                "weeks": list(zip(mondays, row.weeks, strict=True)),
            }
            for row in channel_drift()
        ]
        return self.page(
            request,
            "admin/workflows/where.html",
            title=_("Where they write"),
            rows=rows,
            accountable=who_answers(),
            mondays=mondays,
            drift=drift,
            may_write=may_write,
        )

    def rows(self, request: HttpRequest) -> QuerySet[IncomingMail]:
        return incoming_visible_to(request.user).defer("raw")

    @display(description=_("what became of it"), ordering="outcome")
    def standing(self, mail: IncomingMail) -> str:
        return pill(mail.get_outcome_display(), TONES[IncomingMail.Outcome(mail.outcome)])

    @display(description=_("complaint"))
    def case(self, mail: IncomingMail) -> Any:
        if mail.complaint is None:
            return "–"
        url = page_of("admin:feedback_complaint_change", mail.complaint_id)
        return format_html('<a class="cx-link" href="{}">{}</a>', url, mail.complaint.number)

    @display(description=_("text"))
    def body(self, mail: IncomingMail) -> Any:
        return format_html('<div class="cx-mail">{}</div>', mail.text) if mail.text else "–"

    @display(description=_("attachments, not kept"))
    def files(self, mail: IncomingMail) -> str:
        return ", ".join(mail.attachments) or "–"

    @display(description=_("answers the mail"))
    def answered(self, mail: IncomingMail) -> Any:
        if mail.answers_id is None:
            return "–"
        url = reverse("admin:workflows_message_change", args=[mail.answers_id])
        return format_html('<a class="cx-link" href="{}">{}</a>', url, _("The mail"))
