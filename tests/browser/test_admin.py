"""A real browser at the desk: log in, work a complaint from received to resolved, in Vietnamese."""

import pytest

from customers.services.customers import create_customer
from feedback.models import Complaint
from feedback.services.complaints import open_complaint
from journeys.models import Touchpoint
from tenants.context import in_tenant
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def complaint(alpha, owner_alpha):
    with in_tenant(alpha):
        customer = create_customer(full_name="Nguyễn Thị Lan", emails=["lan@khach.example"])
        return open_complaint(
            customer_id=customer.pk,
            description="Tôi quét QR 59k mà bị trừ hai lần.",
            channel="staff",
            touchpoint_id=Touchpoint.objects.first().pk,
            owner_id=owner_alpha.pk,
        )


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desk", "phone"])
def test_a_complaint_is_worked_from_received_to_resolved(live_site, browser, alpha, complaint, run_agenda, size):
    run_agenda()
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="vi-VN")
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: troubles.append(request.url) if "alpha." not in request.url else None)

    page.goto(live_site.url("/admin/"))
    page.fill("input[name=username]", "chu@alpha.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    assert page.get_attribute("html", "lang") == "vi"
    page.click(f"a[href*='/feedback/complaint/{complaint.pk}/']")

    page.click("form:has(input[value=start]) button")
    page.click("#do-remedy summary")
    page.check("#do-remedy input[type=radio] >> nth=0")
    page.click("#do-remedy button")
    page.click("#do-reply summary")
    page.fill("#do-reply textarea", "Chào chị Lan, em đã hoàn 59.000 ₫ ạ.")
    page.click("#do-reply button")
    page.click("#do-perspective summary")  # a serious one is seen from the customer's side first
    for name, words in (("trying", "mua ly sáng"), ("happened", "bị trừ hai lần"), ("good_end", "nhận lại tiền")):
        page.fill(f"#do-perspective [name$={name}]", words)
    page.select_option("#do-perspective select", value="annoyed")
    page.click("#do-perspective button")
    page.click("#do-resolve summary")
    page.fill("#do-resolve textarea", "Đã hoàn 59.000 ₫ lúc 10:05.")
    page.click("#do-resolve button")
    assert page.input_value("#do-resolve textarea") == "Đã hoàn 59.000 ₫ lúc 10:05."  # no root cause yet
    page.select_option("#do-resolve select", index=1)
    page.click("#do-resolve button")
    page.wait_for_selector("#do-reopen")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
    context.close()

    with in_tenant(alpha):
        row = Complaint.objects.get(pk=complaint.pk)
        assert row.state == "communicated"
        assert row.action_taken == "Đã hoàn 59.000 ₫ lúc 10:05."
        assert row.notes.get().is_internal is False
    assert troubles == []
