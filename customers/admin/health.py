"""Who may leave: the card on a customer's page, the list to look after, and how the forecast stood its test."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from customers.health_words import (
    FEATURES,
    THUMB,
    THUMB_PLANS,
    TONES,
    VERDICTS,
    counted,
    plan_share,
    reasons_shown,
)
from customers.logic.backtest import CAPACITY
from customers.models import ChurnModel, Customer, CustomerHealth
from customers.selectors.health import Trial, at_risk, bands, current_model, health_of, summary, trial
from customers.services.health import train_forecast
from cxcrm.core.money import money
from tenants.staff.selectors.firm import currency

RUNS_SHOWN = 12


def _plan_day(health: CustomerHealth | None, reasons: list[dict[str, Any]]) -> date | None:
    """The last day paid for, where no reason says it already."""
    told = any(one["code"] == "plan" for one in reasons)
    return None if health is None or told else health.covered_until


def health_context(customer: Customer) -> dict[str, Any]:
    """The card of a customer's page; nothing for who is erased, or where nothing was ever counted."""
    if customer.erased_at is not None:
        return {}
    found = health_of(customer.pk)
    model = found.model if found else current_model()
    if model is None or (found is None and model.basis == ChurnModel.Basis.NOTHING):
        return {}
    reasons = reasons_shown(found, currency) if found else []
    return {
        "health_card": {
            "found": found,
            "tone": TONES[found.band] if found else "plain",
            "reasons": reasons,
            "plan_day": _plan_day(found, reasons),
            "risk": 100 * found.risk if found and found.risk is not None else None,
            "counted": counted(model),
            "horizon": model.horizon,
            "is_left_alone": bool(found and found.is_held_out and not found.flag and found.band == found.Band.AT_RISK),
        }
    }


class HealthPages:
    """Mixed into the customers' admin: who may leave, and whether to believe it."""

    admin_site: Any

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("leaving/", view(self.leaving_view), name="customers_leaving"),
            path("forecast/", view(self.forecast_view), name="customers_forecast"),
            path("forecast/train/", view(self.train_view), name="customers_forecast_train"),
            *super().get_urls(),
        ]

    def leaving_view(self, request: HttpRequest) -> HttpResponse:
        """As many as can be called in a week, whoever spent most first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        model, standing = current_model(), bands(request.user)
        unit = currency()
        return self.page(
            request,
            "admin/customers/leaving.html",
            title=_("Who may leave"),
            model=model,
            verdict=VERDICTS.get(model.verdict, "") if model else "",
            counted=counted(model) if model and model.horizon else "",
            bands=standing,
            spent_at_risk=money(standing.spent_at_risk, unit),
            listed=standing.at_risk - standing.held_out,
            rows=[_row(one, unit) for one in at_risk(request.user)[:CAPACITY]],
            capacity=CAPACITY,
        )

    def forecast_view(self, request: HttpRequest) -> HttpResponse:
        """Is the forecast to be trusted, and by how much is it better than the rule of thumb?"""
        if not self.has_view_permission(request):
            raise PermissionDenied
        runs = list(ChurnModel.objects.filter(trained_at__isnull=False).only(*_OF_RUNS)[:RUNS_SHOWN])
        model = current_model()
        return self.page(
            request,
            "admin/customers/forecast.html",
            title=_("Forecast tested"),
            model=model,
            verdict=VERDICTS.get(model.verdict, "") if model else "",
            thumb=THUMB,
            thumb_plans=THUMB_PLANS if model and plan_share(model) else "",
            counted=counted(model) if model and model.horizon else "",
            figures=_of_hundred(summary(model.report)) if model else None,
            picture=_picture(model.report[0]) if model and model.report else None,
            cuts=[_cut(cut) for cut in model.report] if model else [],
            columns=_columns(model) if model else [],
            runs=[{"run": run, "figures": _of_hundred(summary(run.report))} for run in runs],
            trial=_trial(trial()),
            may_train=_may_train(request),
            is_training=ChurnModel.objects.exclude(stage=ChurnModel.Stage.DONE).exists(),
        )

    def train_view(self, request: HttpRequest) -> HttpResponse:
        if not _may_train(request):
            raise PermissionDenied
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Train the forecast anew?"),
                what=_(
                    "It learns from your purchases, answers and complaints, is tested on the past, and is used only if "
                    "it stands the test. It takes a few minutes in the background and is done by itself every week."
                ),
                button=_("Train anew"),
            )
        train_forecast(asked_by_id=request.user.pk)
        messages.success(request, _("The forecast is being trained. Come back in a few minutes."))
        return redirect(f"{self.admin_site.name}:customers_forecast")


def _row(health: CustomerHealth, unit: str) -> dict[str, Any]:
    reasons = reasons_shown(health, lambda: unit)
    return {
        "health": health,
        "customer": health.customer,
        "reasons": reasons,
        "plan_day": _plan_day(health, reasons),
        "risk": None if health.risk is None else 100 * health.risk,
        "spent": money(health.spent, unit) if health.spent else "",
    }


_OF_RUNS = ("trained_at", "verdict", "basis", "customers", "horizon", "report")


def _may_train(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("customers.change_churnmodel"))


def _of_hundred(found: dict[str, float] | None) -> dict[str, Any] | None:
    """Of a hundred customers named first, how many left: by the forecast, by the rule of thumb, by chance."""
    if found is None:
        return None
    named, simple, blind = (100 * found[name] for name in ("precision", "precision_simple", "observed"))
    return {
        **found,
        "named": named,
        "simple": simple,
        "blind": blind,
        "better": named - simple,
        "rows": [
            {"label": _("The forecast"), "share": named, "is_ours": True},
            {"label": _("The rule of thumb"), "share": simple},
            {"label": _("Picked blindly"), "share": blind},
        ],
    }


def _trial(found: Trial) -> dict[str, Any]:
    """The two shares as bars, and what they come to."""
    sides = ((_("On the list"), found.listed, True), (_("Left alone by chance"), found.left_alone, False))
    return {
        "running": found.running,
        "next_over": found.next_over,
        "difference": found.difference,
        "points": abs(found.difference.difference) if found.difference else 0,
        "rows": [
            {"label": label, "came": came, "n": n, "share": 100 * came / n, "is_ours": is_ours}
            for label, (came, n), is_ours in sides
            if n
        ],
    }


def _cut(cut: dict[str, Any]) -> dict[str, Any]:
    return {
        **cut,
        "day": date.fromisoformat(cut["tested"]),
        "of_left": 100 * cut["observed"],
        "of_named": 100 * cut["precision"],
        "of_simple": 100 * cut["simple"]["precision"],
        "of_forecast": 100 * cut["mean"],
        "simple_auc": cut["simple"]["auc"],
    }


def _columns(model: ChurnModel) -> list[dict[str, Any]]:
    """What the trained forecast rests on, the weightiest first; ``width`` in per cent of the weightiest."""
    columns = model.coefficients.get("columns", [])
    most = max((abs(one["coefficient"]) for one in columns), default=0) or 1
    return [
        {
            "label": FEATURES[one["feature"]],
            "coefficient": one["coefficient"],
            "is_up": one["coefficient"] > 0,
            "width": 100 * abs(one["coefficient"]) / most,
        }
        for one in sorted(columns, key=lambda one: -abs(one["coefficient"]))
    ]


WIDTH, HEIGHT, LEFT, FLOOR, TOP = 300, 190, 34, 164, 10


def _picture(cut: dict[str, Any]) -> dict[str, Any]:
    """Five groups from the lowest forecast to the highest: what was forecast beside what came, 0 to 100 per cent."""
    room, step = FLOOR - TOP, (WIDTH - LEFT) / len(cut["bins"])
    bars = []
    for number, one in enumerate(cut["bins"]):
        start = LEFT + number * step
        bars.append(
            {
                "x": round(start + step * 0.16, 1),
                "x_came": round(start + step * 0.52, 1),
                "middle": round(start + step / 2, 1),
                "width": round(step * 0.32, 1),
                "y": round(FLOOR - room * one["mean"], 1),
                "height": round(room * one["mean"], 1),
                "y_came": round(FLOOR - room * one["observed"], 1),
                "height_came": round(room * one["observed"], 1),
                "forecast": 100 * one["mean"],
                "came": 100 * one["observed"],
                "customers": one["customers"],
                "number": number + 1,
            }
        )
    return {"bars": bars, "floor": FLOOR, "top": TOP, "middle": (FLOOR + TOP) / 2, "left": LEFT, "right": WIDTH}
