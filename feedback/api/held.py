"""Endpoint of what customers hold of the firm: agreement by quarter, the comparison, the chain to buying again."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.viewsets import RoomView
from cxcrm.core.once import reading_once
from feedback.models import Question
from feedback.selectors.held import what_is_held


class HeldShareOut(serializers.Serializer):
    """``share`` = ``good`` ÷ ``n`` in percent with Wilson's 95 % interval; all but ``n`` null under five answers."""

    n = serializers.IntegerField()
    good = serializers.SerializerMethodField()
    share = serializers.FloatField(source="percent", allow_null=True)
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()

    def get_good(self, side: Any) -> int | None:
        return side.good if side.percent is not None else None

    def get_low(self, side: Any) -> float | None:
        return side.low if side.percent is not None else None

    def get_high(self, side: Any) -> float | None:
        return side.high if side.percent is not None else None


class HeldQuarterOut(serializers.Serializer):
    """Who agrees (4 or 5 of 5) in percent with Wilson's 95 % interval, and the mean; null under five answers."""

    quarter = serializers.DateField(source="begins")
    n = serializers.IntegerField(source="said.n")
    share = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    mean = serializers.SerializerMethodField()

    def get_share(self, one: Any) -> float | None:
        return one.said.value if one.is_shown else None

    def get_low(self, one: Any) -> float | None:
        return one.said.low if one.is_shown else None

    def get_high(self, one: Any) -> float | None:
        return one.said.high if one.is_shown else None

    def get_mean(self, one: Any) -> float | None:
        return one.said.mean if one.is_shown else None


class HeldItemOut(serializers.Serializer):
    """``quarters`` are the oldest first, without those in which nobody answered."""

    item = serializers.ChoiceField(choices=Question.Item.choices)
    quarters = HeldQuarterOut(many=True)


class HeldComparedOut(serializers.Serializer):
    quarter = serializers.DateField(source="begins")
    worse = HeldShareOut()
    same = HeldShareOut()
    better = HeldShareOut()


class ChainStepOut(serializers.Serializer):
    """How many go on of those who ``agree`` and of the others, how far apart (Newcombe), ``is_real`` beyond chance."""

    agree = HeldShareOut()
    others = HeldShareOut()
    points = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    is_real = serializers.SerializerMethodField()

    def get_points(self, step: Any) -> float | None:
        return step.gap.points if step.is_shown else None

    def get_low(self, step: Any) -> float | None:
        return step.gap.low if step.is_shown else None

    def get_high(self, step: Any) -> float | None:
        return step.gap.high if step.is_shown else None

    def get_is_real(self, step: Any) -> bool:
        return step.gap.standing == "real"


class HeldChainOut(serializers.Serializer):
    """``trusting``: who trusts, of those who feel understood and the others; ``again``: who bought in ``months``."""

    trusting = ChainStepOut()
    again = ChainStepOut(allow_null=True)
    months = serializers.IntegerField(allow_null=True)


class HeldOfUsOut(serializers.Serializer):
    """``missing`` are the items no survey in use asks for; ``brand_values``: customers who named what we stand for.

    Of all customers whose reason for liking or disliking something was noted within 12 months.
    """

    items = HeldItemOut(many=True)
    compared = HeldComparedOut(many=True)
    chain = HeldChainOut()
    missing = serializers.ListField(child=serializers.ChoiceField(choices=Question.Item.choices))
    brand_values = HeldShareOut()


class HeldView(RoomView):
    """What customers hold of the firm."""

    room = "feedback"
    serializer_class = HeldOfUsOut

    def get(self, request: Request) -> Response:
        """The last six quarters, this one included; of a customer's answers the latest of each quarter counts."""
        with reading_once():
            held = what_is_held()
        items = [{"item": str(item), "quarters": trend.quarters} for item, trend in held.items]
        missing = [str(item) for item in held.missing]
        shown = {
            "items": items, "compared": held.compared, "chain": held.chain, "missing": missing,
            "brand_values": held.values,
        }  # fmt: skip
        return Response(HeldOfUsOut(shown).data)
