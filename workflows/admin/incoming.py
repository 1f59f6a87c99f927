"""Mails that came in, and what became of each."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from customers.admin.masking import MasksTexts
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from workflows.models import IncomingMail
from workflows.selectors.reach import incoming_visible_to

TONES = {
    IncomingMail.Outcome.WAITING: "info",
    IncomingMail.Outcome.NOTED: "good",
    IncomingMail.Outcome.REOPENED: "warn",
    IncomingMail.Outcome.TIMELINE: "good",
    IncomingMail.Outcome.AUTOMATIC: "plain",
    IncomingMail.Outcome.BOUNCED: "bad",
    IncomingMail.Outcome.UNMATCHED: "warn",
    IncomingMail.Outcome.FAILED: "bad",
}


class IncomingMailAdmin(MasksTexts, ReadOnlyAdmin):
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
