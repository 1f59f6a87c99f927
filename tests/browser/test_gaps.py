"""The gaps in a real browser: read in both languages, on a desk and on a phone, and printed on one page."""

import pytest
from playwright.sync_api import expect

from tenants.context import in_tenant
from tenants.staff.models import Department, User
from tests.browser.conftest import fits
from tests.support.gaps import agreed, answered, ask_both_sides, believe, hire
from tests.support.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("locale", "said", "sure"),
    [
        ("vi", "Ta nghĩ 83 % – Khách nói 37 %", "Ta quá tự tin 46 điểm"),
        ("en", "We believe 83 % – customers say 37 %", "46 points too sure"),
    ],
)
def test_we_believe_they_say(open_desk, live_site, alpha, locale, said, sure):
    with in_tenant(alpha):
        shops = Department.objects.create(name="Vận hành")
        # Who reads has said what they believe.
        User.objects.filter(role="owner").update(language=locale, department=shops)
        sentence = ask_both_sides()
        believe(sentence, [*User.objects.filter(role="owner"), *hire(23, shops)], 20)
        answered(sentence, agreed(52, 140))
    for screen in ({"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}, PHONE):
        page = open_desk(screen)
        page.goto(live_site.url("/admin/feedback/belief/"))
        expect(page.locator(".cxg-said")).to_have_text(said)
        expect(page.get_by_text(sure).first).to_be_visible()
        ours, theirs = (page.locator(f".cxg-dot-{side}").first.bounding_box() for side in ("ours", "theirs"))
        assert ours["x"] > theirs["x"]
        assert fits(page)
        assert page.troubles == []
        if screen is not PHONE:
            _prints_light_on_one_page(page)
    assert page.locator("svg.cxg-line").first.get_attribute("aria-label").startswith(said[:10])


def _prints_light_on_one_page(page):
    """Somebody who works in the dark prints it as everybody else does, and goes on in the dark."""
    page.evaluate("() => addEventListener('beforeprint', () => { window.paper = document.documentElement.className })")
    assert page.pdf().count(b"/Type /Page\n") == 1
    assert "dark" not in page.evaluate("window.paper").split()
    assert page.evaluate("document.documentElement.classList.contains('dark')")
