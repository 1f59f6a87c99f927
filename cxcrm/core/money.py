"""Amounts of money as people write them in the active language."""

from decimal import Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import get_language

_NO_MINOR_UNIT: Final = frozenset({"VND", "JPY", "KRW"})
_SIGNS: Final = {"VND": "₫", "SGD": "S$", "USD": "US$", "EUR": "€", "GBP": "£"}


def money(amount: Decimal, currency: str) -> str:
    """``1.250.000 ₫`` in Vietnamese, ``₫1,250,000`` in English; cents only where there are any."""
    places = 0 if currency in _NO_MINOR_UNIT or amount == amount.to_integral_value() else 2
    sign = _SIGNS.get(currency, currency)
    number = number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)
    if get_language() == "vi":
        return f"{number}\N{NO-BREAK SPACE}{sign}"
    return f"{sign}{number}" if currency in _SIGNS else f"{sign}\N{NO-BREAK SPACE}{number}"
