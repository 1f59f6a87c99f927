"""Amounts of money as people write and read them."""

from decimal import Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import get_language

from cxcrm.core.amounts import NO_MINOR_UNIT, parse_money, parse_number

__all__ = ["money", "parse_money", "parse_number"]

_SIGNS: Final = {"VND": "₫", "SGD": "S$", "USD": "US$", "EUR": "€", "GBP": "£"}


def money(amount: Decimal, currency: str) -> str:
    """``1.250.000 ₫`` in Vietnamese, ``₫1,250,000`` in English; cents only where there are any."""
    places = 0 if currency in NO_MINOR_UNIT or amount == amount.to_integral_value() else 2
    sign = _SIGNS.get(currency, currency)
    minus = "-" if amount < 0 else ""
    number = number_format(abs(amount), decimal_pos=places, use_l10n=True, force_grouping=True)
    if get_language() == "vi":
        return f"{minus}{number}\N{NO-BREAK SPACE}{sign}"
    return f"{minus}{sign}{number}" if currency in _SIGNS else f"{minus}{sign}\N{NO-BREAK SPACE}{number}"
