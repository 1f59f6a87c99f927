"""Small pieces of markup that lists and pages share."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


def pill(text: Any, tone: str = "plain") -> SafeString:
    """A short word on a coloured ground; ``tone`` is plain, info, good, warn or bad. The word carries the meaning."""
    return format_html('<span class="cx-pill cx-pill-{}">{}</span>', tone, text)


def cell(content: SafeString) -> SafeString:
    """Several pieces as one: on a phone the table's cells are rows of their own and would lay pieces side by side."""
    return format_html('<span class="cx-cell">{}</span>', content)
