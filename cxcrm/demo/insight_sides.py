"""How customers feel about what each insight of the demo firms says, and what ending would be all right for them."""

from typing import Final

# By what they want: feeling, a good end.
SIDES: Final[dict[str, tuple[str, str]]] = {
    "một buổi sáng có kiểm soát": ("impatient", "Đi làm đúng giờ, ly trên tay, không phải ngó đồng hồ."),
    "biết còn phải chờ bao lâu": ("impatient", "Nghe một con số phút, và con số đó đúng."),
    "tiền của mình được trả lại ngay khi quán sai": ("annoyed", "Tiền về trong ngày, không phải gọi lần thứ hai."),
    "được nhớ là mình dặn gì": ("respected", "Nói một lần, lần sau khỏi nói lại."),
    "cả nhà ngồi thoải mái cuối tuần": ("worried", "Xe có chỗ, con có ghế, cả nhà ngồi chung một bàn."),
    "trả trước nhiều ly một lần": ("impatient", "Đọc số điện thoại là cầm ly đi."),
    "được đối xử như người quen": ("disappointed", "Có người gọi đúng tên, nhớ đúng món."),
    "thấy tiền mình bỏ ra là đáng": ("disappointed", "Ly đầy như trước, hoặc giá nói thẳng vì sao."),
    "có chuyện thì gặp được người giải quyết": ("annoyed", "Người đầu tiên nghe máy giúp được luôn."),
    "nhắn là có người thật trả lời": ("annoyed", "Một người xưng tên, trả lời trong buổi."),
    "tới nơi là quán mở": ("annoyed", "Giờ trên bản đồ đúng với cửa quán."),
    "cầm ly đi mà không phải lo": ("worried", "Nắp kín tới tận bàn làm việc."),
    "gọi một lần là đúng món": ("impatient", "Nghe đọc lại món trước khi in phiếu."),
    "điểm còn nguyên khi cần đổi": ("disappointed", "Được nhắc trước, còn kịp đổi."),
    "ngồi làm việc yên ổn cả buổi": ("annoyed", "Ổ cắm có điện, wifi chạy, không phải đổi bàn."),
    "ly giao tới giống ly ở quán": ("disappointed", "Đủ ly, còn đá, đúng món."),
    "hạt tới đúng hẹn và đúng mẫu": ("worried", "Thứ Năm có hạt, vị như mẫu đã thử."),
    "gọi một cuộc là xong": ("annoyed", "Có người nghe máy và giải quyết luôn."),
    "biết tiền đã vào trước khi rời quầy": ("worried", "Nghe loa báo tiền vào rồi mới đi."),
    "từ xa đã thấy quán": ("impatient", "Thấy biển trước khi chạy qua."),
    "hỏi giá là có ngay": ("impatient", "Có giá trong lúc còn đang muốn ghé."),
    "người nhà mình cũng được tôn trọng": ("looked_down", "Ba mẹ được dạ thưa như ở nhà."),
    "giới thiệu quán mà không ngại": ("worried", "Lần nào dẫn bạn tới cũng ngon như lần trước."),
    "dùng lại những gì quán bỏ đi": ("joyful", "Ghé là có sẵn một bịch bã cà phê để lấy."),
    "được giúp lúc trời trở": ("calm", "Xe khô, mượn được dù, mai trả."),
    "được hỏi tới hôm quán đông": ("looked_down", "Có người nhìn mình và nói: em thấy anh chị rồi."),
    "to know my bike is safe with one person": ("annoyed", "One name, who knows what was done last time."),
    "to plan my evening around the pick-up": ("impatient", "A time that holds, or a call before I leave work."),
    "to be told what it costs before it is done": ("worried", "A call with the price, and I say yes or no."),
    "to stop paying the day I cancel": ("annoyed", "Cancelled means cancelled, and the money is back."),
}
