"""A journey and a standard are submitted, and the brand steward answers, in a real browser and in both languages."""

import pytest
from playwright.sync_api import expect

from journeys.models import JourneyVersion, Standard, StandardProposal
from tenants.context import in_tenant
from tenants.staff.services.accounts import create_user
from tests.browser.conftest import fits
from tests.conftest import PASSWORD
from tests.journeys.conftest import draw
from tests.support.live import PHONE
from workflows.models import Review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN"}


def test_submitted_and_answered(open_desk, live_site, alpha, run_agenda):
    with in_tenant(alpha):
        drawn = draw()
        for email, name, role, language in (
            ("tung@alpha.example", "Ngô Thanh Tùng", "manager", "vi"),
            ("nam@alpha.example", "Phạm Hoàng Nam", "brand_steward", "en"),
        ):
            person = create_user(email=email, full_name=name, role=role, language=language)
            person.set_password(PASSWORD)
            person.save(update_fields=["password"])
    manager = open_desk(DESK, "tung@alpha.example")
    manager.goto(live_site.url(f"/admin/journeys/journey/{drawn.journey.pk}/publish/"))
    expect(manager.locator("button[value=publish]")).to_have_count(0)
    manager.click("button[value=submit]")
    manager.wait_for_selector("text=Người giữ thương hiệu trả lời trong hai ngày làm việc")
    manager.goto(live_site.url(f"/admin/journeys/touchpoint/{drawn.queue.pk}/standard/"))
    manager.fill("textarea[name=text]", "Nói còn mấy phút")
    manager.click("text=Gửi người giữ thương hiệu duyệt")
    manager.wait_for_selector("text=Đang chờ người giữ thương hiệu")
    run_agenda()

    steward = open_desk({**DESK, "locale": "en-GB"}, "nam@alpha.example")
    steward.locator("section[aria-labelledby=cx-reviews] li a", has_text="A visit").click()
    steward.get_by_role("button", name="Approve").click()
    steward.wait_for_selector("text=Approved. Whoever submitted it is told.")
    with in_tenant(alpha):
        assert JourneyVersion.objects.get().published_by.full_name == "Phạm Hoàng Nam"

    phone = open_desk({**PHONE, "locale": "en-GB"}, "nam@alpha.example")
    phone.goto(live_site.url("/admin/workflows/review/"))
    phone.click("text=Standard: Hàng chờ")
    assert fits(phone)
    phone.wait_for_selector("text=Nothing is in force yet.")
    phone.get_by_role("button", name="Send it back").click()
    phone.fill("textarea[name=note]", "Mấy phút?")
    phone.get_by_role("button", name="Send it back").click()
    phone.wait_for_selector("text=Sent back. Whoever submitted it is told why.")
    with in_tenant(alpha):
        assert (Standard.objects.count(), StandardProposal.objects.count()) == (0, 0)
        assert sorted(Review.objects.values_list("state", flat=True)) == ["approved", "sent_back"]
    phone.goto(live_site.url("/admin/workflows/review/supervision/"))
    assert fits(phone)
    assert [one.troubles for one in (manager, steward, phone)] == [[], [], []]
