"""A segment put together row by row: the count and some of those it finds follow the hand, on a desk and a phone."""

import pytest

from customers.models import Segment
from customers.services.customers import create_customer
from tenants.context import in_tenant
from tests.browser.conftest import fits
from tests.support.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN"}


def test_built_by_rule_with_a_count_that_follows(open_desk, live_site, alpha, owner_alpha):
    with in_tenant(alpha):
        for name, tag in (("Quán Góc Nhỏ", "sỉ"), ("Quán Mây", "sỉ"), ("Nguyễn Thị Hà", "vip"), ("Lý Lan", "")):
            create_customer(full_name=name, tags=[tag] if tag else [], parse_name=False)
    desk = open_desk(DESK)
    desk.goto(live_site.url("/admin/customers/segment/add/"))
    desk.fill("[name=name]", "Khách sỉ và thân thiết")
    desk.select_option("[name=r0-field]", "tags")
    desk.fill("[name=r0-value]", "sỉ")
    desk.wait_for_selector(".cx-rule-size:has-text('2 khách')")
    assert sorted(desk.locator(".cx-rule-samples tbody td:first-child").all_inner_texts()) == [
        "Quán Góc Nhỏ",
        "Quán Mây",
    ]
    desk.click("button[name=do][value=add]")
    desk.select_option("[name=match]", "any")  # while the row is on its way
    desk.wait_for_selector("[name=r1-field]")
    assert desk.input_value("[name=match]") == "any"
    desk.select_option("[name=r1-field]", "tags")
    desk.fill("[name=r1-value]", "vip")
    desk.wait_for_selector(".cx-rule-size:has-text('3 khách')")
    with desk.expect_response(lambda answer: answer.url.endswith("/segment/rule/")):
        desk.press("[name=r1-value]", "Enter")  # asks who that is, and saves nothing
    with in_tenant(alpha):
        assert not Segment.objects.exists()
    assert fits(desk)
    desk.get_by_role("button", name="Lưu", exact=True).dblclick()
    desk.wait_for_selector("h1:has-text('Khách sỉ và thân thiết')")
    with in_tenant(alpha):
        segment = Segment.objects.get()
    assert (segment.size, segment.kind) == (3, "rule")
    phone = open_desk({**PHONE, "locale": "vi-VN"})
    phone.goto(live_site.url(f"/admin/customers/segment/{segment.pk}/edit/"))
    phone.wait_for_selector(".cx-rule-size:has-text('3 khách')")
    phone.click("button[name=do][value='remove:1']")
    phone.wait_for_selector(".cx-rule-size:has-text('2 khách')")
    assert fits(phone)
    assert [one.troubles for one in (desk, phone)] == [[], []]
