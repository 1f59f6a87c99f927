"""Who may leave: forecasts trained in the background, everybody counted by night in slices, one customer at once.

The model's row is the work list: each step is one transaction that also writes how far it got, so a killed worker
loses nothing and repeats nothing.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from customers.logic.forecasting import MODEL, NOTHING, Forecast, Outcome, cold_health, look
from customers.logic.health import FLAGS, PLAN, PRIORS, band, figures, is_held_out, reasons
from customers.logic.regression import Fitted
from customers.models import ChurnModel, Customer, CustomerHealth
from customers.selectors.health import current_model
from customers.services.health_reading import day_of, pasts_of
from customers.services.health_sources import said_of
from customers.services.health_training import trained
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import among
from tenants.services.agenda import Later, NotYet, enqueue
from tenants.services.slices import in_slices

KIND: Final = "customers.tend_health"
# A forecast is trained anew after so long; nights between only count.
AFRESH: Final = timedelta(days=6, hours=12)
SLICE: Final = 1_000
# Seconds before the worker turns to somebody else's work; far below a task's time limit.
BUDGET: Final = 20.0
Stage = ChurnModel.Stage


@transaction.atomic
def begin_night() -> None:
    """Put tonight's counting on the agenda, and once a week the training before it."""
    latest = ChurnModel.objects.select_for_update().first()
    if latest is None or (latest.stage == Stage.DONE and (_is_old(latest) or latest.basis == NOTHING)):
        train_forecast()
        return
    if latest.stage == Stage.DONE:
        latest.stage, latest.as_of, latest.reached = Stage.SCORE, now(), None
        latest.save(update_fields=["stage", "as_of", "reached"])
    enqueue(KIND, latest.id, reschedule=True)


def _is_old(model: ChurnModel) -> bool:
    return model.created_at <= now() - AFRESH


@transaction.atomic
def train_forecast(*, asked_by_id: UUID | None = None) -> ChurnModel:
    """Train anew in the background and count everybody by what comes of it; asked twice, it is done once."""
    row, _made = ChurnModel.objects.get_or_create(stage=Stage.TRAIN, defaults={"asked_by_id": asked_by_id})
    enqueue(KIND, row.id, reschedule=True)
    return row


def tend(*, model_id: UUID, budget: float = BUDGET) -> Later | None:
    """Take steps until none is left or ``budget`` seconds are over; then Later. Raises NotYet for an unknown run."""
    return in_slices(lambda: take_step(model_id=model_id), budget)


@transaction.atomic
def take_step(*, model_id: UUID) -> bool:
    """Train, or count the next customers; False when nothing is left. Raises NotYet for an unknown run."""
    model = ChurnModel.objects.select_for_update().filter(pk=model_id).first()
    if model is None:
        raise NotYet(f"forecast {model_id}")
    if model.stage == Stage.DONE:
        return False
    if model.stage == Stage.TRAIN:
        _keep(model, trained(now()))
    elif current_model() != model:  # a later run counts everybody already
        model.stage, model.reached = Stage.DONE, None
    else:
        _count_next(model)
    model.save()
    return model.stage != Stage.DONE


@transaction.atomic
def rescore_customers(*, customer_ids: Iterable[UUID]) -> None:
    """Count these customers anew by the forecast in use; whoever is erased or part of another ends without a row."""
    ids = _locked(set(customer_ids))
    model = current_model()
    if not ids or model is None:
        return
    _score(model, ids)


def _keep(model: ChurnModel, outcome: Outcome) -> None:
    model.as_of = model.trained_at = now()
    model.stage, model.reached = Stage.SCORE, None
    model.basis, model.verdict, model.horizon = outcome.basis, outcome.verdict, outcome.horizon
    model.usual_gap, model.customers = outcome.usual, outcome.customers
    model.coefficients = written(outcome.forecast) if outcome.forecast else {}
    model.ranked, model.means, model.report = list(outcome.ranked), list(outcome.means), list(outcome.cuts)


def _count_next(model: ChurnModel) -> None:
    after = {"pk__gt": model.reached} if model.reached else {}
    ids = list(Customer.everyone.filter(**after).order_by("pk").values_list("pk", flat=True)[:SLICE])
    if ids:
        _score(model, _locked(set(ids)))
        model.reached = ids[-1]
    else:
        model.stage, model.reached = Stage.DONE, None


def _locked(customer_ids: set[UUID]) -> list[UUID]:
    """The customers' rows are locked, so that of two counts at one moment the second sees what the first did."""
    if not customer_ids:
        return []
    wanted = Customer.everyone.filter(pk__in=among(customer_ids))
    return list(wanted.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


_WRITE: Final = """
INSERT INTO customers_customerhealth AS h (id, created_at, customer_id, model_id, health, risk, band, flag, reasons,
    spent, covered_until, is_held_out, as_of)
SELECT uuidv7(), statement_timestamp(), customer_id, model_id, health, risk, band, flag, reasons, spent, covered_until,
    is_held_out, as_of
FROM jsonb_to_recordset(%s::jsonb) r(customer_id uuid, model_id uuid, health numeric, risk float8, band text, flag text,
    reasons jsonb, spent numeric, covered_until date, is_held_out bool, as_of timestamptz)
ON CONFLICT (customer_id) DO UPDATE
SET model_id = EXCLUDED.model_id, health = EXCLUDED.health, risk = EXCLUDED.risk, band = EXCLUDED.band,
    flag = EXCLUDED.flag, reasons = EXCLUDED.reasons, spent = EXCLUDED.spent, covered_until = EXCLUDED.covered_until,
    is_held_out = EXCLUDED.is_held_out, as_of = EXCLUDED.as_of
"""

# Who came to be at risk begins a spell, unless one is running; the customers are locked, so none begins twice.
_BEGIN: Final = """
INSERT INTO customers_riskspell (id, created_at, customer_id, began_at, ends_at, is_held_out)
SELECT uuidv7(), statement_timestamp(), customer_id, as_of, as_of + make_interval(days => %s), is_held_out
FROM jsonb_to_recordset(%s::jsonb) r(customer_id uuid, is_held_out bool, as_of timestamptz)
WHERE NOT EXISTS (SELECT FROM customers_riskspell s WHERE s.customer_id = r.customer_id AND s.ends_at > r.as_of)
"""


def _score(model: ChurnModel, ids: list[UUID]) -> None:
    at = now()
    standing = list(Customer.objects.filter(pk__in=among(ids), erased_at=None).values_list("pk", flat=True))
    said = said_of(standing, at)
    rows = _rows(model, standing, said, at)
    CustomerHealth.objects.filter(customer__in=among(ids)).exclude(customer__in=among(rows)).delete()
    if rows:
        # A flag has no health beside it or is helped whatever chance says: it begins nothing.
        risky = [one for one in rows.values() if one["band"] == CustomerHealth.Band.AT_RISK and not one["flag"]]
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [json.dumps(list(rows.values()))])
            if risky:
                cursor.execute(_BEGIN, [model.horizon, json.dumps(risky)])


def _rows(
    model: ChurnModel, standing: list[UUID], said: dict[UUID, dict[str, float]], at: datetime
) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    forecast = read(model.coefficients) if model.basis == MODEL else None
    today = day_of(at)
    view = look(pasts_of(standing), lambda _at: said, today, model.horizon, model.usual_gap)
    for who, past, row in zip(view.who, view.pasts, view.rows, strict=True):
        if model.basis == NOTHING:
            break
        if forecast:
            risk = forecast.chance(row)
            health, parts = 100 * (1 - risk), forecast.parts(row)
        else:
            risk = None
            health, parts = cold_health(row, model.ranked, model.means)
        plain = figures(past, today, model.usual_gap)
        speaking = {code: part for code, part in parts.items() if _speaks(code, said.get(who), plain)}
        found[who] = {
            "health": str(round(Decimal(health), 1)),
            "risk": None if risk is None else round(risk, 4),
            "spent": str(plain["spend"]["spent"]),
            "covered_until": date.fromordinal(int(plain["plan"]["until"])).isoformat() if "plan" in plain else None,
            "reasons": [{"code": code, "part": part, **plain.get(code, {})} for code, part in reasons(speaking)],
        }
    for who in {*found, *(one for one, told in said.items() if told.keys() & set(FLAGS))}:
        flag = next((one for one in FLAGS if one in said.get(who, {})), "")
        row_of = found.setdefault(
            who, {"health": None, "risk": None, "spent": "0", "covered_until": None, "reasons": []}
        )
        row_of |= {
            "customer_id": str(who),
            "model_id": str(model.pk),
            "flag": flag,
            "band": band(float(row_of["health"] or 0), flag),
            "is_held_out": is_held_out(who.int),
            "as_of": at.isoformat(),
        }
    return found


def _speaks(code: str, told: dict[str, float] | None, plain: Mapping[str, Any]) -> bool:
    """What somebody did not experience is no reason for them, nor a plan they do not have."""
    if code in PLAN:
        return "plan" in plain
    return code not in PRIORS or bool(told and told.get(code))


def written(forecast: Forecast) -> dict[str, Any]:
    """A trained model as it is kept."""
    fitted = forecast.fitted
    return {
        "intercept": fitted.intercept,
        "shift": forecast.shift,
        "columns": [
            {"feature": code, "coefficient": beta, "mean": mean, "deviation": deviation}
            for code, beta, mean, deviation in zip(
                forecast.columns, fitted.coefficients, fitted.means, fitted.deviations, strict=True
            )
        ],
        "judged": [{"feature": code, "mean": mean} for code, mean in forecast.rare.items()],
    }


def read(kept: dict[str, Any]) -> Forecast:
    """The same the other way."""
    columns = kept["columns"]
    beta, means, deviations = (tuple(one[name] for one in columns) for name in ("coefficient", "mean", "deviation"))
    return Forecast(
        columns=tuple(one["feature"] for one in columns),
        fitted=Fitted(kept["intercept"], beta, means, deviations),
        rare={one["feature"]: one["mean"] for one in kept["judged"]},
        shift=kept["shift"],
    )
