"""What stands around every page of a site: the parts nothing can change are drawn once for each language and kept."""

from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from cxcrm.core.admin.links import page


class Frame:
    """The kept parts, for templates; ``same`` is what the theme tells them, as far as it depends on nobody."""

    def __init__(self, same: dict[str, Any]) -> None:
        self.same = same

    def _part(self, template: str, **more: Any) -> SafeString:
        return render_to_string(template, {**self.same, **more})

    @cached_property
    def head(self) -> SafeString:
        return self._part("admin/frame/head.html")

    @cached_property
    def head_end(self) -> SafeString:
        return self._part("admin/frame/head_end.html")

    @cached_property
    def colours(self) -> SafeString:
        return self._part("admin/frame/colours.html")

    @cached_property
    def theme_switch(self) -> SafeString:
        return self._part("unfold/helpers/theme_switch.html")

    @cached_property
    def end(self) -> SafeString:
        """Only for pages of somebody who is logged in."""
        return self._part("admin/frame/end.html", request={"user": {"is_staff": True}})

    @cached_property
    def home(self) -> str:
        return page("admin:index")

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


@cache
def frame_of(site: Any, _language: str | None, _urlconf: str | None, _prefix: str) -> Frame:
    """The frame of ``site`` in a language, where it is mounted."""
    return Frame(site.same_for_all())
