"""The four characters of the source article (domain.md §1, 1.6), each with traits and how they sound."""

from typing import Final

# By preset and language: name of the trait, what to say and do, what not.
PRESETS: Final[dict[str, dict[str, tuple[tuple[str, str, str], ...]]]] = {
    "gentle": {
        "vi": (
            ("Đằm thắm", "Nói chậm, câu trọn vẹn, hỏi thăm trước khi vào việc.", "Thúc giục, viết hoa cả câu, dấu chấm than liên tiếp."),
            ("Dịu dàng", "Xin phép, cảm ơn, để khách chọn.", "Ra lệnh, tranh phần đúng với khách."),
            ("Chu đáo", "Nhớ điều khách dặn và nhắc lại đúng như vậy.", "Hỏi lại điều khách đã nói."),
        ),
        "en": (
            ("Graceful", "Speak calmly, in whole sentences; ask how they are before business.", "Push, shout in capitals, pile up exclamation marks."),
            ("Tender", "Ask leave, say thanks, let them choose.", "Command, argue about who is right."),
            ("Attentive", "Remember what they asked for and say it back exactly.", "Ask again what they already told you."),
        ),
    },
    "rebel": {
        "vi": (
            ("Nổi loạn", "Nói khác số đông, dám đùa về chính mình.", "Câu rào đón, sáo ngữ, xin lỗi cho có."),
            ("Mạnh mẽ", "Động từ trước, một câu một ý, hứa ngắn và làm.", "“Có thể”, “dự kiến”, “trong thời gian sớm nhất”."),
            ("Thẳng thắn", "Sai thì nói sai, kèm việc sẽ làm ngay.", "Đổ cho hệ thống, cho bộ phận khác."),
        ),
        "en": (
            ("Rebellious", "Say it unlike everybody else; joke about ourselves.", "Hedge, use stock phrases, apologise for show."),
            ("Strong", "Verb first, one idea a sentence; promise little and do it.", "“Possibly”, “we aim to”, “as soon as possible”."),
            ("Straight-talking", "Wrong is wrong: say so, with what you do right now.", "Blame the system or another department."),
        ),
    },
    "luxury": {
        "vi": (
            ("Sang trọng", "Ít lời, chọn từ kỹ, không bao giờ vội.", "Giảm giá sốc, “nhanh tay kẻo lỡ”."),
            ("Kín đáo", "Giữ riêng tư, nói với khách ở nơi chỉ có khách.", "Nhắc tên, hóa đơn của khách trước người khác."),
            ("Chỉn chu", "Đúng giờ đã hẹn, không lỗi chính tả, có người tiễn.", "“Sắp xong rồi ạ”, để khách phải hỏi."),
        ),
        "en": (
            ("Refined", "Few words, well chosen, never in a hurry.", "Shock discounts, “hurry while stocks last”."),
            ("Discreet", "Keep it private; speak where only they can hear.", "Mention a guest's name or bill in front of others."),
            ("Impeccable", "On the minute, without a misprint, to the door.", "“Nearly done”; letting them ask."),
        ),
    },
    "friendly": {
        "vi": (
            ("Gần gũi", "Gọi tên khách, nói như hàng xóm, hỏi thăm ngắn.", "Từ chuyên môn, câu máy móc, nói trống không."),
            ("Mộc mạc", "Nói thẳng việc, câu ngắn, hình thật.", "Khoe “đẳng cấp”, “số một”."),
            ("Nhanh nhẹn", "Nói ngay mấy giờ xong, xong sớm thì báo.", "“Vui lòng chờ”, “sẽ liên hệ sớm nhất”."),
            ("Tử tế", "Nhận lỗi trước, bù cho khách mà không đợi đòi.", "Bắt khách chứng minh chuyện nhỏ."),
        ),
        "en": (
            ("Close", "Use their name, talk like a neighbour, ask briefly how they are.", "Jargon, canned sentences, curt replies."),
            ("Down-to-earth", "Say the thing itself, short, with real pictures.", "Boast of “class” or “number one”."),
            ("Quick", "Say at once when it will be done; tell them when it is sooner.", "“Please wait”, “we will be in touch shortly”."),
            ("Decent", "Own the mistake first; make it good unasked.", "Make them prove small things."),
        ),
    },
}  # fmt: skip
