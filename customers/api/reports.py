"""Endpoints of what customers show by what they do, and of the state of our records."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.selectors.habits import ASPECTS, habits
from customers.selectors.records import records
from customers.selectors.usage import usage
from cxcrm.core.api.viewsets import RoomView
from cxcrm.core.once import reading_once


class UsagePartOut(serializers.Serializer):
    """``n`` of the ``of`` customers of ``persona`` (null: of all) who told; ``percent`` null under five."""

    persona = serializers.UUIDField(allow_null=True)
    n = serializers.IntegerField()
    of = serializers.IntegerField()
    percent = serializers.IntegerField(allow_null=True)


class UsageModeOut(serializers.Serializer):
    """``mode`` is "" for what nobody named in a word; ``unexpected`` customers used it as we did not intend."""

    mode = serializers.CharField()
    everybody = UsagePartOut()
    parts = UsagePartOut(many=True)
    unexpected = serializers.IntegerField()


class UsedOut(serializers.Serializer):
    """A product, and how many customers told how they use it; ``parts`` of personas who told."""

    about = serializers.CharField()
    customers = serializers.IntegerField()
    modes = UsageModeOut(many=True)


class UsageOut(serializers.Serializer):
    """``unplaced`` facts name no product; ``more`` products with fewer customers are left out."""

    products = UsedOut(many=True)
    unplaced = serializers.IntegerField()
    more = serializers.IntegerField()


class MoveOut(serializers.Serializer):
    """``n`` customers went from ``before`` to ``after``, ``back`` the other way.

    ``is_more_than_chance``: five or more, and half of n + back lies below the 95 % Wilson interval of n.
    """

    before = serializers.CharField()
    after = serializers.CharField()
    n = serializers.IntegerField()
    back = serializers.IntegerField()
    is_more_than_chance = serializers.BooleanField()


class AspectOut(serializers.Serializer):
    """Of ``habits`` customers with a habit in both stretches, ``changed`` have another one now."""

    code = serializers.ChoiceField(choices=[(code, code) for code in ASPECTS])
    habits = serializers.IntegerField()
    changed = serializers.IntegerField()
    moves = serializers.SerializerMethodField()

    def get_moves(self, aspect: Any) -> list[dict[str, Any]]:
        return [dict(MoveOut(one.move).data) for one in aspect.moves]


class HabitsOut(serializers.Serializer):
    """A habit is what somebody did three times or more in a stretch of 90 days, and 60 % of the time."""

    before = serializers.DateTimeField()
    middle = serializers.DateTimeField()
    one_in = serializers.IntegerField()
    aspects = AspectOut(many=True)


class CompleteOut(serializers.Serializer):
    """An item of understanding ``known`` of ``of`` customers, ``fresh`` of them within its half-life."""

    item = serializers.CharField(source="item.code")
    known = serializers.IntegerField()
    fresh = serializers.IntegerField()
    of = serializers.IntegerField()


class FilledOut(serializers.Serializer):
    """A field filled for ``n`` customers; forgotten when 10 % or more have it and nothing asks for it."""

    code = serializers.CharField()
    n = serializers.IntegerField()
    used_in = serializers.ListField(child=serializers.CharField())
    is_forgotten = serializers.BooleanField()


class RecordsOut(serializers.Serializer):
    """Of ``of`` customers read, one in ``one_in``; ``duplicates`` pairs, at most those of `duplicates/`."""

    of = serializers.IntegerField()
    one_in = serializers.IntegerField()
    items = CompleteOut(many=True)
    fields = FilledOut(many=True)
    duplicates = serializers.IntegerField()


class UsageView(RoomView):
    """What products are used for, by persona."""

    room = "customers"
    serializer_class = UsageOut

    def get(self, request: Request) -> Response:
        """Customers who told or showed how they use a product, each counted once a way; guesses are left out."""
        return Response(UsageOut(usage()).data)


class HabitsView(RoomView):
    """What customers do otherwise than three months ago."""

    room = "customers"
    serializer_class = HabitsOut

    def get(self, request: Request) -> Response:
        """Time of day, day of the week, channel, branch and product: whose habit changed, and which way most go."""
        with reading_once():
            return Response(HabitsOut(habits()).data)


class RecordsView(RoomView):
    """How complete the records are, and what is written down and never asked for."""

    room = "customers"
    serializer_class = RecordsOut

    def get(self, request: Request) -> Response:
        """Items of the level "Know", fields with the segments and shared lists that ask for them, and duplicates."""
        with reading_once():
            return Response(RecordsOut(records()).data)
