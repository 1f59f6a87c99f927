"""What was heard from whom, and what customers are worth: read on a phone, from a cell to what was said."""

from datetime import timedelta

import pytest

from customers.models import Customer, Purchase
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from feedback.models import Complaint
from tenants.context import in_tenant
from tenants.staff.models import User
from tests.browser.conftest import fits
from tests.browser.test_accessibility import violations
from tests.support.live import PHONE
from tests.support.quiz import two_portraits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEARD, WORTH = "/admin/feedback/response/heard/", "/admin/feedback/response/worth/"


def lay():
    """One persona told a wish; forty bought over a year, ten of them complained and mostly left."""
    two_portraits()
    first = Customer.objects.filter(full_name__startswith="Khách Chị").order_by("full_name")[0]
    entry = record_interaction(customer_id=first.pk, kind="call", what="call.logged", body="Giá mà đặt trước được")
    take_quote(interaction_id=entry.pk, feedback_type="value_proposition")
    people = Customer.objects.bulk_create(Customer(full_name="Khách Mua") for _number in range(80))
    Purchase.objects.bulk_create(
        Purchase(customer=one, occurred_at=now() - timedelta(days=days), amount=3_450_000, currency="VND")
        for number, one in enumerate(people)
        for days in (*((400, 330, 210, 100) if number < 40 else (200, 150, 100)), *((40,) if number > 8 else ()))
    )
    owner = User.objects.order_by("created_at").first()
    Complaint.objects.bulk_create(
        Complaint(
            number=f"KN-{number}", customer=one, owner=owner, channel="staff", severity="S3", subject="Nguội",
            description="Nguội", received_at=now() - timedelta(days=98),
        )
        for number, one in enumerate(people[:10])
    )  # fmt: skip


def test_read_on_a_phone(open_desk, live_site, alpha):
    with in_tenant(alpha):
        lay()
    page = open_desk({**PHONE, "bypass_csp": True})
    page.goto(live_site.url(HEARD))
    page.locator(".cxh-heard td a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#said")
    assert "Giá mà đặt trước được" in page.inner_text("section:has(#said)")
    assert (fits(page), violations(page)) == (True, [])
    page.goto(live_site.url(WORTH))
    page.wait_for_selector(".cxh-after")
    assert (fits(page), violations(page)) == (True, [])
    assert page.troubles == []
