"""Two tellings of one thing share terms; two complaints of one shop do not, only by being complaints."""

import pytest

from feedback.logic.key_terms import ENOUGH, MOST_TERMS, as_written, key_terms, telling_terms, weight

TWICE = "Tôi quét QR 59k mà bị trừ hai lần, gọi hotline 4 cuộc toàn báo bận. Giờ 16 ngày rồi vẫn chưa hoàn."
PLASTIC = "Trong ly matcha có miếng nhựa nhỏ, may mà con tôi nhả ra."
WIFI = "Wifi tầng 2 rớt hoài, tụi em họp nhóm phải bắt 4G."
RUDE = "Nhân viên nói trống không với mẹ tôi. Tôi rất thất vọng."
BRAKE = "Third visit for the same brake rub. Each time I re-explain everything to someone new."


def shared(one: str, other: str) -> list[str]:
    return telling_terms([set(key_terms(one)) & set(key_terms(other))])[0]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (TWICE, "quet qr tru hai lan ma chua hoan tien", ["quét QR", "trừ hai lần"]),
        (PLASTIC, "Ly matcha của tôi có MIẾNG NHỰA", ["ly matcha có miếng nhựa"]),
        (WIFI, "Wifi yếu, không họp nhóm được", ["Wifi", "họp nhóm"]),
        (BRAKE, "The brake rub is back after my second visit", ["visit", "brake rub"]),
        # One typed with combining marks, as phones and macOS send it.
        (TWICE, "que\u0301t QR bi\u0323 tru\u031b\u0300 hai la\u0302\u0300n", ["quét QR", "trừ hai lần"]),
        (RUDE, "Nhân viên dễ thương, nhưng chờ lâu. Tôi thất vọng.", []),  # what every complaint has, and one pair
        (TWICE, PLASTIC, []),
        (WIFI, BRAKE, []),
        ("", "", []),
    ],
)
def test_what_two_tellings_share_as_the_first_has_it(one: str, other: str, words: list[str]) -> None:
    assert as_written(one, shared(one, other)) == words


def test_accents_tell_words_that_say_something_from_those_that_do_not() -> None:
    assert "bac xiu" in key_terms("Ly bạc xỉu")
    assert key_terms("bác ơi, bac oi") == []


def test_no_contacts_no_numbers_and_not_without_end() -> None:
    assert key_terms("lan.nguyen@khach.example 0912345678 +84 912 345 678") == []
    assert key_terms("x" * 25) == []
    many = " ".join(f"zz{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(200))
    assert len(key_terms(many)) == MOST_TERMS


def test_what_a_crowd_shares_is_chance() -> None:
    crowd = [{"hai lan", "tru hai"} for _one in range(4)] + [set() for _one in range(9)]
    assert telling_terms(crowd)[:4] == [[], [], [], []]  # more than every fourth has them
    assert telling_terms(crowd[:3] + crowd[4:])[0] == ["hai lan", "tru hai"]
    assert telling_terms(crowd[:4])[0] == ["hai lan", "tru hai"]  # too few to call anything common
    assert (weight(["matcha"]), weight(["hai lan"]), weight(["matcha", "hai lan"])) == (0.5, 1, ENOUGH)
