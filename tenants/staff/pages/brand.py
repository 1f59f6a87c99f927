"""The firm's colour as a style sheet, and its front door."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from cxcrm.core.colour import SEEN, is_colour, mix, readable_on, text_on
from cxcrm.core.pages.views import PublicPage, for_customers, show
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import the_firm

# Backgrounds of pages.css: cards by day, the page around them, cards by night.
PAPER, GROUND, NIGHT = "#ffffff", "#f6f4f1", "#1f1d1b"

_SHEET = """:root {{
  --brand: {brand};
  --on-brand: {on_brand};
  --brand-ink: {ink};
  --brand-tint: {tint};
}}
@media (prefers-color-scheme: dark) {{
  :root {{
    --brand: {brand_dark};
    --on-brand: {on_brand_dark};
    --brand-ink: {ink_dark};
    --brand-tint: {tint_dark};
  }}
}}
"""


@for_customers
def brand_css(request: HttpRequest) -> HttpResponse:
    """The brand colour and those computed from it; a stored value that is no colour falls back to the default."""
    colour = the_firm().colour
    brand = colour.lower() if is_colour(colour) else str(Firm._meta.get_field("colour").default)
    tint, tint_dark = mix(brand, PAPER, 0.92), mix(brand, NIGHT, 0.85)
    by_night = readable_on(brand, NIGHT, SEEN)
    sheet = _SHEET.format(
        brand=brand,
        on_brand=text_on(brand),
        ink=readable_on(readable_on(brand, tint), GROUND),
        tint=tint,
        brand_dark=by_night,
        on_brand_dark=text_on(by_night),
        ink_dark=readable_on(brand, tint_dark),
        tint_dark=tint_dark,
    )
    response = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    patch_cache_control(response, private=True, max_age=300)
    return response


@for_customers
class FrontDoor(PublicPage):
    """What somebody sees who types the firm's address: tell us something, or log in."""

    def house_language(self) -> str:
        return the_firm().language

    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request, "staff/front_door.html")
