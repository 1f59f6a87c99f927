"""What the demo firms' customers ask, and what was answered; what the firms did for the people around them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Asked:
    """A question of the last months; ``by`` is the colleague who answered, "" the customer called ``helper``.

    ``minutes`` from the question to the answer, ``found`` visitors whom it helped before they asked, ``is_stale`` past
    its day. ``faq``: written down by a colleague, asked by nobody.
    """

    topic: str
    question: str
    answer: str
    days_ago: int
    minutes: int
    by: str = ""
    name: str = ""
    found: int = 0
    is_stale: bool = False
    faq: bool = False
    helper: str = ""


@dataclass(frozen=True)
class Impact:
    activity: str
    place: str
    beneficiaries: str
    how_many: int
    evidence: str
    days_ago: int
    is_published: bool = True


# Topic → who knows about it; the first answers for it.
TOPICS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "suongmai": {
        "Giao hàng": ("duyen", "tung", "trang"),
        "Đồ uống": ("nam", "trang"),
        "Hạt cà phê": ("nam",),
        "Thẻ thành viên": ("tung", "trang"),
    },
    "kestrel": {
        "Repairs": ("marcus", "wei"),
        "E-bikes": ("marcus", "wei"),
        "Delivery": ("chloe", "aisha"),
        "Rides": ("aisha",),
    },
}
ASKED: Final[dict[str, tuple[Asked, ...]]] = {
    "suongmai": (
        Asked(
            "Giao hàng",
            "Quán có giao qua Sơn Trà không?",
            "Có, trong vòng 5 km tính từ quán An Hải. Phí 15.000 ₫, đơn từ 150.000 ₫ thì miễn phí.",
            34,
            4,
            "trang",
            "Hạnh",
            23,
        ),
        Asked(
            "Giao hàng",
            "Đặt 30 ly cho văn phòng thì báo trước bao lâu?",
            "Báo trước một buổi là kịp. Anh/chị nhắn giờ nhận và hóa đơn công ty, bên quán lo phần còn lại.",
            51,
            38,
            "tung",
            "Anh Phú",
            6,
        ),
        Asked(
            "Đồ uống",
            "Cà phê muối có món ít ngọt không?",
            "Có. Khi gọi nói “ít ngọt”, quán giảm còn một phần ba lượng sữa đặc.",
            12,
            3,
            "nam",
            "My",
            17,
        ),
        Asked(
            "Đồ uống",
            "Có sữa hạt cho người không uống được sữa bò không?",
            "Có sữa yến mạch ở cả bốn quán, thêm 8.000 ₫.",
            95,
            22,
            "nam",
            "",
            9,
            is_stale=True,
        ),
        Asked(
            "Đồ uống",
            "Cà phê nào nhẹ cho người hay mất ngủ?",
            "Mình hay uống bạc xỉu buổi sáng, ít cà phê hơn. Chiều thì quán có cold brew decaf.",
            20,
            190,
            "",
            "Diệp",
            4,
            helper="Bảo Ngọc",
        ),
        Asked(
            "Hạt cà phê",
            "Hạt rang mua về để được bao lâu?",
            "Ngon nhất trong 4 tuần kể từ ngày rang in trên gói. Cất nơi mát, đừng để tủ lạnh.",
            70,
            55,
            "nam",
            "Khoa",
            11,
        ),
        Asked(
            "Hạt cà phê",
            "Quán có xay giúp để pha phin không?",
            "Có, miễn phí. Nói quán pha bằng gì, máy chỉnh cỡ xay cho đúng.",
            100,
            12,
            "nam",
            "",
            14,
            is_stale=True,
        ),
        Asked(
            "Thẻ thành viên",
            "Điểm tích lũy có hết hạn không?",
            "Điểm dùng được 12 tháng kể từ lần mua gần nhất.",
            40,
            9,
            "trang",
            "Thu",
            19,
        ),
        Asked(
            "Thẻ thành viên",
            "Đổi số điện thoại thì giữ điểm cách nào?",
            "Mình đổi ở quầy, đọc số cũ và số mới là nhân viên chuyển luôn.",
            25,
            260,
            "",
            "Tâm",
            3,
            helper="Bảo Ngọc",
        ),
        Asked(
            "",
            "Các quán mở cửa mấy giờ?",
            "Cả bốn quán mở 6:30–22:00, kể cả cuối tuần và lễ.",
            110,
            0,
            "tung",
            "",
            41,
            faq=True,
        ),
        Asked(
            "",
            "Quán có chỗ gửi xe không?",
            "Có bảo vệ giữ xe miễn phí ở cả bốn quán. Quán Hải Châu có thêm chỗ cho ô tô sau 17:00.",
            60,
            0,
            "tung",
            "",
            12,
            faq=True,
        ),
    ),
    "kestrel": (
        Asked(
            "Repairs",
            "How long does a basic service take?",
            "Two working days. Bring it in before 11 and it is usually ready the next evening.",
            30,
            6,
            "wei",
            "Jia Hui",
            21,
        ),
        Asked(
            "Repairs",
            "Do I need an appointment for a puncture?",
            "No. Walk in, it takes about 20 minutes and costs $18 with a new tube.",
            14,
            3,
            "wei",
            "Ben",
            26,
        ),
        Asked(
            "Repairs",
            "Can you service a bike bought elsewhere?",
            "Yes, any brand but hub motors of e-bikes, for which we lack the parts.",
            64,
            41,
            "marcus",
            "",
            8,
        ),
        Asked(
            "E-bikes",
            "How long does the battery really last in the rain?",
            "I ride 18 km each way. Rain costs me about a tenth of the range, not more.",
            22,
            210,
            "",
            "Siti",
            5,
            helper="Ravi K.",
        ),
        Asked(
            "E-bikes",
            "May I take an e-bike on the MRT?",
            "Folding ones up to 120 × 70 × 40 cm, outside rush hour. The LTA has the last word.",
            102,
            17,
            "marcus",
            "Mei",
            13,
            is_stale=True,
        ),
        Asked(
            "E-bikes",
            "Is the battery under warranty?",
            "Two years or 500 full charges, whichever comes first. Bring the receipt.",
            48,
            8,
            "marcus",
            "",
            16,
        ),
        Asked(
            "Delivery",
            "Do you deliver a bike assembled?",
            "Yes, everywhere on the island. We set the saddle to your height at the door.",
            39,
            12,
            "aisha",
            "Tan",
            9,
        ),
        Asked(
            "Delivery",
            "Can I change the delivery slot?",
            "Up to 18:00 the day before, with the link in the confirmation.",
            98,
            25,
            "chloe",
            "",
            7,
            is_stale=True,
        ),
        Asked(
            "Rides",
            "Is the Sunday ride fine for beginners?",
            "It was for me. The second group goes at 20 km/h and nobody is left behind.",
            18,
            330,
            "",
            "Amy",
            6,
            helper="Ravi K.",
        ),
        Asked(
            "Rides",
            "Where does the Sunday ride start?",
            "At the shop in Tiong Bahru, 7:00 sharp.",
            55,
            5,
            "aisha",
            "",
            11,
        ),
        Asked(
            "",
            "What are your opening hours?",
            "Tuesday to Sunday 10:00–19:30. Closed on Mondays.",
            108,
            0,
            "chloe",
            "",
            37,
            faq=True,
        ),
    ),
}
# Waits: the first was just asked of who knows, the second of nobody in particular.
WAITING: Final = {
    "suongmai": (
        ("Đồ uống", "Trà dâu tằm có đường sẵn trong dâu không?", "Lan Anh"),
        ("", "Quán có nhận tổ chức sinh nhật nhỏ không?", ""),
    ),
    "kestrel": (
        ("E-bikes", "Which child seat fits the cargo e-bike?", "Grace"),
        ("", "Do you buy back old bikes?", ""),
    ),
}
# A customer's answer to the first of them, which waits for a colleague's yes.
SUGGESTED: Final = {
    "suongmai": ("Mình hỏi quầy rồi: dâu ngâm sẵn đường, gọi ít ngọt thì họ bớt siro.", "Quân"),
    "kestrel": ("Ours is a Yepp Maxi on the rear rack, it fits without an adapter.", "Dana"),
}
INTERNAL: Final = {
    "suongmai": ("Thẻ thành viên", "Khách quên số điện thoại cũ thì tra điểm bằng gì?", "Tra bằng email hoặc số hóa đơn gần nhất.", "nam", "tung"),
    "kestrel": ("Repairs", "Where do we keep the torque wrench for carbon stems?", "Second drawer of the stand by the window.", "aisha", "wei"),
}  # fmt: skip
IMPACTS: Final = {
    "suongmai": (
        Impact(
            "Bình giữ nhiệt thay ly nhựa", "Bốn quán ở Đà Nẵng", "Khách và bãi biển Mỹ Khê", 4_180,
            "Từ tháng 6, ai mang bình được bớt 5.000 ₫. Máy bán hàng đếm 4.180 lượt, tức chừng ấy ly nhựa không dùng.",
            20,
        ),
        Impact(
            "Trạm sạc và nước nóng trong bão", "Quán Hải Châu và An Hải", "Bà con quanh quán", 260,
            "Ba ngày mất điện, hai quán có máy phát mở cửa đến 23:00. Sổ trực ghi khoảng 260 lượt vào sạc nhờ.", 23,
        ),
        Impact(
            "Lớp pha chế cho bạn trẻ mồ côi", "Làng Hy Vọng", "Bạn trẻ 16–18 tuổi", 12,
            "Tám buổi, 12 bạn học hết, 3 bạn đang làm ở quán.", 75, False,
        ),
    ),
    "kestrel": (
        Impact(
            "Bikes for the school run", "Bukit Merah", "Children of rental-flat families", 34,
            "34 serviced second-hand bikes with helmets, handed over with the family centre; list signed by the parents.",
            40,
        ),
        Impact(
            "Free checks after the floods", "Tiong Bahru", "Riders whose bikes stood in water", 57,
            "57 checks over five days, 9 batteries taken out of use.", 20,
        ),
        Impact("Repair class for seniors", "Queenstown", "Riders over 60", 18, "Three mornings; 18 came, 11 twice.", 80, False),
    ),
}  # fmt: skip
