"""The public pages as people use them: a phone, a thumb, and scripts switched off."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from cxcrm.core.tokens import make_token
from cxcrm.demo.ageing import age
from feedback.models import Complaint, Response, Survey
from feedback.services.dispatches import send_survey
from tenants.context import in_tenant
from tests.support.live import PHONE, LiveSite
from tests.workflows.conftest import Crew, complaint, crew, customer, opened
from workflows.models import EscalationStep, LadderDecision

__all__ = ["complaint", "crew", "customer", "opened"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _fresh_limits(live_site: LiveSite, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "KEY_FUNCTION": "tenants.context.cache_key",
        }
    }
    cache.clear()


@pytest.fixture
def phone(browser: Any) -> Any:
    """A phone with scripts off; it notes requests that leave for somewhere else, and complaints of the browser."""
    context = browser.new_context(**PHONE, java_script_enabled=False)
    page = context.new_page()
    page.strangers = []
    page.on("request", lambda request: None if ".localhost:" in request.url else page.strangers.append(request.url))
    page.complaints = []
    # A refused form and a used link are answered by 400 and 410, which the browser notes too.
    expected = re.compile(r"status of 4[01]0 ")
    page.on("console", lambda note: None if expected.search(note.text) else page.complaints.append(note.text))
    yield page
    assert page.complaints == []
    assert page.strangers == []
    context.close()


def _go(page: Any, selector: str) -> None:
    """Tap what leads to another page, and wait for it."""
    with page.expect_navigation():
        page.locator(selector).first.tap()


def _fits(page: Any) -> None:
    """No sideways scrolling, nothing to tap smaller than a thumb."""
    width = page.viewport_size["width"]
    for element in page.locator("button, a.button, select, input:not([type=hidden]):not([tabindex='-1'])").all():
        if not element.is_visible():
            continue
        box = element.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + 0.5
        is_labelled_box = element.get_attribute("type") == "checkbox"
        assert box["height"] >= 43.5 or is_labelled_box, element.evaluate("e => e.outerHTML")


def test_two_taps_from_the_mail_to_done(
    live_site: LiveSite, phone: Any, in_alpha: TenantRef, run_agenda: Callable[..., int], mailoutbox: list[Any]
) -> None:
    customer = create_customer(
        full_name="Nguyễn Thị Hà", emails=["ha@khach.example"], salutation="chi", salutation_source="staff"
    )
    state_consent(customer_id=customer.id, purpose="survey", granted=True, method="staff")
    send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    run_agenda()
    [mail] = [mail for mail in mailoutbox if mail.to == ["ha@khach.example"]]
    phone.set_content(mail.alternatives[0][0])
    _go(phone, 'a[href*="score=9"]')  # the first tap
    assert phone.locator("html").get_attribute("lang") == "vi"
    assert "chị giới thiệu" in phone.locator("legend").first.inner_text()
    assert phone.locator('input[name="score"]:checked').get_attribute("value") == "9"
    _fits(phone)
    _go(phone, "main button[type=submit]")  # the second
    assert phone.url.startswith(live_site.url("/s/"))
    with in_tenant(in_alpha):
        response = Response.objects.get()
    assert (response.score, response.language, response.words) == (9, "vi", "")
    phone.go_back()
    phone.locator('label[for="id_score_3"]').tap()
    phone.locator("textarea").fill("Chờ lâu mà không ai nói gì.")
    _go(phone, ".language")
    assert phone.locator("html").get_attribute("lang") == "en"
    assert phone.locator("textarea").input_value() == "Chờ lâu mà không ai nói gì."
    assert phone.locator('input[name="score"]:checked').get_attribute("value") == "3"
    _go(phone, "main button[type=submit]")
    with in_tenant(in_alpha):
        response = Response.objects.get()
        complaint = Complaint.objects.get(response=response)
    assert (response.score, response.words) == (3, "Chờ lâu mà không ai nói gì.")
    assert complaint.number in phone.locator("main").inner_text()
    _go(phone, "a.button")
    assert phone.locator("h1").inner_text() == complaint.number


def test_complaining_on_the_phone(live_site: LiveSite, phone: Any, alpha: TenantRef) -> None:
    phone.goto(live_site.url("/"))
    _go(phone, "a.button")
    _fits(phone)
    _go(phone, "main button[type=submit]")
    expect(phone.locator('[role="alert"] li')).to_have_count(2)
    phone.locator('[role="alert"] a').first.tap()
    phone.locator('textarea[name="description"]').fill("Trong ly matcha có miếng nhựa nhỏ.")
    phone.locator('input[name="contact"]').fill("0912345678")
    with phone.expect_navigation():
        phone.locator('input[name="contact"]').press("Enter")  # sends; it does not switch the language
    with in_tenant(alpha):
        complaint = Complaint.objects.get()
    assert phone.locator("h1").inner_text() == complaint.number
    expect(phone.locator('[role="status"]')).to_have_count(1)
    _fits(phone)
    phone.locator("textarea").fill("Tôi có giữ lại.")
    _go(phone, "main button[type=submit]")
    assert "Tôi có giữ lại." in phone.locator(".steps").inner_text()


def test_deciding_as_the_executive(
    live_site: LiveSite,
    phone: Any,
    in_alpha: TenantRef,
    complaint: Complaint,
    crew: Crew,
    run_agenda: Callable[..., int],
    mailoutbox: list[Any],
) -> None:
    while not (told := EscalationStep.objects.filter(audience="executive", state="told").first()):
        waiting = EscalationStep.objects.filter(state="waiting").earliest("position")
        age(in_alpha, waiting.due_at - now())
        run_agenda()
    mail = next(mail for mail in mailoutbox if mail.to == [crew.executive.email])
    phone.set_content(mail.alternatives[0][0])
    _go(phone, f'a[href*="{make_token("decide", told.id)}"][href*="do=take"]')
    assert crew.executive.full_name in phone.locator("main").inner_text()
    _fits(phone)
    assert not LadderDecision.objects.exists()
    _go(phone, ".chosen button")
    assert phone.url.endswith("?done=1")
    decision = LadderDecision.objects.get()
    assert (decision.kind, decision.decided_by) == ("take", crew.executive)
    phone.go_back()  # never stored, so asked for again: the link is used
    expect(phone.locator("form")).to_have_count(0)
    assert crew.executive.full_name in phone.locator("main").inner_text()
    assert LadderDecision.objects.count() == 1


@pytest.mark.parametrize("path", ["/", "/c/", "/forgot/", "/nothing/"])
def test_desktop_pages_fit(path: str, live_site: LiveSite, browser: Any) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
    page.goto(live_site.url(path))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
