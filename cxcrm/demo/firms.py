"""The two demo firms: their people, places and who is accountable for what. All invented."""

from dataclasses import dataclass, field

PASSWORD = "demo-cxcrm-2026"  # noqa: S105 - printed at the start of the demo, which listens on this machine only


@dataclass(frozen=True)
class Person:
    key: str
    full_name: str
    role: str
    job_title: str
    salutation: str = "anh"
    manager: str = ""
    department: str = ""
    branch: str = ""
    authority: int = 0


@dataclass(frozen=True)
class Place:
    name: str
    province: str
    manager: str = ""


@dataclass(frozen=True)
class Point:
    """A touchpoint: stage code, names, department, accountable executive."""

    code: str
    stage: str
    name: str
    name_en: str
    department: str
    executive: str
    deputy: str = ""


@dataclass(frozen=True)
class Story:
    """One complaint as it was told: where, how bad, how it ended (empty: still open)."""

    touchpoint: str
    words: str
    ending: str = ""
    days_ago: int = 0
    cause: str = ""
    action: str = ""
    neglected: bool = False
    owner: str = ""


@dataclass(frozen=True)
class DemoFirm:
    slug: str
    name: str
    brand: str
    language: str
    country: str
    time_zone: str
    mail_domain: str
    colour: str
    formal: bool
    self_pronoun: str
    people: tuple[Person, ...]
    departments: dict[str, tuple[str, str]]  # name -> (head, first to handle)
    places: tuple[Place, ...]
    points: tuple[Point, ...]
    complaints: tuple[Story, ...]
    chief: str
    default_executive: str
    stage_executives: dict[str, str] = field(default_factory=dict)

    def email(self, key: str) -> str:
        return f"{key}@{self.mail_domain}"


def _shop(key: str, full_name: str, salutation: str, shop: str) -> Person:
    """Whoever runs one of the coffee shops."""
    return Person(key, full_name, "manager", f"Quản lý quán {shop}", salutation, "duyen", "Vận hành", shop, 200_000)


SUONG_MAI = DemoFirm(
    slug="suongmai",
    name="Công ty TNHH Cà phê Sương Mai",
    brand="Sương Mai",
    language="vi",
    country="VN",
    time_zone="Asia/Ho_Chi_Minh",
    mail_domain="suongmai.example",
    colour="#7c4a21",
    formal=False,
    self_pronoun="Sương Mai",
    chief="bao",
    default_executive="duyen",
    people=(
        Person("bao", "Trần Quốc Bảo", "owner", "Tổng giám đốc", authority=50_000_000),
        Person(
            "duyen", "Lê Thị Mỹ Duyên", "executive", "Giám đốc Vận hành", "chi", "bao", "Vận hành", authority=5_000_000
        ),
        Person(
            "nam",
            "Phạm Hoàng Nam",
            "brand_steward",
            "Giám đốc Marketing & Thương hiệu",
            "anh",
            "bao",
            "Marketing",
            authority=5_000_000,
        ),
        Person(
            "trang", "Đỗ Thu Trang", "executive", "Giám đốc Tài chính", "chi", "bao", "Tài chính", authority=10_000_000
        ),
        Person(
            "linh", "Vũ Khánh Linh", "executive", "Trưởng phòng Nhân sự", "chi", "bao", "Nhân sự", authority=2_000_000
        ),
        Person(
            "han", "K'Brếu Ha Nhàn", "executive", "Giám đốc Xưởng rang", "anh", "bao", "Xưởng rang", authority=5_000_000
        ),
        Person(
            "tung",
            "Ngô Thanh Tùng",
            "manager",
            "Trưởng Chăm sóc khách hàng",
            "anh",
            "duyen",
            "Chăm sóc khách hàng",
            authority=1_000_000,
        ),
        Person(
            "ngan",
            "Bùi Thị Kim Ngân",
            "manager",
            "Quản lý quán Tân Định",
            "chi",
            "duyen",
            "Vận hành",
            "Tân Định",
            200_000,
        ),
        _shop("phuc", "Huỳnh Tấn Phúc", "anh", "Sài Gòn"),
        _shop("mylinh", "Quách Mỹ Linh", "chi", "Xuân Hòa"),
        _shop("sokha", "Thạch Sô Kha", "anh", "Gia Định"),
        _shop("dung", "Nguyễn Tiến Dũng", "anh", "Bình Thạnh"),
        _shop("hoai", "Phan Thị Thu Hoài", "chi", "Phú Nhuận"),
        _shop("khai", "Lâm Quang Khải", "anh", "An Khánh"),
        _shop("thanhthuy", "Đặng Thanh Thúy", "chi", "Tân Hưng"),
        _shop("kadip", "Ka Dịp", "chi", "Xuân Hương – Đà Lạt"),
        _shop("haduc", "Cil Ha Đức", "anh", "Lâm Viên – Đà Lạt"),
        _shop("tam", "Võ Thị Minh Tâm", "chi", "Hải Châu"),
        _shop("vy", "Ngô Thị Tường Vy", "chi", "An Hải"),
        Person("giahan", "Lý Gia Hân", "agent", "Barista", "ban", "ngan", "Vận hành", "Tân Định"),
        Person(
            "thia",
            "Danh Sóc Thia",
            "agent",
            "Nhân viên chăm sóc khách hàng",
            "ban",
            "tung",
            "Chăm sóc khách hàng",
            authority=200_000,
        ),
        Person("xem", "Hồ Minh Châu", "read_only", "Trợ lý tổng giám đốc", "chi", "bao"),
    ),
    departments={
        "Vận hành": ("duyen", "ngan"),
        "Chăm sóc khách hàng": ("tung", "thia"),
        "Marketing": ("nam", "nam"),
        "Tài chính": ("trang", "thia"),
        "Nhân sự": ("linh", "linh"),
        "Xưởng rang": ("han", "han"),
    },
    places=(
        Place("Tân Định", "TP. Hồ Chí Minh", "ngan"),
        Place("Sài Gòn", "TP. Hồ Chí Minh", "phuc"),
        Place("Xuân Hòa", "TP. Hồ Chí Minh", "mylinh"),
        Place("Gia Định", "TP. Hồ Chí Minh", "sokha"),
        Place("Bình Thạnh", "TP. Hồ Chí Minh", "dung"),
        Place("Phú Nhuận", "TP. Hồ Chí Minh", "hoai"),
        Place("An Khánh", "TP. Hồ Chí Minh", "khai"),
        Place("Tân Hưng", "TP. Hồ Chí Minh", "thanhthuy"),
        Place("Xuân Hương – Đà Lạt", "Lâm Đồng", "kadip"),
        Place("Lâm Viên – Đà Lạt", "Lâm Đồng", "haduc"),
        Place("Hải Châu", "Đà Nẵng", "tam"),
        Place("An Hải", "Đà Nẵng", "vy"),
    ),
    points=(
        Point("bien-hieu", "aware", "Biển hiệu", "Shop sign", "Marketing", "nam"),
        Point("google-maps", "search", "Google Maps", "Google Maps", "Marketing", "nam"),
        Point("mang-xa-hoi", "interest", "Facebook, TikTok", "Facebook, TikTok", "Marketing", "nam"),
        Point("zalo", "after_sales", "Zalo", "Zalo", "Chăm sóc khách hàng", "duyen", "tung"),
        Point("hang-cho", "choose_buy_use", "Hàng chờ", "Queue", "Vận hành", "duyen", "ngan"),
        Point("goi-mon", "choose_buy_use", "Quầy gọi món", "Order counter", "Vận hành", "duyen", "ngan"),
        Point("thanh-toan-qr", "choose_buy_use", "Thanh toán QR", "QR payment", "Tài chính", "trang", "duyen"),
        Point("ly-nap", "choose_buy_use", "Đồ uống, ly và nắp", "Drink, cup and lid", "Vận hành", "duyen", "ngan"),
        Point("cho-ngoi", "choose_buy_use", "Chỗ ngồi, ổ cắm, wifi", "Seats, sockets, wifi", "Vận hành", "duyen"),
        Point("gui-xe", "choose_buy_use", "Gửi xe", "Parking", "Vận hành", "duyen"),
        Point("giao-do-uong", "choose_buy_use", "Giao đồ uống", "Delivery", "Vận hành", "duyen"),
        Point("giao-hat-si", "choose_buy_use", "Giao hạt sỉ", "Wholesale delivery", "Xưởng rang", "han"),
        Point("hotline-quan", "after_sales", "Hotline", "Hotline", "Chăm sóc khách hàng", ""),
        Point("the-tich-diem", "loyal", "Thẻ tích điểm", "Loyalty card", "Marketing", "nam"),
    ),
    stage_executives={
        "aware": "nam",
        "notice": "nam",
        "interest": "nam",
        "search": "nam",
        "love": "nam",
        "advocate": "nam",
    },
    complaints=(
        Story(
            "thanh-toan-qr",
            "Tôi quét QR 59k mà bị trừ hai lần, lúc 7h42 sáng thứ Ba ở quán Tân Định. Gọi hotline 4 cuộc toàn báo bận, "
            "nhắn Zalo thì bảo chờ kế toán. Giờ 16 ngày rồi vẫn chưa hoàn. Có 59 nghìn thôi nhưng làm ăn kiểu này tôi chịu.",
            neglected=True,
        ),
        Story(
            "ly-nap",
            "Order bạc xỉu ít ngọt mà uống như chè. Nói lại thì bạn thu ngân bảo 'máy nó vậy chị ơi'.",
            "confirmed",
            12,
            "process",
            "Đã làm lại ly khác, nhắc công thức ít ngọt với cả ca và gửi khách phiếu tặng một ly.",
        ),
        Story(
            "goi-mon",
            "Nhân viên nói trống không với mẹ tôi, bà 68 tuổi rồi mà 'uống gì nói lẹ đi'. Tôi rất thất vọng.",
            owner="tung",
        ),
        Story(
            "gui-xe",
            "Chiều Chủ nhật dắt hai đứa nhỏ vô mà không có chỗ gửi xe, bảo vệ chỉ qua vỉa hè rồi bị nhắc.",
            "no_reply",
            30,
            "environment",
            "Đã thuê thêm chỗ gửi xe bên cạnh vào cuối tuần và treo bảng chỉ đường.",
        ),
        Story(
            "cho-ngoi",
            "Wifi tầng 2 rớt hoài, tụi em họp nhóm phải bắt 4G.",
            "confirmed",
            45,
            "system",
            "Đã thay bộ phát tầng 2.",
        ),
        Story("ly-nap", "Trong ly matcha có miếng nhựa nhỏ, may mà con tôi nhả ra. Tôi có giữ lại và chụp hình."),
        Story(
            "giao-do-uong",
            "App báo 20 phút mà hơn một tiếng mới tới, đá tan hết, ly đổ ra túi.",
            "confirmed",
            20,
            "process",
            "Đã hoàn tiền đơn hàng và đổi sang túi có vách ngăn.",
        ),
        Story(
            "giao-hat-si",
            "Bên chị đặt 12 ký Robusta giao thứ Năm, tới thứ Bảy mới có, quán chị phải đi mua chỗ khác. "
            "Hóa đơn lại ghi sai mã số thuế.",
        ),
        Story(
            "google-maps",
            "Trên Google ghi mở 6h30, 6h45 tui tới còn đóng cửa. Trễ làm luôn.",
            "confirmed",
            60,
            "process",
            "Đã sửa giờ mở cửa trên bản đồ và giao quản lý quán kiểm tra mỗi thứ Hai.",
        ),
        Story(
            "hotline-quan",
            "Sao số điện thoại tôi để tích điểm mà giờ nhắn quảng cáo hoài vậy? Xóa giùm tôi.",
            neglected=True,
        ),
    ),
)

KESTREL = DemoFirm(
    slug="kestrel",
    name="Kestrel Cycle Works Pte Ltd",
    brand="Kestrel Cycle Works",
    language="en",
    country="SG",
    time_zone="Asia/Singapore",
    mail_domain="kestrel.example",
    colour="#b4231f",
    formal=False,
    self_pronoun="we",
    chief="priya",
    default_executive="marcus",
    people=(
        Person("priya", "Priya Raman", "owner", "Managing Director", "", authority=20_000),
        Person("marcus", "Marcus Teo", "executive", "Workshop Director", "", "priya", "Workshop", authority=2_000),
        Person("chloe", "Chloe Anders", "brand_steward", "Head of Brand", "", "priya", "Brand", authority=1_000),
        Person("nurul", "Nurul Huda", "executive", "Finance Lead", "", "priya", "Finance", authority=2_000),
        Person("aisha", "Aisha Rahman", "manager", "Service Manager", "", "marcus", "Workshop", "Tiong Bahru", 300),
        Person("wei", "Wei Ming Tan", "agent", "Service Advisor", "", "aisha", "Workshop", "Tiong Bahru", 50),
    ),
    departments={"Workshop": ("marcus", "aisha"), "Brand": ("chloe", "chloe"), "Finance": ("nurul", "wei")},
    places=(
        Place("Tiong Bahru", "Singapore", "aisha"),
        Place("Kallang", "Singapore"),
        Place("Jurong East", "Singapore"),
    ),
    points=(
        Point("website", "search", "Website and booking", "Website and booking", "Brand", "chloe"),
        Point("shop-floor", "interest", "Shop floor", "Shop floor", "Brand", "chloe"),
        Point("phone", "after_sales", "Phone", "Phone", "Workshop", ""),
        Point("pick-up", "after_sales", "Pick-up and text message", "Pick-up and text message", "Workshop", "marcus"),
        Point("workshop", "choose_buy_use", "Workshop repair", "Workshop repair", "Workshop", "marcus", "aisha"),
        Point("careplan", "loyal", "CarePlan", "CarePlan", "Finance", "nurul"),
    ),
    stage_executives={
        "aware": "chloe",
        "notice": "chloe",
        "interest": "chloe",
        "search": "chloe",
        "love": "chloe",
        "loyal": "nurul",
        "advocate": "chloe",
    },
    complaints=(
        Story(
            "workshop",
            "Third visit for the same brake rub. Each time I re-explain everything to someone new.",
            neglected=True,
        ),
        Story(
            "pick-up",
            "Your SMS said ready at 5, I left work early, it wasn't.",
            "confirmed",
            9,
            "process",
            "The text now goes out when the mechanic signs the bike off, not before.",
        ),
        Story("careplan", "Cancelled CarePlan online, still billed twice."),
    ),
)

FIRMS = (SUONG_MAI, KESTREL)
