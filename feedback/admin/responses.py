"""What customers answered, and whom we asked: read only."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from customers.admin.masking import MasksEmail, MasksTexts
from customers.logic.masks import without_contacts
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from feedback.admin.experience import ExperiencePage
from feedback.admin.held import HeldPage
from feedback.exports import RESPONSE_COLUMNS, RESPONSE_RELATED
from feedback.logic.metrics import nps_class
from feedback.models import Invitation, Response, Survey
from feedback.selectors.audience import REASONS
from feedback.selectors.reach import answers_visible_to

INVITATION_TONES = {
    Invitation.State.QUEUED: "info",
    Invitation.State.SENT: "plain",
    Invitation.State.SKIPPED: "plain",
    Invitation.State.UNCERTAIN: "warn",
    Invitation.State.BOUNCED: "bad",
    Invitation.State.ANSWERED: "good",
    Invitation.State.IMPORTED: "plain",
}


def score_tone(metric: str, score: int) -> str:
    """Good, middling or a customer to look after, on the scale of ``metric`` (domain.md §2.1–2.3)."""
    if metric == Survey.Metric.NPS:
        return {"promoter": "good", "passive": "plain", "detractor": "warn"}[nps_class(score)]
    if metric == Survey.Metric.NONE:
        return "plain"
    good, low = (4, 2) if metric == Survey.Metric.CSAT else (5, 3)
    return "good" if score >= good else "warn" if score <= low else "plain"


def score_pill(response: Response) -> str:
    return pill(response.measured, score_tone(response.metric, response.score))


class ResponseAdmin(HeldPage, ExperiencePage, MasksTexts, ReadOnlyAdmin):
    free_texts = ("words",)
    list_display = ("when", "who", "scored", "said", "touchpoint", "case")
    list_display_links = ("when",)
    list_select_related = ("customer", "touchpoint", "survey", "complaint")
    list_filter = ("metric", "survey", "contact_me", "touchpoint", "is_imported", ("answered_at", RangeDateFilter))
    search_fields = ("words", "customer__full_name")
    export_columns = RESPONSE_COLUMNS
    export_related = RESPONSE_RELATED
    fields = (
        "who",
        "scored",
        "words",
        "contact_me",
        "answers",
        "touchpoint",
        "survey",
        "answered_at",
        "changed_at",
        "language_name",
        "case",
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("held/", view(self.held_view), name="feedback_held"),
            path("experience/", view(self.experience_view), name="feedback_experience"),
            *super().get_urls(),
        ]

    def rows(self, request: HttpRequest) -> QuerySet[Response]:
        return answers_visible_to(request.user).select_related("customer", "complaint")

    @display(description=_("answered"), ordering="answered_at")
    def when(self, response: Response) -> Any:
        return response.answered_at

    @display(description=_("customer"))
    def who(self, response: Response) -> str:
        url = page_of("admin:customers_customer_change", response.customer_id)
        return format_html('<a class="cx-link" href="{}">{}</a>', url, response.customer)

    @display(description=_("language"))
    def language_name(self, response: Response) -> str:
        return str(dict(settings.LANGUAGES).get(response.language, response.language))

    @display(description=_("score"), ordering="score")
    def scored(self, response: Response) -> str:
        if not response.is_imported:
            return score_pill(response)
        return format_html("{} {}", score_pill(response), pill(_("from a file")))

    @display(description=_("in their words"))
    def said(self, response: Response) -> str:
        words = Truncator(response.words).chars(90)
        return format_html('<span class="cx-words">{}</span>', words) if words else "–"

    @display(description=_("complaint"))
    def case(self, response: Response) -> str:
        complaint = getattr(response, "complaint", None)
        if complaint is None:
            return "–"
        url = page_of("admin:feedback_complaint_change", complaint.pk)
        return format_html('<a class="cx-link" href="{}">{}</a>', url, complaint.number)

    @display(description=_("other answers"))
    def answers(self, response: Response) -> str:
        rows = response.answers.select_related("question").filter(question__position__gt=1)
        shown = without_contacts if response.is_only_shown else str
        said = ((row.question, shown(str(row))) for row in rows)
        return format_html_join("", "<p><b>{}</b><br>{}</p>", said) or "–"


class InvitationAdmin(MasksEmail, ReadOnlyAdmin):
    list_display = ("customer", "email", "survey", "standing", "sent_at", "expires_at")
    list_select_related = ("customer", "survey")
    list_filter = ("state", "survey")
    search_fields = ("customer__full_name", "email")
    fields = (
        "customer",
        "email",
        "survey",
        "dispatch",
        "touchpoint",
        "standing",
        "sent_at",
        "expires_at",
        "created_at",
    )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "dispatch__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description=_("state"), ordering="state")
    def standing(self, invitation: Invitation) -> str:
        word = pill(invitation.get_state_display(), INVITATION_TONES[invitation.state])
        if not invitation.skip_reason:
            return word
        return format_html("{} {}", word, REASONS.get(invitation.skip_reason, invitation.skip_reason))
