"""What a demo firm knows beyond names: fields of its own, where people live, and companies with their people."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from customers.logic.addresses import one_line, province_of, wards_of
from customers.models import Customer, CustomField
from customers.services.custom_fields import save_custom_field
from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm

STREETS = (
    "Hai Bà Trưng", "Lê Văn Sỹ", "Phan Xích Long", "Nguyễn Đình Chiểu", "Điện Biên Phủ", "Trần Quang Diệu",
    "Huỳnh Văn Bánh", "Võ Thị Sáu", "Bạch Đằng", "Nơ Trang Long",
)  # fmt: skip
OLD_DISTRICTS = ("P.6, Q.3, TP.HCM", "P.Tân Định, Q.1, TP HCM", "P.2, Q. Phú Nhuận, TP.HCM", "P.25, Bình Thạnh, HCM")
SG_STREETS = (
    "Tiong Bahru Road", "Kallang Avenue", "Jurong East Street 13", "Outram Road", "Geylang Bahru", "Seng Poh Road",
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    name: str
    role: str
    position: str
    phone: str
    email: str = ""
    salutation: str = ""


@dataclass(frozen=True)
class Company:
    name: str
    phone: str
    address: dict[str, str]
    members: tuple[Member, ...]
    custom: dict[str, Any]
    call: str


FIELDS: dict[str, tuple[dict[str, Any], ...]] = {
    "suongmai": (
        {
            "key": "member_level", "label_vi": "Hạng thành viên", "label_en": "Member level", "kind": "choice",
            "applies_to": "person", "position": 10,
            "choices": [
                {"value": "hat", "vi": "Hạt", "en": "Bean"}, {"value": "la", "vi": "Lá", "en": "Leaf"},
                {"value": "hoa", "vi": "Hoa", "en": "Blossom"},
            ],
        },
        {
            "key": "likes", "label_vi": "Thích uống", "label_en": "Likes", "kind": "choices", "applies_to": "person",
            "position": 20,
            "choices": [
                {"value": "den_da", "vi": "Cà phê đen", "en": "Black coffee"},
                {"value": "bac_xiu", "vi": "Bạc xỉu", "en": "White coffee"},
                {"value": "tra", "vi": "Trà trái cây", "en": "Fruit tea"},
            ],
        },
        {
            "key": "monthly_order", "label_vi": "Mua mỗi tháng", "label_en": "Buys each month", "kind": "money",
            "applies_to": "organization", "position": 30, "help_text": "Trung bình ba tháng gần nhất.",
        },
        {
            "key": "own_cups", "label_vi": "Mang ly riêng", "label_en": "Brings own cup", "kind": "yes_no",
            "applies_to": "person", "position": 40,
        },
    ),
    "kestrel": (
        {
            "key": "frame_size", "label_vi": "Cỡ khung (cm)", "label_en": "Frame size (cm)", "kind": "number",
            "applies_to": "person", "position": 10,
        },
        {
            "key": "next_service", "label_vi": "Bảo dưỡng tới", "label_en": "Next service", "kind": "date",
            "applies_to": "person", "position": 20,
        },
        {
            "key": "fleet", "label_vi": "Số xe", "label_en": "Bicycles in the fleet", "kind": "number",
            "applies_to": "organization", "position": 30,
        },
    ),
}  # fmt: skip
COMPANIES: dict[str, tuple[Company, ...]] = {
    "suongmai": (
        Company(
            "Công ty CP Phần mềm Lúa Non", "028 3822 0101",
            {"street_line": "88 Nguyễn Đình Chiểu", "ward": "Phường Tân Định", "province_code": "79"},
            (
                Member("Trịnh Thị Bích Thủy", "buyer", "Trưởng phòng Hành chính", "0903 555 210",
                       "thuy@luanon.example", "chi"),
                Member("Đinh Hữu Phước", "user", "Lập trình viên", "0903 555 211", "phuoc@luanon.example", "anh"),
                Member("Mai Khánh Chi", "influencer", "Trợ lý giám đốc", "0903 555 212", salutation="chi"),
            ),
            {"monthly_order": "18,5 triệu"},
            "Đặt thêm 30 phần cho buổi họp thứ Sáu, giao trước 8 giờ 30.",
        ),
        Company(
            "Quán Nắng Sớm", "0918 777 300",
            {"address": "45 Bạch Đằng, P.2, Q. Tân Bình, TP.HCM"},
            (Member("Hồ Văn Lợi", "both", "Chủ quán", "0918 777 301", "loi@nangsom.example", "anh"),),
            {"monthly_order": "42tr"},
            "Hỏi giá hạt rang mộc cho đơn 60 kg, cần trước Tết.",
        ),
        Company(
            "Khách sạn Bến Xuân", "0292 3811 222",
            {"street_line": "2 Hai Bà Trưng", "ward": "Phường Ninh Kiều", "province_code": "92"},
            (
                Member("Thạch Thị Sóc Kha", "buyer", "Trưởng bộ phận Ẩm thực", "0939 222 410",
                       "kha@benxuan.example", "chi"),
                Member("Danh Minh Tâm", "user", "Quản lý nhà hàng", "0939 222 411", salutation="anh"),
            ),
            {"monthly_order": "27.500.000"},
            "Khách chê cà phê phin buổi sáng nguội, xin đổi loại phin giữ nhiệt.",
        ),
    ),
    "kestrel": (
        Company(
            "Merlion Courier Pte Ltd", "+65 6223 4410", {"address": "31 Kallang Avenue, #02-08, Singapore 339413"},
            (
                Member("Li Ting Chua", "buyer", "Head of Operations", "+65 8123 4411", "liting@merlion.example"),
                Member("Faiz Omar", "user", "Courier team lead", "+65 8123 4412", "faiz@merlion.example"),
            ),
            {"fleet": "24"},
            "Two cargo bikes squeal in the wet; would like both looked at before Monday.",
        ),
        Company(
            "Bahru Bakehouse", "+65 6271 8830", {"address": "55 Tiong Bahru Road, #01-53, Singapore 160055"},
            (Member("Hannah Clarke", "both", "Owner", "+65 8123 4420", "hannah@bahru.example"),),
            {"fleet": "3"},
            "Asked for a quote for a third delivery bike.",
        ),
    ),
}  # fmt: skip


def address_for(demo: DemoFirm, rng: random.Random) -> dict[str, str]:
    """Columns of an invented address: most of the new kind, some as they were written years ago."""
    number = rng.randrange(1, 320)
    if demo.country != "VN":
        line = f"{number} {rng.choice(SG_STREETS)}, #{rng.randrange(1, 20):02d}-{rng.randrange(1, 99):02d}, Singapore"
        return {"address": line, "legacy_address": line}
    street = f"{number}{rng.choice(['', '', 'A', f'/{rng.randrange(2, 60)}'])} {rng.choice(STREETS)}"
    if rng.random() < 0.3:
        line = f"{street}, {rng.choice(OLD_DISTRICTS)}"
        return {"address": line, "legacy_address": line, "province_code": province_of(line)}
    ward = rng.choice(wards_of("79"))
    return {"address": one_line(street, ward, "79"), "street_line": street, "ward": ward, "province_code": "79"}


def lay_fields(demo: DemoFirm) -> None:
    """The firm's own fields, once."""
    for told in FIELDS[demo.slug]:
        if not CustomField.objects.filter(key=told["key"]).exists():
            save_custom_field(field=CustomField(**told))


def custom_for(demo: DemoFirm, rng: random.Random) -> dict[str, Any]:
    """Values of the firm's own fields for one invented person; many are not known."""
    if demo.country != "VN":
        day = now().date() + timedelta(days=rng.randrange(5, 180))
        known = {"frame_size": rng.choice([50, 52, 54, 56, 58]), "next_service": day.isoformat()}
    else:
        known = {
            "member_level": rng.choices(["hat", "la", "hoa"], [60, 30, 10])[0],
            "likes": [rng.choice(["den_da", "bac_xiu", "tra"])],
            "own_cups": rng.random() < 0.2,
        }
    return {key: value for key, value in known.items() if rng.random() < 0.6}


def lay_companies(demo: DemoFirm) -> None:
    """Companies with their people, through the services, as staff would add them."""
    order: Any = "given_first" if demo.language == "en" else "family_first"
    for company in COMPANIES[demo.slug]:
        if Customer.objects.filter(full_name=company.name).exists():
            continue
        organization = create_customer(
            full_name=company.name, kind="organization", phones=[company.phone], custom=company.custom, silent=True,
            **company.address,
        )  # fmt: skip
        for member in company.members:
            person = create_customer(
                full_name=member.name, phones=[member.phone], emails=[member.email] if member.email else [],
                organization=organization, contact_role=member.role, formal_title=member.position, name_order=order,
                salutation=member.salutation, salutation_source="staff" if member.salutation else "", silent=True,
            )  # fmt: skip
            if member is company.members[0]:
                record_interaction(
                    customer_id=person.pk, kind="call", what="call.logged", direction="in", body=company.call,
                    occurred_at=now() - timedelta(days=3, hours=2),
                )  # fmt: skip
