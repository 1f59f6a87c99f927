"""Endpoints for what happened and what went out: the audit log, messages, alerts."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from cxcrm.core.api.fields import OutputSerializer
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.viewsets import ReadViewSet
from workflows.models import Alert, Event, Message
from workflows.selectors.alerts import alerts_visible_to
from workflows.selectors.messages import text_of
from workflows.selectors.reach import messages_visible_to
from workflows.services.alerts import settle_alert


class EventOut(OutputSerializer):
    """``payload`` holds ids; ``causation_id`` is the event that led to this one."""

    class Meta:
        model = Event
        fields = [
            "id", "name", "version", "payload", "occurred_at", "actor_kind", "actor_id", "actor_label",
            "causation_id", "depth",
        ]  # fmt: skip


class EventFilter(filters.FilterSet):
    name = filters.CharFilter()
    actor_kind = filters.ChoiceFilter(choices=[(kind, kind) for kind in ("user", "api_key", "customer", "system")])
    actor_id = filters.UUIDFilter()
    occurred_since = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte")
    occurred_until = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt")

    class Meta:
        model = Event
        fields: list[str] = []


class EventViewSet(ReadViewSet):
    """The audit log: what happened, when, by whom, caused by what. Nothing in it is ever changed."""

    room = "workflows"
    queryset = Event.objects.all()
    serializer_class = EventOut
    filterset_class = EventFilter
    ordering = ("-occurred_at", "-id")


class MessageOut(OutputSerializer):
    class Meta:
        model = Message
        fields = [
            "id", "kind", "ref", "user", "customer", "email", "state", "reason", "subject", "message_id", "attempts",
            "sent_at", "created_at",
        ]  # fmt: skip


class MessageTextOut(MessageOut):
    """``text`` is the mail as it was sent, the secret part of its links blotted out."""

    text = serializers.SerializerMethodField()

    class Meta(MessageOut.Meta):
        fields = [*MessageOut.Meta.fields, "text"]

    def get_text(self, message: Message) -> str:
        return text_of(message)


class MessageFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Message.Kind.choices)
    state = filters.MultipleChoiceFilter(choices=Message.State.choices)
    ref = filters.UUIDFilter()
    user = filters.UUIDFilter(field_name="user_id")
    customer = filters.UUIDFilter(field_name="customer_id")

    class Meta:
        model = Message
        fields: list[str] = []


class MessageViewSet(MaskingViews, ReadViewSet):
    """Every mail: what, to whom, and whether it really left."""

    room = "workflows"
    queryset = Message.objects.all()
    serializer_class = MessageOut
    outputs = {"retrieve": MessageTextOut}
    filterset_class = MessageFilter

    def get_queryset(self) -> Any:
        found = messages_visible_to(self.request.user)
        return found.defer("text") if self.action == "list" else found


class AlertOut(OutputSerializer):
    class Meta:
        model = Alert
        fields = ["id", "kind", "ref", "complaint", "detail", "settled_at", "settled_by", "created_at"]


class AlertFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Alert.Kind.choices)
    complaint = filters.UUIDFilter(field_name="complaint_id")
    open = YesNoFilter(field_name="settled_at", lookup_expr="isnull", label="Nobody has settled it yet")

    class Meta:
        model = Alert
        fields: list[str] = []


class AlertViewSet(MaskingViews, ReadViewSet):
    """What the firm must see and mend: holes in the set-up, mails that may not have left."""

    room = "workflows"
    queryset = Alert.objects.all()
    serializer_class = AlertOut
    filterset_class = AlertFilter

    def get_queryset(self) -> Any:
        return alerts_visible_to(self.request.user)

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: Any) -> Response:
        """Its cause is mended."""
        self.parsed()
        return self.answer(settle_alert(alert_id=self.seen_pk))
