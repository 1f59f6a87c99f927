"""Placeholders, mentions and promises in what people type at the desk."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.logic import placeholders
from feedback.logic.mentions import Colleague, mentioned
from feedback.logic.promise_words import find_promises

VALUES = {"customer": "chị Hà", "number": "KN-1", "remedy": ""}
SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=SAIGON)

NASTY = [
    "{{ number.__class__ }}", "{{number|safe}}", "{% debug %}", "{0.__init__}", "{number!r:>999999999}", "{{ x }}",
    "{{number}", "{number}", "{{ NUMBER }}", "{{number[0]}}", "{{7*7}}", "${number}", "#{number}", "<%= 7*7 %>",
    "{{ self }}", "{{''.__class__.__mro__}}", "{{config}}", "{{request}}", "{{ settings.SECRET_KEY }}", "%(number)s",
    "{{number()}}", "{{ number\n}}", "{{{{number", "{%include 'x'%}", "{#number#}", "{{number:>99999}}",
    "{{" * 500 + "number", "{{" + "a" * 3000 + "}}", "{{" + " " * 3000 + "number}}",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_what_is_no_placeholder_stays_as_written(text):
    begun = time.perf_counter()
    assert placeholders.fill(text, VALUES, {}) == text[:4000]
    assert time.perf_counter() - begun < 0.05


def test_placeholders_are_filled_once_and_empty_ones_neutrally():
    text = "{{ customer }}, {{number}}: {{remedy}} {{other}}"
    assert placeholders.fill(text, VALUES, {"remedy": "xử lý"}) == "chị Hà, KN-1: xử lý {{other}}"
    assert placeholders.fill("{{customer}}", {"customer": "{{number}}", "number": "1"}, {}) == "{{number}}"
    assert len(placeholders.fill("{{customer}}" * 300, {"customer": "x" * 4000}, {})) == 4000
    assert placeholders.unknown("{{number}} {{nmber}} {{nmber}}", placeholders.REPLY) == ["nmber"]


PEOPLE = [
    Colleague(1, "Lý Gia Hân", "Hân"), Colleague(2, "Nguyễn Thị Hà", "Hà"), Colleague(3, "Trần Hà", "Hà"),
    Colleague(4, "Lý Gia", "Gia"), Colleague(5, "Đỗ Thu Trang", "Trang"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Nhờ @Hân xem giúp", [1]),
        ("@Lý Gia Hân và @Lý Gia", [1, 4]),
        ("@ly gia han oi", [1]),
        ("@Hà ơi", []),  # two have that name
        ("@Trần Hà, @Nguyễn Thị Hà", [3, 2]),
        ("@do thu trang @Trang", [5]),
        ("gửi ha@trang.vn", []),
        ("@Hânn", []),
        ("@", []),
        ("không ai", []),
    ],
)
def test_who_a_note_calls_in(text, called):
    assert mentioned(text, PEOPLE) == called


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Em sẽ gọi lại trước 17h.", "24/11 17:00"),
        ("Chiều nay trước 16:00 em gọi để chắc chắn chị đã nhận.", "24/11 16:00"),
        ("Em sẽ gọi chị lúc 5 giờ chiều mai.", "25/11 17:00"),
        ("Trong vòng hai tiếng em sẽ báo lại.", "24/11 12:30"),
        ("Nửa tiếng nữa em gọi chị", "24/11 11:00"),
        ("30 phút nữa em gọi lại", "24/11 11:00"),
        ("Em hẹn chị 9h30 sáng thứ Sáu", "27/11 09:30"),
        ("Bên em sẽ hoàn tiền trong 3 ngày", "27/11 10:30"),
        ("Em sẽ hoàn tiền trong 2 ngày làm việc", "26/11 08:00"),
        ("Kỹ thuật ghé trước 30/11 nhé", "30/11 17:00"),
        ("Kỹ thuật sẽ ghé ngày 30/11/2026 lúc 14g15", "30/11 14:15"),
        ("Sáng mai em gọi chị ạ", "25/11 12:00"),
        ("Ngày kia em sẽ giao", "26/11 17:00"),
        ("Tối nay em gọi chị lúc 8h", "24/11 20:00"),
        ("Em sẽ gọi lại lúc 8h", "25/11 08:00"),  # eight has gone by today
        ("Chúng tôi sẽ trả lời trước thứ Hai tuần sau", "30/11 17:00"),
        ("Trưa nay em sẽ gọi lúc 1h trưa", "24/11 13:00"),
        ("We'll call you by 5 pm.", "24/11 17:00"),
        ("I will come by Friday.", "27/11 17:00"),
        ("I\u2019ll call before 10 tomorrow.", "25/11 10:00"),
        ("She will ring you this afternoon", "24/11 17:00"),
        ("We will refund by end of day", "24/11 17:00"),
        ("We will send it on 3 December at 2:30 pm", "03/12 14:30"),
        ("We will call by noon tomorrow", "25/11 12:00"),
        ("I will fix it within 45 minutes", "24/11 11:15"),
        ("We will call you at 12 am on Dec 1", "01/12 00:00"),
        ("We will repair it in a week", "01/12 10:30"),
    ],
)
def test_what_is_promised_and_by_when(text, due):
    next_mornings = lambda at, days: (at + timedelta(days=days)).replace(hour=8, minute=0)  # noqa: E731
    found = find_promises(text, TUESDAY, add_working_days=next_mornings)
    assert [f"{one.due_at:%d/%m %H:%M}" for one in found] == [due]


@pytest.mark.parametrize(
    "text",
    [
        "Em đã hoàn 59.000 ₫ lúc 10:05 hôm nay.",  # done, not promised
        "Anh có thể gọi em trước 17h được không?",
        "Em sẽ hoàn 17.000đ cho chị",
        "Em sẽ kiểm tra lại.",
        "We will be open until 31/02",
        "We will look at it on 12/10",  # gone by
        "We will see at 45:00",
        "Quý khách vui lòng đến trước 17h.",
        "",
    ],
)
def test_what_is_no_promise(text):
    assert find_promises(text, TUESDAY) == []


def test_several_promises_the_earliest_first_and_around_new_year():
    text = "Mai em sẽ báo kết quả. Trong 2 giờ em gọi chị.\nChào chị"
    assert [one.due_at.day for one in find_promises(text, TUESDAY)] == [24, 25]
    [one] = find_promises("We will deliver on 5/1.", TUESDAY.replace(month=12, day=28))
    assert (one.due_at.year, one.due_at.month) == (2027, 1)
    assert len(find_promises("x" * 400 + " em sẽ gọi trước 17h", TUESDAY)[0].text) == 300
    with pytest.raises(ValueError, match="aware"):
        find_promises("Em sẽ gọi trước 17h", datetime(2026, 11, 24))


@given(
    st.text(max_size=300),
    st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)),
)
def test_no_text_breaks_the_reading(text, at):
    assert all(found.due_at > at for found in find_promises(f"Em sẽ gọi {text}", at))
    assert mentioned(text, PEOPLE) is not None
    assert len(placeholders.fill(text, VALUES, {})) <= 4000
