"""Endpoints for the sums above the lists: promises kept, money granted, time spent."""

from datetime import timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.fields import InputSerializer, MomentField
from cxcrm.core.api.viewsets import RoomView
from cxcrm.core.clock import now
from workflows.selectors.change_requests import answered_in_time
from workflows.selectors.compensations import sums_by
from workflows.selectors.promises import kept_share
from workflows.selectors.segments import spent_by

_USUAL = timedelta(days=30)


class Span(InputSerializer):
    """``since`` is included, ``until`` is not; left out they are the last 30 days."""

    since = MomentField(required=False)
    until = MomentField(required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        data.setdefault("until", now())
        data.setdefault("since", data["until"] - _USUAL)
        if data["since"] >= data["until"]:
            raise serializers.ValidationError({"until": [_("The end must come after the beginning.")]}, "invalid")
        return data


class ByPerson(Span):
    by = serializers.ChoiceField(choices=["owner", "department"], default="owner")
    of = serializers.ChoiceField(
        choices=["customers", "brand"], default="customers", help_text="Promises to customers, or of the brand."
    )


class ByHolder(Span):
    by = serializers.ChoiceField(choices=["holder", "department"], default="holder")


class ByCause(Span):
    by = serializers.ChoiceField(choices=["cause", "month"], default="cause")


class KeptOut(serializers.Serializer):
    """``id`` is null and ``who`` empty for promises without a department."""

    id = serializers.UUIDField(source="ident", allow_null=True)
    who = serializers.CharField()
    due = serializers.IntegerField()
    kept = serializers.IntegerField(help_text="Kept in time.")
    percent = serializers.IntegerField()


class AnsweredOut(serializers.Serializer):
    """Requests whose answer was due in the period, by the department asked."""

    id = serializers.UUIDField(source="ident")
    who = serializers.CharField()
    due = serializers.IntegerField()
    in_time = serializers.IntegerField(help_text="First answered within three working days.")
    percent = serializers.IntegerField()
    done = serializers.IntegerField()
    helped = serializers.IntegerField(help_text="Done, and whoever asked says that it helped.")
    promised = serializers.IntegerField(help_text="Done, or agreed for a first day that has passed.")
    kept = serializers.IntegerField(help_text="Done by the first day promised, however often it was moved since.")
    moved = serializers.IntegerField(help_text="Done later, by a day both had agreed to move it to.")
    kept_percent = serializers.IntegerField(allow_null=True)


class GrantedOut(serializers.Serializer):
    """``what`` is the root cause, or the month as MM/YYYY."""

    what = serializers.CharField()
    count = serializers.IntegerField()
    total = serializers.DecimalField(max_digits=20, decimal_places=2)


class SpentOut(serializers.Serializer):
    """Durations are business time; ``each`` is per case."""

    id = serializers.UUIDField(source="ident", allow_null=True)
    who = serializers.CharField()
    cases = serializers.IntegerField()
    spent = serializers.DurationField()
    each = serializers.DurationField()


class ReportView(RoomView):
    """One table over a period."""

    room = "workflows"
    query: ClassVar[type[Span]]

    def asked(self, request: Request) -> dict[str, Any]:
        query = self.query(data={key: value for key, value in request.query_params.items() if key != "lang"})
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)


class PromisesKeptView(ReportView):
    """How many promises that were due were kept in time; withdrawn ones are left out."""

    serializer_class = KeptOut
    query = ByPerson

    @extend_schema(parameters=[ByPerson], responses=KeptOut(many=True))
    def get(self, request: Request) -> Response:
        """By person or department, the most promises first."""
        return Response(KeptOut(kept_share(reader=request.user, **self.asked(request)), many=True).data)


class ChangesAnsweredView(ReportView):
    """How many change requests were answered within three working days; those taken back before are left out."""

    room = "journeys"  # as the requests themselves
    serializer_class = AnsweredOut
    query = Span

    @extend_schema(parameters=[Span], responses=AnsweredOut(many=True))
    def get(self, request: Request) -> Response:
        """By the department asked, the most requests first."""
        return Response(AnsweredOut(answered_in_time(reader=request.user, **self.asked(request)), many=True).data)


class GrantedView(ReportView):
    """What customers were granted."""

    serializer_class = GrantedOut
    query = ByCause

    @extend_schema(parameters=[ByCause], responses=GrantedOut(many=True))
    def get(self, request: Request) -> Response:
        """By root cause, the dearest first, or by month, the latest first."""
        asked = self.asked(request)
        return Response(GrantedOut(sums_by(asked.pop("by"), reader=request.user, **asked), many=True).data)


class TimeSpentView(ReportView):
    """Who spent the time on complaints."""

    serializer_class = SpentOut
    query = ByHolder

    @extend_schema(parameters=[ByHolder], responses=SpentOut(many=True))
    def get(self, request: Request) -> Response:
        """By person or department, the most first."""
        asked = self.asked(request)
        return Response(SpentOut(spent_by(asked.pop("by"), reader=request.user, **asked), many=True).data)
