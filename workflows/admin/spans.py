"""Lengths of time as people write them: ``4 h``, ``1 h 30 m``, ``45 s``."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-zà-ỹ]+)?")
_UNITS = {"h": 3600, "g": 3600, "m": 60, "p": 60, "s": 1}


def span_text(span: timedelta) -> str:
    """``span`` in hours, minutes and seconds; a day of business time has eight hours, so days are not used."""
    seconds = int(span.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 h"


def read_span(text: str) -> timedelta:
    """The length ``text`` says; a bare number is hours, units are h/giờ, m/phút, s. Raises ValueError."""
    found = _PART.findall(text.lower())
    if not found or _PART.sub("", text.lower()).strip():
        raise ValueError(text)
    seconds = sum(float(number.replace(",", ".")) * _UNITS[(unit or "h")[0]] for number, unit in found)
    return timedelta(seconds=round(seconds))


class SpanField(forms.CharField):
    """A form field for a length of time."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("For example 4 h or 1 h 30 m; eight hours are a working day."))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return span_text(value) if isinstance(value, timedelta) else value

    def clean(self, value: Any) -> timedelta | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_span(text)
        except (ValueError, KeyError) as error:
            raise forms.ValidationError(_("Write a length of time like 4 h or 1 h 30 m.")) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial or "") != (data or "")
