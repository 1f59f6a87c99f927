"""Endpoints of staff's own voice: what is asked of them, answering it, and what may be shown of the answers."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.fields import InputSerializer
from cxcrm.core.api.permissions import WRITE
from cxcrm.core.api.viewsets import RoomView, RoomViewSet
from cxcrm.core.errors import NotAllowed
from cxcrm.core.once import reading_once
from feedback.logic.questionnaires import MOMENTS, MOST_WORDS, ORIENTATIONS, PILLARS, Questionnaire
from feedback.models import StaffAnswer, StaffTurn
from feedback.selectors.forecasts import FORECASTERS
from feedback.selectors.pillars import AUDIT, SELF_TEST, orientation_of, pillars_of
from feedback.selectors.pulse import PULSE, pulse_of
from feedback.selectors.staff_voice import READERS_OF_WORDS, asked_of, periods_told
from feedback.services.staff_voice import answer_questionnaire
from feedback.staff_words import TITLES, WHY, sentence_of
from journeys.errors import PersonOnly
from tenants.staff.selectors.firm import the_firm

STANDINGS = ["few", "open", "real"]


class ItemOut(serializers.Serializer):
    """``low`` to ``high``: 0 to 10, 1 (strongly disagree) to 5, −2 (very unpleasant) to 2."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()


class AskedOut(serializers.Serializer):
    """``is_answered`` is all that is known of who answers; ``why`` is the open question, empty where there is none."""

    questionnaire = serializers.ChoiceField(choices=StaffTurn.Questionnaire.choices, source="code")
    title = serializers.CharField()
    period = serializers.DateField()
    is_answered = serializers.BooleanField()
    items = ItemOut(many=True)
    why = serializers.CharField()


class StaffAnswersIn(InputSerializer):
    """``answers``: item code → number, every item of the questionnaire. Name nobody in ``words``."""

    questionnaire = serializers.ChoiceField(choices=StaffTurn.Questionnaire.choices)
    answers = serializers.DictField(child=serializers.IntegerField(), allow_empty=False)
    words = serializers.CharField(max_length=MOST_WORDS, required=False, allow_blank=True)


class QuestionnaireViewSet(RoomViewSet):
    """What a member of staff is asked this period. What they answer cannot be read again, not even by themselves."""

    room = "feedback"
    queryset = StaffTurn.objects.all()
    serializer_class = AskedOut
    inputs = {"create": StaffAnswersIn}
    pagination_class = None
    filter_backends = []
    # A kept call would hold a digest of what was said beside who said it; a repeat is refused anyway.
    keeps_calls = False

    @extend_schema(responses=AskedOut(many=True))
    def list(self, request: Request) -> Response:
        """What is asked of the caller, and whether they have answered."""
        return Response(self._asked())

    @extend_schema(responses={201: AskedOut(many=True)})
    def create(self, request: Request) -> Response:
        """Answer one questionnaire, once a period; without your name."""
        told = self.parsed()
        answer_questionnaire(
            user_id=self._person.pk,
            questionnaire=told["questionnaire"],
            values=told["answers"],
            words=told.get("words", ""),
        )
        return Response(self._asked(), status=201)

    def _asked(self) -> Any:
        person = self._person
        with reading_once():
            brand = the_firm().brand
            asked = [
                {
                    "code": one.code,
                    "title": TITLES[one.code],
                    "period": one.period,
                    "is_answered": one.is_answered,
                    "items": [
                        {
                            "code": item.code,
                            "sentence": sentence_of(item.code, brand),
                            "low": item.low,
                            "high": item.high,
                        }
                        for item in one.questionnaire.items
                    ],
                    "why": WHY if one.questionnaire.has_words else "",
                }
                for one in asked_of(person)
            ]
            return AskedOut(asked, many=True).data

    @property
    def _person(self) -> Any:
        if self.staff_user is None:
            raise PersonOnly
        return self.staff_user


class PeriodQuery(InputSerializer):
    """Any day of the quarter or year; left out, the latest there is something to read of."""

    day = serializers.DateField(required=False)


def _period(request: Request, questionnaire: Questionnaire) -> date:
    asked = PeriodQuery(data={key: value for key, value in request.query_params.items() if key != "lang"})
    asked.is_valid(raise_exception=True)
    day = asked.validated_data.get("day")
    return questionnaire.period_of(day) if day else periods_told(questionnaire)[0]


class StaffScoreOut(serializers.Serializer):
    """All but ``n`` are null under five answers."""

    value = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    n = serializers.IntegerField()

    def get_value(self, one: Any) -> float | None:
        return None if one.enough == "hidden" else one.value

    def get_low(self, one: Any) -> float | None:
        return None if one.enough == "hidden" else one.low

    def get_high(self, one: Any) -> float | None:
        return None if one.enough == "hidden" else one.high


class AgreeingOut(serializers.Serializer):
    """Percent who agree (4 or 5 of 5) with Wilson's interval; null under five answers."""

    percent = serializers.FloatField(allow_null=True)
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    n = serializers.IntegerField()

    def get_low(self, one: Any) -> float | None:
        return None if one.percent is None else one.low

    def get_high(self, one: Any) -> float | None:
        return None if one.percent is None else one.high


class UnitOut(serializers.Serializer):
    """A branch or a department; ``enps`` is null where it could tell what a few said."""

    branch = serializers.UUIDField(source="branch.pk", default=None, allow_null=True)
    department = serializers.UUIDField(source="department.pk", default=None, allow_null=True)
    enps = StaffScoreOut(allow_null=True)
    nps = StaffScoreOut(allow_null=True)
    csat = StaffScoreOut(allow_null=True)


class FeltOut(serializers.Serializer):
    """A mean from −2 to 2 with its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()


class MomentOut(serializers.Serializer):
    moment = serializers.ChoiceField(choices=list(MOMENTS), source="code")
    assumed = FeltOut(allow_null=True)
    reported = FeltOut(allow_null=True)


class DayOut(serializers.Serializer):
    """``empathy_gap`` is the mean of |assumed − reported|, ``optimism`` the mean of assumed − reported."""

    moments = MomentOut(many=True)
    empathy_gap = serializers.FloatField(source="gap.empathy", default=None, allow_null=True)
    optimism = serializers.FloatField(source="gap.optimism", default=None, allow_null=True)


class OurPeopleOut(serializers.Serializer):
    """``words`` are those of the whole firm, in no order, from five on, for those who lead; else empty."""

    quarter = serializers.DateField()
    asked = serializers.IntegerField(source="running.asked")
    answered = serializers.IntegerField()
    enps = StaffScoreOut()
    nps = StaffScoreOut()
    support = StaffScoreOut(help_text="Percent who agree that they have the authority and tools to help at once.")
    units = UnitOut(many=True)
    hidden_units = serializers.IntegerField()
    day = DayOut()
    words = serializers.ListField(child=serializers.CharField())


class OurPeopleView(RoomView):
    """How it is to work here, beside what customers say."""

    room = "feedback"
    serializer_class = OurPeopleOut

    @extend_schema(parameters=[PeriodQuery])
    def get(self, request: Request) -> Response:
        """eNPS and NPS of a quarter that is over, by branch, the working day, and why; nothing of fewer than five."""
        quarter = _period(request, PULSE)
        person = self.staff_user
        with reading_once():
            told = OurPeopleOut(pulse_of(quarter)).data
        if person is None or person.role not in READERS_OF_WORDS:
            told["words"] = []
        return Response(told)


class PillarOut(serializers.Serializer):
    """``gap`` = staff − customers in points with Newcombe's interval; null where a side has fewer than five."""

    pillar = serializers.ChoiceField(choices=list(PILLARS), source="code")
    standing = serializers.ChoiceField(choices=STANDINGS, source="gap.standing")
    staff = AgreeingOut(source="gap.ours")
    customers = AgreeingOut(source="gap.theirs")
    gap = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    initiatives = serializers.SerializerMethodField()

    def get_gap(self, one: Any) -> float | None:
        return None if one.gap.standing == "few" else one.gap.points

    def get_low(self, one: Any) -> float | None:
        return None if one.gap.standing == "few" else one.gap.low

    def get_high(self, one: Any) -> float | None:
        return None if one.gap.standing == "few" else one.gap.high

    def get_initiatives(self, one: Any) -> list[str]:
        return [str(row.pk) for row in one.initiatives]


class PillarsOut(serializers.Serializer):
    year = serializers.DateField()
    pillars = PillarOut(many=True)


class PillarsView(RoomView):
    """The five pillars of empathy as staff and as customers see them."""

    room = "feedback"
    serializer_class = PillarsOut

    @extend_schema(parameters=[PeriodQuery])
    def get(self, request: Request) -> Response:
        """The audit of a year that is over, and the initiatives that mend each pillar."""
        year = _period(request, AUDIT)
        with reading_once():
            return Response(PillarsOut({"year": year, "pillars": pillars_of(year)}).data)


class AxisOut(serializers.Serializer):
    """Mean agreement of those who lead the firm, 1 to 5; null where nobody said."""

    orientation = serializers.ChoiceField(choices=list(ORIENTATIONS), source="code")
    mean = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)


class OrientationOut(serializers.Serializer):
    year = serializers.DateField()
    people = serializers.IntegerField()
    axes = AxisOut(many=True)


class OrientationViewSet(RoomViewSet):
    """Whom the firm looks at, as those who lead it say; for owners and executives, and keys that write."""

    room = "feedback"
    # As with forecasts: what leaders say of themselves is no record of a customer.
    levels = {"list": WRITE}
    queryset = StaffAnswer.objects.all()
    serializer_class = OrientationOut
    pagination_class = None
    filter_backends = []

    @extend_schema(parameters=[PeriodQuery], responses=OrientationOut)
    def list(self, request: Request) -> Response:
        """The self-test of a year with the year before beside it."""
        year = _period(request, SELF_TEST)
        if self.staff_user is not None and self.staff_user.role not in FORECASTERS:
            raise NotAllowed
        with reading_once():
            return Response(OrientationOut(orientation_of(year)).data)
