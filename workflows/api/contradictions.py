"""Endpoint of contradictions between standards, words for replies and promised times."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.viewsets import RoomView
from cxcrm.core.once import reading_once
from workflows.logic.contradictions import TOPICS
from workflows.selectors.contradictions import open_contradictions

SOURCES = ["standard", "outcome", "proposal", "template", "times"]


class ContradictionSideOut(serializers.Serializer):
    """``id`` is that of the standard, proposal, touchpoint ("outcome") or reply template; null for promised times."""

    source = serializers.ChoiceField(choices=SOURCES, source="source.kind")
    id = serializers.UUIDField(source="source.ident", allow_null=True)
    touchpoint = serializers.UUIDField(source="source.touchpoint.pk", default=None, allow_null=True)
    department = serializers.UUIDField(source="source.department.pk", default=None, allow_null=True)
    sentence = serializers.CharField()


class ContradictionOut(serializers.Serializer):
    """Two sentences that cannot both be kept; ``executive`` decides."""

    key = serializers.CharField()
    topic = serializers.ChoiceField(choices=list(TOPICS))
    touchpoint = serializers.UUIDField(source="place.pk", default=None, allow_null=True)
    executive = serializers.UUIDField(source="executive.pk", default=None, allow_null=True)
    first = ContradictionSideOut()
    second = ContradictionSideOut()


class ContradictionsView(RoomView):
    """Where two texts of the firm name different numbers for the same thing."""

    room = "workflows"
    serializer_class = ContradictionOut(many=True)

    def get(self, request: Request) -> Response:
        """Those nobody said to be none, by touchpoint."""
        with reading_once():
            return Response(ContradictionOut(open_contradictions(), many=True).data)
