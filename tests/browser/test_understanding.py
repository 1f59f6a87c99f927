"""One question is asked and its answer noted on a phone; from the words to an insight in English; a real browser."""

import pytest

from customers.models import Fact, Quote
from customers.services.customers import create_customer
from customers.services.understanding import confirm_item
from journeys.models import Insight
from tenants.context import in_tenant
from tenants.staff.models import User
from tests.browser.conftest import fits
from tests.support.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}


def test_from_one_question_to_an_insight(open_desk, live_site, alpha):
    with in_tenant(alpha):
        lan = create_customer(full_name="Nguyễn Thị Lan", phones=["0912345678"], salutation="chi")
        confirm_item(customer_id=lan.pk, item="emotion")
    address = live_site.url(f"/admin/customers/customer/{lan.pk}/change/")

    phone = open_desk({**PHONE, "locale": "vi-VN"})
    phone.goto(address)
    assert phone.locator(".cx-levels-way [aria-current=step]").inner_text() == "THẤY"
    phone.locator(".cx-und-ask").get_by_text("Ghi câu trả lời").click()
    phone.wait_for_selector("[name=fact-text]")
    assert fits(phone)
    assert phone.locator("[name=fact-kind]:checked, select[name=fact-kind]").first.input_value() == "need"
    phone.locator("[name=fact-source][value=declared]").check(force=True)
    phone.fill("[name=fact-text]", "Gói 20 ly trả trước, sáng khỏi móc ví")
    phone.locator("form", has=phone.locator("[name=fact-text]")).locator("button[type=submit]").first.click()
    phone.wait_for_selector("text=Hôm nay hỏi vậy là đủ.")
    with in_tenant(alpha):
        assert (Fact.objects.get().kind, Fact.objects.get().source) == ("need", "declared")
        User.objects.filter(role="owner").update(language="en")

    desk = open_desk(DESK)
    desk.goto(address)
    desk.get_by_text("Take a quote", exact=True).first.click()
    desk.locator("form", has=desk.locator("[name=text]")).locator("button[type=submit]").first.click()
    desk.locator("a[href*='/insight/add/']").first.click()
    for name, words in (("want", "to pay once"), ("but", "I queue for my wallet"), ("because", "mornings are short")):
        desk.fill(f"[name={name}]", words)
    desk.locator("form", has=desk.locator("[name=want]")).locator("button[type=submit]").first.click()
    desk.wait_for_selector("text=Gói 20 ly trả trước")
    with in_tenant(alpha):
        (evidence,) = Insight.objects.get().evidence.all()
        assert evidence.quote == Quote.objects.get()
    assert [one.troubles for one in (phone, desk)] == [[], []]
