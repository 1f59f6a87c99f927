"""What happened and what left: events, messages, alerts."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from customers.admin.masking import MasksEmail, MasksTexts
from customers.logic.masks import without_contacts
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.errors import DomainError
from cxcrm.core.events import event_names, words_of
from workflows.models import Alert, Event, Message
from workflows.selectors.alerts import alerts_visible_to
from workflows.selectors.messages import text_of
from workflows.selectors.reach import messages_visible_to
from workflows.services.alerts import settle_alert

MESSAGE_TONES = {
    Message.State.QUEUED: "info",
    Message.State.SENDING: "info",
    Message.State.SENT: "good",
    Message.State.SKIPPED: "plain",
    Message.State.REFUSED: "bad",
    Message.State.UNCERTAIN: "warn",
}


# Which page shows the object of an id.
PAGES = {
    "complaint_id": ("feedback_complaint", _("complaint")),
    "customer_id": ("customers_customer", _("customer")),
    "response_id": ("feedback_response", _("response")),
    "dispatch_id": ("feedback_dispatch", _("sending")),
    "job_id": ("customers_importjob", _("import")),
    "journey_id": ("journeys_journey", _("journey")),
    "accountability_id": ("journeys_accountability", _("accountability")),
}


class HappenedFilter(SimpleListFilter):
    """What happened, in words."""

    title = _("what happened")
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return sorted(((name, words_of(name)) for name in event_names()), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(name=self.value()) if self.value() else queryset


class EventAdmin(ReadOnlyAdmin):
    """The audit log."""

    list_display = ("occurred_at", "what", "actor_label", "about")
    list_filter = (HappenedFilter, ("occurred_at", RangeDateFilter))
    search_fields = ("name", "actor_label")
    fields = ("what", "name", "occurred_at", "actor_label", "about", "ids", "cause", "depth", "handled")

    @display(description=_("what happened"), ordering="name")
    def what(self, event: Event) -> str:
        return words_of(event.name)

    @display(description=_("about"))
    def about(self, event: Event) -> str:
        """Links to what can be opened of the ids an event carries."""
        found = [
            (page_of(f"admin:{page}_change", event.payload[key]), word)
            for key, (page, word) in PAGES.items()
            if event.payload.get(key)
        ]
        return format_html_join(" · ", '<a class="cx-link" href="{}">{}</a>', found) or "–"

    @display(description=_("caused by"))
    def cause(self, event: Event) -> str:
        if event.causation_id is None:
            return "–"
        before = Event.objects.filter(pk=event.causation_id).first()
        url = reverse("admin:workflows_event_change", args=[event.causation_id])
        return format_html('<a class="cx-link" href="{}">{}</a>', url, words_of(before.name)) if before else "–"

    @display(description=_("ids"))
    def ids(self, event: Event) -> str:
        return format_html('<code class="cx-code">{}</code>', json.dumps(event.payload, ensure_ascii=False))

    @display(description=_("dealt with by"))
    def handled(self, event: Event) -> str:
        return format_html_join("", "<p>{}</p>", event.receipts.values_list("handler")) or "–"


class MessageAdmin(MasksEmail, MasksTexts, ReadOnlyAdmin):
    free_texts = ("subject", "text")
    list_display = ("created_at", "kind", "email", "subject", "standing")
    list_filter = ("state", "kind", ("created_at", RangeDateFilter))
    search_fields = ("email", "subject")
    fields = (
        "kind",
        "email",
        "user",
        "customer",
        "standing",
        "reason",
        "subject",
        "body",
        "message_id",
        "attempts",
        "created_at",
        "sent_at",
    )

    def rows(self, request: HttpRequest) -> QuerySet[Message]:
        return messages_visible_to(request.user)

    @display(description=_("state"), ordering="state")
    def standing(self, message: Message) -> str:
        return pill(message.get_state_display(), MESSAGE_TONES[message.state])

    @display(description=_("text"))
    def body(self, message: Message) -> str:
        text = text_of(message)
        text = without_contacts(text) if message.is_only_shown else text
        return format_html('<div class="cx-mail">{}</div>', text) if text else "–"


class SettledFilter(SimpleListFilter):
    """Open alerts come first; the settled ones are kept to look up."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("open")), ("settled", _("settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        if self.value() == "open":
            return queryset.filter(settled_at=None)
        return queryset.exclude(settled_at=None) if self.value() == "settled" else queryset


class AlertAdmin(MasksTexts, ReadOnlyAdmin):
    free_texts = ("detail",)
    list_display = ("created_at", "kind", "case", "detail", "standing", "settled_by")
    list_filter = (SettledFilter, "kind")
    list_select_related = ("complaint", "settled_by")
    fields = ("kind", "case", "where", "detail", "created_at", "standing", "settled_at", "settled_by")
    actions = ("settle_alerts",)
    actions_detail = ("settle",)
    nothing_here = _("Nothing needs attention.")

    def rows(self, request: HttpRequest) -> QuerySet[Alert]:
        return alerts_visible_to(request.user)

    def has_settle_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("workflows.change_alert")

    @display(description=_("where to mend it"))
    def where(self, alert: Alert) -> str:
        """The mail that came in or did not leave, or the touchpoint nobody answers for."""
        if alert.kind == Alert.Kind.UNREAD_MAIL:
            url = reverse("admin:workflows_incomingmail_change", args=[alert.ref])
            return format_html('<a class="cx-link" href="{}">{}</a>', url, _("The mail"))
        if alert.kind == Alert.Kind.GUARDRAIL:
            url = page_of("admin:journeys_initiative_change", alert.ref)
            return format_html('<a class="cx-link" href="{}">{}</a>', url, _("The initiative"))
        if alert.kind == Alert.Kind.GAP:
            url = reverse("admin:feedback_belief_changelist")
            return format_html('<a class="cx-link" href="{}">{}</a>', url, _("We believe, they say"))
        message = Message.objects.filter(Q(pk=alert.ref) | Q(ref=alert.ref)).order_by("created_at").first()
        if alert.kind != Alert.Kind.NOBODY_FOUND and message is not None:
            url = reverse("admin:workflows_message_change", args=[message.pk])
            return format_html('<a class="cx-link" href="{}">{}</a>', url, _("The mail"))
        url = reverse("admin:journeys_accountability_changelist")
        return format_html('<a class="cx-link" href="{}">{}</a>', url, _("Who answers for what"))

    @display(description=_("complaint"))
    def case(self, alert: Alert) -> str:
        if alert.complaint is None:
            return "–"
        url = page_of("admin:feedback_complaint_change", alert.complaint_id)
        return format_html('<a class="cx-link" href="{}">{}</a>', url, alert.complaint.number)

    @display(description=_("standing"))
    def standing(self, alert: Alert) -> str:
        return pill(_("settled"), "good") if alert.settled_at else pill(_("open"), "warn")

    @action(description=_("Settle the chosen alerts"), permissions=["settle"])
    def settle_alerts(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        for pk in queryset.values_list("pk", flat=True):
            settle_alert(alert_id=pk)
        messages.success(request, _("Settled."))

    @action(description=_("Settle"), permissions=["settle"], url_path="settle", icon="check")
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        alert = self.get_object(request, object_id)
        if alert is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Is the cause mended?"),
                what=f"{alert.get_kind_display()}. {alert.detail}",
                button=_("Settle"),
            )
        try:
            settle_alert(alert_id=alert.pk)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Settled."))
        return redirect(f"{self.admin_site.name}:workflows_alert_changelist")
