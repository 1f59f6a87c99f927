"""In which language an insight was written."""

import pytest

from journeys.logic.insights import language_of


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("một buổi sáng có kiểm soát hàng chờ làm tôi thấy bị động", "vi"),
        ("không ai nói gì tôi còn tính giờ", "vi"),
        ("ve\u0323 sinh", "vi"),  # its dot apart, as some keyboards send it
        ("to plan my evening the message is not true I leave work early", "en"),
        ("a café where I can stay", "en"),
        ("", "en"),
    ],
)
def test_language(words, language):
    assert language_of(words) == language
