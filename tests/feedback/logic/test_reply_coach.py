"""The coach's four ticks: the good and the bad reply of the domain page, and what lies between."""

import pytest

from feedback.logic.reply_coach import Advice, advise

COMPLAINT = (
    "Tôi quét QR 59k mà bị trừ hai lần, lúc 7h42 sáng thứ Ba ở quán Tân Định. Gọi hotline 4 cuộc toàn báo bận, nhắn "
    "Zalo thì bảo chờ kế toán. Giờ 16 ngày rồi vẫn chưa hoàn. Có 59 nghìn thôi nhưng làm ăn kiểu này tôi chịu."
)
GOOD = (
    "Chào chị Hà, sáng thứ Ba chị bị trừ 59.000 ₫ hai lần, gọi bốn cuộc đều bận và phải chờ 16 ngày – vừa mất tiền vừa "
    "mất công, chị bực là đúng ạ. Em đã hoàn 59.000 ₫ lúc 10:05 hôm nay (mã FT…). Từ giờ quản lý quán được hoàn ngay "
    "khoản dưới 200.000 ₫, không phải chờ kế toán. Chiều nay trước 16:00 em gọi để chắc chắn chị đã nhận. "
    "Em Tùng – Sương Mai."
)
BAD = "Rất tiếc về trải nghiệm của anh/chị, mong anh/chị thông cảm."
BRAKES = "Third visit for the same brake rub. Each time I re-explain everything to someone new."
GOOD_EN = (
    "This was your third visit for the same brake rub, and each time you had to explain it again; that wasted your "
    "evening. I have booked our senior mechanic and we will repair it at our cost. I'll call you by Thursday 17:00."
)


@pytest.mark.parametrize(("reply", "complaint"), [(GOOD, COMPLAINT), (GOOD_EN, BRAKES)])
def test_the_good_reply_has_all_four_ticks(reply: str, complaint: str) -> None:
    advice = advise(reply, complaint)
    assert advice == Advice(True, True, True, True, sympathy_only=False)
    assert advice.is_good


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (BAD, COMPLAINT),
        ("Tôi rất tiếc. Tôi không thể tưởng tượng chị đã trải qua điều gì. Tôi không thể cảm nhận được.", COMPLAINT),
        ("Chân thành xin lỗi quý khách vì sự bất tiện này.", COMPLAINT),
        ("We are very sorry for any inconvenience and thank you for your understanding.", BRAKES),
        ("I'm so sorry to hear that. I can only imagine.", BRAKES),
    ],
)
def test_sympathy_alone_is_amber(reply: str, complaint: str) -> None:
    assert advise(reply, complaint) == Advice(False, False, False, False, sympathy_only=True)


def test_each_tick_is_found_alone() -> None:
    assert advise("Sáng thứ Ba ở Tân Định chị bị trừ hai lần.", COMPLAINT).restates
    assert advise("Chị phải chờ nên bực là đúng.", "").names_consequence
    assert advise("Em đã hoàn tiền.", "").says_action
    assert advise("Em gọi lại trước 16:00.", "").says_when_and_who
    assert not advise("Xong trước 16:00.", "").says_when_and_who  # nobody is named
    assert not advise("Em gọi lại.", "").says_when_and_who


def test_sympathy_with_a_deed_is_not_amber() -> None:
    advice = advise("Rất tiếc chị ạ. Em đã hoàn 59.000 ₫.", COMPLAINT)
    assert (advice.says_action, advice.sympathy_only) == (True, False)


@pytest.mark.parametrize("reply", ["", " ", "\x00", "ạ" * 4000, "59.000 ₫ " * 500, "😀"])
def test_anything_may_be_looked_at(reply: str) -> None:
    assert advise(reply, COMPLAINT).sympathy_only is False


def test_letters_written_in_pieces_are_the_same_letters() -> None:
    import unicodedata

    assert advise(unicodedata.normalize("NFD", GOOD), COMPLAINT).is_good
