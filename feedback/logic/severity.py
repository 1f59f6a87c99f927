"""How serious a complaint sounds: fixed phrases in Vietnamese and English, no guessing (domain.md §3.9)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

Level = Literal["S1", "S2", "S3", "S4"]
# A word as (letters without accents, accents in a fixed order): "hoà" and "hòa" are the same word.
Word = tuple[str, str]

SATISFIED_SHARE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Severity:
    """A level from S1 (at once, day and night) to S4 (suggestion), and the codes of what decided it."""

    level: Level
    reasons: tuple[str, ...]


# Reason code -> phrases. They are written with accents and found with or without them; a phrase of one word
# must be typed with its own accents, since many short words differ by nothing else ("quát", "quạt").
_S1: Final[Mapping[str, str]] = {
    "food_safety": "dị vật|miếng nhựa|mảnh nhựa|mẩu nhựa|miếng kính|mảnh kính|mảnh thủy tinh|miếng thủy tinh"
    "|mảnh kim loại|miếng kim loại|con gián|xác gián|gián chết|có gián|con ruồi|có ruồi|con giòi|có giòi"
    "|con dòi|phân chuột|chuột chết|ngộ độc|tiêu chảy|đau bụng|nôn mửa|nôn ói|buồn nôn|bị ói|ói mửa|ôi thiu"
    "|bị thiu|bị mốc|quá hạn sử dụng|hết hạn sử dụng|hết hạn dùng|hết date|dị ứng|food poisoning|allergic"
    "|allergy|foreign object|piece of plastic|piece of glass|piece of metal|glass in my|plastic in my"
    "|metal in my|cockroach|maggot|mouldy|moldy|vomiting|diarrhoea|diarrhea|expired food",
    "injury": "bị bỏng|phỏng tay|bỏng tay|bỏng miệng|bị thương|chấn thương|chảy máu|gãy tay|gãy chân"
    "|gãy xương|trượt té|trượt ngã|té ngã|ngất xỉu|bị ngất|cấp cứu|nhập viện|bệnh viện|điện giật|bốc cháy"
    "|cháy nổ|phát nổ|tai nạn|hành hung|đánh khách|bị đánh|quấy rối|sàm sỡ|injured|injury|injuries|bleeding"
    "|got burned|got burnt|burned my|burnt my|hospital|ambulance|broke my arm|broke my leg|caught fire"
    "|exploded|electric shock|brakes failed|brake failed|brake failure|assaulted|harassed",
    "data_leak": "lộ thông tin|lộ dữ liệu|lộ số điện thoại|lộ số của|lộ địa chỉ|rò rỉ thông tin|rò rỉ dữ liệu"
    "|bán thông tin|bán số điện thoại|data leak|data breach|leaked my|leak of my|sold my data|sold my number",
    "public_crisis": "bóc phốt|tẩy chay|lên báo|báo chí|nhà báo|phóng viên|livestream|đăng lên mạng"
    "|đưa lên mạng|đăng lên facebook|đăng lên tiktok|đăng tiktok|đăng facebook|lan truyền|viral|boycott"
    "|journalist|newspaper|post this everywhere|social media storm",
}
_S2: Final[Mapping[str, str]] = {
    "money": "trừ hai lần|trừ 2 lần|bị trừ tiền|trừ tiền hai lần|trừ tiền 2 lần|trừ tiền sai|trừ sai tiền"
    "|trừ nhầm|trừ dư|tính sai tiền|tính tiền sai|tính dư|tính lố|tính nhầm tiền|thu dư|thu thừa|thu hai lần"
    "|thu 2 lần|thối thiếu|thối sai|thanh toán hai lần|thanh toán 2 lần|chuyển khoản hai lần"
    "|chuyển khoản 2 lần|chưa hoàn tiền|không hoàn tiền|vẫn chưa hoàn|không chịu hoàn|charged twice"
    "|billed twice|charged me twice|billed me twice|double charged|charged double|still billed|still charged"
    "|overcharged|wrong amount|no refund|refund never",
    "insult": "nói trống không|nói lẹ đi|xúc phạm|lăng mạ|chửi|quát|quát mắng|quát tháo|quát khách"
    "|mắng khách|mắng chửi|chửi bới|chửi khách|chửi thề|chửi tôi|mắng tôi|thô lỗ|hỗn láo|vô lễ|bất lịch sự"
    "|mất lịch sự|láo toét|mất dạy|coi thường|khinh thường|khinh khách|miệt thị|phân biệt đối xử|đuổi khách"
    "|thái độ lồi lõm|thái độ hỗn|rude|insulted|insulting|yelled at|shouted at|swore at|disrespectful"
    "|discriminated|discrimination|humiliated",
    "wholesale": "khách sỉ|giá sỉ|đơn sỉ|lấy sỉ|giao sỉ|mua sỉ|đặt sỉ|hàng sỉ|đại lý|quán chị phải"
    "|quán em phải|quán anh phải|quán tôi phải|sai mã số thuế|mã số thuế sai|wholesale|our café|our cafe"
    "|reseller",
    "privacy_request": "xóa số|xóa giùm|xóa thông tin|xóa dữ liệu|nhắn quảng cáo hoài|nhắn tin quảng cáo"
    "|tin nhắn quảng cáo|spam|làm phiền|delete my data|remove my number|unsubscribe me|stop texting"
    "|stop emailing",
    "legal_threat": "khởi kiện|kiện ra tòa|luật sư|báo công an|quản lý thị trường|hội bảo vệ người tiêu dùng"
    "|lawyer|small claims|sue you|consumer association",
}
_S3: Final[Mapping[str, str]] = {
    "service_failure": "sai món|nhầm món|thiếu món|giao trễ|giao chậm|giao sai|giao thiếu|giao nhầm|tới trễ"
    "|đến trễ|bảo hành|bị hỏng|bị hư|bị đổ|đổ ra|chờ lâu|đợi lâu|chờ cả tiếng|không ai nghe|không gọi lại"
    "|wrong order|late delivery|arrived late|delivered late|still broken|warranty|third visit|second visit"
    "|waited an hour|never called back",
}
_S4: Final[Mapping[str, str]] = {
    "suggestion": "góp ý|đề xuất|kiến nghị nhỏ|giá mà|giá như|nên có thêm|mong quán|mong có thêm|wifi|ổ cắm"
    "|nhạc to|nhạc ồn|máy lạnh yếu|thêm món|suggestion|suggest|would be nice|wish you had|please add|music"
    "|power outlet|sockets",
}
_LEVELS: Final[tuple[tuple[Level, Mapping[str, str]], ...]] = (
    ("S1", _S1),
    ("S2", _S2),
    ("S3", _S3),
    ("S4", _S4),
)
REASONS: Final = tuple(code for _, phrases in _LEVELS for code in phrases)
UNSPECIFIED: Final = "unspecified"
SATISFIED: Final = "satisfied"


def assess_severity(text: str, score_share: float | None) -> Severity:
    """Return the severity a complaint starts with: the gravest level one of whose phrases is in `text`.

    Phrases are whole words, found with or without Vietnamese accents; negations are not understood, since a
    person looks at every case. `score_share` is the score's place on its scale (0 worst, 1 best, None
    unknown). It only tells apart what no phrase decides: S4 from 0.7 up ("satisfied"), else S3
    ("unspecified"); never S1 or S2. Raises ValueError for a share outside 0 to 1.
    """
    if score_share is not None and not 0 <= score_share <= 1:
        raise ValueError("score_share lies between 0 and 1")
    words = list(_words(text))
    for level, phrases_by_reason in _LEVELS:
        reasons = tuple(code for code, phrases in phrases_by_reason.items() if _holds_any(words, _compiled(phrases)))
        if reasons:
            return Severity(level, reasons)
    if score_share is not None and score_share >= SATISFIED_SHARE:
        return Severity("S4", (SATISFIED,))
    return Severity("S3", (UNSPECIFIED,))


@cache
def _compiled(phrases: str) -> Mapping[str, tuple[tuple[Word, ...], ...]]:
    """Return the phrases by the letters of their first word."""
    by_first: dict[str, tuple[tuple[Word, ...], ...]] = {}
    for phrase in phrases.split("|"):
        words = tuple(_words(phrase))
        by_first[words[0][0]] = (*by_first.get(words[0][0], ()), words)
    return by_first


def _words(text: str) -> Iterator[Word]:
    for match in re.finditer(r"\w+", unicodedata.normalize("NFC", text).lower()):
        decomposed = unicodedata.normalize("NFD", match[0])
        marks = sorted(char for char in decomposed if unicodedata.category(char) == "Mn" or char == "đ")
        letters = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
        yield letters.replace("đ", "d"), "".join(marks)


def _holds_any(words: list[Word], phrases: Mapping[str, tuple[tuple[Word, ...], ...]]) -> bool:
    return any(
        _same(words[start : start + len(phrase)], phrase)
        for start, (letters, _) in enumerate(words)
        for phrase in phrases.get(letters, ())
    )


def _same(found: list[Word], phrase: tuple[Word, ...]) -> bool:
    """Return whether `found` is `phrase`: accents equal by word, or left out in a phrase of several words."""
    return len(found) == len(phrase) and all(
        letters == known and (marks == accents or (not marks and len(phrase) > 1))
        for (letters, marks), (known, accents) in zip(found, phrase, strict=True)
    )
