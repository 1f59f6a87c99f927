"""The API's reader in a real browser: it renders offline, under the strict content policy, and calls the API."""

from typing import Any

import pytest

from customers.services.customers import create_customer
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.staff.services.api_keys import create_api_key
from tests.support.live import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Any) -> Any:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.strangers, page.complaints = [], []
    page.on(
        "request",
        lambda request: (
            None
            if ".localhost:" in request.url or request.url.startswith("data:")
            else page.strangers.append(request.url)
        ),
    )
    page.on("console", lambda note: page.complaints.append(note.text) if note.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def test_a_developer_tries_the_api(page: Any, live_site: LiveSite, alpha: TenantRef) -> None:
    with in_tenant(alpha):
        create_customer(full_name="Nguyễn Thị Hương")
        _key, text = create_api_key(name="docs", scopes=["customers:read"])

    page.goto(live_site.url("/api/docs/"))
    page.wait_for_selector(".opblock-tag")
    assert page.locator(".info .title").inner_text().startswith("cxcrm API")
    assert {"customers", "complaints", "surveys", "events"} <= set(
        page.locator(".opblock-tag").evaluate_all("tags => tags.map(tag => tag.dataset.tag)")
    )

    page.click("button.authorize")
    page.fill("input[aria-label='auth-bearer-value']", text)
    page.locator(".auth-btn-wrapper button.authorize").first.click()
    page.click(".btn-done")
    page.click(".opblock-tag[data-tag='customers']")
    page.click("#operations-customers-customers_list .opblock-summary-control")
    page.click("#operations-customers-customers_list .try-out__btn")
    page.click("#operations-customers-customers_list .execute")
    answer = page.locator("#operations-customers-customers_list .live-responses-table .response-col_description")
    answer.locator(".microlight").first.wait_for()
    assert page.locator(".live-responses-table .response-col_status").nth(1).inner_text().startswith("200")
    assert "Nguyễn Thị Hương" in answer.last.inner_text()

    assert page.strangers == []
    assert page.complaints == []


def test_it_is_readable_on_a_phone(page: Any, live_site: LiveSite) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_site.url("/api/docs/#/customers"))
    page.wait_for_selector(".opblock-tag")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.complaints == []
