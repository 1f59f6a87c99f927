"""The desk by API: what is open or waits for the customer, by queue, with what is due next."""

from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django_filters import rest_framework as filters
from rest_framework import serializers

from customers.api.masking import MaskingViews
from cxcrm.core.api.fields import MomentField, OutputSerializer
from cxcrm.core.api.viewsets import ListViewSet
from cxcrm.core.db.json import Moment
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from workflows.models import ClockPause
from workflows.selectors.queues import COUNTED, NEXT_DUE, NEXT_DUE_AT, NEXT_DUE_KIND, QUEUES, in_queue

_PAUSE = ClockPause.objects.filter(complaint=OuterRef("pk"), ended_at=None)


class DeskOut(OutputSerializer):
    """``next_due`` is what is due next, at ``next_due_at``: a clock, or ``promised`` by a person, else null.

    ``paused_until`` and ``pause_reason`` are null unless the case stands still.
    """

    is_open = serializers.BooleanField(help_text="The firm owes the next step.")
    next_due = serializers.ChoiceField(choices=list(NEXT_DUE.items()), allow_null=True)
    next_due_at = MomentField(allow_null=True)
    paused_until = MomentField(allow_null=True)
    pause_reason = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Complaint
        fields = [
            "id", "number", "customer", "touchpoint", "branch", "channel", "state", "severity", "subject", "owner",
            "tags", "is_open", "received_at", "resolved_at", "reopened_count", "next_due", "next_due_at",
            "paused_until", "pause_reason",
        ]  # fmt: skip
        in_sql = {
            "is_open": Q(state__in=Complaint.OPEN_STATES),
            "next_due": NEXT_DUE_KIND,
            "next_due_at": Moment(NEXT_DUE_AT),
            "paused_until": Moment(Subquery(_PAUSE.values("until"))),
            "pause_reason": Subquery(_PAUSE.values("reason")),
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


class DeskViewSet(MaskingViews, ListViewSet):
    """Complaints that are open or wait for the customer, the latest received first."""

    room = "feedback"
    queryset = Complaint.objects.all()
    serializer_class = DeskOut
    filterset_class = DeskFilter
    ordering = ("-received_at", "-id")

    def get_queryset(self) -> Any:
        live = visible_to(self.request.user).filter(state__in=Complaint.LIVE_STATES)
        return in_queue(live, self.request.query_params.get("queue", ""), self.staff_user)
