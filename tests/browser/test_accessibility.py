"""WCAG 2.2 AA as far as a tool can tell: what staff and customers open, on a desk and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from customers.models import Customer
from customers.services.customers import create_customer
from cxcrm.admin_site import tenant_site
from cxcrm.core.tokens import make_token
from feedback.models import Complaint, Survey
from feedback.services.complaints import open_complaint
from journeys.models import Touchpoint
from tenants.context import in_tenant
from tests.conftest import PASSWORD
from workflows.models import EscalationPolicy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AA = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
OF_JOURNEYS = ("/admin/journeys/journey/map/", "/admin/journeys/journey/coverage/", "/admin/journeys/journey/my-part/")
SIZES = {"desk": (1280, 800), "phone": (390, 844)}


def violations(page) -> list[str]:
    """One line per rule broken and place: the rule, how bad it is, the markup."""
    found = Axe().run(page, options=AA).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.fixture
def open_page(live_site, browser, alpha, owner_alpha, run_agenda):
    """A firm with a customer and a complaint, and somebody logged in: opens a path at a size and returns the page."""
    with in_tenant(alpha):
        customer = create_customer(full_name="Nguyễn Thị Lan", phones=["0912345678"], emails=["lan@khach.example"])
        open_complaint(
            customer_id=customer.pk,
            description="Tôi quét QR 59k mà bị trừ hai lần.",
            channel="staff",
            touchpoint_id=Touchpoint.objects.first().pk,
            owner_id=owner_alpha.pk,
        )
    run_agenda()
    # The tool is a script of its own, which our content policy would rightly refuse.
    context = browser.new_context(locale="vi-VN", bypass_csp=True)
    page = context.new_page()
    page.goto(live_site.url("/admin/"))
    page.fill("input[name=username]", "chu@alpha.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")

    def open_it(path, size):
        page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
        answer = page.goto(live_site.url(path))
        assert answer.status == 200, path
        return page

    yield open_it
    context.close()


def daily(alpha) -> dict[str, str]:
    """What is open all day, and what customers see: path and the width it is tried at."""
    with in_tenant(alpha):
        customer, complaint = Customer.objects.get(), Complaint.objects.get()
        survey, ladder = Survey.objects.first(), EscalationPolicy.objects.first()
        track = make_token("track", complaint.pk)
    return {
        "/admin/": "phone",
        "/admin/feedback/complaint/": "desk",
        f"/admin/feedback/complaint/{complaint.pk}/change/": "phone",
        "/admin/customers/customer/": "phone",
        f"/admin/customers/customer/{customer.pk}/change/": "desk",
        "/admin/customers/customer/add/": "phone",
        f"/admin/feedback/survey/{survey.pk}/change/": "desk",
        f"/admin/workflows/escalationpolicy/{ladder.pk}/change/": "desk",
        "/c/": "phone",
        f"/t/{track}/": "phone",
    }


def test_nothing_opened_all_day_breaks_a_rule(open_page, alpha):
    found = {path: violations(open_page(path, size)) for path, size in daily(alpha).items()}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.faults
@pytest.mark.parametrize("size", SIZES)
def test_no_page_breaks_a_rule(open_page, alpha, size):
    """Every list and every form there is to add something, and one row of each list."""
    found = {}
    for model in tenant_site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        page = open_page(base, size)
        found[base] = violations(page)
        row = (
            page.get_attribute("#result_list a[href*='/change/']", "href")
            if page.query_selector("#result_list a[href*='/change/']")
            else None
        )
        more = [base + "add/"] if page.query_selector(f"a[href^='{base}add/']") else []
        for path in [*more, *([row.partition("?")[0]] if row else [])]:
            found[path] = violations(open_page(path, size))
    found |= {path: violations(open_page(path, size)) for path in OF_JOURNEYS}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_tool_finds_what_is_broken(open_page):
    page = open_page("/c/", "phone")
    page.set_content("<html lang=vi><title>x</title><main><img src=x><p style='color:#bbb'>mờ</p></main></html>")
    assert {line.partition(" ")[0] for line in violations(page)} == {"image-alt", "color-contrast"}


def test_the_menus_open_and_close_by_keyboard(open_page):
    page = open_page("/admin/", "desk")
    account = page.get_by_role("button", name="Trần Thị Chủ: tài khoản và ngôn ngữ")
    english = page.get_by_role("button", name="English en")
    account.focus()
    page.keyboard.press("Enter")
    english.wait_for()
    assert account.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    english.wait_for(state="hidden")
    page = open_page("/admin/", "phone")
    menu, first = page.locator("#nav-sidebar"), page.get_by_role("button", name="Mở menu")
    assert not menu.is_visible()
    first.focus()
    page.keyboard.press("Enter")
    menu.wait_for()
    page.get_by_role("button", name="Đóng menu").press("Enter")
    menu.wait_for(state="hidden")
