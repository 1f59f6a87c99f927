"""The journey map in a real browser: drawn by somebody, arranged by dragging and by menu, printed, published."""

import pytest
from playwright.sync_api import expect

from journeys.models import AssumedEmotion, JourneyVersion, Stage, Touchpoint
from journeys.services.emotions import report_emotion
from tenants.context import in_tenant
from tests.browser.conftest import fits
from tests.journeys.conftest import draw
from tests.support.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN"}


def test_a_map_is_drawn_arranged_and_published(open_desk, live_site, alpha):
    with in_tenant(alpha):
        drawn = draw()
        for valence in (-2, -1, -2):
            report_emotion(stage_id=drawn.buy.pk, valence=valence, source="survey")
        report_emotion(stage_id=drawn.use.pk, valence=1, source="survey")
    page = open_desk(DESK)
    url = live_site.url(f"/admin/journeys/journey/{drawn.journey.pk}/map/")
    page.goto(url)
    expect(page.locator("svg circle.cxm-dot-reported")).to_have_count(0)  # nothing of the curve before one has drawn
    page.click(".cxm-invite a")
    page.wait_for_selector("[data-cxm-point]")
    for point in page.locator("[data-cxm-point]").all():
        point.locator("input[value='1']").check(force=True)
    expect(page.locator("[data-cxm-preview] circle")).to_have_count(2)
    page.click("[data-cxm-draw] button[type=submit]")
    page.wait_for_selector("svg circle.cxm-dot-few")
    with in_tenant(alpha):
        assert AssumedEmotion.objects.count() == 2

    queue, counter = (page.locator(f"[data-cxm-touchpoint='{row.pk}']") for row in (drawn.queue, drawn.counter))
    counter.drag_to(queue, target_position={"x": 20, "y": 3})
    page.wait_for_function(
        "id => document.querySelector('[data-cxm-touchpoint]').dataset.cxmTouchpoint === id", arg=str(drawn.counter.pk)
    )
    use = page.locator(f"[data-cxm-stage='{drawn.use.pk}']")
    use.locator("header summary").focus()
    page.keyboard.press("Enter")
    use.get_by_role("button", name="Chuyển sang trái").click()
    page.wait_for_function(
        "id => document.querySelector('[data-cxm-stage]').dataset.cxmStage === id", arg=str(drawn.use.pk)
    )
    with in_tenant(alpha):
        assert list(Touchpoint.objects.filter(stage=drawn.buy)) == [drawn.counter, drawn.queue]
        assert list(Stage.objects.filter(journey=drawn.journey)) == [drawn.use, drawn.buy]

    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    page.goto(live_site.url(f"/admin/journeys/journey/{drawn.journey.pk}/publish/"))
    page.click("button[value=publish]")
    page.wait_for_selector("text=Phiên bản 1")
    with in_tenant(alpha):
        assert JourneyVersion.objects.get().number == 1
    assert page.troubles == []

    phone = open_desk(PHONE)
    phone.goto(url)
    assert fits(phone)
    tops = [box["y"] for box in (one.bounding_box() for one in phone.locator(".cxm-curve, [data-cxm-stage]").all())]
    assert tops == sorted(tops)  # the curve first, then stage below stage
    assert phone.troubles == []
