"""What customers of the demo firms usually complain about, and what is offered to make it right. All invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Usual:
    """A complaint that comes again and again: where, how bad, in whose words, what was done."""

    touchpoint: str
    severity: str
    words: tuple[str, ...]
    action: str


@dataclass(frozen=True)
class Fix:
    """An option an executive is offered at one touchpoint; the first of each touchpoint is recommended."""

    touchpoint: str
    name: str
    name_en: str
    cost: int


USUAL = {
    "suongmai": (
        Usual("hang-cho", "S3", (
            "Xếp hàng hơn 15 phút chỉ để lấy một ly đá xay, trễ cả cuộc họp.",
            "Sáng thứ Hai hàng dài ra tận cửa mà chỉ có một quầy mở.",
            "Khách đặt app lấy trước, tụi em đứng chờ từ nãy không ai nói gì.",
        ), "Đã mở thêm quầy từ 7h đến 9h và báo thời gian chờ ngay khi nhận món."),
        Usual("goi-mon", "S3", (
            "Gọi ít đá mà ra nguyên ly đá.",
            "Thu ngân nhập nhầm món, bắt tôi chờ làm lại từ đầu.",
            "Đã nói là không đường mà vẫn ngọt.",
        ), "Đã làm lại món, thu ngân đọc lại món trước khi in phiếu."),
        Usual("thanh-toan-qr", "S2", (
            "Chuyển khoản rồi mà quầy không nhận được, bắt tôi trả tiền mặt.",
            "Hóa đơn tính hai ly trong khi tôi mua một.",
            "Khuyến mãi ghi giảm 20 % mà lúc tính tiền không giảm.",
        ), "Đã hoàn tiền trong ngày và đối soát lại máy quét ở quán."),
        Usual("ly-nap", "S3", (
            "Nắp hở, đổ hết ra túi xách.",
            "Ống hút giấy mềm nhũn trước khi uống xong.",
            "Cà phê nguội ngắt dù mới nhận.",
        ), "Đã đổi món mới và đổi lô nắp của nhà cung cấp."),
        Usual("cho-ngoi", "S4", (
            "Ổ cắm bàn cuối hỏng cả tuần nay.",
            "Máy lạnh tầng trên không mát, ngồi họp đổ mồ hôi.",
            "Nhạc mở to quá, gọi điện không nghe được.",
        ), "Đã sửa trong tuần và đưa vào phiếu kiểm tra mỗi sáng."),
        Usual("gui-xe", "S3", (
            "Bảo vệ xếp xe sát quá làm trầy yếm xe tôi.",
            "Mưa mà chỗ gửi xe không có mái che.",
        ), "Đã đền tiền sơn và kẻ lại vạch chỗ gửi xe."),
        Usual("giao-do-uong", "S3", (
            "Giao thiếu một ly, gọi quán thì bảo hỏi bên app.",
            "Giao nhầm món của người khác.",
            "Trà sữa giao tới bị tách lớp, không uống được.",
        ), "Đã hoàn tiền món thiếu và dán phiếu đếm ly vào từng túi."),
        Usual("giao-hat-si", "S2", (
            "Hạt giao lần này rang đậm hơn mẫu, khách quán chị chê đắng.",
            "Phiếu giao ghi 10 ký mà cân lại có 9,2 ký.",
        ), "Đã giao bù trong ngày và cân lại từng bao trước khi xuất xưởng."),
        Usual("zalo", "S4", (
            "Nhắn Zalo từ sáng tới tối mới trả lời.",
            "Trả lời tự động hoài, không gặp được người thật.",
        ), "Đã phân người trực Zalo đến 21h."),
        Usual("the-tich-diem", "S3", (
            "Mua mười ly rồi mà điểm vẫn đứng yên.",
            "Đổi điểm thì báo hết hạn, trước đó không ai nhắc.",
        ), "Đã cộng lại điểm và nhắn trước khi điểm hết hạn 14 ngày."),
    ),
    "kestrel": (
        Usual("workshop", "S3", (
            "Gears still skip after the service I paid for.",
            "New scratch on the top tube after the repair.",
            "Nobody told me the part was on back order.",
        ), "Re-serviced free of charge; the bike is now photographed when it comes in."),
        Usual("pick-up", "S3", (
            "Waited forty minutes at the counter to collect a finished bike.",
            "Closed at six although the text said half past.",
        ), "The text now carries the counter's closing time."),
        Usual("careplan", "S2", (
            "CarePlan renewed at a higher price without a word.",
            "The plan says two tune-ups, I was charged for the second.",
        ), "Refunded, and renewal notices now go out 30 days before."),
        Usual("phone", "S4", (
            "Rang four times on Saturday, no answer.",
        ), "One person is on the phone all Saturday."),
    ),
}  # fmt: skip

# What answers say of a place in a few words: the unhappy ones, then the happy ones. "" is no words at all.
NOTHING = (("",), ("",))
SAID = {
    "suongmai": {
        "bien-hieu": (("Chạy xe qua mà không thấy quán.", ""), ("Nhắc Sương Mai là nhớ mùi rang với mấy bạn hay cười.",)),
        "google-maps": (("Giờ trên bản đồ không đúng.", ""), ("Tìm là ra ngay quán gần nhất.",)),
        "mang-xa-hoi": (("Hình đẹp hơn ly thật.", ""), ("Coi clip rang hạt là muốn ghé.",)),
        "zalo": (("Nhắn mà lâu mới trả lời.", ""), ("Nhắn cái có người trả lời liền.",)),
        "hang-cho": (("Chờ lâu quá.", "Hôm đông không ai hỏi tới.", ""), ("Ra món nhanh, sáng nào cũng kịp giờ làm.",)),
        "goi-mon": (("Gọi một đằng ra một nẻo.", "Món không đều.", ""), (
            "Bạn Hân nhớ tôi không uống được sữa bò, tự hỏi đổi sữa yến mạch. Nhỏ vậy mà thấy được quan tâm ghê.",
        )),
        "thanh-toan-qr": (("Quét hoài không được.", "Khuyến mãi không trừ.", ""), ("Quét cái là xong.",)),
        "ly-nap": (("Món không đều.", "Nắp hở, tay dính hết.", ""), ("Bạc xỉu vẫn y như hồi mới mở.",)),
        "cho-ngoi": (("Giá hơi cao so với chỗ ngồi.", "Máy lạnh yếu.", ""), ("Ngồi cả buổi không ai nhắc.",)),
        "gui-xe": (("Không có chỗ để xe.", ""), ("Bác bảo vệ dắt xe giùm, thương ghê.",)),
        "giao-do-uong": (("Giao tới đá tan hết.", ""), ("Giao nhanh, ly còn nguyên đá.",)),
        "giao-hat-si": (("Giao trễ một ngày.", ""), ("Bã cà phê xin về ủ gốc hồng, bông lên dữ lắm.",
                                                     "Túi vải đựng hạt em giặt lại làm túi bút.")),
        "hotline-quan": (("Gọi mấy lần mới có người nghe.", ""), ("Chị nghe máy nói chuyện nhẹ nhàng.",)),
        "the-tich-diem": (("Điểm hết hạn mà không ai nhắc.", ""), ("Giá mà có gói 20 ly trả trước, sáng khỏi móc ví.",)),
    },
    "kestrel": {
        "workshop": (("Nobody told me what was wrong.", ""), ("Aisha rang before replacing the chain and saved me S$80.",
                                                              "Straight talk, fair price.")),
        "pick-up": (("Waited too long.", ""), ("They fixed it while I had a coffee next door.",)),
        "careplan": (("Bit pricey.", ""), ("Straight talk, fair price.",)),
        "shop-floor": (("Too crowded to look around.", ""), ("They let me try the saddle for a week.",)),
        "phone": (("Rang twice before anyone picked up.", ""), ("Rang once, got a straight answer.",)),
    },
}  # fmt: skip

FIXES = {
    "suongmai": (
        Fix("thanh-toan-qr", "Hoàn tiền ngay trong hôm nay và gọi xin lỗi", "Refund today and call to apologise", 59_000),
        Fix("thanh-toan-qr", "Hoàn tiền, tặng thẻ 5 ly vì đã chờ lâu", "Refund, and five cups for the long wait", 334_000),
        Fix("thanh-toan-qr", "Hoàn tiền sau khi kế toán đối soát (2 ngày)", "Refund after the books are checked", 59_000),
        Fix("ly-nap", "Gọi trong 1 giờ, chi trả khám và giữ lại lô hàng", "Call within the hour, pay the doctor, keep the batch",
            1_500_000),
        Fix("ly-nap", "Thu hồi lô bột ở cả 12 quán", "Withdraw the batch from all twelve shops", 6_000_000),
        Fix("ly-nap", "Làm lại món và tặng hai ly", "Make it again, two cups on us", 110_000),
        Fix("goi-mon", "Quản lý gọi xin lỗi và mời lại cả nhà", "The manager apologises and invites the family", 240_000),
        Fix("goi-mon", "Gọi xin lỗi, nhắc cả ca về cách xưng hô", "Apologise, and brief the shift", 0),
        Fix("giao-hat-si", "Giao bù hôm nay, xuất lại hóa đơn đúng mã số thuế", "Deliver today, issue the invoice again", 150_000),
        Fix("giao-hat-si", "Bù phần chênh lệch quán phải mua ngoài", "Pay what they had to buy elsewhere", 480_000),
        Fix("hotline-quan", "Xóa số khỏi tin quảng cáo ngay và gửi xác nhận", "Take the number off the list and confirm", 0),
        Fix("hotline-quan", "Xóa số, xác nhận và tặng phiếu hai ly", "Take it off, confirm, two cups", 110_000),
    ),
    "kestrel": (
        Fix("workshop", "Head mechanic strips it down free, one named contact",
            "Head mechanic strips it down free, one named contact", 85),
        Fix("workshop", "Refund the last two visits", "Refund the last two visits", 96),
        Fix("careplan", "Refund both charges today", "Refund both charges today", 58),
        Fix("careplan", "Refund and three months free", "Refund and three months free", 145),
    ),
}  # fmt: skip
