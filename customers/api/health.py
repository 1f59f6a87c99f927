"""Endpoints for who may leave: one customer, those at risk, and the forecasts with their back-tests."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.views import OfCustomer
from customers.health_words import VERDICTS, reasons_shown
from customers.models import ChurnModel, CustomerHealth
from customers.selectors.health import at_risk, current_model, health_of, summary, trial
from customers.services.health import train_forecast
from cxcrm.core.api.fields import InputSerializer, MomentField, OutputSerializer
from cxcrm.core.api.permissions import MANAGE
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet
from tenants.staff.selectors.firm import currency


class HealthReasonOut(serializers.Serializer):
    """``words`` in the caller's language; ``speaks_for`` is leaving or staying."""

    code = serializers.CharField()
    words = serializers.CharField()
    speaks_for = serializers.ChoiceField(choices=["leaving", "staying"])


class CustomerHealthOut(serializers.Serializer):
    """``health`` is 100·(1 − ``risk``) where ``basis`` is model, 100 − the percentile of the rule of thumb where it is
    cold_start; ``risk`` is the chance of having left within ``horizon_days``.

    Who has a plan or contract (``covered_until`` + 30 days ≥ today) has left when, at the end of the horizon, the last
    covered day lies more than 30 days back; everybody else when they buy nothing. From 70 healthy, from 40 watch, below
    at_risk; with a ``flag`` at_risk always. Null where a customer has no plan and bought on fewer than two days or not
    lately. ``reasons``: the three largest coefficient·(x − mean).
    """

    customer = serializers.UUIDField()
    health = serializers.FloatField(allow_null=True)
    risk = serializers.FloatField(allow_null=True)
    band = serializers.ChoiceField(choices=CustomerHealth.Band.choices, allow_null=True)
    flag = serializers.CharField(allow_blank=True)
    reasons = HealthReasonOut(many=True)
    covered_until = serializers.DateField(allow_null=True)
    is_held_out = serializers.BooleanField()
    basis = serializers.ChoiceField(choices=ChurnModel.Basis.choices, allow_null=True)
    horizon_days = serializers.IntegerField(allow_null=True)
    as_of = MomentField(allow_null=True)


class AtRiskOut(OutputSerializer):
    """``spent`` within 365 days, in the firm's currency; ``covered_until`` the last paid day of a plan or contract."""

    customer_name = serializers.CharField(source="customer.full_name")
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = CustomerHealth
        fields = ["customer", "customer_name", "health", "risk", "flag", "reasons", "spent", "covered_until", "as_of"]

    @extend_schema(responses=HealthReasonOut(many=True))
    def get_reasons(self, health: CustomerHealth) -> list[dict[str, Any]]:
        return _reasons(health, lambda: self._currency)

    @cached_property
    def _currency(self) -> str:
        return currency()


class ChurnModelSummaryOut(serializers.Serializer):
    """Means over all cut-offs, weighted by their customers; those named are the tenth most at risk."""

    auc = serializers.FloatField()
    auc_simple = serializers.FloatField()
    precision = serializers.FloatField()
    precision_simple = serializers.FloatField()
    lift = serializers.FloatField()
    observed = serializers.FloatField()


class TrialSideOut(serializers.Serializer):
    """``came`` of ``n`` bought within a horizon of coming to be at risk, or were under contract at its end."""

    came = serializers.IntegerField()
    n = serializers.IntegerField()


class TrialOut(serializers.Serializer):
    """Those listed beside those left alone by chance, of spells that ended within a year.

    ``difference`` = share of ``listed`` − share of ``left_alone`` in points, with its 95 % interval (Newcombe); null
    under five on a side. ``running`` are not over yet.
    """

    listed = TrialSideOut()
    left_alone = TrialSideOut()
    difference = serializers.FloatField(source="difference.difference", default=None, allow_null=True)
    low = serializers.FloatField(source="difference.low", default=None, allow_null=True)
    high = serializers.FloatField(source="difference.high", default=None, allow_null=True)
    running = serializers.IntegerField()


class ChurnModelOut(OutputSerializer):
    """``report`` has one entry per cut-off, the newest first: ``trained`` and ``tested`` days, customers, how many
    left, AUC, average precision, precision and lift of the top tenth and of the 50 that can be called, Brier score
    beside the one of the base rate, mean forecast, observed share, five bins, and the same of the rule of thumb.

    ``verdict`` is accepted where AUC and lift are at least the rule's and the newest mean is within 0.05 of what came.
    """

    verdict_words = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()
    coefficients = serializers.JSONField()
    report = serializers.JSONField()

    class Meta:
        model = ChurnModel
        fields = [
            "id", "stage", "basis", "verdict", "verdict_words", "horizon", "usual_gap", "customers", "coefficients",
            "summary", "report", "as_of", "trained_at", "created_at",
        ]  # fmt: skip

    @extend_schema(responses=serializers.CharField())
    def get_verdict_words(self, model: ChurnModel) -> str:
        return str(VERDICTS.get(model.verdict, ""))

    @extend_schema(responses=ChurnModelSummaryOut(allow_null=True))
    def get_summary(self, model: ChurnModel) -> dict[str, float] | None:
        return summary(model.report)


class CustomerHealthViewSet(OfCustomer):
    """How likely one customer is to stop coming, as of the last night."""

    queryset = CustomerHealth.objects.all()
    serializer_class = CustomerHealthOut
    pagination_class = None
    filter_backends: list[Any] = []

    @extend_schema(responses=CustomerHealthOut)
    def list(self, request: Request, customer_id: Any) -> Response:
        """Health, band, and three reasons in the caller's language."""
        return Response(CustomerHealthOut(_one(self.customer.pk)).data)


class AtRiskViewSet(ListViewSet):
    """Customers at risk, whoever spent most first, without those left alone by chance."""

    room = "customers"
    queryset = CustomerHealth.objects.all()
    serializer_class = AtRiskOut
    ordering = ("-spent", "-id")

    def get_queryset(self) -> Any:
        return at_risk(self.request.user)


class ChurnModelViewSet(ReadViewSet):
    """Training runs of the forecast of who leaves, each with the test it took."""

    room = "customers"
    levels = {"train": MANAGE}
    queryset = ChurnModel.objects.all()
    serializer_class = ChurnModelOut
    inputs: dict[str, type[InputSerializer]] = {}

    @extend_schema(responses=TrialOut)
    @action(detail=False, methods=["get"])
    def trial(self, request: Request) -> Response:
        """Does it help to look after those at risk?"""
        return Response(TrialOut(trial()).data)

    @extend_schema(request=None, responses={202: None})
    @action(detail=False, methods=["post"])
    def train(self, request: Request) -> Response:
        """Train anew in the background; asked twice, it is done once."""
        self.parsed()
        user = self.staff_user
        train_forecast(asked_by_id=user.pk if user else None)
        return Response(status=status.HTTP_202_ACCEPTED)


def _one(customer_id: Any) -> dict[str, Any]:
    found = health_of(customer_id)
    model = found.model if found else current_model()
    used = {"basis": model.basis if model else None, "horizon_days": model.horizon if model else None}
    if found is None:
        nothing: dict[str, Any] = dict.fromkeys(("health", "risk", "band", "covered_until", "as_of"))
        return {"customer": customer_id, **nothing, "flag": "", "reasons": [], "is_held_out": False, **used}
    return {
        "customer": customer_id,
        "health": found.health,
        "risk": found.risk,
        "band": found.band,
        "flag": found.flag,
        "reasons": _reasons(found, currency),
        "covered_until": found.covered_until,
        "is_held_out": found.is_held_out,
        "as_of": found.as_of,
        **used,
    }


def _reasons(health: CustomerHealth, unit: Callable[[], str]) -> list[dict[str, Any]]:
    return [
        {"code": one["code"], "words": str(one["words"]), "speaks_for": "leaving" if one["is_up"] else "staying"}
        for one in reasons_shown(health, unit)
    ]
