"""Invented customers: names as they occur, numbers and addresses nobody has."""

import io
import random
from dataclasses import dataclass

import xlsxwriter

FAMILIES = (
    ["Nguyễn"] * 38 + ["Trần"] * 11 + ["Lê"] * 9 + ["Phạm"] * 7 + ["Huỳnh"] * 5 + ["Phan"] * 4 + ["Võ"] * 4 + ["Đặng"] * 4
    + ["Bùi"] * 3 + ["Đỗ"] * 3 + ["Hồ", "Ngô", "Dương", "Lý", "Danh", "K'", "Thạch", "Đinh", "Trịnh", "Mai", "Tô", "Hà"]
)  # fmt: skip
FEMALE = (
    ["Thị", "Thị Thu", "Thị Mỹ", "Ngọc", "Kim", "Thanh", "Khánh", "Bảo"],
    "Hương Lan Hà Hạnh Loan Trang Linh Thảo Ngân Vy My Chi Châu Yến Nhung Thủy Phương Dung Giang Hân".split(),
)
MALE = (
    ["Văn", "Minh", "Quốc", "Hoàng", "Đức", "Thanh", "Gia", "Hữu"],
    "Khôi Việt Phúc Tuấn Hùng Dũng Nam Bảo Long Sơn Quân Huy Khoa Đạt Thành Tùng Hải Phong Kiên Tâm".split(),
)
PERSONAS = (
    ("dân văn phòng", 46), ("sinh viên", 27), ("gia đình", 15), ("người sành", 8), ("quán sỉ", 4),
)  # fmt: skip
SINGAPORE = (
    "Hui Min Tan|Jia Hao Lim|Siew Ling Ng|Kah Wai Lee|Faiz Rahman|Aminah Yusof|Aisyah Omar|Rajesh Kumar|Priya Nair|"
    "Deepa Menon|Oliver Grant|Emma Clarke|Lucas Meyer|Hannah Novak|Mei Yee Wong|Boon Kiat Chua|Li Ting Goh|Arjun Pillai"
).split("|")
SG_PERSONAS = (("commuter", 52), ("weekend roadie", 24), ("family e-cargo", 16), ("racer", 8))
PREFIXES = ("090", "091", "093", "094", "096", "097", "098", "032", "033", "035", "070", "076", "083", "086")


@dataclass(frozen=True)
class Invented:
    """``name`` as the till has it; ``full`` and ``salutation`` are what it means."""

    code: str
    name: str
    phone: str
    email: str
    tag: str
    note: str
    consent: str
    full: str
    salutation: str = ""


def vietnamese(count: int, seed: int = 1) -> list[Invented]:
    """``count`` customers of a coffee shop, written the way its till exports them; the same for the same seed."""
    rng = random.Random(seed)
    people = []
    for number in range(1, count + 1):
        woman = rng.random() < 0.58
        middles, givens = FEMALE if woman else MALE
        full = f"{rng.choice(FAMILIES)} {rng.choice(middles)} {rng.choice(givens)}"
        style = rng.random()
        name = (
            f"{'C.' if woman else 'A.'} {full.split()[-1]}" if style < 0.08
            else full.upper() if style < 0.16
            else f"{'Chị' if woman else 'Anh'} {full}" if style < 0.4
            else full
        )  # fmt: skip
        digits = f"{rng.choice(PREFIXES)}{rng.randrange(10_000_000):07d}"
        people.append(
            Invented(
                code=f"KH{number:06d}",
                name=name,
                phone=digits[1:] if rng.random() < 0.3 else digits,
                email=f"khach{number}@khach.example" if rng.random() < 0.86 else "",
                tag=_pick(rng, PERSONAS),
                note="",
                consent=rng.choices(["Có", "Không", ""], [70, 8, 22])[0],
                full=full,
                salutation="chi" if woman else "anh",
            )
        )
    return people


def singaporean(count: int, seed: int = 2) -> list[Invented]:
    """``count`` customers of a bicycle workshop. Some share a number or an address with the coffee shop's."""
    rng = random.Random(seed)
    people = []
    for number in range(1, count + 1):
        shared = number <= 12
        full = rng.choice(SINGAPORE)
        people.append(
            Invented(
                code=f"C{number:05d}",
                name=full,
                phone=f"+65 8{rng.randrange(1000):03d} {rng.randrange(10000):04d}",
                email=f"khach{number}@khach.example" if shared else f"rider{number}@riders.example",
                tag=_pick(rng, SG_PERSONAS),
                note="CarePlan" if rng.random() < 0.4 else "",
                consent=rng.choices(["Yes", "No", ""], [75, 5, 20])[0],
                full=full,
            )
        )
    return people


def _pick(rng: random.Random, shares: tuple[tuple[str, int], ...]) -> str:
    return rng.choices([name for name, _share in shares], [share for _name, share in shares])[0]


def as_xlsx(people: list[Invented], language: str) -> bytes:
    """The customers as a workbook with a title row above the headers, as tills write it."""
    headers = (
        ["Mã khách hàng", "Tên khách hàng", "Điện thoại", "Email", "Nhóm khách hàng", "Ghi chú", "Đồng ý nhận khảo sát"]
        if language == "vi"
        else ["Customer code", "Name", "Phone", "Email", "Tags", "Note", "Survey consent"]
    )
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Khách hàng" if language == "vi" else "Customers")
    sheet.write(0, 0, "DANH SÁCH KHÁCH HÀNG" if language == "vi" else "Customer list")
    sheet.write_row(2, 0, headers)
    for row, person in enumerate(people, start=3):
        sheet.write_row(
            row, 0, [person.code, person.name, person.phone, person.email, person.tag, person.note, person.consent]
        )
    book.close()
    return buffer.getvalue()
