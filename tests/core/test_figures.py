"""Figures on pages: grouped, with a real minus sign, and as Django's own where a drawing needs them."""

import pytest
from django.utils.translation import override

from cxcrm.core.templatetags.figures import floatformat


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", ["4.727", "−1.234,5", "−0,3", "-0.30", ""]),
        ("en", ["4,727", "−1,234.5", "−0.3", "-0.30", ""]),
    ],
)
def test_every_figure_is_grouped_and_signed(language, said):
    asked = ((4727, 0), (-1234.5, "1g"), (-0.3, -1), (-0.3, "2u"), ("", 0))
    with override(language):
        assert [floatformat(value, arg) for value, arg in asked] == said
