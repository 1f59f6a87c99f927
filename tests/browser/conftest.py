"""Browser tests see the product as a person does."""

import pytest

from tests.conftest import PASSWORD
from tests.support.live import browser, chromium, chromium_path, live_site

__all__ = ["browser", "chromium", "chromium_path", "live_site"]


@pytest.fixture
def open_desk(live_site, browser):
    """A logged-in page of the width asked for; what the browser complains of is kept with it."""

    def enter(screen, email="chu@alpha.example"):
        page = browser.new_context(**screen).new_page()
        page.troubles = []
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.on("console", lambda message: page.troubles.append(message.text) if message.type == "error" else None)
        page.goto(live_site.url("/admin/"))
        page.fill("input[name=username]", email)
        page.fill("input[name=password]", PASSWORD)
        page.click("#login-form button[type=submit]")
        page.wait_for_selector("h1")
        return page

    return enter


def fits(page):
    """Is nothing wider than the screen? What is asked of the page afterwards is asked of the whole page."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
