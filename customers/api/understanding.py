"""Endpoints for how well customers are understood: one of them, and the firm."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.views import OfCustomer
from customers.levels import QUESTIONS
from customers.logic.understanding import DIMENSIONS
from customers.models import Understanding
from customers.selectors.depth import depth_of
from customers.selectors.understanding import (
    FirmUnderstanding,
    Spread,
    Understood,
    firm_understanding,
    understanding_of,
)
from customers.services.beliefs import state_belief
from customers.services.facts import CHECKABLE, confirm_known
from customers.services.understanding_nights import recount_everybody
from cxcrm.core.api.fields import InputSerializer, MomentField
from cxcrm.core.api.permissions import MANAGE
from cxcrm.core.api.viewsets import RoomViewSet

_NAMES = {1: "see", 2: "know", 3: "understand", 4: "empathise"}


class UnderstandingItemOut(serializers.Serializer):
    """``credit`` = ``weight`` · ``share`` · 2^(−whole days since ``confirmed_at`` ÷ ``half_life_days``)."""

    item = serializers.CharField(source="item.code")
    dimension = serializers.ChoiceField(choices=list(DIMENSIONS), source="item.dimension")
    weight = serializers.IntegerField(source="item.weight")
    half_life_days = serializers.IntegerField(source="item.half_life", allow_null=True)
    share = serializers.FloatField()
    credit = serializers.FloatField()
    state = serializers.ChoiceField(choices=["fresh", "faded", "missing"])
    confirmed_at = MomentField(allow_null=True)


class UnderstandingOut(serializers.Serializer):
    """``known``, ``understood`` and ``empathised`` are sums of credits, 0 to 100; ``progress`` is 10 for being heard of
    and .20, .30 and .40 of them. Levels: 1 see, 2 know, 3 understand, 4 empathise.

    ``depth`` is how deep the relationship goes: 0 one-off, 1 returns, 2 speaks, 3 recommends, 4 creates with us.
    ``question`` is the item worth asking for next, "" for none; ``hold`` says why surveys must wait.
    """

    customer = serializers.UUIDField()
    level = serializers.IntegerField()
    depth = serializers.IntegerField(min_value=0, max_value=4)
    known = serializers.FloatField()
    understood = serializers.FloatField()
    empathised = serializers.FloatField()
    progress = serializers.FloatField()
    question = serializers.CharField(allow_blank=True)
    question_words = serializers.CharField(allow_blank=True)
    hold = serializers.CharField(allow_blank=True)
    as_of = MomentField()
    items = UnderstandingItemOut(many=True)


class CheckedIn(InputSerializer):
    item = serializers.ChoiceField(choices=list(CHECKABLE))


class UnderstandingLevelsOut(serializers.Serializer):
    see = serializers.IntegerField()
    know = serializers.IntegerField()
    understand = serializers.IntegerField()
    empathise = serializers.IntegerField()


class UnderstoodBranchOut(serializers.Serializer):
    """``branch`` is null for customers without a home branch."""

    branch = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    active = serializers.IntegerField()
    levels = UnderstandingLevelsOut()
    percent_understood = serializers.FloatField(allow_null=True)


class UnderstoodPersonaOut(serializers.Serializer):
    """Customers taken for a live persona surely enough."""

    persona = serializers.UUIDField()
    name = serializers.CharField()
    active = serializers.IntegerField()
    levels = UnderstandingLevelsOut()
    percent_understood = serializers.FloatField(allow_null=True)


class UnderstandingDayOut(serializers.Serializer):
    day = serializers.DateField()
    active = serializers.IntegerField()
    levels = UnderstandingLevelsOut()


class FirmUnderstandingOut(serializers.Serializer):
    """Over customers heard of in the last 180 days. ``percent_understood`` are those on level 3 or 4.

    ``level`` is the highest at least half of them have reached; ``believed`` is what the firm last said it believes,
    in per cent, and ``gap`` how far that lies above. ``days`` has one row per night, the last 90 days.
    """

    active = serializers.IntegerField()
    levels = UnderstandingLevelsOut()
    percent_understood = serializers.FloatField(allow_null=True)
    level = serializers.IntegerField()
    believed = serializers.IntegerField(allow_null=True)
    gap = serializers.FloatField(allow_null=True)
    branches = UnderstoodBranchOut(many=True)
    personas = UnderstoodPersonaOut(many=True)
    days = UnderstandingDayOut(many=True)


class BeliefIn(InputSerializer):
    """How many of 100 active customers the firm believes it understands."""

    share = serializers.IntegerField(min_value=0, max_value=100)


class CustomerUnderstandingViewSet(OfCustomer):
    """How well one customer is understood, live."""

    queryset = Understanding.objects.all()
    serializer_class = UnderstandingOut
    inputs = {"create": CheckedIn}
    creates: frozenset[str] = frozenset()
    pagination_class = None
    filter_backends: list[Any] = []

    @extend_schema(responses=UnderstandingOut)
    def list(self, request: Request, customer_id: Any) -> Response:
        """Level, sums, every item with its age, and the next best question."""
        return Response(UnderstandingOut(_one(self.customer.pk)).data)

    @extend_schema(request=CheckedIn, responses=UnderstandingOut)
    def create(self, request: Request, customer_id: Any) -> Response:
        """Their contact or place was checked with them and still holds: it is fresh again."""
        confirm_known(customer_id=self.customer.pk, **self.parsed())
        return Response(UnderstandingOut(_one(self.customer.pk)).data)


class FirmUnderstandingViewSet(RoomViewSet):
    """How well the firm understands its customers."""

    room = "customers"
    queryset = Understanding.objects.all()
    serializer_class = FirmUnderstandingOut
    inputs = {"believe": BeliefIn}
    levels = {"believe": MANAGE, "recount": MANAGE}
    pagination_class = None
    filter_backends: list[Any] = []

    @extend_schema(responses=FirmUnderstandingOut)
    def list(self, request: Request) -> Response:
        """Active customers by level, whole, by home branch and night by night, beside what the firm believes."""
        return Response(FirmUnderstandingOut(_firm(firm_understanding())).data)

    @extend_schema(request=BeliefIn, responses=FirmUnderstandingOut)
    @action(detail=False, methods=["post"])
    def believe(self, request: Request) -> Response:
        """Say what share the firm believes it understands; the latest word stands beside what is counted."""
        user = self.staff_user
        state_belief(stated_by_id=user.pk if user else None, **self.parsed())
        return Response(FirmUnderstandingOut(_firm(firm_understanding())).data)

    @extend_schema(request=None, responses={202: None})
    @action(detail=False, methods=["post"])
    def recount(self, request: Request) -> Response:
        """Count every customer anew from the sources, in the background."""
        self.parsed()
        recount_everybody()
        return Response(status=status.HTTP_202_ACCEPTED)


def _one(customer_id: Any) -> dict[str, Any]:
    found: Understood = understanding_of(customer_id)
    standing = found.standing
    return {
        "customer": customer_id,
        "level": standing.level,
        "depth": depth_of(customer_id),
        "known": standing.known / 10,
        "understood": standing.understood / 10,
        "empathised": standing.empathised / 10,
        "progress": standing.progress / 10,
        "question": found.question,
        "question_words": str(QUESTIONS.get(found.question, "")),
        "hold": found.hold,
        "as_of": found.as_of,
        "items": found.pieces,
    }


def _levels(counts: Any) -> dict[str, int]:
    return {_NAMES[level]: count for level, count in enumerate(counts, start=1)}


def _percent(spread: Spread) -> float | None:
    return None if spread.share is None else round(spread.share, 1)


def _spread(one: Spread) -> dict[str, Any]:
    return {
        "name": one.label,
        "active": one.total,
        "levels": _levels(one.levels),
        "percent_understood": _percent(one),
    }


def _firm(found: FirmUnderstanding) -> dict[str, Any]:
    return {
        "active": found.whole.total,
        "levels": _levels(found.whole.levels),
        "percent_understood": _percent(found.whole),
        "level": found.level,
        "believed": found.belief.share if found.belief else None,
        "gap": None if found.gap is None else round(found.gap, 1),
        "branches": [{"branch": one.ident, **_spread(one)} for one in found.branches],
        "personas": [{"persona": one.ident, **_spread(one)} for one in found.personas],
        "days": [
            {
                "day": day.day,
                "active": day.active,
                "levels": _levels((day.see, day.know, day.understand, day.empathise)),
            }
            for day in found.days
        ],
    }
