"""Endpoint of what was heard from whom: personas by the four kinds of feedback, and who buys and who uses."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer, Quote
from cxcrm.core.api.fields import MomentField
from cxcrm.core.api.viewsets import RoomView
from feedback.selectors.heard import heard


class HeardCellOut(serializers.Serializer):
    """How many different customers were heard on one kind, and when last; ``is_old`` is more than 90 days ago."""

    kind = serializers.ChoiceField(choices=Quote.FeedbackType.choices)
    customers = serializers.IntegerField()
    last = MomentField(allow_null=True)
    is_old = serializers.BooleanField()


class HeardRolesOut(serializers.Serializer):
    """Different customers by what they are for their organisation; ``unknown``: nobody noted it."""

    buyer = serializers.IntegerField()
    user = serializers.IntegerField()
    both = serializers.IntegerField()
    influencer = serializers.IntegerField()
    unknown = serializers.IntegerField()

    def to_representation(self, counts: Any) -> dict[str, int]:
        named = {role: counts.get(role, 0) for role in Customer.ContactRole.values}
        return {**named, "unknown": counts.get("", 0)}


class HeardRowOut(serializers.Serializer):
    """``persona`` is null for customers known for none; the four ``cells`` are always there."""

    persona = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    customers = serializers.IntegerField()
    roles = HeardRolesOut()
    cells = HeardCellOut(many=True)


class HeardOut(serializers.Serializer):
    """``rows`` in the order of the personas; ``empty`` counts cells of personas nobody was heard in."""

    rows = HeardRowOut(many=True)
    roles = HeardRolesOut()
    empty = serializers.IntegerField()


class HeardView(RoomView):
    """What was heard, from whom."""

    room = "feedback"
    serializer_class = HeardOut

    def get(self, request: Request) -> Response:
        """The last 12 months: quotes by their kind, answers with words (NPS an impression, CSAT and CES use), cases."""
        return Response(HeardOut(heard()).data)
