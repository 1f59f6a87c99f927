"""Endpoints of the journeys room."""

from datetime import date
from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.filters import DayFilter, YesNoFilter
from cxcrm.core.api.permissions import MANAGE, READ
from cxcrm.core.api.viewsets import ReadViewSet
from cxcrm.core.clock import now
from journeys.api import emotions, maps, visits
from journeys.api import serializers as shapes
from journeys.errors import PersonOnly
from journeys.models import Accountability, Journey, Stage, Touchpoint, Viewpoint
from journeys.selectors.accountability import unowned
from journeys.selectors.emotions import curves_for, spots_of
from journeys.selectors.paths import ways_of
from journeys.selectors.publishing import missing_in, snapshot_of
from journeys.services import journeys as services
from journeys.services import publishing
from journeys.services.accountability import hand_over
from journeys.services.emotions import draw_assumed_curve


def today() -> date:
    """The firm's calendar day."""
    return timezone.localdate(now())


class JourneyViewSet(ReadViewSet):
    """The ways customers go with the firm."""

    room = "journeys"
    write_level = MANAGE
    queryset = Journey.objects.all()
    serializer_class = shapes.JourneyOut
    levels = {"draw": READ}
    inputs = {"create": shapes.JourneyIn, "partial_update": shapes.JourneyIn, "draw": emotions.DrawIn}

    def create(self, request: Request) -> Response:
        """Add a journey without stages."""
        return self.answer(services.create_journey(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Rename a journey or make it the default one."""
        return self.answer(services.update_journey(journey_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: Any) -> Response:
        """Ask for the map to be looked at before it is published."""
        self.parsed()
        return self.answer(publishing.submit_journey(journey_id=self.pk))

    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: Any) -> Response:
        """Return a map in review to those who draw it."""
        self.parsed()
        return self.answer(publishing.send_back_journey(journey_id=self.pk))

    @extend_schema(responses=maps.PublishedOut)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: Any) -> Response:
        """Keep the map as it stands as the next version. While something is missing it is refused (409): `missing`."""
        self.parsed()
        return Response(maps.PublishedOut(publishing.publish_journey(journey_id=self.pk)).data)

    @extend_schema(responses=maps.MissingOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def missing(self, request: Request, pk: Any) -> Response:
        """What is missing before the map can be published; an empty list when nothing is."""
        return Response(maps.MissingOut(missing_in(self.get_object(), today()), many=True).data)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["get"])
    def map(self, request: Request, pk: Any) -> Response:
        """The whole map as it stands today: stages, where they lead, touchpoints, people, standards, quotes."""
        return Response(snapshot_of(self.get_object(), today()))

    @extend_schema(parameters=[visits.PathsQuery], responses=visits.PathsOut)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def paths(self, request: Request, pk: Any) -> Response:
        """The ways customers really took, beside those that were designed; by default of the last 90 days."""
        query = visits.PathsQuery(data={key: value for key, value in request.query_params.items() if key != "lang"})
        query.is_valid(raise_exception=True)
        return Response(visits.PathsOut(visits.told(ways_of(self.get_object(), **query.validated_data))).data)

    @extend_schema(responses=emotions.CurvesOut)
    @action(detail=True, methods=["get"])
    def curves(self, request: Request, pk: Any) -> Response:
        """How customers feel along the journey, and what staff assume. Somebody logged in sees neither at a point they
        have not spoken about themselves.
        """
        return Response(emotions.CurvesOut(curves_for(request.user, spots_of(self.get_object().pk))).data)

    @extend_schema(responses=emotions.CurvesOut)
    @action(detail=True, methods=["post"])
    def draw(self, request: Request, pk: Any) -> Response:
        """Say for every point how you think customers feel; for somebody logged in, not for a key. It is said once."""
        journey = self.get_object()
        said = {one["point"]: one["valence"] for one in self.parsed()["points"]}
        if self.staff_user is None:
            raise PersonOnly
        draw_assumed_curve(journey_id=journey.pk, user_id=self.staff_user.pk, valences=said)
        return Response(emotions.CurvesOut(curves_for(request.user, spots_of(journey.pk))).data)


class StageFilter(filters.FilterSet):
    journey = filters.UUIDFilter(field_name="journey_id")
    viewpoint = filters.MultipleChoiceFilter(choices=Viewpoint.choices)

    class Meta:
        model = Stage
        fields: list[str] = []


class StageViewSet(ReadViewSet):
    """The steps of journeys, in order."""

    room = "journeys"
    write_level = MANAGE
    queryset = Stage.objects.all()
    serializer_class = shapes.StageOut
    inputs = {"create": shapes.StageIn, "partial_update": shapes.StageChange, "ways": shapes.WaysIn}
    filterset_class = StageFilter
    http_method_names = [*ReadViewSet.http_method_names, "delete"]
    ordering = ("journey_id", "position", "id")

    def create(self, request: Request) -> Response:
        """Add a stage at `position`, or at the end."""
        return self.answer(services.add_stage(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Rename or move a stage."""
        return self.answer(services.update_stage(stage_id=self.pk, **self.parsed()))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Take a stage out of its journey; refused (409) while it has touchpoints or reported feelings."""
        services.remove_stage(stage_id=self.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"])
    def ways(self, request: Request, pk: Any) -> Response:
        """Let a stage lead to exactly these stages, for loops and short cuts; to none, and it leads to the next one."""
        return self.answer(services.set_ways(stage_id=self.pk, to_ids=self.parsed()["to"]))


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
        nobodys = [touchpoint.pk for touchpoint in unowned(today())]
        return queryset.filter(pk__in=nobodys) if wanted else queryset.exclude(pk__in=nobodys)


class TouchpointViewSet(ReadViewSet):
    """Where customers meet the firm. `?unowned=true` lists those without an accountable executive."""

    room = "journeys"
    write_level = MANAGE
    queryset = Touchpoint.objects.all()
    serializer_class = shapes.TouchpointOut
    inputs = {"create": shapes.TouchpointIn, "partial_update": shapes.TouchpointChange, "move": shapes.PlaceIn}
    filterset_class = TouchpointFilter

    def create(self, request: Request) -> Response:
        """Add a touchpoint to a stage."""
        return self.answer(services.add_touchpoint(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change a touchpoint; one that is out of use is switched off, never removed."""
        return self.answer(services.update_touchpoint(touchpoint_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: Any) -> Response:
        """Put a touchpoint to another place, in its stage or another one."""
        return self.answer(services.move_touchpoint(touchpoint_id=self.pk, **self.parsed()))


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
