"""What customers answered, and whom we asked: read only."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from customers.admin.masking import MasksEmail, MasksTexts
from customers.logic.masks import without_contacts
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.admin.working import ask
from feedback.admin.experience import ExperiencePage
from feedback.admin.heard import HeardPage
from feedback.admin.held import HeldPage
from feedback.admin.onward import onward
from feedback.admin.worth import WorthPage
from feedback.exports import RESPONSE_COLUMNS, RESPONSE_RELATED
from feedback.logic.metrics import nps_class
from feedback.models import Invitation, Response, Survey
from feedback.selectors.audience import REASONS
from feedback.selectors.oddness import WORDS, may_set_aside
from feedback.selectors.reach import answers_visible_to
from feedback.selectors.wording import answers_in_words
from feedback.services.oddness import BECAUSE, count_again, set_aside

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


def why_odd(response: Response) -> str:
    """The reasons, in the reader's words."""
    return ", ".join(str(WORDS[code]) for code in response.odd)


class SetAsideForm(WorkForm):
    because = forms.CharField(label=_("Why should it not count?"), max_length=BECAUSE)


class OddFilter(admin.SimpleListFilter):
    """What looks odd, and what is left out of the measures."""

    title = _("looks odd")
    parameter_name = "odd"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("looks odd, counted")), ("aside", _("set aside, not counted")), *WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
        value = self.value()
        if value == "open":
            return queryset.filter(set_aside_at=None).exclude(odd=[])
        if value == "aside":
            return queryset.filter(set_aside_at__isnull=False)
        return queryset.filter(odd__contains=[value]) if value in WORDS else queryset


class ResponseAdmin(HeardPage, HeldPage, ExperiencePage, WorthPage, MasksTexts, ReadOnlyAdmin):
    free_texts = ("words",)
    list_display = ("when", "who", "scored", "said", "touchpoint", "case")
    list_display_links = ("when",)
    list_select_related = ("customer", "touchpoint", "survey", "complaint")
    list_filter = (
        OddFilter,
        "metric",
        "survey",
        "contact_me",
        "touchpoint",
        "is_imported",
        ("answered_at", RangeDateFilter),
    )
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
        "onward",
        "thanks",
        "counting",
    )
    # Markup of the floors above for one answer (request, response → markup).
    panels: tuple[Callable[..., str], ...] = ()

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("heard/", view(self.heard_view), name="feedback_heard"),
            path("worth/", view(self.worth_view), name="feedback_worth"),
            path("held/", view(self.held_view), name="feedback_held"),
            path("experience/", view(self.experience_view), name="feedback_experience"),
            path("<path:object_id>/set-aside/", view(self.set_aside_view), name="feedback_response_set_aside"),
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
        marks = [score_pill(response)]
        if response.is_imported:
            marks.append(pill(_("from a file")))
        if response.set_aside_at is not None:
            marks.append(pill(_("not counted"), "warn"))
        elif response.odd:
            marks.append(pill(_("looks odd"), "warn"))
        return format_html_join(" ", "{}", ((mark,) for mark in marks))

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

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With what the floors above show of it, which the page's fields know no request for."""
        response = super().get_object(request, object_id, from_field)
        if response is not None:
            response.may_judge = may_set_aside(request.user)
            response.onward_shown = onward(request, response, score_tone(response.metric, response.score))
            response.shown_above = [panel(request, response) for panel in self.panels]
        return response

    def set_aside_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Leave a marked answer out of the measures, with the reason, or count it again."""
        response = self.get_object(request, object_id)
        if response is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not may_set_aside(request.user):
            raise PermissionDenied
        back = reverse("admin:feedback_response_change", args=[response.pk])
        if response.set_aside_at is not None:
            if request.method == "POST":
                count_again(response_id=response.pk)
                messages.success(request, _("Counted again."))
                return redirect(back)
            what = _("It looked odd and stays marked, but every measure counts it again.")
            return self.confirm(request, title=_("Count it again"), what=what, button=_("Count it again"), back=back)
        form = SetAsideForm(request.POST or None)
        if form.is_valid() and ask(form, lambda because: set_aside(response_id=response.pk, because=because)):
            messages.success(request, _("Set aside: it can be read here as before, and no measure counts it."))
            return redirect(back)
        return self.page(
            request,
            "admin/form_page.html",
            title=_("Set this answer aside"),
            intro=_("It looks odd: %(why)s. It is kept and shown, only not counted. A low score alone is no reason.")
            % {"why": why_odd(response) or _("nothing was found")},
            form=form,
            button=_("Set aside"),
            back=back,
        )

    @display(description=_("in the measures"))
    def counting(self, response: Response) -> str:
        """Whether the measures count it, why it looks odd, and the way to change that."""
        if not response.odd:
            return str(_("counts like any other"))
        if response.set_aside_at is not None:
            told = _("no: %(why)s (%(who)s, %(day)s)") % {
                "why": response.set_aside_because or "–",
                "who": response.set_aside_by or "–",
                "day": date_format(localtime(response.set_aside_at), "d/m/Y"),
            }
        else:
            told = _("counts, though it looks odd")
        url = reverse("admin:feedback_response_set_aside", args=[response.pk])
        word = _("Count it again") if response.set_aside_at is not None else _("Set aside")
        link = format_html(' <a class="cx-btn cx-btn-small" href="{}">{}</a>', url, word) if response.may_judge else ""
        return format_html("{}<br>{}{}", told, why_odd(response), link)

    @display(description=_("what comes next"))
    def onward(self, response: Response) -> str:
        return response.onward_shown

    @display(description=_("thanks"))
    def thanks(self, response: Response) -> str:
        return format_html_join("", "{}", ((one,) for one in response.shown_above)) or "–"

    @display(description=_("other answers"))
    def answers(self, response: Response) -> str:
        shown = without_contacts if response.is_only_shown else str
        said = ((asked, shown(told)) for asked, told in answers_in_words(response, get_language() or "vi"))
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
