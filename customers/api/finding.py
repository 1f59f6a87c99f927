"""Endpoint for how customers find the firm: earned and bought ways, who brought whom, talking beside listening."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.logic.finding import Came
from customers.selectors.drift import channel_drift, weeks_shown
from customers.selectors.finding import new_by_quarter, talk_and_listen, top_referrers
from cxcrm.core.api.viewsets import RoomView
from cxcrm.core.once import reading_once


@extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
class WaysField(serializers.DictField):
    """Way → customers."""


class CameOut(serializers.Serializer[Any]):
    """``percent_earned`` is null for fewer than five; ``low`` and ``high`` are its 95 % Wilson interval."""

    first_day = serializers.DateField()
    ways = WaysField()
    convinced_by = WaysField()
    unknown = serializers.IntegerField()
    earned = serializers.IntegerField()
    bought = serializers.IntegerField()
    percent_earned = serializers.FloatField(allow_null=True)
    low = serializers.FloatField()
    high = serializers.FloatField()


class ReferrerOut(serializers.Serializer[Any]):
    customer = serializers.UUIDField()
    came = serializers.IntegerField()
    bought = serializers.IntegerField()


class TalkOut(serializers.Serializer[Any]):
    """One month: adverts sent, other things said unasked, and what customers said."""

    first_day = serializers.DateField()
    adverts = serializers.IntegerField()
    said = serializers.IntegerField()
    heard = serializers.IntegerField()


class HowFoundOut(serializers.Serializer[Any]):
    quarters = CameOut(many=True)
    referrers = ReferrerOut(many=True)
    months = TalkOut(many=True)


class FoundView(RoomView):
    """How customers find the firm."""

    room = "customers"
    serializer_class = HowFoundOut

    def get(self, request: Request) -> Response:
        """New customers of the last six quarters by way, who brought most, and six months of talking and listening."""
        with reading_once():
            found = _found()
        return Response(HowFoundOut(found).data)


def _found() -> dict[str, Any]:
    return {
        "quarters": [
            {"first_day": one.first_day, "convinced_by": one.convinced.ways, **_came(one.found)}
            for one in new_by_quarter()
        ],
        "referrers": [{"customer": one.id, "came": one.came, "bought": one.bought} for one in top_referrers()],
        "months": talk_and_listen(),
    }


def _came(found: Came) -> dict[str, Any]:
    low, high = found.interval
    return {
        "ways": found.ways,
        "unknown": found.unknown,
        "earned": found.earned,
        "bought": found.bought,
        "percent_earned": None if found.share is None else round(found.share, 1),
        "low": round(low, 1),
        "high": round(high, 1),
    }


class DriftRowOut(serializers.Serializer[Any]):
    """``weeks`` are counts from the oldest week on."""

    meant = serializers.CharField()
    actual = serializers.CharField()
    n = serializers.IntegerField()
    weeks = serializers.ListField(child=serializers.IntegerField())


class DriftOut(serializers.Serializer[Any]):
    mondays = serializers.ListField(child=serializers.DateField())
    drift = DriftRowOut(many=True)


class DriftView(RoomView):
    """Where customers write, call and come, beside where the firm had expected them."""

    room = "customers"
    serializer_class = DriftOut

    def get(self, request: Request) -> Response:
        """The last eight weeks, every pair of meant and actual, the most frequent first."""
        with reading_once():
            return Response(DriftOut({"mondays": weeks_shown(), "drift": channel_drift()}).data)
