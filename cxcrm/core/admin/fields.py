"""Fields of working forms: moments and amounts as people write them, several files at once."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxcrm.core.amounts import parse_money

_MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and a time, chosen with the browser's own picker; read in the reader's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT))
        kwargs.setdefault("input_formats", [_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"])
        super().__init__(**kwargs)


class AmountField(forms.DecimalField):
    """An amount of money as people type it: 150000, 150.000, 150,000, 150k, 1tr5; S$12.50 (see ``parse_money``).

    ``currency``, or what it returns when asked, says whether there are cents.
    """

    def __init__(self, *, currency: str | Callable[[], str] = "VND", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.currency = currency

    def prepare_value(self, value: Any) -> Any:
        is_whole = isinstance(value, Decimal) and value == value.to_integral_value()
        return str(int(value)) if is_whole else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        amount = parse_money(str(value)[:40], self.currency if isinstance(self.currency, str) else self.currency())
        if amount is None or amount < 0:
            raise forms.ValidationError(_("Write an amount like 150000 or 150k."), code="invalid")
        return super().to_python(str(amount))


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
