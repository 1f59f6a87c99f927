"""Two texts of a firm that cannot both be kept: real ones are found, and what only looks like one is left alone."""

import pytest

from workflows.logic.contradictions import Text, claims_of, contradict, contradictions, outside, read

FAR = "Mời khách chờ, cười thật tươi, hỏi khách muốn uống gì, ít đá hay nhiều đá, ít đường hay nhiều, pha 3 phút"


def differ(first, second):
    found = contradictions(read([Text("a", first), Text("b", second)]))
    return [one.topic for one in found]


@pytest.mark.parametrize(
    ("first", "second", "topic"),
    [
        ("Khách nhận món trong 4 phút.", "Khách chờ không quá 10 phút.", "wait"),
        ("Hoàn tiền ngay trong 24 giờ.", "Kế toán hoàn tiền trong 3 ngày làm việc.", "refund"),
        ("Được hoàn ngay khoản dưới 200.000 ₫.", "Quản lý được hoàn tới 100k.", "refund"),
        ("Gọi lại cho khách trong nửa tiếng.", "Bên em sẽ gọi lại trong vòng hai giờ.", "answer"),
        ("Gọi lại trong 1 tiếng rưỡi.", "Gọi lại trong vòng 60 phút.", "answer"),
        ("Nhấc máy trong 20 giây.", "Có người nghe trong vòng 1 phút.", "pick_up"),
        ("Giao trong 20–30 phút.", "App báo: giao trong 45 phút.", "deliver"),
        ("Quán mở cửa lúc 6h30.", "Trên bản đồ: mở cửa 7:00.", "open"),
        ("Đóng cửa lúc 22h.", "We close at 9 pm. Closing time 9 pm.", "close"),
        ("Phụ thu 10 % ngày lễ.", "Ngày lễ phụ thu 15 phần trăm.", "fee"),
        ("We reply within 4 hours.", "Every message gets a reply within two days.", "answer"),
        ("Refund up to S$50 on the spot.", "Managers may refund up to S$20.", "refund"),
        ("Giảm giá ít nhất 20 %.", "Chỉ giảm giá tối đa 10 %.", "discount"),
        ("Đổi trả trong 2 tuần.", "Đổi trả trong 7 ngày.", "exchange"),
        ("Phí giao 2 triệu.", "Phí giao 1,5 triệu.", "fee"),
    ],
)
def test_what_cannot_both_be_kept(first, second, topic):
    assert set(differ(first, second)) == {topic}
    assert set(differ(second, first)) == {topic}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Khách nhận món trong 4 phút.", "Khách nhận món trong bốn phút."),  # the same
        ("Hoàn tiền trong 24 giờ.", "Hoàn tiền trong một ngày."),
        ("Hoàn tiền trong 3 ngày.", "Hoàn tiền trong 3 ngày làm việc."),
        ("Giao trong 20–30 phút.", "Giao trong 30 phút."),  # within the range
        ("Giao trong 30 phút nội thành, 60 phút ngoại thành.", "Giao trong 60 phút."),  # one of its cases
        ("Khách nhận món trong 4 phút.", "Gọi lại cho khách trong 2 giờ."),  # about something else
        ("Nếu khách phải chờ hơn 5 phút thì mời nước.", "Khách chờ không quá 10 phút."),  # a condition
        ("Sau 5 phút chờ thì báo khách còn bao lâu.", "Khách chờ không quá 10 phút."),  # a delay
        ("Báo khách đang chờ mỗi 5 phút.", "Khách chờ không quá 10 phút."),  # a rhythm
        ("Chỉ bãi gần nhất, đi bộ không quá ba phút.", "Khách chờ lấy xe không quá 5 phút."),
        ("Giảm giá ít nhất 10 %.", "Giảm giá 15 %."),  # not below the floor
        ("Giảm giá ít nhất 10 %.", "Giảm giá tối thiểu 5 %."),
        ("Hoàn tiền trong 24 giờ.", "Được hoàn tối đa 200.000 ₫."),  # time and money
        ("Refund S$20 at once.", "Được hoàn ngay 500.000 đồng."),  # two currencies
        ("Em sẽ gọi lại trước {{promised_time}} cho chuyện 12 phút trước.", "Gọi lại trong 2 giờ; số 1900 4567."),
        ("Phục vụ 3 bàn một lúc.", "Chờ 5 phút."),  # no unit
        ("Gọi lại trước 17:00 hôm nay.", "Gọi lại trước 12h."),  # hours of a day count for opening only
        ("Mở cửa 99h.", "Mở cửa 7h."),
        ("Nói thời gian chờ ngay: “Dạ bốn phút nữa có ạ.”", "Không ai chờ quá năm phút."),  # an example
        (FAR, "Chờ 9 phút"),  # too far from any topic
    ],
)  # fmt: skip
def test_what_only_looks_like_one(first, second):
    assert differ(first, second) == []


def test_a_text_may_contradict_itself_but_not_what_it_replaces():
    own = Text("standard", "Khách chờ không quá 5 phút.\nKhách chờ tối đa 8 phút.")
    assert len(contradictions(read([own]))) == 1
    old = Text("standard", "Khách chờ không quá 5 phút.", instead_of="place")
    new = Text("proposal", "Khách chờ không quá 3 phút.", instead_of="place")
    assert contradictions(read([old, new])) == []
    other = Text("standard of another", "Khách chờ không quá 5 phút nhé.", instead_of="another")
    (found,) = contradictions(read([old, new, other]))
    assert (found.first, found.second, found.first_sentence) == (new, other, "Khách chờ không quá 3 phút.")


def test_the_same_sentence_twice_is_one():
    assert differ("Chờ 5 phút hoặc 8 phút.", "Chờ 5 phút hoặc 8 phút.") == []


def test_an_answer_no_policy_stands_behind():
    def promised(words):
        (claim,) = claims_of(words)
        return outside(claim, 60, 3 * 1440)

    assert promised("Gọi lại trong 15 phút.")
    assert promised("Trả lời trong hai tuần.")
    assert not promised("Trả lời trong 2 giờ.")
    assert not promised("Trả lời sớm nhất, ít nhất 5 phút.")
    assert not promised("Giao trong 15 phút.")


def test_other_topics_and_units_do_not_contradict():
    (one,), (other,) = claims_of("Chờ 5 phút."), claims_of("Phụ thu 5 %.")
    assert not contradict(one, other)


def test_what_holds_everywhere_is_not_held_against_itself_again():
    here, general = read([Text("a", "Chờ 5 phút.")]), read([Text("b", "Chờ 8 phút."), Text("c", "Chờ 9 phút.")])
    assert [(one.first.source, one.second.source) for one in contradictions(here, general)] == [("a", "b"), ("a", "c")]
