"""Staff answer on a phone with the keyboard alone, and the pages that come of it fit and break no rule."""

from datetime import timedelta

import pytest
import time_machine

from cxcrm.core.clock import now
from tenants.context import in_tenant
from tests.browser.conftest import fits
from tests.browser.test_accessibility import violations
from tests.support.gaps import hire
from tests.support.live import PHONE
from tests.support.staff_voice import PULSE_ITEMS, say

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/admin/feedback/staffturn/"


def test_answered_on_a_phone_and_read_by_a_leader(open_desk, live_site, alpha):
    with in_tenant(alpha):
        people = hire(5)
        with time_machine.travel(now() - timedelta(days=92)):  # in a quarter that is over
            say(people, "pulse", 1, day_rush=-2, words="Giờ đông thiếu người")
        with time_machine.travel(now() - timedelta(days=366)):
            say(people, "pillars", 4)
    page = open_desk({**PHONE, "bypass_csp": True})
    page.goto(live_site.url(f"{PAGE}add/?of=assumed"))
    for name in (name for name in PULSE_ITEMS if name.startswith("day_")):
        page.locator(f"input[name={name}][value='0']").focus()
        page.keyboard.press("Space")
    assert (fits(page), violations(page)) == (True, [])
    page.locator("button.cx-btn-main").press("Enter")
    page.wait_for_selector(".cxv-dot-felt")
    assert (fits(page), violations(page)) == (True, [])
    for path in (f"{PAGE}add/?of=pulse", f"{PAGE}pillars/", f"{PAGE}orientation/"):
        page.goto(live_site.url(path))
        assert (fits(page), violations(page)) == (True, []), path
    assert page.troubles == []
