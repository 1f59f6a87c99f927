"""The desk by API: what is open or waits for the customer, by queue, with what is due next."""

from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django_filters import rest_framework as filters
from rest_framework import serializers

from cxcrm.core.api.fields import MomentField, OutputSerializer
from cxcrm.core.api.viewsets import ListViewSet
from cxcrm.core.db.json import Moment
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from workflows.models import SlaClock
from workflows.selectors.queues import COUNTED, QUEUES, in_queue

_NEXT = SlaClock.objects.filter(complaint=OuterRef("pk"), stopped_at=None).order_by("due_at")


class DeskOut(OutputSerializer):
    """``next_due`` is the promise that is due next, at ``next_due_at``; both are null where none is running."""

    is_open = serializers.BooleanField(help_text="The firm owes the next step.")
    next_due = serializers.ChoiceField(choices=SlaClock.Kind.choices, allow_null=True)
    next_due_at = MomentField(allow_null=True)

    class Meta:
        model = Complaint
        fields = [
            "id", "number", "customer", "touchpoint", "branch", "channel", "state", "severity", "subject", "owner",
            "tags", "is_open", "received_at", "resolved_at", "reopened_count", "next_due", "next_due_at",
        ]  # fmt: skip
        in_sql = {
            "is_open": Q(state__in=Complaint.OPEN_STATES),
            "next_due": Subquery(_NEXT.values("kind")[:1]),
            "next_due_at": Moment(Subquery(_NEXT.values("due_at")[:1])),
        }


class DeskFilter(filters.FilterSet):
    # Whose desk it is, the view knows; here the word is only checked.
    queue = filters.ChoiceFilter(
        choices=[(code, QUEUES[code]) for code in COUNTED],
        method="checked",
        label="`mine` and `team` are those of whoever is logged in; a partner's key has none",
    )
    severity = filters.MultipleChoiceFilter(choices=Complaint.Severity.choices)
    owner = filters.UUIDFilter(field_name="owner_id")
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    branch = filters.UUIDFilter(field_name="branch_id")
    channel = filters.ChoiceFilter(choices=Complaint.Channel.choices)
    tag = filters.CharFilter(method="tagged", label="Exactly this tag")

    class Meta:
        model = Complaint
        fields: list[str] = []

    def checked(self, queryset: Any, name: str, queue: str) -> Any:
        return queryset

    def tagged(self, queryset: Any, name: str, tag: str) -> Any:
        return queryset.filter(tags__contains=[tag])


class DeskViewSet(ListViewSet):
    """Complaints that are open or wait for the customer, the latest received first."""

    room = "feedback"
    queryset = Complaint.objects.all()
    serializer_class = DeskOut
    filterset_class = DeskFilter
    ordering = ("-received_at", "-id")

    def get_queryset(self) -> Any:
        live = visible_to(self.request.user).filter(state__in=Complaint.LIVE_STATES)
        return in_queue(live, self.request.query_params.get("queue", ""), self.staff_user)
