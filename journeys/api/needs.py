"""Endpoint of common needs: what most customers want and do not get."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.viewsets import RoomView
from journeys.selectors.insights import CommonNeed, common_needs


class NeedShareOut(serializers.Serializer):
    """In percent of ``n``, with Wilson's 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()


class NeedOut(serializers.Serializer):
    """``common`` of those asked show it, ``unmet`` of these are not served; ``together`` is the one times the other."""

    insight = serializers.UUIDField(source="insight.pk")
    statement = serializers.CharField(source="insight")
    common = NeedShareOut(source="need.common")
    unmet = NeedShareOut(source="need.unmet", allow_null=True)
    together = NeedShareOut(source="need.together", allow_null=True)
    is_few = serializers.BooleanField(source="need.is_few", help_text="Under five asked: too few to tell.")
    initiatives = serializers.SerializerMethodField(help_text="What is under way for it: ids of initiatives.")

    def get_initiatives(self, one: CommonNeed) -> list[str]:
        return [str(initiative.pk) for initiative in one.under_way]


class CommonNeedsOut(serializers.Serializer):
    """The most wanted first; ``unasked`` insights have no numbers yet."""

    needs = NeedOut(many=True)
    unasked = serializers.IntegerField()


class CommonNeedsView(RoomView):
    """What most customers want and do not get."""

    room = "journeys"
    serializer_class = CommonNeedsOut

    def get(self, request: Request) -> Response:
        """Insights ranked by prevalence × unmet: of all asked, who shows it and is not served today."""
        needs, unasked = common_needs()
        return Response(CommonNeedsOut({"needs": needs, "unasked": unasked}).data)
