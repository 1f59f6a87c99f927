"""Addresses of the admin's pages for who needs very many of them: each is looked up once, where the site is mounted."""

from functools import cache
from uuid import UUID

from django.urls import get_script_prefix, get_urlconf, reverse

_NONE = UUID(int=0)


def page(name: str) -> str:
    """The address of a page without arguments, such as ``admin:index``."""
    return _page(name, get_urlconf(), get_script_prefix())


def page_of(name: str, ident: UUID | str) -> str:
    """The address of the page of the row ``ident``, such as ``admin:customers_customer_change``."""
    before, after = _around(name, get_urlconf(), get_script_prefix())
    return f"{before}{ident}{after}"


@cache
def _page(name: str, _urlconf: str | None, _prefix: str) -> str:
    return reverse(name)


@cache
def _around(name: str, _urlconf: str | None, _prefix: str) -> tuple[str, str]:
    before, _ident, after = reverse(name, args=[_NONE]).partition(str(_NONE))
    return before, after
