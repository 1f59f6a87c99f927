"""Endpoints of the journeys room."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.filters import DayFilter, YesNoFilter
from cxcrm.core.api.permissions import MANAGE
from cxcrm.core.api.viewsets import ReadViewSet
from cxcrm.core.clock import now
from journeys.api import serializers as shapes
from journeys.models import Accountability, Journey, Stage, Touchpoint
from journeys.selectors.accountability import unowned
from journeys.services import journeys as services
from journeys.services.accountability import hand_over


class JourneyViewSet(ReadViewSet):
    """The ways customers go with the firm."""

    room = "journeys"
    write_level = MANAGE
    queryset = Journey.objects.all()
    serializer_class = shapes.JourneyOut
    inputs = {"create": shapes.JourneyIn, "partial_update": shapes.JourneyIn}

    def create(self, request: Request) -> Response:
        """Add a journey without stages."""
        return self.answer(services.create_journey(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Rename a journey or make it the default one."""
        return self.answer(services.update_journey(journey_id=self.pk, **self.parsed()))


class StageFilter(filters.FilterSet):
    journey = filters.UUIDFilter(field_name="journey_id")

    class Meta:
        model = Stage
        fields: list[str] = []


class StageViewSet(ReadViewSet):
    """The steps of journeys, in order."""

    room = "journeys"
    write_level = MANAGE
    queryset = Stage.objects.all()
    serializer_class = shapes.StageOut
    inputs = {"create": shapes.StageIn, "partial_update": shapes.StageChange}
    filterset_class = StageFilter
    ordering = ("journey_id", "position", "id")

    def create(self, request: Request) -> Response:
        """Add a stage at `position`, or at the end."""
        return self.answer(services.add_stage(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Rename or move a stage."""
        return self.answer(services.update_stage(stage_id=self.pk, **self.parsed()))


class TouchpointFilter(filters.FilterSet):
    stage = filters.UUIDFilter(field_name="stage_id")
    journey = filters.UUIDFilter(field_name="stage__journey_id")
    department = filters.UUIDFilter(field_name="department_id")
    code = filters.CharFilter()
    is_public = YesNoFilter()
    is_active = YesNoFilter()
    unowned = YesNoFilter(method="without_executive", label="Nobody is accountable today")

    class Meta:
        model = Touchpoint
        fields: list[str] = []

    def without_executive(self, queryset: Any, name: str, wanted: bool) -> Any:
        nobodys = [touchpoint.pk for touchpoint in unowned(timezone.localdate(now()))]
        return queryset.filter(pk__in=nobodys) if wanted else queryset.exclude(pk__in=nobodys)


class TouchpointViewSet(ReadViewSet):
    """Where customers meet the firm. `?unowned=true` lists those without an accountable executive."""

    room = "journeys"
    write_level = MANAGE
    queryset = Touchpoint.objects.all()
    serializer_class = shapes.TouchpointOut
    inputs = {"create": shapes.TouchpointIn, "partial_update": shapes.TouchpointChange}
    filterset_class = TouchpointFilter

    def create(self, request: Request) -> Response:
        """Add a touchpoint to a stage."""
        return self.answer(services.add_touchpoint(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change a touchpoint; one that is out of use is switched off, never removed."""
        return self.answer(services.update_touchpoint(touchpoint_id=self.pk, **self.parsed()))


class AccountabilityFilter(filters.FilterSet):
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    stage = filters.UUIDFilter(field_name="stage_id")
    executive = filters.UUIDFilter(field_name="executive_id")
    on = DayFilter(method="in_force_on", label="In force on this day")

    class Meta:
        model = Accountability
        fields: list[str] = []

    def in_force_on(self, queryset: Any, name: str, day: Any) -> Any:
        return queryset.filter(valid_from__lte=day).exclude(valid_to__lte=day)


class AccountabilityViewSet(ReadViewSet):
    """Which executive answers for what, from when to when: exactly one per touchpoint or stage at any time."""

    room = "journeys"
    write_level = MANAGE
    queryset = Accountability.objects.all()
    serializer_class = shapes.AccountabilityOut
    inputs = {"create": shapes.AccountabilityIn}
    filterset_class = AccountabilityFilter
    ordering = ("-valid_from", "-id")

    def create(self, request: Request) -> Response:
        """Hand over: whoever answered for it until then stops on `from_day`."""
        return self.answer(hand_over(**self.parsed()))
