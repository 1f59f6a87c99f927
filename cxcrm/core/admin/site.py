"""The base of our two admin sites: unfold's look under our own content policy."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, get_urlconf
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

from cxcrm.core.admin.frame import Frame, frame_of
from cxcrm.core.admin.sidebar import draw_sidebar, draw_tabs

# Alpine evaluates its attributes and the theme's colours stand in a style element. Nothing outside /admin/ gets this.
RELAXED = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}


class Site(UnfoldAdminSite):
    """One explicit site; models are registered by hand, so that nothing gets in by being installed."""

    enable_nav_sidebar = True
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page may use. What is the same for everybody is kept; the rest is asked for when it is shown."""
        frame: Frame = frame_of(self, get_language(), get_urlconf(), get_script_prefix())
        return {
            **frame.same,
            "frame": frame,
            "site_title": self._get_config("SITE_TITLE", request),
            "site_header": self._get_config("SITE_HEADER", request),
            "has_permission": self.has_permission(request),
            "available_apps": SimpleLazyObject(lambda: self.get_app_list(request)),
            "sidebar": SimpleLazyObject(lambda: draw_sidebar(self.settings_name, request)),
            "family": SimpleLazyObject(lambda: draw_tabs(self.settings_name, request)),
            "is_popup": False,
            "is_nav_sidebar_enabled": self.enable_nav_sidebar,
        }

    def same_for_all(self) -> dict[str, Any]:
        """Of what the theme tells every page, all that is asked without a request: nothing of a person or a firm."""
        asked: Any = None
        languages = self._get_config("LANGUAGES", asked)
        return {
            "form_classes": self._get_config("FORMS", asked)["classes"],
            "site_url": self._get_config("SITE_URL", asked),
            "site_subheader": self._get_config("SITE_SUBHEADER", asked),
            "site_symbol": self._get_config("SITE_SYMBOL", asked),
            "site_favicons": self._get_favicons("SITE_FAVICONS", asked),
            "show_history": self._get_config("SHOW_HISTORY", asked),
            "show_view_on_site": self._get_config("SHOW_VIEW_ON_SITE", asked),
            "show_back_button": self._get_config("SHOW_BACK_BUTTON", asked),
            "border_radius": self._get_config("BORDER_RADIUS", asked),
            "colors": self._get_colors("COLORS", asked),
            "languages_action": languages["action"],
            "account_links": self._get_account_links(asked),
            "styles": self._get_list("STYLES", asked),
            "scripts": self._get_list("SCRIPTS", asked),
        }

    def list_context(self, request: HttpRequest, admin: Any) -> dict[str, Any]:
        """What the bar above a list shows beside the export; a site at the roof has more to say."""
        return {}

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:
        return csp_update(RELAXED)(super().admin_view(view, cacheable))

    @method_decorator([never_cache, csp_update(RELAXED)])
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().logout(request, extra_context)
