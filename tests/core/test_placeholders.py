"""Names in a firm's own texts."""

from cxcrm.core.placeholders import filled


def test_only_what_is_named_is_replaced() -> None:
    words = {"{brand}": "Sương {Mai}", "{xh}": "chị"}
    assert filled("{brand} chào {xh}, {xh.__class__} {ai}", words) == "Sương {Mai} chào chị, {xh.__class__} {ai}"
