"""What customers bought: once per number, on the timeline, and what it comes to."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from customers import errors, timeline
from customers.models import Interaction, Purchase
from customers.selectors.purchases import Figures, covered_until, figures_of, figures_of_many, purchases_of, visible_to
from customers.services.customers import create_customer
from customers.services.purchases import change_purchase, record_many, record_purchase
from cxcrm.core.clock import now
from cxcrm.core.ids import new_id
from tenants.context import in_tenant
from tenants.staff.models import Branch
from tenants.staff.services.configuration import save_branch
from tests.support.race import race
from workflows.models import Event


@pytest.fixture
def lan(in_alpha):
    return create_customer(full_name="Lan", phones=["0912345678"], emails=["lan@x.vn"], external_ids={"pos": "KH1"})


@pytest.mark.django_db
class TestRecording:
    def test_a_purchase_sent_twice_is_one(self, lan):
        branch = save_branch(branch=Branch(name="Tân Định"))
        told = {"amount": "59000", "items": "bạc xỉu", "branch": branch, "occurred_at": now() - timedelta(hours=1)}
        first, is_new = record_purchase(customer_number="KH1", source="pos", external_id="HD1", **told)
        again, is_new_again = record_purchase(phone="0912 345 678", source="pos", external_id="HD1", **told)
        assert (is_new, is_new_again, again, again.version) == (True, False, first, 1)
        assert (first.customer, first.currency, first.branch_name, first.state) == (lan, "VND", "Tân Định", "paid")
        (entry,) = lan.interactions.filter(kind="order")
        assert (entry.occurred_at, entry.body, entry.subject_id) == (first.occurred_at, "bạc xỉu", first.id)
        with translation.override("vi"):
            assert timeline.describe(entry) == "Đơn hàng HD1: 59.000\N{NO-BREAK SPACE}₫"
        assert Event.objects.filter(name="customers.purchase_recorded").count() == 1

    def test_a_changed_one_is_brought_up_to_date_and_says_so(self, lan):
        record_purchase(customer_id=lan.id, external_id="HD1", amount=59_000)
        known, is_new = record_purchase(email="LAN@x.vn", external_id="HD1", state="cancelled")
        assert (is_new, known.state, known.amount, known.version) == (False, "cancelled", 59_000, 2)
        with translation.override("en"):
            assert timeline.describe(lan.interactions.first()) == "Order HD1 changed: cancelled"
        assert change_purchase(purchase_id=known.id, state="cancelled").version == 2
        assert change_purchase(purchase_id=known.id, kind="visit", note="ghi chú").version == 3
        assert Event.objects.filter(name="customers.purchase_changed").count() == 2

    def test_without_a_number_each_is_its_own_and_silence_tells_nobody(self, lan):
        for _ in range(2):
            record_purchase(customer_id=lan.id, kind="visit", silent=True)
        assert [entry.kind for entry in lan.interactions.filter(what="purchase.recorded")] == ["visit", "visit"]
        assert not Event.objects.filter(name__startswith="customers.purchase").exists()

    def test_a_plan_covers_a_time_that_begins_with_its_purchase(self, lan):
        at = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)  # the 21st at the firm
        day = date(2026, 11, 21)
        with pytest.raises(errors.CoverInvalid):
            record_purchase(customer_id=lan.id, occurred_at=at, covers_until=day - timedelta(days=1))
        assert not Purchase.objects.exists()
        plan, _new = record_purchase(
            customer_id=lan.id, kind="contract", external_id="HĐ1", amount=29_000, occurred_at=at, covers_until=day
        )
        with pytest.raises(errors.CoverInvalid):
            change_purchase(purchase_id=plan.id, occurred_at=at + timedelta(days=1))
        again, _new = record_purchase(customer_id=lan.id, external_id="HĐ1", note="gọi trước khi hết hạn")
        assert (again.covers_until, again.version) == (day, 2)  # what is not told stays
        assert change_purchase(purchase_id=plan.id, covers_until=date(2026, 12, 20)).version == 3
        with translation.override("en"):
            changed, _note, first = lan.interactions.filter(kind="order")
            assert timeline.describe(changed) == "Contract HĐ1 changed: paid, covered until 20 Dec 2026"
            assert timeline.describe(first) == "Contract HĐ1: ₫29,000, covered until 21 Nov 2026"
        record_purchase(customer_id=lan.id, occurred_at=at, covers_until=date(2027, 5, 1), state="cancelled")
        assert covered_until(lan.id) == date(2026, 12, 20)
        assert change_purchase(purchase_id=plan.id, covers_until=None).covers_until is None
        assert covered_until(lan.id) is None

    @pytest.mark.parametrize(
        ("told", "error"),
        [
            ({"customer_id": None}, errors.PurchaseCustomerUnknown),
            ({"customer_id": None, "phone": "0999999999"}, errors.PurchaseCustomerUnknown),
            ({"customer_id": None, "customer_number": "KH9"}, errors.PurchaseCustomerUnknown),
            ({"customer_id": new_id()}, errors.CustomerNotFound),
            ({"amount": "-1"}, errors.AmountInvalid),
            ({"amount": "1.005"}, errors.AmountInvalid),
            ({"amount": "NaN"}, errors.AmountInvalid),
            ({"amount": "nhiều"}, errors.AmountInvalid),
            ({"currency": "đồng"}, errors.CurrencyInvalid),
            ({"occurred_at": now() + timedelta(days=2)}, errors.MomentInvalid),
            ({"state": "lost"}, errors.ChoiceInvalid),
            ({"branch": new_id()}, errors.ReferenceUnknown),
            ({"items": "x" * 4_001}, errors.TextInvalid),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_kept(self, lan, told, error):
        with pytest.raises(error):
            record_purchase(**{"customer_id": lan.id, **told})
        assert not Purchase.objects.exists()
        assert lan.interactions.count() == 1

    def test_a_number_two_customers_share_is_nobodys(self, lan):
        create_customer(full_name="Mẹ Lan", phones=["0912345678"])
        with pytest.raises(errors.PurchaseCustomerUnknown):
            record_purchase(phone="0912345678")
        assert record_purchase(phone="0912345678", email="lan@x.vn")[0].customer == lan

    def test_of_a_batch_each_is_taken_or_refused_by_itself(self, lan):
        (one, new, none), (nobody, _, refusal), (same, again, _) = record_many(
            purchases=[
                {"customer_id": lan.id, "external_id": "1"},
                {"customer_id": lan.id, "external_id": "2", "amount": "-5"},
                {"customer_id": lan.id, "external_id": "1"},
            ]
        )
        assert (new, none, nobody, again, same) == (True, None, None, False, one)
        assert refusal.code == "purchase.amount_invalid"
        with pytest.raises(errors.PurchaseNotFound):
            change_purchase(purchase_id=new_id(), note="x")

    def test_figures_count_what_was_done_and_come_from_one_query(self, lan, exactly, owner_alpha):
        minh = create_customer(full_name="Minh")
        day = timedelta(days=1)
        for days, amount, state in ((3, 100, "paid"), (100, 50, "open"), (400, 30, "paid"), (2, 999, "cancelled")):
            record_purchase(customer_id=lan.id, amount=amount, state=state, occurred_at=now() - days * day)
        record_purchase(customer_id=lan.id, amount=7, currency="usd", occurred_at=now() - 10 * day)
        with exactly(1):
            figures = figures_of_many([lan.id, minh.id])
        assert set(figures) == {lan.id}
        told = figures[lan.id]
        assert (told.count, told.count_in_year) == (4, 3)
        assert (told.spent, told.spent_ever) == (
            {"VND": Decimal(150), "USD": Decimal(7)},
            {"VND": Decimal(180), "USD": Decimal(7)},
        )
        assert ((now() - told.last_at).days, (now() - told.first_at).days) == (3, 400)
        assert figures_of(minh.id) == Figures()
        assert purchases_of(lan.id).count() == 5 == visible_to(owner_alpha).count()


@pytest.mark.django_db(transaction=True)
def test_one_number_sent_by_many_at_once_is_one_purchase(alpha):
    with in_tenant(alpha):
        lan = create_customer(full_name="Lan")
    outcomes = race(alpha, *[lambda: record_purchase(customer_id=lan.id, external_id="HD1") for _ in range(6)])
    assert sorted(is_new for _purchase, is_new in outcomes) == [False] * 5 + [True]
    with in_tenant(alpha):
        assert (Purchase.objects.count(), Interaction.objects.filter(kind="order").count()) == (1, 1)
