"""The coffee shop's journey in words: what customers want at each stage, what they say, what good looks like. Invented."""

from dataclasses import dataclass

from journeys.models import Feeling


@dataclass(frozen=True)
class Spoken:
    """What a customer said, and how they felt when they did."""

    words: str
    valence: int
    feeling: str


@dataclass(frozen=True)
class Felt:
    """A point of the curve (domain.md §6.1): a stage or touchpoint, the customers' mean and what staff assume."""

    code: str
    reported: float
    assumed: float
    said: tuple[Spoken, ...]


@dataclass(frozen=True)
class Detail:
    """What a touchpoint is like: channel, what customers get out of it, whether it makes or breaks."""

    code: str
    channel: str
    outcome: str
    is_moment: bool = False
    has_point: bool = False


@dataclass(frozen=True)
class Good:
    """A standard: what good looks like, and what one does."""

    touchpoint: str
    text: str
    behaviours: tuple[str, ...]


JOY, CALM, RESPECT, SURPRISE = Feeling.JOYFUL, Feeling.CALM, Feeling.RESPECTED, Feeling.SURPRISED
HURRY, CROSS, LET_DOWN, WORRY = Feeling.IMPATIENT, Feeling.ANNOYED, Feeling.DISAPPOINTED, Feeling.WORRIED

GOALS = {
    "aware": "Gần chỗ làm có quán nào cà phê tử tế không?",
    "notice": "Nhìn vào là biết quán bán gì, giá bao nhiêu.",
    "interest": "Muốn biết quán có hợp với mình không trước khi ghé.",
    "search": "Muốn biết mấy giờ mở cửa, đi đường nào, gửi xe ở đâu.",
    "choose_buy_use": "Có ly đúng ý trong ít phút, không phải lo gì thêm.",
    "after_sales": "Có chuyện thì gặp được người giải quyết ngay.",
    "perceive": "Muốn thấy tiền mình bỏ ra là đáng.",
    "love": "Muốn được nhớ mặt, nhớ món.",
    "loyal": "Đến hoài thì muốn được nhẹ nhàng hơn người mới.",
    "advocate": "Giới thiệu cho bạn mà không sợ mất mặt.",
}

# Whose good a stage is drawn for, where somebody said: a loyalty card that only wants to sell once more stands out.
SEEN_FROM = {"choose_buy_use": "customer", "after_sales": "customer", "loyal": "company"}

DETAILS = (
    Detail("bien-hieu", "print", "Từ bên kia đường đã thấy quán."),
    Detail("google-maps", "web", "Giờ mở cửa đúng, tới nơi là có người bán.", is_moment=True),
    Detail("mang-xa-hoi", "social", "Thấy món thật, giá thật."),
    Detail("hang-cho", "place", "Biết mình còn chờ mấy phút.", is_moment=True, has_point=True),
    Detail("goi-mon", "place", "Gọi một lần là đúng món.", has_point=True),
    Detail("thanh-toan-qr", "app", "Quét một lần, trừ một lần.", is_moment=True, has_point=True),
    Detail("ly-nap", "place", "Món đúng ý, nắp kín, cầm đi được ngay.", has_point=True),
    Detail("cho-ngoi", "place", "Có chỗ, có ổ cắm, wifi chạy.", has_point=True),
    Detail("gui-xe", "place", "Xe có chỗ, ra vào không phải chờ."),
    Detail("giao-do-uong", "delivery", "Tới nơi còn đá, không đổ."),
    Detail("giao-hat-si", "delivery", "Hạt tới đúng hẹn, hóa đơn đúng tên."),
    Detail("zalo", "chat", "Nhắn là có người trả lời trong buổi.", is_moment=True),
    Detail("hotline-quan", "phone", "Gọi là có người nghe máy."),
    Detail("the-tich-diem", "app", "Đủ mười ly là được một ly, khỏi nhắc."),
)

CURVE = (
    Felt("aware", 0.4, 0.8, (
        Spoken("Đi ngang thấy mùi rang cà phê là biết có quán mới.", 1, JOY),
        Spoken("Đồng nghiệp xách về cả chục ly, tôi mới biết tên quán.", 1, SURPRISE),
        Spoken("Biển quán nhỏ quá, chạy xe qua hai lần mới thấy.", -1, HURRY),
    )),
    Felt("notice", 0.3, 0.5, (
        Spoken("Bảng giá để ngay cửa, nhìn là biết vào hay không.", 1, CALM),
        Spoken("Quán treo nhiều chữ quá, không biết món nào nên uống.", -1, HURRY),
        Spoken("Mấy bạn đứng quầy hay cười, nhìn là muốn ghé.", 1, JOY),
    )),
    Felt("interest", 0.5, 0.7, (
        Spoken("Coi clip rang hạt trên TikTok thấy làm thật, không màu mè.", 1, JOY),
        Spoken("Bạn tôi khen bạc xỉu ở đây không ngọt gắt.", 1, SURPRISE),
        Spoken("Hỏi giá trên Facebook mà hôm sau mới trả lời.", -1, LET_DOWN),
    )),
    Felt("search", -0.2, 0.6, (
        Spoken("Trên Google ghi mở 6h30, 6h45 tui tới còn đóng cửa. Trễ làm luôn.", -2, CROSS),
        Spoken("Bản đồ chỉ vô hẻm sau, đi lòng vòng mười phút.", -1, HURRY),
        Spoken("Tìm là ra ngay chi nhánh gần nhất, có cả hình chỗ gửi xe.", 1, CALM),
    )),
    Felt("hang-cho", -0.9, 0.0, (
        Spoken("Sáng chậm 5 phút là cả ngày cuống.", -2, HURRY),
        Spoken("Không bực vì chờ, bực vì không biết còn chờ bao lâu.", -1, HURRY),
    )),
    Felt("goi-mon", 0.4, 0.9, (
        Spoken("Bạn Hân nhớ tôi không uống được sữa bò, tự hỏi đổi sữa yến mạch.", 2, RESPECT),
        Spoken("Nói ít ngọt rồi mà bạn thu ngân bảo máy nó vậy chị ơi.", -1, CROSS),
    )),
    Felt("thanh-toan-qr", -0.3, 0.8, (
        Spoken("Quét rồi mà quầy nói chưa nhận, đứng chờ mà lo bị trừ hai lần.", -2, WORRY),
        Spoken("Quét cái là xong, khỏi tìm tiền lẻ.", 1, CALM),
    )),
    Felt("ly-nap", 0.9, 1.2, (
        Spoken("Bạc xỉu vẫn y như ba năm trước, uống là nhớ Đà Lạt.", 2, JOY),
        Spoken("Nắp hở, đổ hết ra túi xách.", -2, CROSS),
    )),
    Felt("cho-ngoi", 0.7, 0.8, (
        Spoken("Ngồi góc cửa sổ có ổ cắm, làm bài cả buổi không ai nhắc.", 2, CALM),
        Spoken("Wifi tầng 2 rớt hoài, tụi em họp nhóm phải bắt 4G.", -1, CROSS),
    )),
    Felt("after_sales", -0.8, 0.5, (
        Spoken("Gọi hotline 4 cuộc toàn báo bận, nhắn Zalo thì bảo chờ kế toán.", -2, CROSS),
        Spoken("Báo mất thẻ tích điểm cả tuần chưa ai gọi lại.", -1, LET_DOWN),
        Spoken("Chị quản lý gọi xin lỗi liền trong ngày, thấy mình được tôn trọng.", 2, RESPECT),
    )),
    Felt("perceive", 0.3, 0.8, (
        Spoken("Uống ở đây thấy đáng tiền hơn mấy chuỗi lớn.", 1, CALM),
        Spoken("Dạo này ly nhỏ lại mà giá không đổi.", -1, LET_DOWN),
        Spoken("Nhắc Sương Mai là nhớ mùi rang với mấy bạn hay cười.", 2, JOY),
    )),
    Felt("love", 0.6, 0.9, (
        Spoken("Vào quán có bạn gọi đúng tên mình, tự nhiên vui cả sáng.", 2, JOY),
        Spoken("Ngày mưa quán cho mượn dù, mai trả cũng được.", 2, SURPRISE),
        Spoken("Quán thay người liên tục, không ai nhớ món của mình nữa.", -1, LET_DOWN),
    )),
    Felt("loyal", 0.5, 0.8, (
        Spoken("Giá mà có gói 20 ly trả trước, sáng khỏi móc ví.", 0, ""),
        Spoken("Hai năm rồi sáng nào cũng ghé, quen như nhà.", 2, CALM),
        Spoken("Tích mười ly mà tới lúc đổi thì hết hạn.", -1, LET_DOWN),
    )),
    Felt("advocate", 0.4, 0.9, (
        Spoken("Cả phòng tôi uống theo tôi, bây giờ đặt chung mỗi sáng.", 2, JOY),
        Spoken("Giới thiệu cho mẹ tôi mà nhân viên nói trống không với bà.", -2, LET_DOWN),
        Spoken("Bạn nước ngoài qua là tôi dẫn tới đây.", 2, JOY),
    )),
)  # fmt: skip

STANDARDS = (
    Good("hang-cho", "Khách biết mình còn chờ bao lâu ngay khi nhận món, và không ai chờ quá năm phút mà không được hỏi.", (
        "Chào khách trong vòng 10 giây, kể cả khi đang làm món.",
        "Nói thời gian chờ ngay khi nhận món: “Dạ bốn phút nữa có ạ.”",
        "Quá giờ đã nói thì tới báo trước khi khách hỏi.",
    )),
    Good("goi-mon", "Khách gọi một lần là đúng món; mình nhắc lại trước khi in phiếu.", (
        "Nhìn khách, xưng em, gọi anh chị cô bác.",
        "Đọc lại món, độ ngọt, lượng đá.",
        "Khách quen: hỏi “như mọi bữa phải không ạ?”",
    )),
    Good("thanh-toan-qr", "Khách quét một lần là xong; tiền trừ sai thì hoàn ngay tại quầy.", (
        "Đợi loa báo tiền vào rồi mới cảm ơn.",
        "Trừ hai lần: quản lý hoàn ngay khoản dưới 200.000 ₫, không chờ kế toán.",
        "Không hoàn được tại quầy thì hoàn tiền trong 24 giờ, báo khách mã giao dịch.",
    )),
    Good("google-maps", "Giờ mở cửa trên bản đồ luôn đúng với cửa quán.", (
        "Sáng thứ Hai quản lý quán mở bản đồ, so với giờ thật.",
        "Nghỉ lễ: sửa giờ trước ba ngày.",
    )),
    Good("zalo", "Tin nhắn trong giờ làm được trả lời trong 30 phút, có tên người trả lời.", (
        "Xưng tên: “Em Thia đây ạ.”",
        "Chưa biết thì hẹn giờ trả lời, và giữ giờ đó.",
        "Không bắt khách kể lại từ đầu.",
    )),
    Good("ly-nap", "Món đúng ý, nắp kín, cầm đi là không đổ.", (
        "Lật nghiêng ly một lần trước khi đưa.",
        "Sai món thì làm lại ngay, không hỏi lỗi ai.",
    )),
)  # fmt: skip
