"""The menu beside every page, and the tabs above it: what the reader's role may open.

A line is drawn as the theme draws it, without its templates. Pages that belong together are one family (``tabs`` in the
settings): the menu has one line for it, the first page its reader may open, and above each of them stand all of them.
What a line says depends on nothing but the language and where the site is mounted, so lines are kept ready; whether it
is shown and whether it is the page being read is asked every time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cxcrm.core.admin.links import page

_LINE = "flex h-[38px] items-center -mx-3 px-3 rounded-default hover:text-primary-600 dark:hover:text-primary-500"
_HERE = "bg-base-100 font-semibold text-primary-600 dark:bg-white/[.06] dark:text-primary-500 active"
_TITLE = (
    "font-semibold flex flex-row items-center mb-1 mx-3 py-1.5 px-3 select-none text-font-important-light text-sm "
    "dark:text-font-important-dark"
)
_FOLD = (
    "cursor-pointer flex flex-row group grow items-center text-left hover:text-primary-600 dark:hover:text-primary-500"
)
_ARROW = (
    "material-symbols-outlined ml-auto transition-transform group-hover:text-primary-600 "
    "dark:group-hover:text-primary-500"
)


@dataclass(frozen=True)
class _Line:
    may: Callable[[HttpRequest], bool]
    path: str
    is_home: bool
    # In the menu and as a tab, each plain and marked as where the reader is.
    drawn: tuple[str, str]
    tab: tuple[str, str]

    def is_here(self, path: str) -> bool:
        return path == self.path if self.is_home else self.path in path


Family = tuple[_Line, ...]


@dataclass(frozen=True)
class _Group:
    families: tuple[Family, ...]
    # The opening tags, folded and unfolded.
    drawn: tuple[str, str]


def draw_sidebar(settings_name: str, request: HttpRequest) -> SafeString:
    """The groups of ``settings_name`` with what ``request``'s reader may open; a group without lines is left out."""
    pieces = []
    groups = _groups(settings_name, get_language(), get_urlconf(), get_script_prefix())
    nearest = _nearest(groups, request.path)
    for group in groups:
        families = [open_ for family in group.families if (open_ := [line for line in family if line.may(request)])]
        if not families:
            continue
        here = [any(line is nearest for line in family) for family in families]
        pieces.append(group.drawn[any(here)])
        pieces += [family[0].drawn[now] for family, now in zip(families, here, strict=True)]
        pieces.append("</ol></div>")
    return SafeString("".join(pieces))


def draw_tabs(settings_name: str, request: HttpRequest) -> SafeString:
    """The pages that belong to the one being read, as far as its reader may open them; nothing above a single one, and
    nothing on the pages of rows."""
    groups = _groups(settings_name, get_language(), get_urlconf(), get_script_prefix())
    for family in (family for group in groups for family in group.families):
        if any(line.path == request.path for line in family):
            lines = [line for line in family if line.may(request)]
            if len(lines) > 1:
                label = _("Pages that belong together")
                tabs = "".join(line.tab[line.path == request.path] for line in lines)
                return SafeString(f'<nav class="cx-family" aria-label="{escape(label)}">{tabs}</nav>')
    return SafeString()


def _nearest(groups: tuple[_Group, ...], path: str) -> _Line | None:
    """Of pages below one another only the nearest is where the reader is."""
    lines = (line for group in groups for family in group.families for line in family)
    return max((line for line in lines if line.is_here(path)), key=lambda line: len(line.path), default=None)


@cache
def _groups(settings_name: str, _language: str | None, _urlconf: str | None, _prefix: str) -> tuple[_Group, ...]:
    """All there is to choose from; nothing in it belongs to a firm or a person."""
    home = page("admin:index")
    return tuple(
        _Group(
            tuple(tuple(_line(line, home) for line in item.get("tabs", [item])) for item in group["items"]),
            _opening(group),
        )
        for group in getattr(settings, settings_name)["SIDEBAR"]["navigation"]
    )


def _line(line: dict[str, Any], home: str) -> _Line:
    path = str(line["link"])

    def drawn(attrs: str) -> str:
        return (
            f'<li><a href="{escape(path)}" {attrs}><span class="material-symbols-outlined md-18 mr-3 w-[18px]" '
            f'aria-hidden="true">{line["icon"]}</span><span>{escape(line["title"])}</span></a></li>'
        )

    def tab(attrs: str) -> str:
        return f'<a href="{escape(path)}"{attrs}>{escape(line["title"])}</a>'

    plain, marked = f'class="{_LINE}"', f'class="{_LINE} {_HERE}" aria-current="page"'
    tabs = tab(""), tab(' aria-current="page"')
    return _Line(line["permission"], path, path == home, (drawn(plain), drawn(marked)), tabs)


def _opening(group: dict[str, Any]) -> tuple[str, str]:
    title = escape(group.get("title", ""))
    if not group.get("collapsible"):
        heading = f'<h2 class="{_TITLE}">{title}</h2>' if title else ""
        plain = f'<div class="mb-1.5">{heading}<ol class="flex flex-col gap-0.5 px-6">'
        return plain, plain
    heading = (
        f'<h2 class="{_TITLE}"><button type="button" class="{_FOLD}" x-on:click="navigationOpen = !navigationOpen" '
        f'x-bind:aria-expanded="navigationOpen">{title}<span class="{_ARROW}" aria-hidden="true" '
        """x-bind:class="{'rotate-90': navigationOpen}">chevron_right</span></button></h2>"""
        '<ol class="flex flex-col gap-0.5 px-6" x-show="navigationOpen">'
    )
    folded, unfolded = (f'<div class="mb-1.5" x-data="{{navigationOpen: {now}}}">' for now in ("false", "true"))
    return folded + heading, unfolded + heading
