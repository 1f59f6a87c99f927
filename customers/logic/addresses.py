"""Vietnamese addresses of two levels, as since 1-7-2025: provinces, wards, old names, and one line of the parts."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypedDict

from customers.logic.text import nfc, search_key, vietnamese_sort_key

# Official codes and names of the 34; each with the names of before 1-7-2025 that went into it.
_PROVINCES: Final = """
01 Hà Nội
04 Cao Bằng
08 Tuyên Quang = Hà Giang
11 Điện Biên
12 Lai Châu
14 Sơn La
15 Lào Cai = Yên Bái
19 Thái Nguyên = Bắc Kạn
20 Lạng Sơn
22 Quảng Ninh
24 Bắc Ninh = Bắc Giang
25 Phú Thọ = Vĩnh Phúc, Hòa Bình
31 Hải Phòng = Hải Dương
33 Hưng Yên = Thái Bình
37 Ninh Bình = Hà Nam, Nam Định
38 Thanh Hóa
40 Nghệ An
42 Hà Tĩnh
44 Quảng Trị = Quảng Bình
46 Huế
48 Đà Nẵng = Quảng Nam
51 Quảng Ngãi = Kon Tum
52 Gia Lai = Bình Định
56 Khánh Hòa = Ninh Thuận
66 Đắk Lắk = Phú Yên
68 Lâm Đồng = Đắk Nông, Bình Thuận
75 Đồng Nai = Bình Phước
79 TP. Hồ Chí Minh = Bà Rịa - Vũng Tàu, Bình Dương
80 Tây Ninh = Long An
82 Đồng Tháp = Tiền Giang
86 Vĩnh Long = Bến Tre, Trà Vinh
91 An Giang = Kiên Giang
92 Cần Thơ = Sóc Trăng, Hậu Giang
96 Cà Mau = Bạc Liêu
"""
# Other spellings, and cities that stand where a province would: key → code.
_ALSO: Final = {
    "hn": "01", "thua thien hue": "46", "tt hue": "46", "dn": "48", "hp": "31", "hai phong city": "31",
    "ho chi minh": "79", "hcm": "79", "hcmc": "79", "sai gon": "79", "sg": "79", "saigon": "79", "hochiminh": "79",
    "ho chi minh city": "79", "ba ria vung tau": "79", "vung tau": "79", "brvt": "79", "thu duc": "79",
    "thu dau mot": "79", "di an": "79", "thuan an": "79", "bac can": "19", "dac lac": "66", "dak lac": "66",
    "daklak": "66", "dac nong": "68", "daknong": "68", "nha trang": "56", "da lat": "68", "dalat": "68",
    "phan thiet": "68", "quy nhon": "52", "qui nhon": "52", "pleiku": "52", "bien hoa": "75", "buon ma thuot": "66",
    "buon me thuot": "66", "ha long": "22", "hoi an": "48", "tam ky": "48", "my tho": "82", "rach gia": "91",
    "long xuyen": "91", "phu quoc": "91", "hanoi": "01", "danang": "48", "kontum": "51",
}  # fmt: skip
_CITIES: Final = frozenset({"01", "31", "46", "48", "92"})
_COUNTRY: Final = frozenset({"viet nam", "vietnam", "vn"})
_MARK = re.compile(r"^(?:tinh|thanh pho|tp|t p|t)\s+(?=\S)")
_MARKED_END = re.compile(r"(?:^|\s)(?:tinh|thanh pho|tp)\s+(.+)$")
_GLUED = re.compile(r"^tp(?=hcm|hn|ho chi|ha noi|da nang)")
_DISTRICT_KIND = re.compile(r"^(?:quan|huyen|thi xa|thanh pho|tp|tx|q|h)\s+(?=\S)")
_DASH = re.compile(r"\s+[-–]\s+")
_WARD_KIND = re.compile(r"^(?:phuong|xa|dac khu|p|x)\s+(?=\S)")
# Names the text may end with even where no comma stands before: no street is called so.
_ENDS: Final = ("hcm", "tphcm", "hcmc", "ho chi minh")


@cache
def provinces() -> dict[str, str]:
    """Code → name as people write it, in Vietnamese order."""
    named = {line[:2]: line[3:].partition(" = ")[0] for line in _PROVINCES.strip().splitlines()}
    return dict(sorted(named.items(), key=lambda item: vietnamese_sort_key(item[1].removeprefix("TP. "))))


@cache
def _codes() -> dict[str, str]:
    """Search key of every name, old or new → code of today."""
    found = dict(_ALSO)
    for line in _PROVINCES.strip().splitlines():
        names, _equals, old = line[3:].partition(" = ")
        for name in [names, *old.split(", ")]:
            if name:
                found[_key(name)] = line[:2]
    return found


@cache
def _all_wards() -> dict[str, dict[str, str]]:
    """Code of a province → a ward's name in small letters, its search key with its kind and without → its name."""
    found: dict[str, dict[str, str]] = {code: {} for code in provinces()}
    text = (Path(__file__).parent / "vietnam" / "wards.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            name = line[3:]
            for key in (name.lower(), _key(name), _ward_key(name)):
                found[line[:2]].setdefault(key, name)
    return found


def province_name(code: str) -> str:
    """The name of a province in an address; "" for no code of ours."""
    name = provinces().get(code, "")
    return f"TP. {name}" if code in _CITIES else name


def province_of(text: str) -> str:
    """Code of the province ``text`` ends with, by its name of today or of before 1-7-2025; "" when it says none.

    Looks at the last part after a comma or dash; a name without a mark such as "tỉnh" or "TP" must be all of that part,
    so that "12 Xa lộ Hà Nội" is a street.
    """
    parts = [key for part in re.split(r"[,;\n]|\s[-–]\s", nfc(text)) if (key := _key(part))]
    while parts and parts[-1] in _COUNTRY:
        parts.pop()
    if not parts:
        return ""
    codes, last = _codes(), re.sub(r"\s\d{5,6}$", "", parts[-1])
    candidates = [last]
    if len(parts) > 1:
        candidates.append(f"{parts[-2]} {last}")  # "Bà Rịa - Vũng Tàu"
    if marked := _MARKED_END.search(last):
        candidates.append(marked[1])
    candidates += [end.removeprefix("tp") for end in _ENDS if last.endswith(f" {end}")]
    return next((code for one in candidates if (code := codes.get(_MARK.sub("", _GLUED.sub("", one))))), "")


def province_code(text: str) -> str:
    """Code of one written province: its code or any of its names; "" for none."""
    cleaned = text.strip()
    if cleaned in provinces():
        return cleaned
    key = _key(cleaned)
    return _codes().get(_MARK.sub("", _GLUED.sub("", key)), "")


def wards_of(code: str) -> list[str]:
    """Names of the wards of a province, in Vietnamese order."""
    names = dict.fromkeys(_all_wards().get(code, {}).values())
    return sorted(names, key=lambda name: vietnamese_sort_key(_without_kind(name)))


def ward_as_known(ward: str, code: str) -> str:
    """``ward`` as the list of the province writes it, with its kind; unchanged where the list has none such."""
    return _known_ward(ward, code) or ward


def _known_ward(ward: str, code: str) -> str:
    """The ward written just so, else of that kind, else of that name, as the list writes it; "" for none.

    Some provinces have two that differ in their accents or kind alone ("Xã Thanh An" and "Xã Thạnh An").
    """
    wards = _all_wards().get(code, {})
    return wards.get(nfc(ward).lower()) or wards.get(_key(ward)) or wards.get(_ward_key(ward), "")


def one_line(street: str, ward: str, code: str) -> str:
    """Number and street, ward, province."""
    return ", ".join(part for part in (street, ward, province_name(code)) if part)


class AddressParts(TypedDict):
    """An address as it is stored: the parts of today, and as it was written where it is no such."""

    street_line: str
    ward: str
    province_code: str
    legacy_address: str


def read_line(text: str, country: str = "VN") -> AddressParts:
    """One written line as parts: the province where it says one, street and ward where it is plainly of the new kind.

    Anything else, with a district in it or of another country, is kept as it was written.
    """
    code = province_of(text) if country == "VN" else ""
    street, ward = split_line(text, code)
    return AddressParts(street_line=street, ward=ward, province_code=code, legacy_address="" if street else text)


def split_line(text: str, code: str) -> tuple[str, str]:
    """Street and ward of a line written in the new way, both "" when it is not plainly that.

    Only a line of three parts whose middle one is a ward of the province today counts; anything with a district is old.
    """
    parts: Sequence[str] = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) != 3 or not code or province_of(text) != code:
        return "", ""
    known = _known_ward(parts[1], code)
    return (parts[0], known) if known and _WARD_KIND.match(_key(parts[1])) else ("", "")


class FromColumns(NamedTuple):
    """An address put together of columns, and which of them names nothing of today ("" for none)."""

    line: str
    parts: AddressParts
    unknown: Literal["", "ward", "province"] = ""


def read_columns(street: str, ward: str, district: str, province: str, country: str = "VN") -> FromColumns:
    """An address of which ward, district and province stand in columns of their own; a part the line says is not
    said twice.

    It has parts of today where the province has such a ward and there is no district; otherwise the line is kept as it
    was written, and only the province is known. A province column may hold the district too ("Hồ Chí Minh - Quận 1").
    """
    if country != "VN":
        line = ", ".join(part for part in (street, ward, district, province) if part)
        return FromColumns(line, AddressParts(street_line="", ward="", province_code="", legacy_address=line))
    code, province, district = _province_and_district(province, district)
    pieces = [part.strip() for part in street.split(",") if part.strip()]
    # The first piece is the street, whatever ward or province it is named after.
    said = [_key(piece) for piece in pieces[1:]]
    known = _known_ward(ward, code) if ward else ""
    unknown: Literal["", "ward", "province"] = "province" if province and not code else ""
    if (known or (code and not (ward or pieces))) and not district and len(pieces) < 2:
        parts = AddressParts(street_line=street, ward=known, province_code=code, legacy_address="")
        return FromColumns(one_line(street, known, code), parts)
    beside = [
        (ward, _WARD_KIND.sub("", _key(ward)) in [_WARD_KIND.sub("", key) for key in said]),
        (district, _DISTRICT_KIND.sub("", _key(district)) in [_DISTRICT_KIND.sub("", key) for key in said]),
        (province, bool(said and code and province_of(street) == code)),
    ]
    line = ", ".join(part for part in (street, *(part for part, is_said in beside if not is_said)) if part)
    parts = read_line(line, country)
    parts["province_code"] = parts["province_code"] or code
    if ward and code and not (known or district):
        unknown = "ward"
    return FromColumns(line, parts, unknown)


def _province_and_district(province: str, district: str) -> tuple[str, str, str]:
    """Code and name of the province a column says, and the district, which may stand beside it after a dash."""
    if code := province_code(province):
        return code, province, district
    halves = _DASH.split(province)
    for index in range(1, len(halves)):
        first, rest = " - ".join(halves[:index]), " - ".join(halves[index:])
        for name, other in ((first, rest), (rest, first)):
            if code := province_code(name):
                return code, name, district or other
    return "", province, district


def _key(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", search_key(text)).split())


def _ward_key(name: str) -> str:
    return _WARD_KIND.sub("", _key(name))


def _without_kind(name: str) -> str:
    return re.sub(r"^(?:Phường|Xã|Đặc khu)\s+", "", name)
