"""The base of our two admin sites: unfold's look under our own content policy."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

# Alpine evaluates its attributes and the theme's colours stand in a style element. Nothing outside /admin/ gets this.
RELAXED = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}


class Site(UnfoldAdminSite):
    """One explicit site; models are registered by hand, so that nothing gets in by being installed."""

    enable_nav_sidebar = True
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def list_context(self, request: HttpRequest, admin: Any) -> dict[str, Any]:
        """What the bar above a list shows beside the export; a site at the roof has more to say."""
        return {}

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:
        return csp_update(RELAXED)(super().admin_view(view, cacheable))

    @method_decorator([never_cache, csp_update(RELAXED)])
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().logout(request, extra_context)
