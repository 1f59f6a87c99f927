"""Names as staff type them, and how their owners are addressed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.names import Address, ParsedName, Salutation, address, given_name_of, parse_person_name

ANH, CHI, EM = Salutation.ANH, Salutation.CHI, Salutation.EM


@pytest.mark.parametrize(
    ("raw", "full_name", "salutation", "note"),
    [
        # the list of domain.md §4.1
        ("A Minh", "Minh", ANH, ""),
        ("C.Lan", "Lan", CHI, ""),
        ("C. Lan", "Lan", CHI, ""),
        ("Anh Tuấn Q7", "Tuấn", ANH, "Q7"),
        ("chị hương shop hoa", "Hương", CHI, "shop hoa"),
        ("Chú Ba", "Ba", Salutation.CHU, ""),
        # titles
        ("E Hoa", "Hoa", EM, ""),
        ("Ô. Năm", "Năm", Salutation.ONG, ""),
        ("bà Tám", "Tám", Salutation.BA, ""),
        ("Bác Tư", "Tư", Salutation.BAC, ""),
        ("Bạn Khôi", "Khôi", Salutation.BAN, ""),
        ("Cô Ba (Q3)", "Ba", Salutation.CO, "Q3"),
        ("Mr. Tan", "Tan", ANH, ""),
        ("anh.Tuấn", "Tuấn", ANH, ""),
        ("Anh/Chị Hương", "Hương", Salutation.ANH_CHI, ""),
        ("anh / chị Hương", "Hương", Salutation.ANH_CHI, ""),
        ("anh chị Hương", "Hương", Salutation.ANH_CHI, ""),
        ("A/C Hương", "Hương", Salutation.ANH_CHI, ""),
        ("chi Hương", "Hương", CHI, ""),
        # Anh: a title only where it cannot be a name
        ("Anh Nguyễn Văn Tuấn", "Nguyễn Văn Tuấn", ANH, ""),
        ("anh Thư", "Thư", ANH, ""),
        ("Anh Thư", "Anh Thư", None, ""),
        ("ANH THƯ", "Anh Thư", None, ""),
        ("anh thư", "Anh Thư", None, ""),
        ("Anh Thư Q7", "Anh Thư", None, "Q7"),
        ("Anh Minh", "Anh Minh", None, ""),
        ("Anh Lê", "Anh Lê", None, ""),
        ("Anh Nguyễn Q7", "Anh Nguyễn", None, "Q7"),
        # words that are names without their accents
        ("Chi Mai", "Chi Mai", None, ""),
        ("chi huong", "Chi Huong", None, ""),
        ("Chu Văn An", "Chu Văn An", None, ""),
        ("Ba Huân", "Ba Huân", None, ""),
        ("B. Tư", "B. Tư", None, ""),
        # professions are no titles
        ("Bác sĩ Lan", "Lan", None, "Bác sĩ"),
        ("Cô giáo Hà Q7", "Hà", None, "Cô giáo, Q7"),
        # names of all kinds survive
        ("NGUYỄN VĂN A", "Nguyễn Văn A", None, ""),
        ("K'Brếu Ha Nhàn", "K'Brếu Ha Nhàn", None, ""),
        ("K'BRẾU HA NHÀN", "K'Brếu Ha Nhàn", None, ""),
        ("Danh Sóc Thia", "Danh Sóc Thia", None, ""),
        ("Nurul binti Huda", "Nurul binti Huda", None, ""),
        ("Maria de la Cruz", "Maria de la Cruz", None, ""),
        ("Trần-Nguyễn An", "Trần-Nguyễn An", None, ""),
        ("Lan", "Lan", None, ""),
        ("LÝ", "Lý", None, ""),
        ("Chị", "Chị", None, ""),
        ("chị Nguyễn thị hương", "Nguyễn Thị Hương", CHI, ""),
        # remarks
        ("Lan,Q7", "Lan", None, "Q7"),
        ("C Lan/Q7", "Lan", CHI, "Q7"),
        ("Phạm Thị Hoài - Q1", "Phạm Thị Hoài", None, "Q1"),
        ("Chị Hương bán hoa lẻ", "Hương", CHI, "bán hoa lẻ"),
        ("Chị Hương hoa tươi", "Hương", CHI, "hoa tươi"),
        ("chị Lan công ty ABC", "Lan", CHI, "công ty ABC"),
        ("Chị Lan (ở Q7) sỉ", "Lan", CHI, "(ở Q7) sỉ"),
        ("- Lan", "Lan", None, ""),
        # nothing, and worse
        ("", "", None, ""),
        (" \t\n", "", None, ""),
        ("/", "", None, ""),
        ("\x00An\ud800 \u200bBình", "An Bình", None, ""),
    ],
)
def test_parse(raw, full_name, salutation, note):
    given_name = full_name.split()[-1] if full_name else ""
    expected = ParsedName(full_name, given_name, salutation, note)
    assert parse_person_name(raw) == expected
    assert parse_person_name(unicodedata.normalize("NFD", raw)) == expected


def test_in_western_order_the_given_name_is_first_and_a_letter_is_an_initial():
    assert parse_person_name("Marcus Teo", "given_first") == ParsedName("Marcus Teo", "Marcus", None, "")
    assert parse_person_name("A. Smith", "given_first").salutation is None
    assert parse_person_name("Ms Priya Raman", "given_first") == ParsedName("Priya Raman", "Priya", CHI, "")


@given(st.text(max_size=60))
def test_parsing_never_fails_and_never_leaves_a_stray_space(raw):
    parsed = parse_person_name(raw)
    assert parsed.full_name == " ".join(parsed.full_name.split())
    assert unicodedata.is_normalized("NFC", parsed.full_name)


@pytest.mark.parametrize(
    ("full_name", "order", "given_name"),
    [
        ("Nguyễn Thị Hương", "family_first", "Hương"),
        ("Marcus Teo", "given_first", "Marcus"),
        ("Lan", "family_first", "Lan"),
        ("  ", "family_first", ""),
    ],
)
def test_given_name(full_name, order, given_name):
    assert given_name_of(full_name, order) == given_name


def addressed(salutation, source="staff", *, given="Hương", full="Nguyễn Thị Hương", language="vi", **options):
    return address(salutation, source, given, full, language, **{"formal": False, "complaint": False, **options})


NEUTRAL = Address("Kính gửi Quý khách,", "Quý khách", "Quý khách")


@pytest.mark.parametrize(
    ("salutation", "greeting", "inline", "capital"),
    [
        ("anh", "Chào anh Hương,", "anh", "Anh"),
        ("chi", "Chào chị Hương,", "chị", "Chị"),
        ("em", "Chào em Hương,", "em", "Em"),
        ("ong", "Chào ông Hương,", "ông", "Ông"),
        ("ba", "Chào bà Hương,", "bà", "Bà"),
        ("co", "Chào cô Hương,", "cô", "Cô"),
        ("chu", "Chào chú Hương,", "chú", "Chú"),
        ("bac", "Chào bác Hương,", "bác", "Bác"),
        ("ban", "Chào bạn Hương,", "bạn", "Bạn"),
        ("anh_chi", "Chào anh/chị Hương,", "anh/chị", "Anh/Chị"),
        ("quy_khach", *("Kính gửi Quý khách,", "Quý khách", "Quý khách")),
    ],
)
@pytest.mark.parametrize("source", ["declared", "staff"])
def test_vietnamese(salutation, source, greeting, inline, capital):
    assert addressed(salutation, source) == Address(greeting, inline, capital)


def test_formal_uses_the_whole_name():
    assert addressed("chi", formal=True) == Address("Kính gửi chị Nguyễn Thị Hương,", "chị", "Chị")


@pytest.mark.parametrize("familiar", ["em", "ban"])
@pytest.mark.parametrize("occasion", ["complaint", "formal"])
def test_complaints_and_formal_letters_step_up_from_em_and_ban(familiar, occasion):
    found = addressed(familiar, "declared", **{occasion: True})
    assert (found.inline, found.inline_capital) == ("anh/chị", "Anh/Chị")


@pytest.mark.parametrize(
    ("salutation", "source"),
    [("chi", "inferred"), ("chi", None), ("chi", ""), (None, "staff"), ("", "staff"), ("em", "import")],
)
def test_what_is_not_certain_is_neutral(salutation, source):
    assert addressed(salutation, source) == NEUTRAL
    friendly = addressed(salutation, source, quy_khach_default=False)
    assert friendly == Address("Chào anh/chị Hương,", "anh/chị", "Anh/Chị")


def test_an_import_counts():
    assert addressed("chi", "import").greeting == "Chào chị Hương,"


@pytest.mark.parametrize("quy_khach_default", [True, False])
def test_no_name_is_neutral(quy_khach_default):
    assert addressed("chi", given=" ", full="", quy_khach_default=quy_khach_default) == NEUTRAL
    assert addressed(None, given="", full="", language="en").greeting == "Dear customer,"


def test_one_missing_half_of_a_name_is_filled_from_the_other():
    assert addressed("chi", given="").greeting == "Chào chị Nguyễn Thị Hương,"
    assert addressed("chi", full="", formal=True).greeting == "Kính gửi chị Hương,"


@pytest.mark.parametrize(
    ("salutation", "greeting"),
    [
        ("anh", "Dear Mr Hương,"),
        ("ong", "Dear Mr Hương,"),
        ("chu", "Dear Mr Hương,"),
        ("chi", "Dear Ms Hương,"),
        ("ba", "Dear Ms Hương,"),
        ("co", "Dear Ms Hương,"),
        ("bac", "Dear Hương,"),
        ("em", "Dear Hương,"),
        ("quy_khach", "Dear Hương,"),
        (None, "Dear Hương,"),
    ],
)
def test_english(salutation, greeting):
    assert addressed(salutation, language="en") == Address(greeting, "you", "You")


def test_english_names_in_western_order():
    marcus = {"given": "Marcus", "full": "Marcus Teo", "language": "en"}
    assert addressed("anh", **marcus).greeting == "Dear Marcus,"
    assert addressed("anh", **marcus, formal=True).greeting == "Dear Mr Marcus Teo,"
    assert addressed(None, **marcus, formal=True).greeting == "Dear Marcus Teo,"
    assert addressed("chi", given="Lan", full="Lan", language="en").greeting == "Dear Ms Lan,"


def test_an_unknown_salutation_is_an_error():
    with pytest.raises(ValueError, match="sir"):
        addressed("sir")
