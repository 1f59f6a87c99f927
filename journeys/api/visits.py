"""Endpoints of where customers were: what other systems tell, what counts as a visit, and the ways taken."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.fields import ErrorSerializer, InputSerializer, MomentField, OutputSerializer, RowIdField
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.permissions import MANAGE
from cxcrm.core.api.viewsets import ReadViewSet, RoomViewSet
from cxcrm.core.clock import now
from journeys.logic.paths import Conversion, kinds
from journeys.models import Stage, StageVisit, Touchpoint, VisitRule
from journeys.selectors.paths import USUAL_DAYS, Ways
from journeys.services import visits as services

MAX_BATCH = 500
_SENT = {
    "visits": [
        {
            "customer_number": "KH000042",
            "stage": "01932b0e-0000-7000-8000-000000000001",
            "visited_at": "2026-11-22T02:30:00Z",
            "source": "pos",
            "external_id": "GH000123",
        }
    ]
}


class StageVisitOut(OutputSerializer):
    """``entry`` is the timeline's entry a rule read it in, null for what another system told."""

    class Meta:
        model = StageVisit
        fields = ["id", "customer", "stage", "visited_at", "entry", "source", "external_id", "created_at"]


class StageVisitFilter(filters.FilterSet):
    journey = filters.UUIDFilter(field_name="stage__journey_id")
    stage = filters.UUIDFilter(field_name="stage_id")
    customer = filters.UUIDFilter(field_name="customer_id")
    source = filters.CharFilter()
    external_id = filters.CharFilter()
    told = YesNoFilter(field_name="entry", lookup_expr="isnull", label="Told by another system, not read")
    visited_since = filters.IsoDateTimeFilter(field_name="visited_at", lookup_expr="gte")
    visited_until = filters.IsoDateTimeFilter(field_name="visited_at", lookup_expr="lt")

    class Meta:
        model = StageVisit
        fields: list[str] = []


class StageVisitViewSet(ReadViewSet):
    """Who was at which stage when, the latest first."""

    room = "journeys"
    queryset = StageVisit.objects.all()
    serializer_class = StageVisitOut
    filterset_class = StageVisitFilter
    ordering = ("-visited_at", "-id")


class VisitIn(InputSerializer):
    """Sent again with the same ``source`` and ``external_id``, a visit is corrected, never doubled.

    The customer is named by ``customer`` (id) or by ``customer_number`` in the same system.
    """

    customer = serializers.UUIDField(required=False, source="customer_id")
    customer_number = serializers.CharField(max_length=120, required=False, allow_blank=True)
    stage = serializers.UUIDField(source="stage_id")
    visited_at = MomentField()
    source = serializers.CharField(max_length=services.MAX_SOURCE, required=False, allow_blank=True)
    external_id = serializers.CharField(max_length=services.MAX_NUMBER)


@extend_schema_serializer(examples=[OpenApiExample("A visit from the shop system", value=_SENT, request_only=True)])
class VisitsIn(InputSerializer):
    """Up to 500 visits, in any order and as late as they come, each taken or refused by itself."""

    visits = serializers.ListField(child=VisitIn(), allow_empty=False, max_length=MAX_BATCH)


class VisitTakenOut(serializers.Serializer):
    """What became of one visit: its id, or why it was refused."""

    id = serializers.UUIDField(allow_null=True)
    external_id = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["created", "known", "refused"])
    error = ErrorSerializer(allow_null=True)


class VisitsOut(serializers.Serializer):
    results = VisitTakenOut(many=True)


class VisitBatchViewSet(RoomViewSet):
    """Many visits in one call."""

    room = "journeys"
    queryset = StageVisit.objects.all()
    serializer_class = VisitsOut
    inputs = {"create": VisitsIn}
    creates: frozenset[str] = frozenset()

    def create(self, request: Request) -> Response:
        """Record up to 500 visits; each is taken or refused by itself, so look at every result.

        Customers the key may not see (`customers:read`) are unknown to it.
        """
        sent = self.parsed()["visits"]
        taken = services.tell_visits(visits=sent, reader=request.user)
        results = [
            {
                "id": made.visit_id,
                "external_id": one["external_id"],
                "outcome": "refused" if made.refusal else "created" if made.is_new else "known",
                "error": made.refusal
                and {"code": made.refusal.code, "message": str(made.refusal), "data": made.refusal.data},
            }
            for one, made in zip(sent, taken, strict=True)
        ]
        return self.show({"results": results})


class VisitRuleOut(OutputSerializer):
    """``channel`` empty is any, ``touchpoint`` null is any, ``stage`` null is the stage of the touchpoint."""

    class Meta:
        model = VisitRule
        fields = ["id", "kind", "channel", "touchpoint", "stage", "created_at"]


class VisitRuleChange(InputSerializer):
    kind = serializers.ChoiceField(choices=VisitRule.CHOICES, required=False)
    channel = serializers.CharField(max_length=services.MAX_CHANNEL, required=False, allow_blank=True)
    touchpoint = RowIdField(
        queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False, allow_null=True
    )  # fmt: skip
    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id", required=False, allow_null=True)


class VisitRuleIn(VisitRuleChange):
    kind = serializers.ChoiceField(choices=VisitRule.CHOICES)


class VisitRuleViewSet(ReadViewSet):
    """What on the timeline counts as a visit of which stage; every timeline is read anew after a change."""

    room = "journeys"
    write_level = MANAGE
    queryset = VisitRule.objects.all()
    serializer_class = VisitRuleOut
    inputs = {"create": VisitRuleIn, "partial_update": VisitRuleChange}
    http_method_names = [*ReadViewSet.http_method_names, "delete"]

    def create(self, request: Request) -> Response:
        """Add a rule."""
        return self.answer(services.add_visit_rule(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change a rule; only what is sent is changed."""
        return self.answer(services.change_visit_rule(rule_id=self.pk, **self.parsed()))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Take a rule away, and with it what only it found."""
        services.remove_visit_rule(rule_id=self.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PathsQuery(InputSerializer):
    """``since`` is included, ``until`` is not; left out they are the last 90 days."""

    since = MomentField(required=False)
    until = MomentField(required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        data.setdefault("until", now())
        data.setdefault("since", data["until"] - timedelta(days=USUAL_DAYS))
        if data["since"] >= data["until"]:
            raise serializers.ValidationError({"until": [_("The end must come after the beginning.")]}, "invalid")
        return data


class WayOut(serializers.Serializer):
    """From one stage to another.

    ``n`` customers were at the first stage, ``came`` of them at the second at most 30 days later: ``share`` with its
    95 % Wilson interval. ``next`` counts how often it was the very next stage, ``next_share`` of all who left the
    first, ``seconds`` the median time between both arrivals.
    """

    start = serializers.UUIDField()
    end = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["designed", "untaken", "undesigned"])
    n = serializers.IntegerField()
    came = serializers.IntegerField()
    share = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    next = serializers.IntegerField()
    next_share = serializers.FloatField()
    seconds = serializers.FloatField(allow_null=True)


class PathOut(serializers.Serializer):
    stages = serializers.ListField(child=serializers.UUIDField())
    count = serializers.IntegerField()


class PathsOut(serializers.Serializer):
    """The ways of a period; a path ends where nobody was heard of for 30 days."""

    since = MomentField()
    until = MomentField()
    visits = serializers.IntegerField()
    customers = serializers.IntegerField()
    paths = serializers.IntegerField()
    ways = WayOut(many=True)
    most_frequent = PathOut(many=True)


def told(shown: Ways) -> dict[str, Any]:
    """What ``PathsOut`` shows of a journey's ways."""
    found, stages = shown.found, [stage.pk for stage in shown.stages]
    ways = []
    for (start, end), kind in sorted(kinds(found, shown.designed).items()):
        came = found.conversions.get((start, end), Conversion(0, 0))
        step = found.steps.get((start, end))
        low, high = came.interval
        ways.append(
            {
                "start": stages[start],
                "end": stages[end],
                "kind": kind,
                "n": came.n,
                "came": came.came,
                "share": came.share,
                "low": low,
                "high": high,
                "next": step.count if step else 0,
                "next_share": found.share(start, end),
                "seconds": step.seconds if step else None,
            }
        )
    return {
        "since": shown.since,
        "until": shown.until,
        "visits": found.visits,
        "customers": found.customers,
        "paths": found.paths,
        "ways": ways,
        "most_frequent": [{"stages": [stages[place] for place in way], "count": count} for way, count in found.top],
    }
