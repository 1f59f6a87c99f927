"""Takes the guide's tour pictures from a running demo, in both languages: ``make demo``, then ``make pictures``."""

import base64
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from cxcrm.demo.firms import PASSWORD
from cxcrm.up import say
from tests.support.live import CHROMIUM

SITE: Final = "http://suongmai.localhost:8000"
INTO: Final = Path(__file__).parent / "img"
DESK: Final = {"width": 1360, "height": 860}
PHONE: Final = {"width": 390, "height": 780}


@dataclass(frozen=True)
class Picture:
    """``path``, then the first link that ``follow`` finds there, then ``show`` scrolled to the top of the screen."""

    name: str
    path: str
    follow: str = ""
    show: str = ""
    who: str = "duyen"
    size: Any = None
    height: int = 0


PICTURES: Final = (
    Picture("home", "/admin/"),
    Picture("customer", "/admin/customers/customer/?q=Thu+Hà", "a[href*='/customers/customer/'][href*='/change/']"),
    Picture("complaint", "/admin/feedback/complaint/?q=QR+59k", "a[href*='/complaint/'][href*='/change/']"),
    Picture("people", "/admin/feedback/staffturn/"),
    Picture("held", "/admin/feedback/response/held/"),
    Picture("heard", "/admin/feedback/response/heard/"),
    Picture("worth", "/admin/feedback/response/worth/"),
    Picture("usage", "/admin/customers/fact/usage/"),
    Picture("habits", "/admin/customers/fact/habits/"),
    Picture("found", "/admin/customers/fact/found/"),
    Picture("community", "/admin/feedback/communityquestion/"),
    Picture("records", "/admin/customers/customer/records/"),
    Picture("thanks", "/admin/workflows/recognition/"),
    Picture("quarter", "/admin/workflows/cxbudget/board/"),
    Picture("words", "/admin/words/"),
    Picture("index", "/admin/feedback/response/experience/"),
    Picture("needs", "/admin/journeys/insight/needs/"),
    Picture("contradictions", "/admin/workflows/review/contradictions/"),
    Picture("promises", "/admin/workflows/promise/brand/"),
    Picture("budget", "/admin/workflows/cxbudget/"),
    Picture(
        "walked",
        "/admin/journeys/journeywalk/",
        "a[href*='/journeywalk/'][href*='/change/']:has-text('11')",
        size=PHONE,
    ),
    Picture("persona", "/admin/customers/persona/", "a[href*='/persona/'][href*='/change/']"),
    Picture("quiz", "/admin/customers/personaquiz/", "a[href*='/personaquiz/']:has-text('Thu Hà')"),
    Picture("segment", "/admin/customers/segment/", "a[href*='/segment/']:has-text('Lâu không ghé')"),
    Picture("understanding", "/admin/customers/customer/understanding/"),
    Picture("insight", "/admin/journeys/insight/", "a[href*='/insight/']:has-text('chờ bao lâu')"),
    Picture("map", "/admin/journeys/journey/map/"),
    Picture("paths", "/admin/journeys/journey/paths/"),
    Picture("coverage", "/admin/journeys/journey/coverage/"),
    Picture("gaps", "/admin/feedback/belief/"),
    Picture("brand", "/admin/journeys/brandprofile/", who="nam"),
    Picture("approvals", "/admin/workflows/review/", who="nam"),
    Picture("initiatives", "/admin/journeys/initiative/"),
    Picture("gates", "/admin/journeys/initiative/?q=cupping", "a[href*='/initiative/'][href*='/change/']"),
    Picture("causes", "/admin/workflows/causeproposal/"),
    Picture(
        "change", "/admin/workflows/changerequest/?show=all", "a[href*='/changerequest/']:has-text('Hoàn tiền QR')"
    ),
    Picture("decisions", "/admin/journeys/decision/"),
    Picture("context", "/admin/feedback/contextevent/", "a[href*='/contextevent/']:has-text('Bão')"),
    Picture("walk", "/admin/journeys/environment/", "a[href*='/environment/'][href*='/change/']", size=PHONE),
    Picture("leaving", "/admin/customers/customer/leaving/"),
    Picture("forecast", "/admin/customers/customer/forecast/"),
    Picture("flywheel", "/admin/flywheel/"),
)


def main(names: set[str]) -> None:
    """Take the pictures named, all where none is."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        for language in ("vi", "en"):
            for who in dict.fromkeys(one.who for one in PICTURES):
                context = browser.new_context(viewport=DESK, locale=language)
                page = context.new_page()
                _log_in(page, who, language)
                for one in PICTURES:
                    if one.who == who and (not names or one.name in names):
                        _take(page, one, language)
                context.close()


def _chromium() -> str:
    found = next((path for name in CHROMIUM if (path := which(name))), None)
    if found is None:
        raise SystemExit("No Chromium here; `make browsers` installs it.")
    return found


def _log_in(page: Page, who: str, language: str) -> None:
    page.goto(f"{SITE}/admin/login/")
    page.fill("input[name=username]", f"{who}@suongmai.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{SITE}/admin/")
    page.evaluate(
        """language => fetch("/admin/language/", {method: "POST", body: new URLSearchParams({language}),
           headers: {"X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value}})""",
        language,
    )


def _take(page: Page, one: Picture, language: str) -> None:
    size = one.size or DESK
    page.set_viewport_size({**size, "height": one.height or size["height"]})
    page.goto(SITE + one.path)
    if one.follow:
        page.goto(SITE + str(page.locator(one.follow).first.get_attribute("href")))
    page.wait_for_load_state("networkidle")
    if one.show:
        page.locator(one.show).first.evaluate("one => one.scrollIntoView()")
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": 72})
    file = INTO / f"tour-{one.name}-{language}.webp"
    file.write_bytes(base64.b64decode(taken["data"]))
    say.line(f"{file.name}  {file.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main(set(sys.argv[1:]))
