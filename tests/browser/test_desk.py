"""A morning at the desk in a real browser, in Vietnamese: cards dragged and sent by menu, many handed over at once."""

import pytest
from playwright.sync_api import expect

from customers.services.customers import create_customer
from feedback.models import Complaint
from feedback.services import complaints
from tenants.context import in_tenant
from tenants.staff.roles import Role
from tenants.staff.services.accounts import create_user
from tests.browser.conftest import fits
from tests.support.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 800}, "locale": "vi-VN"}


@pytest.fixture
def cases(alpha, owner_alpha):
    with in_tenant(alpha):
        customer = create_customer(full_name="Nguyễn Thị Lan", emails=["lan@khach.example"])
        create_user(email="hoa@alpha.example", full_name="Lê Thị Hoa", role=Role.AGENT)
        return [
            complaints.open_complaint(
                customer_id=customer.pk, description=f"Ly số {number} bị đổ.", channel="staff", severity="S3",
                owner_id=owner_alpha.pk,
            )
            for number in range(3)
        ]  # fmt: skip


def states(alpha, cases):
    with in_tenant(alpha):
        found = dict(Complaint.objects.values_list("pk", "state"))
    return [found[case.pk] for case in cases]


def card(page, case):
    return page.locator(f"[data-cx-card*='{case.pk}']")


def lane(page, code):
    return page.locator(f"[data-cx-lane={code}]")


def test_cards_are_dragged_and_what_is_missing_is_asked(open_desk, live_site, alpha, cases, run_agenda):
    run_agenda()
    page = open_desk(DESK)
    page.goto(live_site.url("/admin/feedback/complaint/board/"))
    card(page, cases[0]).drag_to(lane(page, "working"))
    card(lane(page, "working"), cases[0]).wait_for()
    assert states(alpha, cases)[0] == "investigating"

    card(page, cases[0]).drag_to(lane(page, "waiting"))
    page.wait_for_selector("dialog[open] textarea")
    page.fill("dialog textarea", "Đã pha lại ly mới.")
    page.click("dialog button[type=submit]")  # no root cause yet: the words stay
    page.wait_for_selector("dialog .cx-errors")
    assert page.input_value("dialog textarea") == "Đã pha lại ly mới."
    page.select_option("dialog select", index=1)
    page.click("dialog button[type=submit]")
    card(lane(page, "waiting"), cases[0]).wait_for()
    assert states(alpha, cases)[0] == "communicated"

    card(page, cases[1]).drag_to(lane(page, "closed"))
    page.wait_for_selector("[data-cx-refused]:not([hidden])")
    assert "Chỉ khách hàng" in page.inner_text("[data-cx-refused]")
    expect(card(lane(page, "new"), cases[1])).to_have_count(1)

    # The same by keyboard: the card's menu, and Escape out of it.
    menu = card(page, cases[1]).locator("summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(card(page, cases[1]).locator("details[open]")).to_have_count(0)
    page.keyboard.press("Enter")
    card(page, cases[1]).locator("button[value=working]").press("Enter")
    card(lane(page, "working"), cases[1]).wait_for()
    assert states(alpha, cases)[:2] == ["communicated", "investigating"]
    # A refused move answers 409, which the browser writes down; nothing else may go wrong.
    assert [one for one in page.troubles if "409" not in one] == []
    assert fits(page)


def test_on_a_phone_the_menu_moves_a_card(open_desk, live_site, alpha, cases):
    page = open_desk(PHONE)
    page.goto(live_site.url("/admin/feedback/complaint/board/"))
    card(page, cases[2]).locator("summary").tap()
    card(page, cases[2]).locator("button[value=working]").tap()
    card(lane(page, "working"), cases[2]).wait_for(state="attached")
    assert states(alpha, cases)[2] == "investigating"
    assert fits(page)
    assert page.troubles == []


def test_many_are_handed_over_and_a_filter_narrows(open_desk, live_site, alpha, cases):
    with in_tenant(alpha):
        complaints.refer(complaint_id=cases[2].pk, note="Hội bảo vệ người tiêu dùng")
    page = open_desk(DESK)
    page.goto(live_site.url("/admin/feedback/complaint/?show=all"))
    for box in page.locator("#result_list input.action-select").all():
        box.check()
    page.select_option("select[name=action]", "bulk_assign")
    page.click("#changelist-actions button[type=submit]")
    page.select_option("select[name=bulk-owner]", label="Lê Thị Hoa")
    page.fill("textarea[name=bulk-note]", "Nhờ em gọi khách.")
    page.click("button[name=apply]")
    page.wait_for_selector("#result_list")
    said = page.inner_text("body")
    assert "Đã giao 2 vụ." in said
    assert f"1 vụ giữ nguyên: đã chuyển cơ quan bên ngoài ({cases[2].number})" in said
    page.select_option("select[name=owner]", label="Lê Thị Hoa")
    page.wait_for_url("**owner=*")
    expect(page.locator("#result_list tbody")).to_have_count(2)
    assert fits(page)
    assert page.troubles == []
