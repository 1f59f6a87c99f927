"""An idea for a few is proposed on a desk and stopped by its gates on a phone; both languages, a real browser."""

import pytest

from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from journeys.models import Initiative
from journeys.services.insights import add_evidence, validate_insight, write_insight
from tenants.context import in_tenant
from tenants.staff.services.accounts import create_user
from tests.browser.conftest import fits
from tests.conftest import PASSWORD
from tests.journeys.test_initiatives import SHARES, live_personas_with
from tests.support.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN"}
TOLD = {
    "name": "Phòng cupping hội viên Vàng", "what": "Một phòng riêng để thử hạt", "need": "được thử hạt mới",
    "notice": "chỉ người sành", "price": "một bàn lớn", "harm1": "mất chỗ ngồi", "harm2": "thiếu người pha",
    "harm3": "ồn", "run_people": "12", "margin": "100", "capacity": "40", "reach": "400", "effort": "4",
}  # fmt: skip


def test_proposed_and_declined(open_desk, live_site, alpha):
    with in_tenant(alpha):
        boss = create_user(email="duyen@alpha.example", full_name="Lê Thị Mỹ Duyên", role="executive", language="en")
        boss.set_password(PASSWORD)
        boss.save(update_fields=["password"])
        personas = live_personas_with({name: 1 + share // 10 for name, share in SHARES.items()})
        insight = write_insight(
            want="thử hạt mới", but="quán ồn", because="muốn tập trung", feeling="annoyed", good_end="góc yên"
        )
        for number in range(5):
            person = create_customer(full_name=f"Khách {number}")
            entry = record_interaction(customer_id=person.pk, kind="chat", what="note", direction="in", body="Ồn quá")
            add_evidence(insight_id=insight.pk, quote_id=take_quote(interaction_id=entry.pk).pk)
        validate_insight(insight_id=insight.pk)

    desk = open_desk(DESK)
    desk.goto(live_site.url(f"/admin/journeys/initiative/add/?insight={insight.pk}"))
    for name, words in TOLD.items():
        desk.fill(f"[name={name}]", words)
    desk.select_option("[name=owner]", label="Lê Thị Mỹ Duyên")
    desk.select_option("[name=confidence]", "evidence")
    desk.get_by_role("button", name="Lưu", exact=True).click()
    desk.wait_for_selector("text=Giờ hãy cho biết ai được")
    for name, size in zip(SHARES, ("-1", "0", "0", "2", "0"), strict=True):
        desk.select_option(f"[name=expected-{personas[name].pk}]", size)
    desk.select_option("[name=expected-staff]", "0")
    desk.locator("form", has=desk.locator("[name=expected-staff]")).get_by_role("button", name="Lưu").click()
    desk.locator("details", has=desk.locator("[name=metric]")).locator("summary").click()
    desk.select_option("[name=metric]", "csat")
    desk.fill("[name=stop_at]", "70")
    desk.locator("form", has=desk.locator("[name=stop_at]")).locator("button[type=submit]").click()
    desk.locator("details", has=desk.locator("[name=mark0]")).locator("summary").click()
    for number in range(5):
        desk.select_option(f"[name=mark{number}]", "3")
    desk.locator("form", has=desk.locator("[name=mark0]")).locator("button[type=submit]").first.click()
    desk.get_by_role("button", name="Đề xuất", exact=True).click()
    desk.wait_for_selector("text=Đã đề xuất.")

    phone = open_desk({**PHONE, "locale": "en-GB"}, "duyen@alpha.example")
    phone.goto(live_site.url("/admin/journeys/initiative/"))
    phone.click("text=Phòng cupping hội viên Vàng")
    assert fits(phone)
    assert phone.locator(".cx-score b").inner_text() == "0.0"
    shut = [one.inner_text().split("\n")[0] for one in phone.locator(".cx-gate-shut b").all()]
    assert shut == ["good for the majority", "harms nobody"]
    phone.get_by_role("button", name="Decline").click()
    phone.wait_for_selector("text=Please fill this in.")
    with in_tenant(alpha):
        assert Initiative.objects.get().state == "proposed", "a no needs its reason"
    phone.fill("[name=because]", "Good for eight in a hundred, and the others lose their seats")
    phone.get_by_role("button", name="Decline").click()
    phone.wait_for_selector("text=Declined; the reason stays with it.")
    with in_tenant(alpha):
        made = Initiative.objects.get()
    assert (made.state, made.failed, made.decided_by_id) == ("declined", ["majority", "no_harm"], boss.pk)
    assert [one.troubles for one in (desk, phone)] == [[], []]
