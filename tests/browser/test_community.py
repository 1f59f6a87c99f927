"""On a phone: an answer is there while somebody types, and a tap says that it helped."""

import pytest

from feedback.models import AnswerMark
from feedback.services.community_answers import write_article
from tenants.context import in_tenant
from tenants.staff.models import Firm
from tests.browser.conftest import fits
from tests.support.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_typing_finds_what_was_answered_before(live_site, browser, alpha, owner_alpha):
    with in_tenant(alpha):
        Firm.objects.update(has_community=True)
        write_article(text="Quán có ship ra Hội An không?", answer="Có, phí 30.000 ₫.", user_id=owner_alpha.pk)
        write_article(text="Mấy giờ mở cửa?", answer="7 giờ sáng.", user_id=owner_alpha.pk)
    phone = browser.new_context(**PHONE).new_page()
    phone.goto(live_site.url("/q/"))
    assert fits(phone)
    phone.get_by_label("Tìm câu trả lời").press_sequentially("ship hoi an", delay=5)
    phone.wait_for_selector("#found >> text=phí 30.000")
    assert "7 giờ sáng" not in phone.locator("#found").inner_text()
    assert phone.locator("#id_text").input_value() == "ship hoi an"
    assert fits(phone)
    phone.locator("#found").get_by_role("button", name="Có ích").click()
    phone.wait_for_selector("text=Mừng là đã giúp được")
    with in_tenant(alpha):
        mark = AnswerMark.objects.get()
        assert (mark.verdict, mark.seconds < 60) == ("helpful", True)
