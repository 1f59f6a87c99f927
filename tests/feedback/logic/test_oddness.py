"""When an answer looks odd."""

import pytest

from feedback.logic.oddness import begs, odd_reasons


@pytest.mark.parametrize(
    "text",
    [
        "Chị cho em xin 10 điểm nha!",
        "Anh đánh giá giúp quán 5 sao ạ",
        "Mình chấm cho shop 9-10 điểm nhé",
        "ủng hộ em mười điểm",
        "Please give us a 10",
        "Could you rate us five stars?",
        "Leave a 5-star review",
        "If you were happy, score us 10 out of 10",
    ],
)
def test_begging_names_the_number_wanted(text):
    assert begs(text)


@pytest.mark.parametrize(
    "text",
    [
        "Chị chấm bao nhiêu điểm cũng được ạ",
        "Xin lỗi chị, em hoàn 50.000 đ. 5 phút nữa em gọi.",
        "Cho em hỏi chị ghé lúc 10 giờ phải không ạ?",
        "Give us five minutes, we call you back at 10",
        "How did we do?",
        "",
    ],
)
def test_asking_how_it_was_is_none(text):
    assert not begs(text)


def test_each_reason_stands_for_itself():
    assert odd_reasons(seconds=None, in_mailbox=2, sent=["Dạ"]) == []
    assert odd_reasons(seconds=5, in_mailbox=1, sent=[]) == []
    assert odd_reasons(seconds=4.9, in_mailbox=3, sent=["Dạ", "Xin 10 điểm"]) == ["quick", "one_mailbox", "begged"]
