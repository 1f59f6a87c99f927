"""What a person typed, out of mails in the shapes programs really send; and whether it is thanks only."""

import time
import unicodedata

import pytest

from feedback.logic.mail_text import LONGEST, html_to_text, is_mere_thanks, own_words

OURS = "Cà phê Sương Mai <no-reply@suongmai.example>"
QUOTED = "> Kính gửi chị Hà,\n> Chúng tôi đã nhận được phản ánh của chị.\n> Mã: KN-2026-00001"

CUT = {
    "gmail_vi": f"Em ơi vẫn chưa thấy tiền về.\n\nVào Th 2, 23 thg 11, 2026 vào lúc 09:15 {OURS} đã viết:\n\n{QUOTED}",
    "gmail_vi_wrapped": "Em ơi vẫn chưa thấy tiền về.\n\nVào Th 2, 23 thg 11, 2026 vào lúc 09:15 Cà phê Sương Mai <\n"
    f"reply+abc@in.example> đã viết:\n\n{QUOTED}",
    "gmail_en": f"Em ơi vẫn chưa thấy tiền về.\n\nOn Mon, Nov 23, 2026 at 9:15 AM {OURS} wrote:\n\n{QUOTED}",
    "apple_vi": f"Em ơi vẫn chưa thấy tiền về.\n\nĐã gửi từ iPhone của tôi\n\nVào 09:15, 23 thg 11, 2026, {OURS} "
    f"đã viết:\n\n{QUOTED}",
    "apple_en": "Em ơi vẫn chưa thấy tiền về.\n\nSent from my iPhone\n\n"
    f"> On 23 Nov 2026, at 09:15, Shop wrote:\n{QUOTED}",
    "yahoo_vi": "Em ơi vẫn chưa thấy tiền về.\n\nĐã gửi từ Yahoo Mail trên Android\n\n"
    f"  Vào Thứ Hai, 23 tháng 11, 2026 lúc 09:15:20 GMT+7, {OURS} đã viết:   \n\nKính gửi chị Hà",
    "thunderbird_vi": f"Em ơi vẫn chưa thấy tiền về.\n\nVào lúc 09:15 23/11/2026, Sương Mai đã viết:\n{QUOTED}",
    "zalo_like_vi": f"Em ơi vẫn chưa thấy tiền về.\n\nNgày 23/11/2026 09:15, Sương Mai viết:\n{QUOTED}",
    "outlook_vi": "Em ơi vẫn chưa thấy tiền về.\n\n________________________________\nTừ: Cà phê Sương Mai\n"
    "Đã gửi: Thứ Hai, 23 Tháng Mười Một 2026 9:15 SA\nĐến: ha@khach.example\nChủ đề: KN-2026-00001\n\nKính gửi chị Hà",
    "outlook_vi_gui": "Em ơi vẫn chưa thấy tiền về.\n\nTừ: Sương Mai <a@b.example>\nGửi: 23/11/2026\nTới: Hà\n"
    "Tiêu đề: KN-1\n\nKính gửi chị",
    "outlook_en": "Em ơi vẫn chưa thấy tiền về.\n\n-----Original Message-----\n"
    "From: Shop\nSent: Monday\nTo: Me\n\nDear",
    "outlook_en_heads": "Em ơi vẫn chưa thấy tiền về.\n\nFrom: Shop <a@b.example>\nSent: Monday, 23 Nov 2026 09:15\n"
    "To: Me\nSubject: Your case\n\nDear",
    "outlook_bold": "Em ơi vẫn chưa thấy tiền về.\n\n*From:* Shop\n*Sent:* Monday\n*To:* Me\n*Subject:* x\n\nDear",
    "outlook_phone": "Em ơi vẫn chưa thấy tiền về.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n"
    "________________________________\nFrom: Shop\nSent: Monday\nTo: Me\nSubject: x\n\nDear",
    "original_vi": "Em ơi vẫn chưa thấy tiền về.\n\n---------- Tin nhắn gốc ----------\nKính gửi chị",
    "forwarded_vi": "Em ơi vẫn chưa thấy tiền về.\n\n---------- Thư đã chuyển tiếp ----------\nTừ: x",
    "signature": "Em ơi vẫn chưa thấy tiền về.\n\n-- \nNguyễn Thị Hà\nKế toán trưởng",
    "quote_only_marks": f"Em ơi vẫn chưa thấy tiền về.\n{QUOTED}",
    "below": f"On Mon, Nov 23, 2026 at 9:15 AM Shop <a@b.example> wrote:\n{QUOTED}\n\nEm ơi vẫn chưa thấy tiền về.",
    "crlf": "Em ơi vẫn chưa thấy tiền về.\r\n\r\n-- \r\nHà\r\n",
    "controls": "Em ơi vẫn\x00 chưa\u200b thấy tiền về.\ud800",
    "nfd": unicodedata.normalize("NFD", "Em ơi vẫn chưa thấy tiền về."),
}


@pytest.mark.parametrize("text", CUT.values(), ids=CUT.keys())
def test_only_the_senders_own_words_are_kept(text: str) -> None:
    assert own_words(text) == "Em ơi vẫn chưa thấy tiền về."


@pytest.mark.parametrize(
    "text",
    [
        "Vào hôm qua nhân viên quán đã viết: chờ kế toán.\nTôi chờ rồi.",
        "Hôm qua quản lý viết:\nkhông hoàn được.",  # no date: their own sentence
        "Từ: quán Tân Định về nhà tôi mất 40 phút.",
        "From: the start it went wrong.",
        "Tôi trả 59k -- hai lần.",
        "a\n\nb",
    ],
)
def test_a_sentence_that_looks_like_a_quote_is_kept(text: str) -> None:
    assert own_words(text) == text


def test_answers_between_quoted_lines_are_kept() -> None:
    text = "On 1 Nov 2026, Shop wrote:\n> Was it solved?\nNo.\n> Did we call?\nNobody did.\n"
    assert own_words(text) == "No.\nNobody did."


def test_a_mail_that_is_nothing_but_a_quote_is_kept_whole() -> None:
    assert own_words(QUOTED) == QUOTED
    assert own_words("") == ""


def test_html_becomes_text_and_its_scripts_do_not() -> None:
    html = (
        "<html><head><title>x</title><style>p{color:red}</style></head><body><p>Chào&nbsp;em,</p><p>Tiền <b>chưa</b> về"
        "<br>nhé</p><script>alert(1)</script><div class='gmail_quote'><div>Vào Th 2, 23 thg 11, 2026 lúc 09:15 Quán"
        " đã viết:<br></div><blockquote><p>Kính gửi chị</p></blockquote></div></body></html>"
    )
    text = html_to_text(html)
    assert "alert" not in text
    assert "> Kính gửi chị" in text
    assert own_words(text) == "Chào em,\n\nTiền chưa về\nnhé"


def test_outlooks_html_is_cut_at_the_heads() -> None:
    html = (
        "<div>Chưa được em ơi</div><hr><div id='divRplyFwdMsg'><font><b>Từ:</b> Sương Mai<br><b>Gửi:</b> Thứ Hai<br>"
        "<b>Đến:</b> Hà<br><b>Chủ đề:</b> KN</font></div><div>Kính gửi</div>"
    )
    assert own_words(html_to_text(html)) == "Chưa được em ơi"


@pytest.mark.parametrize(
    "hostile",
    [
        "On 1 " * 100_000,
        "On 1\n" * 100_000,
        "From: x\n" * 100_000,
        ">" * 500_000,
        "<blockquote>" * 100_000 + "x",
        "<" * 300_000,
        "<!--" * 50_000,
        "<!" * 50_000,
        "<?" * 50_000,
        "<!--x-->" * 20_000,
        "<![if" * 20_000,
        "</" * 50_000,
        "<a " * 40_000,
        '<a b="' * 20_000,
        "<script>" * 20_000,
        "<title>" * 20_000,
        "&#x;" * 100_000,
        "-" * 300_000,
        "Vào 1 viết:\n" * 30_000,
    ],
)
def test_no_text_is_slow_to_read(hostile: str) -> None:
    started = time.perf_counter()
    assert len(own_words(html_to_text(hostile))) <= LONGEST * 2
    own_words(hostile)
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    "text", ["Cảm ơn em nhé!", "Cám ơn quán nhiều ạ", "Đã nhận được rồi, cảm ơn em", "Thank you so much!", "ok thanks"]
)
def test_thanks_are_thanks(text: str) -> None:
    assert is_mere_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Ok", "Cảm ơn nhưng tiền chưa về", "Thanks, but it broke again", "Cảm ơn. Khi nào hoàn?", "Đã nhận được",
        "Thanks?", "cảm ơn " * 20, "ơn",
    ],
)  # fmt: skip
def test_whatever_else_is_said_is_no_mere_thanks(text: str) -> None:
    assert not is_mere_thanks(text)
