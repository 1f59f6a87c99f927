"""What customers of the demo firms use things for, in a word or two, by what they said."""

from typing import Final

MODES: Final = {
    "Ghé 7h20 trước giờ làm, mang lên văn phòng": "uống ở chỗ làm",
    "7h20 mỗi sáng, mang lên văn phòng tầng 9": "uống ở chỗ làm",
    "Mua 5 ly cho cả phòng sáng thứ Hai": "mua cho cả phòng",
    "Ngồi học từ 18h tới 21h, mùa thi thì tới khuya": "học bài",
    "Ngồi học tối thứ Hai, Tư, Sáu": "học bài",
    "Họp nhóm đồ án chiều thứ Bảy": "họp nhóm",
    "Sáng Chủ nhật cả nhà bốn người": "cả nhà sum họp",
    "Mua hạt hai tuần một lần, tự pha ở nhà": "pha ở nhà",
    "Pha V60 ở nhà, hai tuần hết 250 g": "pha ở nhà",
    "12 ký Robusta mỗi tuần, pha phin": "pha bán lại",
    "Túi vải đựng hạt giặt lại làm túi bút": "đựng bút",
    "Túi vải đựng hạt em giặt lại làm túi bút": "đựng bút",
    "Túi vải đi chợ thay túi ni lông": "đi chợ",
    "Quay video học bài ở góc cửa sổ": "quay video",
    "Bã cà phê xin về ủ gốc hồng, bông lên dữ lắm": "bón cây",
    "Bã cà phê làm tẩy da chết cho vợ": "làm đẹp",
    "Xin bã cà phê về khử mùi tủ lạnh": "khử mùi",
    "Ly giấy rửa sạch cho bé ươm hạt đậu": "ươm cây",
    "Rides to work four days a week, rain or not": "getting to work",
    "Commutes 14 km each way, all weather": "getting to work",
    "School run with two kids on the e-cargo": "school run",
    "Old inner tubes cut into tie-downs": "tying things down",
}
