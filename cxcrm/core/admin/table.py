"""The table of a list, drawn in one go: what is the same for every row is said once, and a row is a join of its cells.

It says what the theme's own table says, which asks a chain of templates for every cell and works out the heads anew
for every row; ``tests/admin/test_table.py`` compares the two. What no list of ours has it does not draw: cells edited
in place, rows moved by hand, rows that open, menus of a row.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from html import escape
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import quote as percent
from uuid import UUID

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ALL_VAR, PAGE_VAR
from django.core.paginator import Paginator
from django.db.models import BooleanField, DateTimeField, Field, Model
from django.http import HttpRequest
from django.utils.dateformat import DateFormat
from django.utils.formats import get_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext
from unfold.templatetags.unfold_list import CHECKBOX_CLASSES, LINK_CLASSES, ROW_CLASSES, result_headers
from unfold.utils import display_for_field, display_for_value
from unfold.views import ChangeList

from cxcrm.core.admin.links import page

# Markup of one cell's content; what is not marked safe was escaped.
Draw = Callable[[Any], str]

_ROW = "id-of-the-row"
_BOX = "action_checkbox"
_CELL, _CHECK, _LINK = (" ".join(classes) for classes in (ROW_CLASSES, CHECKBOX_CLASSES, LINK_CLASSES))
_HEAD = (
    "align-middle font-semibold py-2 text-left text-font-important-light dark:text-font-important-dark "
    "whitespace-nowrap"
)
_FRAME = (
    "-mx-1 px-1 overflow-x-auto lg:border lg:border-base-200 lg:mx-0 lg:px-0 lg:shadow-xs lg:dark:border-base-800 "
    "lg:bg-white lg:dark:bg-base-900"
)
_TABLE = "result-list block border-base-200 border-spacing-none border-separate w-full lg:table"
_ROW_OPENS = tuple(
    f'<tbody class="block relative lg:table-row-group{stripe}"><tr class="data-row block border border-base-200 mb-3 '
    'relative rounded-default lg:table-row lg:border-none lg:mb-0 lg:rounded-none dark:border-base-800">'
    for stripe in ("", " bg-base-50 dark:bg-white/[.02]")
)
_TOGGLE = (
    "toggle flex items-center leading-none text-base-400 hover:text-base-500 dark:text-base-500 "
    "dark:hover:text-base-400"
)
_REMOVE = (
    "sortremove flex items-center leading-none ml-1 text-base-400 dark:text-base-500 transition-all "
    "hover:text-red-700 dark:hover:text-red-500"
)


class DrawnChangeList(ChangeList):
    """A list as our template shows it, its rows read with what is shown of them and no more."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        admin = self.model_admin
        if admin.list_only:
            related = admin.list_select_related
            rows = self.result_list.select_related(None).select_related(*related).only(*related, *admin.list_only)
            self.result_list: Any = rows.prefetch_related(None).prefetch_related(*admin.list_prefetch())

    @property
    def table(self) -> SafeString:
        return draw(self)

    @property
    def address(self) -> str:
        """Of this list, as it is opened first."""
        return page(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    @property
    def words_url(self) -> str:
        """Where the scripts get their words."""
        return page("admin:jsi18n")

    @property
    def pages(self) -> list[tuple[Any, str]]:
        """The numbers of pages worth offering with their addresses; none for where we are and for what is left out."""
        if not self.multi_page or (self.show_all and self.can_show_all):
            return []
        return [
            (one, "" if one in (self.page_num, Paginator.ELLIPSIS) else self.get_query_string({PAGE_VAR: one}))
            for one in self.paginator.get_elided_page_range(self.page_num)
        ]

    @property
    def all_url(self) -> str:
        """All rows on one page, where there are not too many of them."""
        offered = self.can_show_all and not self.show_all and self.multi_page
        return self.get_query_string({ALL_VAR: ""}) if offered else ""


# What cells say that have nothing to say.
_NOTHING: Final = frozenset({"", "-", "–"})


def draw(cl: ChangeList) -> SafeString:
    """The whole table of ``cl``, heads and rows."""
    heads = list(result_headers(cl))
    columns = [_column(cl, name, head["text"]) for name, head in zip(cl.list_display, heads, strict=True)]
    rounded = "lg:rounded-b-default" if cl.search_fields or cl.has_filters else "lg:rounded-default"
    pieces = [
        f'<div class="{rounded} {_FRAME}" data-simplebar data-simplebar-auto-hide="false">',
        f'<table id="result_list" class="{_TABLE}"><thead><tr>',
        *_heads(heads),
        "</tr></thead>",
    ]
    add = pieces.append
    for number, row in enumerate(cl.result_list):
        add(_ROW_OPENS[number & 1])
        for column in columns:
            add(column(row))
        add("</tr></tbody>")
    add("</table></div>")
    return SafeString("".join(pieces))


def _heads(heads: list[dict[str, Any]]) -> Iterator[str]:
    """The heads: what is sorted by leads to the other way round, and can be left out again."""
    ranked = sum(bool(head["sortable"] and head["sorted"]) for head in heads) > 1
    for number, head in enumerate(heads):
        classes = f"{_HEAD} {conditional_escape(head['class_attrib'])}"
        if number == 0 and "action-toggle" in head["text"]:
            all_rows = escape(gettext("Select all rows"))
            yield (
                f'<th class="{classes} lg:px-3 lg:w-10" scope="col"><div class="flex items-center"><div class="text">'
                f'<label class="flex flex-row items-center gap-2">{head["text"]}'
                f'<span class="block font-normal lg:hidden">{all_rows}</span></label></div></div></th>'
            )
            continue
        text = escape(capfirst(str(head["text"])))
        told = f'<a href="{escape(head["url_primary"])}">{text}</a>' if head["sortable"] else f"<span>{text}</span>"
        order = _order(head, ranked) if head["sortable"] and head["sort_priority"] else ""
        yield (
            f'<th class="{classes} hidden px-3 lg:table-cell" scope="col"><div class="flex items-center">'
            f'<div class="text">{told}</div>{order}</div></th>'
        )


def _order(head: dict[str, Any], ranked: bool) -> str:
    way, arrow = ("ascending", "arrow_circle_down") if head["ascending"] else ("descending", "arrow_circle_up")
    rank = gettext("Sorting priority: %(priority_number)s") % {"priority_number": head["sort_priority"]}
    ranks = f'<span class="sortpriority font-medium ml-2 text-xs" title="{escape(rank)}">{head["sort_priority"]}</span>'
    return (
        f'<div class="sortoptions flex items-center ml-2"><a href="{escape(head["url_toggle"])}" '
        f'class="{_TOGGLE} {way}" title="{escape(gettext("Toggle sorting"))}">'
        f'<span class="block material-symbols-outlined">{arrow}</span></a>'
        f'<a class="{_REMOVE}" href="{escape(head["url_remove"])}" title="{escape(gettext("Remove from sorting"))}">'
        f'<span class="block material-symbols-outlined">cancel</span></a></div>{ranks if ranked else ""}'
    )


def _column(cl: ChangeList, name: str, label: Any) -> Draw:
    """One column's cells, whole."""
    draws = _content(cl, name)
    if name == _BOX:
        before = f'<td class="{_CHECK}" data-label="{escape(gettext("Select record"))}">'
        return lambda row: f"{before}{draws(row)}</td>"
    attrs = f'class="field-{name} {_CELL}" data-label="{conditional_escape(label)}"'
    if cl.list_display_links is None or name not in cl.list_display_links:
        nothing = attrs.replace('class="', 'class="cx-none ', 1)  # a phone leaves out what says nothing

        def cell(row: Any) -> str:
            told = draws(row)
            return f"<td {nothing if told in _NOTHING else attrs}>{told}</td>"

        return cell
    tag = "th" if name == cl.list_display_links[0] else "td"
    link = _link(cl)
    return lambda row: f"<{tag} {attrs}>{link(row)}{draws(row)}</a></{tag}>"


def _link(cl: ChangeList) -> Draw:
    """The opening tag to a row's page, which takes the reader back to this very list afterwards."""
    context = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
    address = add_preserved_filters(context, cl.url_for_result(SimpleNamespace(**{cl.pk_attname: _ROW})))
    before, _row, after = escape(address).partition(_ROW)
    after += f'" class="{_LINK}"'
    given = cl.to_field or cl.pk_attname

    def link(row: Any) -> str:
        key = getattr(row, cl.pk_attname)
        ident = key if isinstance(key, UUID) else escape(percent(quote(key)))
        opener = f' data-popup-opener="{escape(str(row.serializable_value(given)))}"' if cl.is_popup else ""
        return f'<a href="{before}{ident}{after}{opener}>'

    return link


def _content(cl: ChangeList, name: str) -> Draw:
    """How a cell's content is drawn: a field of the rows, else a method of the admin or of the row."""
    empty = cl.model_admin.get_empty_value_display()
    field = next((one for one in cl.opts.concrete_fields if one.name == name), None)
    if field is not None:
        return _of_field(field, empty)
    own = None if name == "__str__" else getattr(cl.model_admin, name, None)
    return partial(_told, own, name, empty)


def _told(own: Callable[[Any], Any] | None, name: str, empty: str, row: Any) -> str:
    """What a method says of ``row``."""
    value = getattr(row, name) if own is None else own(row)
    if own is None and callable(value):
        value = value()
    if isinstance(value, SafeString):
        return value
    return escape(value if isinstance(value, str) else display_for_value(value, empty))


def _of_field(field: Field, empty: str) -> Draw:
    """What a field holds, in words. What only few values can be is worded once for all rows."""
    name, nothing = field.attname, conditional_escape(empty)
    if field.is_relation:
        name = field.name
        return lambda row: nothing if (other := getattr(row, name)) is None else conditional_escape(str(other))
    if field.choices or isinstance(field, BooleanField):
        return _Worded(field, empty)
    if isinstance(field, DateTimeField):
        moment = _moments()
        return lambda row: nothing if (at := getattr(row, name)) is None else moment(at)
    return lambda row: conditional_escape(display_for_field(getattr(row, name), field, empty))


# The parts of a date that say the same in every language, as the machine writes them in one go.
_PLAIN_PARTS = {"d": "%d", "m": "%m", "Y": "%Y", "y": "%y", "H": "%H", "i": "%M", "s": "%S"}


def _moments() -> Callable[[datetime], str]:
    """How a moment is written in the reader's language, on the firm's clock."""
    shape, zone = str(get_format("DATETIME_FORMAT")), get_current_timezone()
    if all(part in _PLAIN_PARTS or (not part.isalpha() and part not in "\\%") for part in shape):
        plain = "".join(_PLAIN_PARTS.get(part, part) for part in shape)
        return lambda at: escape(at.astimezone(zone).strftime(plain))
    return lambda at: escape(DateFormat(at.astimezone(zone)).format(shape))


class _Worded(dict[Any, str]):
    """The words of a field's values, each looked up when it is met first."""

    def __init__(self, field: Field, empty: str) -> None:
        super().__init__()
        self.field, self.empty = field, empty

    def __missing__(self, value: Any) -> str:
        self[value] = words = conditional_escape(display_for_field(value, self.field, self.empty))
        return words

    def __call__(self, row: Model) -> str:
        return self[getattr(row, self.field.attname)]
