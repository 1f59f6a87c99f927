"""Endpoints of the gaps: belief beside customers, sealed forecasts, the words customers pick for the brand."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.fields import InputSerializer, MomentField
from cxcrm.core.api.permissions import WRITE
from cxcrm.core.api.viewsets import RoomView, RoomViewSet
from cxcrm.core.errors import NotAllowed
from cxcrm.core.once import reading_once
from feedback.models import Belief, Forecast
from feedback.selectors.brand_match import brand_match
from feedback.selectors.forecasts import FORECASTERS, forecasts_shown, opened
from feedback.selectors.gaps import asked_of, delivery_gaps
from feedback.services.gaps import seal_forecast, state_beliefs
from journeys.errors import PersonOnly
from journeys.logic.months import quarter_of
from tenants.staff.selectors.firm import firm_today

STANDINGS = ["few", "open", "real", "unsaid"]
METRICS = [str(one) for one in Forecast.METRICS]


class TeamGapOut(serializers.Serializer):
    """``gap`` = ``ours`` − ``theirs`` in points with its 95 % interval (Newcombe); all null under five answers a side.

    ``standing``: ``few`` (too few to show), ``open`` (the interval holds 0: too little to tell), ``real``, or
    ``unsaid``: the caller is asked too, and says first what they believe.
    """

    question = serializers.UUIDField(source="question_id")
    sentence = serializers.CharField()
    touchpoint = serializers.UUIDField(source="touchpoint.pk", default=None, allow_null=True)
    department = serializers.UUIDField(source="department.pk", default=None, allow_null=True)
    executive = serializers.UUIDField(source="executive.pk", default=None, allow_null=True)
    standing = serializers.ChoiceField(choices=STANDINGS, source="standing_shown")
    ours = serializers.SerializerMethodField()
    theirs = serializers.SerializerMethodField()
    gap = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    ours_n = serializers.SerializerMethodField()
    theirs_n = serializers.SerializerMethodField()

    def get_ours(self, line: Any) -> float | None:
        return line.gap.ours.percent if _is_shown(line) else None

    def get_theirs(self, line: Any) -> float | None:
        return line.gap.theirs.percent if _is_shown(line) else None

    def get_gap(self, line: Any) -> float | None:
        return line.gap.points if _is_shown(line) else None

    def get_low(self, line: Any) -> float | None:
        return line.gap.low if _is_shown(line) else None

    def get_high(self, line: Any) -> float | None:
        return line.gap.high if _is_shown(line) else None

    def get_ours_n(self, line: Any) -> int | None:
        return line.gap.ours.n if _is_shown(line) else None

    def get_theirs_n(self, line: Any) -> int | None:
        return line.gap.theirs.n if _is_shown(line) else None


def _is_shown(line: Any) -> bool:
    return line.is_open and line.gap.standing != "few"


class DeliveryGapOut(TeamGapOut):
    """The gap of a sentence, of the whole firm or of a touchpoint; ``teams`` are those with five people or more."""

    teams = TeamGapOut(many=True)
    hidden_teams = serializers.IntegerField()


class GapsOut(serializers.Serializer):
    """``lines`` are the widest first; ``teams`` and ``hidden_teams`` those of the whole firm's sentence once more."""

    quarter = serializers.DateField()
    lines = DeliveryGapOut(many=True)
    teams = TeamGapOut(many=True, source="of_firm.teams", default=[])
    hidden_teams = serializers.IntegerField(source="of_firm.hidden_teams", default=0)


class GapsQuery(InputSerializer):
    """Any day of the quarter; left out, this one."""

    quarter = serializers.DateField(required=False)


def _asked(request: Request, query: type[InputSerializer]) -> dict[str, Any]:
    asked = query(data={key: value for key, value in request.query_params.items() if key != "lang"})
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class GapsView(RoomView):
    """What staff believe beside what customers say about the same sentence."""

    room = "feedback"
    serializer_class = GapsOut

    @extend_schema(parameters=[GapsQuery])
    def get(self, request: Request) -> Response:
        """The delivery gaps of a quarter; groups under five are not shown, nor what the caller is still asked."""
        asked = _asked(request, GapsQuery)
        with reading_once():
            gaps = delivery_gaps(quarter_of(asked.get("quarter") or firm_today()))
            person = self.staff_user
            if person is not None and person.has_perm("feedback.add_belief"):
                gaps = gaps.seen_by(person.pk)
            return Response(GapsOut(gaps).data)


class SentenceOut(serializers.Serializer):
    """``is_said`` says whether the caller has answered it this quarter; what was answered nobody can read."""

    question = serializers.UUIDField(source="question.pk")
    sentence = serializers.CharField()
    touchpoint = serializers.UUIDField(source="question.touchpoint_id", allow_null=True)
    is_said = serializers.BooleanField()


class SaidIn(InputSerializer):
    question = serializers.UUIDField()
    value = serializers.IntegerField(help_text="1 strongly disagree to 5 strongly agree.")


class BeliefsIn(InputSerializer):
    answers = SaidIn(many=True, allow_empty=False)

    def validate_answers(self, answers: list[dict[str, Any]]) -> dict[Any, int]:
        if len({one["question"] for one in answers}) < len(answers):
            raise serializers.ValidationError(_("Answer each sentence once."))
        return {one["question"]: one["value"] for one in answers}


class BeliefViewSet(RoomViewSet):
    """The sentences put to staff this quarter; for somebody logged in, not for a key."""

    room = "feedback"
    queryset = Belief.objects.all()
    serializer_class = SentenceOut
    inputs = {"create": BeliefsIn}
    pagination_class = None
    filter_backends = []

    @extend_schema(responses=SentenceOut(many=True))
    def list(self, request: Request) -> Response:
        """The sentences of this quarter, and which of them the caller has answered."""
        return Response(self._asked())

    @extend_schema(responses={201: SentenceOut(many=True)})
    def create(self, request: Request) -> Response:
        """Say how far you agree; once a quarter, and nobody reads it by name."""
        answers = self.parsed()["answers"]
        state_beliefs(user_id=self._person, values=answers)
        return Response(self._asked(), status=201)

    def _asked(self) -> Any:
        with reading_once():
            return SentenceOut(asked_of(self._person), many=True).data

    @property
    def _person(self) -> Any:
        if self.staff_user is None:
            raise PersonOnly
        return self.staff_user.pk


class ForecastOut(serializers.Serializer):
    """``value`` is null while it is sealed to the caller; ``actual``, ``low``, ``high``, ``n`` and ``gap`` until it
    opens, and ``actual`` and ``gap`` where fewer than five answered.
    """

    id = serializers.UUIDField(source="forecast.pk")
    executive = serializers.UUIDField(source="forecast.user_id")
    metric = serializers.ChoiceField(choices=METRICS, source="forecast.metric")
    month = serializers.DateField(source="forecast.month")
    is_open = serializers.BooleanField()
    value = serializers.IntegerField(allow_null=True)
    actual = serializers.SerializerMethodField()
    low = serializers.FloatField(source="actual.low", default=None, allow_null=True)
    high = serializers.FloatField(source="actual.high", default=None, allow_null=True)
    n = serializers.IntegerField(source="actual.n", default=None, allow_null=True)
    gap = serializers.FloatField(allow_null=True)
    sealed_at = MomentField(source="forecast.created_at")

    def get_actual(self, one: Any) -> float | None:
        return one.actual.value if one.gap is not None else None


class ForecastIn(InputSerializer):
    """``month`` is any day of a month that has not begun. NPS from −100 to 100, CSAT from 0 to 100."""

    metric = serializers.ChoiceField(choices=METRICS)
    month = serializers.DateField()
    value = serializers.IntegerField()


class ForecastViewSet(RoomViewSet):
    """Sealed forecasts of executives; owners and executives read and seal, a key reads what is open."""

    room = "feedback"
    # Reading too asks for more than the others of the room: a prediction is no record of a customer.
    levels = {"list": WRITE}
    queryset = Forecast.objects.all()
    serializer_class = ForecastOut
    inputs = {"create": ForecastIn}
    pagination_class = None
    filter_backends = []

    @extend_schema(responses=ForecastOut(many=True))
    def list(self, request: Request) -> Response:
        """Forecasts of the last six months and of months to come, the latest month first."""
        person = self.staff_user
        if person is not None and person.role not in FORECASTERS:
            raise NotAllowed
        with reading_once():
            return Response(ForecastOut(opened(forecasts_shown(), person.pk if person else None), many=True).data)

    def create(self, request: Request) -> Response:
        """Seal a forecast; it never changes, and opens when its month is over."""
        values = self.parsed()
        if self.staff_user is None:
            raise PersonOnly
        made = seal_forecast(user_id=self.staff_user.pk, **values)
        return self.show(opened([made], self.staff_user.pk)[0])


class MatchOut(serializers.Serializer):
    """``match`` = ``inside`` ÷ ``picks`` in percent with Wilson's interval; null where fewer than five people chose."""

    people = serializers.IntegerField()
    match = serializers.FloatField(source="percent", allow_null=True)
    inside = serializers.SerializerMethodField()
    picks = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()

    def get_inside(self, one: Any) -> int | None:
        return one.inside if one.percent is not None else None

    def get_picks(self, one: Any) -> int | None:
        return one.picks if one.percent is not None else None

    def get_low(self, one: Any) -> float | None:
        return one.low if one.percent is not None else None

    def get_high(self, one: Any) -> float | None:
        return one.high if one.percent is not None else None


class BranchMatchOut(serializers.Serializer):
    branch = serializers.UUIDField()
    match = MatchOut()


class MonthMatchOut(serializers.Serializer):
    month = serializers.DateField()
    match = MatchOut()


class PickedWordOut(serializers.Serializer):
    text = serializers.CharField()
    picks = serializers.IntegerField()
    is_meant = serializers.BooleanField()


class BrandMatchOut(serializers.Serializer):
    """Words are empty, branches and months left out, where fewer than five people chose."""

    since = serializers.DateField()
    whole = MatchOut()
    words = PickedWordOut(many=True)
    branches = BranchMatchOut(many=True)
    months = MonthMatchOut(many=True)


class BrandMatchView(RoomView):
    """Of the words customers pick for the brand, how many it means."""

    room = "feedback"
    serializer_class = BrandMatchOut

    def get(self, request: Request) -> Response:
        """The last six whole months and this one; meant are the traits of the brand profile as it is today."""
        with reading_once():
            found = brand_match()
        branches = [{"branch": branch.pk, "match": one} for branch, one in found.branches]
        months = [{"month": month, "match": one} for month, one in found.months]
        shown = {"since": found.since, "whole": found.whole, "words": found.words}
        return Response(BrandMatchOut({**shown, "branches": branches, "months": months}).data)
