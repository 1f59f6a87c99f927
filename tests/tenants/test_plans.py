"""What a plan allows: exactly as many as fit, whoever races; what customers send in always passes."""

import os
import socket
import time
from datetime import UTC, date, datetime, timedelta

import pytest
import redis
import time_machine
from django.db import transaction
from django.utils import translation

from customers.models import Customer
from customers.services.customers import create_customer, find_or_create_by_contact
from customers.services.imports import check_file
from cxcrm.core.clock import now
from cxcrm.core.db.json import Listing
from cxcrm.core.errors import TooOften
from cxcrm.core.ids import new_id
from feedback.services.dispatches import send_survey
from tenants.context import enter, in_tenant
from tenants.errors import ApiCallsUsedUp, PlanLimitReached
from tenants.models import AgendaItem, Plan, Tenant, Usage
from tenants.selectors.usage import Use, allowance, forget_allowances, sizes_of
from tenants.services import plans, usage
from tenants.staff.models import Firm, User
from tenants.staff.services.accounts import create_user
from tenants.staff.services.configuration import save_firm, save_user
from tests.support.race import race

pytestmark = pytest.mark.django_db
Metric = Usage.Metric


@pytest.fixture
def on_plan(alpha):
    def put(**limits):
        plan = Plan.objects.create(code=f"p{Plan.objects.count()}", name="Small", **limits)
        Tenant.objects.filter(pk=alpha.id).update(plan=plan)
        forget_allowances()

    return put


def counter(metric: str) -> int | None:
    return Usage.objects.filter(metric=metric).values_list("amount", flat=True).first()


class TestAllow:
    @pytest.mark.django_db(transaction=True)
    def test_only_inside_a_transaction(self, in_alpha):
        with pytest.raises(RuntimeError):
            plans.allow(Metric.STAFF)

    def test_nothing_is_counted_where_nothing_is_limited(self, in_alpha, django_assert_num_queries):
        with django_assert_num_queries(2):  # SET and the plan
            plans.allow(Metric.CUSTOMERS)
        assert not Usage.objects.exists()

    def test_the_counter_stops_at_the_limit(self, in_alpha, on_plan):
        on_plan(max_invitations_per_month=10)
        plans.allow(Metric.INVITATIONS, 7)
        with pytest.raises(PlanLimitReached) as refused:
            plans.allow(Metric.INVITATIONS, 4)
        assert refused.value.data == {"metric": "invitations", "limit": 10, "used": 7, "left": 3, "wanted": 4}
        with translation.override("en"):
            assert str(plans.refusal(Use(Metric.INVITATIONS, 7, 10), 4)) == (
                "Your plan allows 10 invitations this month; 7 are used and 4 more were asked for. "
                "An owner of your firm can ask the operators for a larger plan."
            )
        plans.allow(Metric.INVITATIONS, 3)
        plans.allow(Metric.INVITATIONS, 0)
        assert counter(Metric.INVITATIONS) == 10

    def test_the_first_may_already_be_too_many(self, in_alpha, on_plan):
        on_plan(max_invitations_per_month=2)
        with pytest.raises(PlanLimitReached):
            plans.allow(Metric.INVITATIONS, 3)
        assert counter(Metric.INVITATIONS) is None

    def test_what_is_unlimited_is_counted_for_the_day_it_is_not(self, in_alpha, on_plan):
        plans.allow(Metric.INVITATIONS, 5)
        on_plan(max_invitations_per_month=6)
        with pytest.raises(PlanLimitReached):
            plans.allow(Metric.INVITATIONS, 2)

    def test_months_turn_by_the_firms_own_clock(self, in_alpha, on_plan):
        on_plan(max_invitations_per_month=1)
        # 17:30 on 30 November in Greenwich is half past midnight on 1 December in Sài Gòn.
        with time_machine.travel(datetime(2026, 11, 30, 16, 30, tzinfo=UTC), tick=False):
            plans.allow(Metric.INVITATIONS)
            with pytest.raises(PlanLimitReached):
                plans.allow(Metric.INVITATIONS)
        with time_machine.travel(datetime(2026, 11, 30, 17, 30, tzinfo=UTC), tick=False):
            plans.allow(Metric.INVITATIONS)
        periods = Usage.objects.order_by("period").values_list("period", flat=True)
        assert list(periods) == [date(2026, 11, 1), date(2026, 12, 1)]

    def test_a_firm_that_moves_takes_its_clock_along(self, in_alpha):
        firm = Firm.objects.get()
        firm.time_zone = "Europe/Paris"
        save_firm(firm=firm)
        assert allowance(in_alpha.id).zone == "Europe/Paris"

    def test_given_back_to_the_month_it_was_taken_in(self, in_alpha, on_plan):
        on_plan(max_invitations_per_month=2)
        plans.allow(Metric.INVITATIONS, 2)
        plans.give_back(Metric.INVITATIONS, taken_at=now() - timedelta(days=40))
        assert counter(Metric.INVITATIONS) == 2
        plans.give_back(Metric.INVITATIONS, taken_at=now(), amount=5)
        assert counter(Metric.INVITATIONS) == 0

    def test_operators_have_no_plan(self, alpha, on_plan):
        on_plan(max_staff=0)
        Tenant.objects.filter(pk=alpha.id).update(is_platform=True)
        enter(alpha)
        plans.allow(Metric.STAFF)
        assert plans.room(Metric.STAFF) is None


class TestRooms:
    def test_staff_who_may_log_in_count(self, in_alpha, on_plan):
        on_plan(max_staff=2)
        second = create_user(email="hai@alpha.example", full_name="Người Hai")
        with pytest.raises(PlanLimitReached):
            create_user(email="ba@alpha.example", full_name="Người Ba")
        second.is_active = False
        save_user(user=second)
        create_user(email="ba@alpha.example", full_name="Người Ba")
        second.is_active = True
        with pytest.raises(PlanLimitReached):
            save_user(user=second)
        assert User.objects.working().count() == 2

    def test_a_change_of_somebody_who_works_asks_nothing(self, in_alpha, on_plan):
        on_plan(max_staff=1)
        owner = User.objects.get()
        owner.job_title = "Chủ quán"
        save_user(user=owner)
        assert User.objects.get().job_title == "Chủ quán"

    def test_a_full_firm_takes_no_more_files(self, in_alpha, on_plan):
        on_plan(max_storage_mb=1)
        with pytest.raises(PlanLimitReached) as refused:
            check_file(data=b"a;b\n1;2\n", file_name="khach.csv")
        assert refused.value.data["metric"] == "storage"
        assert refused.value.data["used"] >= 1

    def test_who_writes_to_the_firm_becomes_a_customer_whatever_the_plan(self, in_alpha, on_plan):
        on_plan(max_customers=0)
        with pytest.raises(PlanLimitReached):
            create_customer(full_name="Lan")
        find_or_create_by_contact(full_name="Lan", phone="0912345678")
        assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_exactly_as_many_invitations_as_fit(self, alpha, on_plan):
        on_plan(max_invitations_per_month=5)

        def take():
            with transaction.atomic():
                plans.allow(Metric.INVITATIONS, 2)

        outcomes = race(alpha, *[take] * 6)
        assert sorted(type(one).__name__ for one in outcomes) == ["NoneType"] * 2 + ["PlanLimitReached"] * 4
        assert counter(Metric.INVITATIONS) == 4

    def test_exactly_as_many_people_as_fit(self, alpha, on_plan):
        on_plan(max_staff=3)
        calls = [
            lambda number=number: create_user(email=f"{number}@alpha.example", full_name=f"Người {number}")
            for number in range(6)
        ]
        outcomes = race(alpha, *calls)
        assert sorted(type(one).__name__ for one in outcomes) == ["PlanLimitReached"] * 4 + ["User"] * 2


class TestShown:
    def test_nothing_to_show_is_one_query(self, in_alpha, django_assert_num_queries):
        with django_assert_num_queries(2):
            assert plans.near_limit() == []

    def test_from_four_fifths_on(self, in_alpha, on_plan):
        on_plan(max_staff=1, max_customers=5, max_invitations_per_month=10)
        for number in range(3):
            create_customer(full_name=f"Khách {number}")
        plans.allow(Metric.INVITATIONS, 8)
        near = [(use.metric, use.percent, use.left, use.is_reached) for use in plans.near_limit()]
        assert near == [("staff", 100, 0, True), ("invitations", 80, 2, False)]
        create_customer(full_name="Khách 4")
        assert [use.metric for use in plans.near_limit()] == ["staff", "customers", "invitations"]

    def test_a_limit_of_nothing_is_reached(self):
        assert Use(Metric.CUSTOMERS, 0, 0).percent == 100
        assert Use(Metric.CUSTOMERS, 3, None).percent is None
        assert not Use(Metric.CUSTOMERS, 3, None).is_near

    def test_measured_at_night_and_read_from_outside(self, in_alpha, alpha, django_assert_num_queries):
        create_customer(full_name="Lan")
        plans.allow(Metric.INVITATIONS, 3)
        usage.measure(alpha.id)
        usage.measure(alpha.id)
        used = {use.metric: use.used for use in plans.usage_of(alpha.id)}
        assert used["storage"] >= 1
        assert {**used, "storage": 1} == {
            "customers": 1, "staff": 1, "invitations": 3, "storage": 1, "api_calls": 0,
        }  # fmt: skip
        with django_assert_num_queries(1):
            assert sizes_of([alpha.id])[alpha.id]["customers"] == 1

    def test_calls_are_known_day_by_day_for_a_while(self, in_alpha, alpha):
        today = now().date()
        for days in (1, 89, 92):
            Usage.objects.create(tenant_id=alpha.id, metric="api_calls", period=today - timedelta(days=days), amount=1)
        usage.measure(alpha.id)
        assert Usage.objects.filter(metric="api_calls").count() == 2

    def test_a_new_month_keeps_what_exists_until_it_is_measured(self, in_alpha, alpha):
        Usage.objects.create(tenant_id=alpha.id, metric="customers", period=date(2026, 1, 1), amount=40)
        Usage.objects.create(tenant_id=alpha.id, metric="invitations", period=date(2026, 1, 1), amount=40)
        used = {use.metric: use.used for use in plans.usage_of(alpha.id)}
        assert (used["customers"], used["invitations"]) == (40, 0)


class TestActivity:
    @pytest.fixture(autouse=True)
    def _untouched(self, alpha):
        usage.forget_activity()
        yield
        usage.remember_activity(alpha.id)

    def test_touched_once_an_hour_and_measured_the_night_after(self, in_alpha, alpha, django_assert_num_queries):
        usage.note_activity()
        seen = Tenant.objects.get(pk=alpha.id).last_active_at
        assert abs(now() - seen) < timedelta(seconds=10)
        item = AgendaItem.objects.get(kind="tenants.measure")
        assert (item.tenant_id, item.ref) == (alpha.id, alpha.id)
        assert timedelta() < item.due_at - now() < timedelta(hours=27)
        with django_assert_num_queries(0):
            usage.note_activity()
        usage.forget_activity()
        usage.note_activity()  # another process within the hour
        assert Tenant.objects.get(pk=alpha.id).last_active_at == seen
        assert AgendaItem.objects.filter(kind="tenants.measure").count() == 1

    def test_staff_and_partners_touch_it(self, staff_client_alpha, api_alpha, alpha):
        staff_client_alpha.get("/admin/")
        assert Tenant.objects.get(pk=alpha.id).last_active_at is not None
        Tenant.objects.update(last_active_at=None)
        usage.forget_activity()
        api_alpha(["customers:read"]).get("/api/v1/me/")
        assert Tenant.objects.get(pk=alpha.id).last_active_at is not None


class TestCalls:
    @pytest.fixture(autouse=True)
    def _real_cache(self, settings, db):
        settings.API_RATE, settings.API_BURST = 1, 3
        Usage.objects.filter(metric=Metric.API_CALLS).delete()  # the count goes on from what is written down
        usage._away_until = 0.0
        # The firms of two workers have the same ids, so each counts in a database of its own.
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
        settings.REDIS_URL = f"{settings.REDIS_URL.rpartition('/')[0]}/{8 + worker}"
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            for name in client.scan_iter("cxcrm:*:api.*"):
                client.delete(name)

    def test_a_key_that_calls_too_fast_waits(self, api_alpha, alpha):
        client = api_alpha(["customers:read"])
        answers = [client.get("/api/v1/me/") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [answer["RateLimit-Remaining"] for answer in answers[:3]] == ["2", "1", "0"]
        assert answers[0]["RateLimit-Limit"] == "3"
        assert answers[3]["Retry-After"] == "1"
        assert answers[3].json()["code"] == "too_often"
        assert api_alpha(["customers:write"]).get("/api/v1/me/").status_code == 200  # another key has its own bucket

    def test_who_had_plenty_is_counted_while_the_page_is_looked_for(self, api_alpha, alpha, monkeypatch, settings):
        settings.API_RATE, settings.API_BURST = 1, 100
        happened = []
        for owner, name in ((Listing, "page"), (usage.Counting, "quota")):
            done = getattr(owner, name)
            monkeypatch.setattr(
                owner, name, lambda *a, done=done, name=name, **k: (happened.append(name), done(*a, **k))[1]
            )
        client = api_alpha(["customers:write", "contacts:read"])  # masked, a list is not the database's alone to write
        left = [client.get("/api/v1/customers/")["RateLimit-Remaining"] for _ in range(2)]
        assert (happened, left) == (["quota", "page", "page", "quota"], ["99", "98"])
        happened.clear()
        assert client.post("/api/v1/customers/", {}, content_type="application/json").status_code == 400
        client.get("/api/v1/customers/?misspelt=1")
        assert happened == ["quota", "quota"]  # nothing is written before it may be
        assert client.get("/api/v1/customers/")["RateLimit-Remaining"] == "95"

    def test_what_was_looked_for_in_vain_is_not_shown(self, api_alpha, alpha, monkeypatch, settings):
        looked = []
        page = Listing.page
        monkeypatch.setattr(Listing, "page", lambda *a, **k: (looked.append(1), page(*a, **k))[1])
        client = api_alpha(["customers:read", "contacts:read"])
        assert client.get("/api/v1/customers/").status_code == 200
        with redis.Redis.from_url(settings.REDIS_URL) as cache:
            for name in cache.scan_iter("cxcrm:*:api.key.*"):  # as if other processes had served many calls
                cache.hset(name, "tokens", 0)
        answers = [client.get("/api/v1/customers/") for _ in range(2)]
        assert looked == [1, 1]  # once before the refusal was known; whoever is refused is asked first from then on
        for answer in answers:
            assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "too_often", "1")
            assert set(answer.json()) == {"code", "message", "data"}
            assert "RateLimit-Remaining" not in answer.headers
        assert answers[0].content == answers[1].content

    def test_a_call_that_broke_off_takes_nobody_elses_answer(self, in_alpha, settings):
        settings.API_RATE, settings.API_BURST = 1, 10
        key, other = new_id(), new_id()
        usage.Counting(key)  # and nobody asks
        assert usage.take_call(other).left_now == 9
        assert usage.take_call(key).left_now == 8

    def test_a_cache_started_anew_is_asked_again(self, in_alpha, settings):
        settings.API_RATE, settings.API_BURST = 1, 10
        key = new_id()
        counting = usage.Counting(key)
        usage._line()._connection._sock.shutdown(socket.SHUT_RDWR)
        assert counting.quota().left_now in {8, 9}
        assert usage.take_call(key).left_now in {7, 8}

    def test_the_days_calls_of_the_plan(self, api_alpha, alpha, on_plan, settings):
        settings.API_RATE = 0
        on_plan(max_api_calls_per_day=2)
        client = api_alpha(["customers:write", "feedback:write"])
        answers = [client.get("/api/v1/me/") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert [answer["X-Plan-Api-Calls-Remaining"] for answer in answers[:2]] == ["1", "0"]
        assert "RateLimit-Limit" not in answers[0]
        refused = answers[2].json()
        assert (refused["code"], refused["data"]["limit"], refused["data"]["used"]) == ("plan.limit_reached", 2, 2)
        assert 0 < int(answers[2]["Retry-After"]) <= 86400
        assert counter(Metric.API_CALLS) == 2
        with in_tenant(alpha):
            lan = create_customer(full_name="Lan")
        body = {"customer": str(lan.pk), "description": "Chờ lâu quá."}
        answer = client.post("/api/v1/complaints/", body, content_type="application/json")
        assert answer.status_code == 201, answer.content  # a complaint is never lost to a plan
        assert answer["X-Plan-Api-Calls-Remaining"] == "0"

    def test_staff_at_their_screens_are_not_counted(self, staff_client_alpha, on_plan):
        on_plan(max_api_calls_per_day=0)
        answer = staff_client_alpha.get("/api/v1/me/")
        assert answer.status_code == 200
        assert "X-Plan-Api-Calls-Remaining" not in answer.headers

    def test_a_lost_cache_goes_on_where_it_was_noted(self, in_alpha, on_plan):
        on_plan(max_api_calls_per_day=25)
        Usage.objects.create(
            tenant_id=in_alpha.id, metric="api_calls", period=allowance(in_alpha.id).period("api_calls"), amount=20
        )
        key = new_id()
        assert usage.take_call(key).left_today == 4
        assert usage.take_call(key).left_today == 3

    def test_with_the_cache_away_nobody_is_refused(self, in_alpha, on_plan, settings, caplog):
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        on_plan(max_api_calls_per_day=0)
        assert usage.take_call(new_id()) == usage.Quota()
        assert usage.take_call(new_id()).headers == {}
        assert caplog.text.count("not counted") == 1
        usage._away_until = 0.0

    def test_one_firms_calls_are_not_anothers(self, in_alpha, beta, on_plan):
        on_plan(max_api_calls_per_day=1)
        key = new_id()
        usage.take_call(key)
        with pytest.raises(ApiCallsUsedUp):
            usage.take_call(key)
        with in_tenant(beta):
            assert usage.take_call(key).left_today is None

    def test_the_bucket_refills(self, in_alpha, settings):
        settings.API_RATE, settings.API_BURST = 1000, 1
        key = new_id()
        usage.take_call(key)
        time.sleep(0.01)
        assert usage.take_call(key) == usage.Quota(left_today=None, burst=1, left_now=0, refill_seconds=1)
        settings.API_RATE = 1
        with pytest.raises(TooOften) as refused:
            usage.take_call(key)
        assert refused.value.data == {"retry_after": 1}


def test_invitations_are_taken_by_the_service(in_alpha, on_plan):
    from feedback.models import Survey

    on_plan(max_invitations_per_month=0)
    customer = create_customer(full_name="Lan", emails=["lan@khach.example"])
    assert send_survey(survey_id=Survey.objects.get(metric="nps").pk, customer_ids=[customer.pk]).invited == 0
