"""A leader walks the journey with a phone in a real browser, and lays down what the brand promises."""

import pytest

from journeys.models import JourneyWalk
from tenants.context import in_tenant
from tests.browser.conftest import fits
from tests.journeys.conftest import draw
from tests.support.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_walked_with_a_thumb(open_desk, live_site, alpha):
    with in_tenant(alpha):
        drawn = draw()
    phone = open_desk({**PHONE, "locale": "vi-VN"})
    phone.goto(live_site.url(f"/admin/journeys/journeywalk/add/?journey={drawn.journey.pk}"))
    assert fits(phone)
    phone.locator("label", has_text="gọi điện, nhắn tin").click()
    phone.locator("li.cx-card", has_text="Mua").locator("label.cxm-face").first.click()
    phone.fill(f"input[name=note_{drawn.buy.pk}]", "Chờ 12 phút")
    phone.get_by_role("button", name="Tôi thấy như vậy").click()
    phone.wait_for_selector("text=Chờ 12 phút")
    assert fits(phone)
    with in_tenant(alpha):
        assert JourneyWalk.objects.get().steps.get().valence == -2
    assert phone.troubles == []
