"""Fields of working forms: moments and amounts as people write them, several files at once."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and a time, chosen with the browser's own picker; read in the reader's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT))
        kwargs.setdefault("input_formats", [_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"])
        super().__init__(**kwargs)


class AmountField(forms.DecimalField):
    """An amount of money as people type it: 150000, 150.000, 150,000, 150k or 1,5tr; S$12.50."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        is_whole = isinstance(value, Decimal) and value == value.to_integral_value()
        return str(int(value)) if is_whole else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        amount = read_amount(str(value)[:40])
        if amount is None:
            raise forms.ValidationError(_("Write an amount like 150000 or 150k."), code="invalid")
        return super().to_python(str(amount))


_AMOUNT = re.compile(r"[^\d\-−]{0,4}?([\d.,\s]*\d)\s*(k|nghìn|ngàn|tr|triệu|m)?\s*[^\d]{0,4}", re.IGNORECASE)
_TIMES = {"": 1, "k": 1_000, "nghìn": 1_000, "ngàn": 1_000, "tr": 1_000_000, "triệu": 1_000_000, "m": 1_000_000}


def read_amount(text: str) -> Decimal | None:
    """The amount ``text`` says, or None. Three figures after a mark are thousands, one or two are a fraction."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    figures, unit = "".join(found[1].split()), (found[2] or "").lower()
    marks = [char for char in figures if char in ".,"]
    if marks:
        whole, _mark, rest = figures.rpartition(marks[-1])
        is_fraction = len(rest) != 3 and (len(set(marks)) == 2 or len(marks) == 1)
        figures = re.sub(r"[.,]", "", whole) + (f".{rest}" if is_fraction else re.sub(r"[.,]", "", rest))
    try:
        return Decimal(figures) * _TIMES[unit]
    except InvalidOperation:
        return None


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """None, one or several files; cleaned to a list of uploads."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", ManyFiles(attrs={"multiple": True, "class": "cx-file"}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads: Sequence[Any] = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not uploads and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(upload, initial) for upload in uploads]
