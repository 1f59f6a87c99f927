"""How every page writes a figure: thousands grouped as the reader's language does, and the minus sign a real one."""

from typing import Any

from django import template
from django.template.defaultfilters import floatformat as plain
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter(is_safe=True)
def floatformat(text: Any, arg: Any = -1) -> SafeString:
    """Django's own, grouped and with “−”; with the suffix “u” (for drawings and inputs) as Django's own."""
    if "u" in str(arg):
        return mark_safe(plain(text, arg))  # noqa: S308 - made of digits by Django
    figure = plain(text, arg if "g" in str(arg) else f"{arg}g")
    return mark_safe(f"−{figure[1:]}" if figure.startswith("-") else figure)  # noqa: S308 - made of digits by Django
