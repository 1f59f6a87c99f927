"""Who may leave, in the database: trained by night, counted in slices, rescored when something happens."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from customers.health_words import counted as counted_in_words
from customers.health_words import day_in_words, in_words, plan_share
from customers.logic import backtest
from customers.logic.forecasting import look
from customers.logic.health import PRIORS
from customers.models import ChurnModel, Customer, CustomerHealth, Interaction, Purchase, RiskSpell
from customers.selectors import health as selectors
from customers.services import health, health_reading, health_sources
from customers.services.customers import create_customer
from customers.services.erasure import erase_customer
from customers.services.health import begin_night, read, rescore_customers, take_step, tend, train_forecast, written
from customers.services.health_training import trained
from customers.services.interactions import record_interaction
from customers.services.merging import merge_customers, undo_merge
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from tenants.services.agenda import Later, NotYet
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today, firm_zone
from tests.customers.logic.test_forecasting import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def bought(customer, *days_ago, amount=50_000, **more):
    told = {"currency": "VND", **more}
    Purchase.objects.bulk_create(
        Purchase(customer=customer, amount=amount, occurred_at=now() - timedelta(days=days), **{
            "created_at": now() - timedelta(days=days), **told
        })
        for days in days_ago
    )  # fmt: skip


def shop(count=0, **more):
    """Customers by name with purchases; ``count`` of them with the made-up past of the logic's tests."""
    made = people(count, **more)
    customers = Customer.objects.bulk_create(
        Customer(full_name=f"Khách {who}", sort_key=f"khach {who}") for who in made
    )  # fmt: skip
    today = now()
    Purchase.objects.bulk_create(
        Purchase(
            customer=customer, amount=Decimal(round(one.amount * 1000)), currency="VND",
            occurred_at=today - timedelta(days=600 - one.day + 1), created_at=today - timedelta(days=600 - one.day + 1),
        )
        for customer, comings in zip(customers, made.values(), strict=True)
        for one in comings
    )  # fmt: skip
    return customers


def counted():
    """One whole run, as the worker takes it."""
    model = train_forecast()
    while take_step(model_id=model.pk):
        pass
    model.refresh_from_db()
    return model


@pytest.fixture
def small(monkeypatch):
    """The rules of a large firm on a small one."""
    for name, number in {"CUSTOMERS": 20, "EACH": 5, "PER_COLUMN": 1}.items():
        monkeypatch.setattr(backtest, name, number)


@pytest.fixture
def regulars(in_alpha):
    names = ("An", "Bình", "Chi", "Dung", "Em")
    made = [create_customer(full_name=f"Nguyễn {name}") for name in names]
    for number, customer in enumerate(made):
        bought(customer, 5 + 20 * number, 60 + 20 * number, 100 + 20 * number)
    return made


def test_a_small_firm_is_ranked_by_the_rule_of_thumb_and_told_why(regulars):
    once = create_customer(full_name="Một Lần")
    bought(once, 3)
    model = counted()
    assert (model.stage, model.basis, model.verdict, model.customers) == ("done", "cold_start", "short_history", 5)
    assert (model.horizon, model.coefficients, model.report, len(model.ranked)) == (60, {}, [], 5)
    rows = {row.customer_id: row for row in CustomerHealth.objects.all()}
    assert set(rows) == {one.pk for one in regulars}
    assert [float(rows[one.pk].health) for one in regulars] == [90, 70, 50, 30, 10]
    assert [rows[one.pk].band for one in regulars] == ["healthy", "healthy", "watch", "at_risk", "at_risk"]
    worst = rows[regulars[-1].pk]
    assert (worst.risk, worst.spent, worst.flag, worst.model_id) == (None, 150_000, "", model.pk)
    (away,) = (one for one in worst.reasons if one["code"] == "away")
    assert (away["days"], away["part"] > 0) == (85, True)
    assert worst.is_held_out == (worst.customer_id.int % 10 == 0)


def test_a_firm_with_a_past_gets_its_own_forecast(small):
    customers = shop(80, seed=7, leaving=0.002)
    model = counted()
    assert (model.basis, model.verdict, model.horizon) == ("model", "accepted", 60)
    assert [one["feature"] for one in model.coefficients["columns"]] == [
        "recency", "orders", "overdue", "spend", "trend",
    ]  # fmt: skip
    assert {one["feature"] for one in model.coefficients["judged"]} == set(PRIORS)
    assert len(model.report) == 3
    assert set(model.report[0]) >= {"auc", "lift", "brier", "bins", "simple", "trained", "tested"}
    row = CustomerHealth.objects.filter(flag="").first()
    assert float(row.health) == pytest.approx(100 * (1 - row.risk), abs=0.06)
    assert 1 <= len(row.reasons) <= 3
    assert row.customer_id in {one.pk for one in customers}
    assert CustomerHealth.objects.count() <= model.customers + 1
    kept = read(model.coefficients)
    assert written(kept) == model.coefficients


def test_without_a_second_purchase_of_anybody_there_is_nothing_to_count_on():
    bought(create_customer(full_name="Một Lần"), 3)
    model = counted()
    assert (model.basis, model.verdict, model.customers) == ("nothing", "no_purchases", 0)
    assert not CustomerHealth.objects.exists()
    bought(create_customer(full_name="Hai Lần"), 3, 30)
    Customer.objects.update(note="")
    rescore_customers(customer_ids=Customer.objects.values_list("pk", flat=True))
    assert not CustomerHealth.objects.exists()
    begin_night()  # and is tried again the next night already
    assert ChurnModel.objects.count() == 2


def test_what_was_told_late_was_not_known_then(in_alpha):
    customer = create_customer(full_name="Chậm")
    bought(customer, 100, 200)
    bought(customer, 150, created_at=now())
    bought(customer, 170, created_at=now(), source="file")
    bought(customer, 180, state="cancelled")
    bought(customer, 190, amount=7, currency="USD")
    today = health_reading.day_of(now())
    comings = health_reading.pasts_of([customer.pk])
    view = look(comings, lambda at: {}, today - 120, 60)
    assert view.pasts[0].days == (today - 200, today - 190, today - 170)
    assert view.pasts[0].amounts == (50_000, 0, 50_000)
    assert len(look(comings, lambda at: {}, today, 60).pasts[0].days) == 5


def test_training_reads_a_sample_and_asks_for_experience_once_per_day(small, monkeypatch):
    shop(80, seed=7, leaving=0.002)
    asked = []
    monkeypatch.setattr("customers.services.health_training.said_of", lambda ids, at: asked.append(at) or {})
    found = trained(now())
    assert len(asked) == len(set(asked)) == 5  # three cut-offs, each trained a horizon earlier, and today
    assert [cut["tested"] for cut in found.cuts] == sorted((cut["tested"] for cut in found.cuts), reverse=True)


def test_a_killed_worker_goes_on_where_it_was(regulars, monkeypatch):
    monkeypatch.setattr(health, "SLICE", 2)
    model = train_forecast()
    assert train_forecast().pk == model.pk  # asked twice, done once
    assert take_step(model_id=model.pk)  # trained
    assert take_step(model_id=model.pk)
    assert CustomerHealth.objects.count() == 2
    model.refresh_from_db()
    assert model.reached == sorted(one.pk for one in regulars)[1]
    assert isinstance(tend(model_id=model.pk, budget=0), Later)
    assert tend(model_id=model.pk) is None
    assert CustomerHealth.objects.count() == 5
    assert not take_step(model_id=model.pk)
    with pytest.raises(NotYet):
        take_step(model_id=regulars[0].pk)


def test_nights_count_and_weeks_train(regulars):
    begin_night()
    first = ChurnModel.objects.get()
    assert first.stage == "train"
    begin_night()  # it has not come to it yet: the same run
    assert ChurnModel.objects.get().pk == first.pk
    assert tend(model_id=first.pk) is None
    begin_night()
    first.refresh_from_db()
    assert (first.stage, ChurnModel.objects.count()) == ("score", 1)
    assert tend(model_id=first.pk) is None
    ChurnModel.objects.update(created_at=now() - timedelta(days=7))
    begin_night()
    second = ChurnModel.objects.first()
    assert (ChurnModel.objects.count(), second.stage) == (2, "train")
    ChurnModel.objects.filter(pk=first.pk).update(stage="score")
    assert take_step(model_id=second.pk)
    assert not take_step(model_id=first.pk)  # the newer one counts everybody
    assert selectors.current_model() == second


def test_whoever_comes_to_be_at_risk_begins_one_spell_until_it_is_over(regulars):
    CustomerHealth.objects.all().delete()
    model = counted()
    held_out = {one.pk: one.pk.int % 10 == 0 for one in regulars}
    first = {row.customer_id: row for row in RiskSpell.objects.all()}
    assert set(first) == {one.pk for one in regulars[3:]}
    for row in first.values():
        assert row.ends_at - row.began_at == timedelta(days=model.horizon)
        assert row.is_held_out == held_out[row.customer_id]
    rescore_customers(customer_ids=[one.pk for one in regulars])
    assert RiskSpell.objects.count() == 2
    RiskSpell.objects.filter(customer=regulars[3]).update(ends_at=now())
    CustomerHealth.objects.filter(customer=regulars[4]).delete()
    rescore_customers(customer_ids=[one.pk for one in regulars])
    assert RiskSpell.objects.filter(customer=regulars[3]).count() == 2
    assert RiskSpell.objects.filter(customer=regulars[4]).count() == 1


def test_what_came_of_those_listed_beside_those_left_alone(in_alpha):
    people = Customer.objects.bulk_create(Customer(full_name=f"Khách {n}", sort_key=f"k{n:02}") for n in range(40))
    ended, began = now() - timedelta(days=10), now() - timedelta(days=70)
    spells = RiskSpell.objects.bulk_create(
        RiskSpell(customer=one, began_at=began, ends_at=ended, is_held_out=n % 4 == 0) for n, one in enumerate(people)
    )
    for number, one in enumerate(people):
        if number % 4 and number < 36:
            bought(one, 30)
        bought(one, 5, 70.5)  # after it and before it: neither is of it
    bought(people[0], 20, state="cancelled")
    bought(people[4], 20)
    found = selectors.trial()
    assert (found.listed, found.left_alone, found.running, found.next_over) == ((27, 30), (1, 10), 0, None)
    difference = found.difference
    assert (round(difference.difference, 1), difference.differ) == (80.0, True)
    assert difference.low > 40
    # Not over yet, over a year ago, part of another, erased: none of them tells anything.
    RiskSpell.objects.filter(pk=spells[0].pk).update(ends_at=now() + timedelta(days=3))
    RiskSpell.objects.filter(pk=spells[1].pk).update(ends_at=now() - timedelta(days=366))
    Customer.objects.filter(pk=people[2].pk).update(merged_into=people[3])
    Customer.objects.filter(pk=people[4].pk).update(erased_at=now())
    found = selectors.trial()
    assert (found.listed, found.left_alone, found.running) == ((25, 28), (0, 8), 1)
    # Whoever was under contract at the end came, too; the day is the firm's, and 30 days are allowed.
    last = (ended.astimezone(firm_zone()) - timedelta(days=30)).date()
    for number, covers in ((36, last), (37, last - timedelta(days=1)), (38, last)):
        more = {"state": "cancelled"} if number == 38 else {}
        bought(people[number], 200, covers_until=covers, **more)
    found = selectors.trial()
    assert (found.listed, found.left_alone) == ((25, 28), (1, 8))
    RiskSpell.objects.filter(is_held_out=True).exclude(customer__in=people[:20]).update(ends_at=now() + timedelta(1))
    assert selectors.trial().difference is None


def test_who_has_a_plan_is_counted_by_its_end_and_told_until_when(regulars):
    today = firm_today()
    made = {}
    for name, ends in {"ahead": 200, "soon": 3, "over": -20, "gone": -40, "cancelled": 90}.items():
        made[name] = create_customer(full_name=name)
        state = "cancelled" if name == "cancelled" else "paid"
        bought(made[name], 60, kind="contract", covers_until=today + timedelta(days=ends), state=state)
    bought(made["over"], 90, 120, covers_until=today - timedelta(days=55))
    model = counted()
    names = {one.pk: name for name, one in made.items()} | {one.pk: one.full_name for one in regulars}
    rows = {names[row.customer_id]: row for row in CustomerHealth.objects.all()}
    assert set(rows) & set(made) == {"ahead", "soon", "over"}
    assert (model.customers, round(plan_share(model), 3)) == (8, 0.375)
    assert {name: (rows[name].covered_until - today).days for name in ("ahead", "soon", "over")} == {
        "ahead": 200, "soon": 3, "over": -20,
    }  # fmt: skip
    assert rows[regulars[0].full_name].covered_until is None
    assert not any(one["code"] == "plan" for one in rows[regulars[0].full_name].reasons)
    ranks = {name: float(rows[name].health) for name in ("ahead", "soon", "over")}
    assert ranks["over"] < ranks["soon"] < ranks["ahead"]
    (said,) = (one for one in rows["over"].reasons if one["code"] == "plan")
    assert (said["renewed"], said["over"], said["part"] > 0) == (1, 20, True)
    with translation.override("en"):
        day = day_in_words(today - timedelta(days=20))
        assert in_words(said, str) == f"Their plan is paid until {day}, not renewed yet."
        assert in_words({**said, "over": 0}, str) == f"Their plan is paid until {day}, renewed 1 time."
        still = day_in_words(today + timedelta(days=10))
        assert in_words({**said, "part": -0.1}, str) == (
            f"Their plan was paid until {day}; there is time to renew it until {still}."
        )
        assert in_words({**said, "over": 0, "renewed": 0}, str) == f"Their plan is paid until {day}."
        mixed = counted_in_words(model)
        assert "a plan or contract" in mixed
        assert "at least two days" in mixed
        model.means = [1.0] * len(model.means)
        assert "at least two days" not in counted_in_words(model)
        model.means = [1.0] * 12  # of a firm without plans, and of runs before there were any
        assert "plan" not in counted_in_words(model)
    Purchase.objects.filter(customer=made["over"]).update(covers_until=None)
    rescore_customers(customer_ids=[one.pk for one in made.values()])
    assert CustomerHealth.objects.get(customer=made["over"]).covered_until is None


def test_merging_parting_and_erasing(regulars):
    counted()
    an, binh, chi = regulars[:3]
    record = merge_customers(survivor_id=an.pk, merged_id=binh.pk)
    assert not CustomerHealth.objects.filter(customer=binh.pk).exists()
    assert CustomerHealth.objects.get(customer=an.pk).spent == 300_000
    undo_merge(merge_id=record.pk)
    assert {row.spent for row in CustomerHealth.objects.filter(customer__in=[an.pk, binh.pk])} == {150_000}
    RiskSpell.objects.create(customer=chi, ends_at=now())
    erase_customer(customer_id=chi.pk)
    assert not RiskSpell.objects.filter(customer=chi.pk).exists()
    assert not CustomerHealth.objects.filter(customer=chi.pk).exists()
    rescore_customers(customer_ids=[chi.pk])
    assert not CustomerHealth.objects.filter(customer=chi.pk).exists()
    rescore_customers(customer_ids=[])


def test_before_the_first_run_nobody_is_counted(regulars):
    rescore_customers(customer_ids=[regulars[0].pk])
    assert not CustomerHealth.objects.exists()
    assert selectors.current_model() is None
    assert selectors.health_of(regulars[0].pk) is None
    assert selectors.summary([]) is None


def test_whoever_stays_away_too_long_has_no_number_any_more(regulars):
    counted()
    Purchase.objects.filter(customer=regulars[0]).update(occurred_at=now() - timedelta(days=400))
    rescore_customers(customer_ids=[regulars[0].pk])
    assert not CustomerHealth.objects.filter(customer=regulars[0]).exists()


def test_a_message_of_theirs_left_lying(regulars):
    customer = regulars[0]
    at = now() - timedelta(days=6)
    with acting_as(Actor("customer", customer.pk, "An")):
        record_interaction(customer_id=customer.pk, kind="mail", what="mail.received", direction="in", body="Alô?")
    Interaction.objects.filter(what="mail.received").update(occurred_at=at, created_at=at)
    said = health_sources.said_of([one.pk for one in regulars], now())
    assert said == {customer.pk: {"unanswered": 1.0}}
    assert health_sources.said_of([customer.pk], at + timedelta(days=2)) == {}
    record_interaction(customer_id=customer.pk, kind="call", what="call", direction="out")
    assert health_sources.said_of([customer.pk], now()) == {}
    with pytest.raises(ValueError, match="no such features"):
        health_sources.experienced("nonsense", "gender", sql="")


def test_lists_keep_to_their_reader_and_leave_some_alone(regulars, monkeypatch):
    monkeypatch.setattr(health, "is_held_out", lambda ident: ident == regulars[4].pk.int)
    bought(regulars[3], 400, amount=900_000)
    counted()
    reader, nobody = User(role="agent"), User(role="nobody")
    assert [row.customer_id for row in selectors.at_risk(reader)] == [regulars[3].pk]
    assert not selectors.at_risk(nobody).exists()
    found = selectors.bands(reader)
    assert (found.healthy, found.watch, found.at_risk, found.held_out, found.total) == (2, 1, 2, 1, 5)
    assert found.spent_at_risk == 300_000
    assert selectors.bands(nobody).total == 0
    CustomerHealth.objects.filter(customer=regulars[4]).update(flag="critical_case")
    assert selectors.at_risk(reader).count() == 2  # whoever is wronged is never left alone
