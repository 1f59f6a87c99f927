"""Endpoint of the experience index: stages, touchpoints, environments."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.viewsets import RoomView
from cxcrm.core.once import reading_once
from feedback.selectors.experience import Part, experience


class IndexOut(serializers.Serializer):
    """From 0 to 100; ``value`` is null under five (too few to tell), the interval where nothing is left to chance."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()


class IndexQuarterOut(serializers.Serializer):
    quarter = serializers.DateField()
    stages = IndexOut(help_text="Mean of reported feelings, −2…+2 as 0…100.")
    touchpoints = IndexOut(help_text="Satisfied answers about touchpoints ÷ all, in percent.")
    environments = IndexOut(help_text="Points in order ÷ rated, latest walk of each place in 90 days, in percent.")


class IndexBranchOut(serializers.Serializer):
    branch = serializers.UUIDField()
    stages = IndexOut(allow_null=True)
    touchpoints = IndexOut(allow_null=True)
    environments = IndexOut(allow_null=True)


class IndexTouchpointOut(serializers.Serializer):
    touchpoint = serializers.UUIDField()
    index = IndexOut()


class ExperienceOut(serializers.Serializer):
    """``quarters`` are the oldest first; ``branches`` and ``lowest`` are of the last one."""

    quarters = IndexQuarterOut(many=True)
    branches = IndexBranchOut(many=True)
    lowest = IndexTouchpointOut(many=True)


class ExperienceView(RoomView):
    """The experience in three numbers."""

    room = "feedback"
    serializer_class = ExperienceOut

    def get(self, request: Request) -> Response:
        """The last five quarters with this one; each number with its interval and of how many it is."""
        with reading_once():
            found = experience()
        parts: dict[str, Part] = {
            "stages": found.stages,
            "touchpoints": found.touchpoints,
            "environments": found.environments,
        }
        quarters: list[dict[str, Any]] = [
            {"quarter": day, **{name: part.quarters[number][1] for name, part in parts.items()}}
            for number, (day, _index) in enumerate(found.stages.quarters)
        ]
        branches = [
            {"branch": branch.pk, **dict(zip(parts, indexes, strict=True))} for branch, *indexes in found.branches
        ]
        lowest = [{"touchpoint": place.pk, "index": index} for place, index in found.lowest]
        return Response(ExperienceOut({"quarters": quarters, "branches": branches, "lowest": lowest}).data)
