"""Severity of complaints as customers write them, with and without accents."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.text import search_key
from feedback.logic.severity import REASONS, SATISFIED, UNSPECIFIED, Severity, assess_severity

# domain.md §6.1 and §6.2
COMPLAINTS = [
    (
        (
            "Tôi quét QR 59k mà bị trừ hai lần, lúc 7h42 sáng thứ Ba ở quán Tân Định. Gọi hotline 4 cuộc toàn báo bận, "
            "nhắn Zalo thì bảo chờ kế toán. Giờ 16 ngày rồi vẫn chưa hoàn. Có 59 nghìn thôi nhưng làm ăn kiểu này tôi "
            "chịu."
        ),
        "S2",
        ("money",),
    ),
    (
        "Order bạc xỉu ít ngọt mà uống như chè. Nói lại thì bạn thu ngân bảo 'máy nó vậy chị ơi'.",
        "S3",
        (UNSPECIFIED,),
    ),
    (
        "Nhân viên nói trống không với mẹ tôi, bà 68 tuổi rồi mà 'uống gì nói lẹ đi'. Tôi rất thất vọng.",
        "S2",
        ("insult",),
    ),
    (
        "Chiều Chủ nhật dắt hai đứa nhỏ vô mà không có chỗ gửi xe, bảo vệ chỉ qua vỉa hè rồi bị nhắc.",
        "S3",
        (UNSPECIFIED,),
    ),
    ("Wifi tầng 2 rớt hoài, tụi em họp nhóm phải bắt 4G.", "S4", ("suggestion",)),
    (
        "Trong ly matcha có miếng nhựa nhỏ, may mà con tôi nhả ra. Tôi có giữ lại và chụp hình.",
        "S1",
        ("food_safety",),
    ),
    (
        "App báo 20 phút mà hơn một tiếng mới tới, đá tan hết, ly đổ ra túi.",
        "S3",
        ("service_failure",),
    ),
    (
        (
            "Bên chị đặt 12 ký Robusta giao thứ Năm, tới thứ Bảy mới có, quán chị phải đi mua chỗ khác. "
            "Hóa đơn lại ghi sai mã số thuế."
        ),
        "S2",
        ("wholesale",),
    ),
    ("Trên Google ghi mở 6h30, 6h45 tui tới còn đóng cửa. Trễ làm luôn.", "S3", (UNSPECIFIED,)),
    (
        "Sao số điện thoại tôi để tích điểm mà giờ nhắn quảng cáo hoài vậy? Xóa giùm tôi.",
        "S2",
        ("privacy_request",),
    ),
    (
        "Third visit for the same brake rub. Each time I re-explain everything to someone new.",
        "S3",
        ("service_failure",),
    ),
    ("Your SMS said ready at 5, I left work early, it wasn't.", "S3", (UNSPECIFIED,)),
    ("Cancelled CarePlan online, still billed twice.", "S2", ("money",)),
]


@pytest.mark.parametrize(("text", "level", "reasons"), COMPLAINTS)
@pytest.mark.parametrize("score_share", [None, 0.0, 0.3])
def test_the_demo_s_complaints(text, level, reasons, score_share):
    expected = Severity(level, reasons)
    for typed in (text, text.upper(), unicodedata.normalize("NFD", text), search_key(text)):
        assert assess_severity(typed, score_share) == expected


@pytest.mark.parametrize(
    ("text", "level", "reason"),
    [
        # the examples of domain.md §3.9
        ("Uống xong cả nhà bị ngộ độc phải đi cấp cứu", "S1", "food_safety"),
        ("Sàn ướt, mẹ tôi trượt ngã gãy tay", "S1", "injury"),
        ("Quán làm lộ thông tin của tôi cho người khác gọi", "S1", "data_leak"),
        ("Tôi sẽ bóc phốt quán này", "S1", "public_crisis"),
        ("Máy trừ tiền sai", "S2", "money"),
        ("Nhân viên xúc phạm tôi", "S2", "insult"),
        ("Bên tôi là khách sỉ mà giao trễ", "S2", "wholesale"),
        ("Tôi sẽ nhờ luật sư", "S2", "legal_threat"),
        ("Giao sai món", "S3", "service_failure"),
        ("Góp ý: quán nên có thêm bánh", "S4", "suggestion"),
        # English
        ("I found a piece of glass in my latte", "S1", "food_safety"),
        ("My brakes failed on the way home", "S1", "injury"),
        ("You leaked my phone number", "S1", "data_leak"),
        ("I was charged twice", "S2", "money"),
        ("The mechanic was rude", "S2", "insult"),
        ("The music is a bit loud", "S4", "suggestion"),
        # accents in old and new places, or half typed
        ("con tôi bị dị ứng", "S1", "food_safety"),
        ("co gian trong ly", "S1", "food_safety"),
        ("mảnh thuỷ tinh", "S1", "food_safety"),
        ("Trong ly co mieng nhựa", "S1", "food_safety"),
    ],
)
def test_phrases(text, level, reason):
    found = assess_severity(text, None)
    assert (found.level, found.reasons[0]) == (level, reason)


@pytest.mark.parametrize(
    "text",
    ["Cái quạt không chạy", "quat khong chay", "Có giận cũng vậy", "thời gian chờ", "hospitality", "Bông hoa héo"],
)
def test_words_that_differ_by_an_accent_or_an_ending_are_other_words(text):
    assert assess_severity(text, None) == Severity("S3", (UNSPECIFIED,))


def test_the_gravest_level_decides_and_names_all_its_reasons():
    found = assess_severity("Góp ý: bị trừ hai lần, nhân viên chửi khách, có miếng nhựa làm tôi chảy máu", 0.9)
    assert found == Severity("S1", ("food_safety", "injury"))


@pytest.mark.parametrize(
    ("score_share", "expected"),
    [
        (None, Severity("S3", (UNSPECIFIED,))),
        (0.0, Severity("S3", (UNSPECIFIED,))),
        (0.69, Severity("S3", (UNSPECIFIED,))),
        (0.7, Severity("S4", (SATISFIED,))),
        (1.0, Severity("S4", (SATISFIED,))),
    ],
)
@pytest.mark.parametrize("text", ["", "...", "Tạm được"])
def test_a_score_alone_decides_only_between_s3_and_s4(text, score_share, expected):
    assert assess_severity(text, score_share) == expected


@pytest.mark.parametrize("score_share", [-0.1, 1.1, float("nan")])
def test_a_share_is_a_share(score_share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        assess_severity("", score_share)


@given(st.text(), st.none() | st.floats(0, 1))
def test_any_text_has_a_severity(text, score_share):
    found = assess_severity(text, score_share)
    assert found.level in {"S1", "S2", "S3", "S4"}
    assert set(found.reasons) <= {*REASONS, UNSPECIFIED, SATISFIED}
