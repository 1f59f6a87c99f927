"""Endpoint of what customers are worth: spent, expected, at risk, who buys again, who left after a complaint."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.selectors.worth import worth
from cxcrm.core.api.viewsets import RoomView
from cxcrm.core.once import reading_once
from feedback.selectors.after_complaint import after_complaint


class CohortOut(serializers.Serializer):
    """Who first bought in the month that ``begins``: ``again`` of ``n`` on another day within 90 days.

    ``share`` in percent, null under five; ``is_small`` under 30.
    """

    begins = serializers.DateField()
    n = serializers.IntegerField()
    again = serializers.SerializerMethodField()
    share = serializers.FloatField(allow_null=True)
    is_small = serializers.BooleanField()

    def get_again(self, cohort: Any) -> int | None:
        return cohort.again if cohort.share is not None else None


class AfterComplaintOut(serializers.Serializer):
    """Of ``n`` stretches of 90 days in which a customer bought and complained, ``left`` were followed by 90 without.

    ``others_left`` in percent: of ``others`` without a complaint, weighed to have bought as often. ``difference`` in
    points with its 95 % interval (Newcombe); null under five on a side.
    """

    n = serializers.IntegerField()
    left = serializers.IntegerField()
    others = serializers.IntegerField()
    others_left = serializers.FloatField(allow_null=True)
    difference = serializers.FloatField(source="gap.difference", default=None, allow_null=True)
    low = serializers.FloatField(source="gap.low", default=None, allow_null=True)
    high = serializers.FloatField(source="gap.high", default=None, allow_null=True)


class WorthOut(serializers.Serializer):
    """Revenue, not margin, in ``currency``. ``expected`` in the next 12 months = spent in the last ``stretch_days``,
    times k + k² + … for the stretches of a year, where ``kept`` (k, at most 1) is what the customers of the stretch
    before spent again; null where purchases are known for less than 182 days. ``spent_at_risk`` in 12 months by
    customers ``at_risk``; ``lost`` = Σ spent · risk of them, null without a trained forecast. ``one_in`` customers was
    read by lot (1: everybody); ``is_mixed``: purchases in other currencies are left out.
    """

    currency = serializers.CharField()
    active = serializers.IntegerField()
    spent = serializers.DecimalField(max_digits=20, decimal_places=2)
    expected = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    kept = serializers.FloatField(allow_null=True)
    stretch_days = serializers.IntegerField(allow_null=True)
    at_risk = serializers.IntegerField(source="bands.at_risk")
    spent_at_risk = serializers.DecimalField(source="bands.spent_at_risk", max_digits=20, decimal_places=2)
    lost = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    one_in = serializers.IntegerField()
    is_mixed = serializers.BooleanField()
    cohorts = CohortOut(many=True)
    after_complaint = AfterComplaintOut()


class WorthView(RoomView):
    """What customers are worth."""

    room = "customers"
    serializer_class = WorthOut

    def get(self, request: Request) -> Response:
        """Active: bought within 12 months, or a plan in force. Cohorts: 12 months whose customers had 90 days."""
        with reading_once():
            found = {**vars(worth(request.user)), "after_complaint": after_complaint()}
        return Response(WorthOut(found).data)
