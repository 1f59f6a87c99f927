"""The reply coach: does a reply show that somebody understood (domain.md §1, 0.8 and 0.9)? It advises, never blocks."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# Words that both sides use say that the writer read what happened; the shortest say nothing.
_SHARED_WORDS: Final = 2
_LONG_ENOUGH: Final = 3

# Too common to say that anything was understood.
_COMMON: Final = frozenset(
    re.findall(
        r"\w+",
        "anh chị em cô chú bác bạn ông bà quý khách tôi mình chúng quán shop hàng công ty là và của cho với không có "
        "được này đó khi thì mà rồi cũng lại như nên vì đã đang sẽ bị các những một rất xin lỗi tiếc trải nghiệm "
        "thông cảm mong the and you your our was were for that this with have has had not are but they from will would "
        "been very sorry please thank thanks understand experience inconvenience apologise apologize customer dear "
        "about what when",
    )
)
_FACTS: Final = re.compile(
    r"\d{1,3}(?:[.,]\d{3})+|\d+\s*(?:k|đ|₫|vnd|nghìn|ngàn|triệu|phút|giờ|tiếng|ngày|lần|cuộc|ly|ký|minutes?|hours?|days?"
    r"|times?|weeks?)\b|\b(?:s?\$|usd|sgd)\s?\d+",
    re.IGNORECASE,
)
_CONSEQUENCE: Final = (
    "mất tiền", "mất công", "mất thời gian", "mất buổi", "mất cả", "tốn thời gian", "tốn công", "phải chờ", "phải đợi",
    "phải đi lại", "phải gọi", "phải nhắn", "phải giải thích", "phải mua", "trễ làm", "trễ giờ", "trễ hẹn", "lỡ",
    "bực", "khó chịu", "thất vọng", "lo lắng", "lo cho", "sợ", "hoảng", "tổn thương", "buồn", "phiền", "bất tiện",
    "mệt mỏi", "xấu hổ", "ngượng", "giận", "uổng", "thiệt", "ảnh hưởng", "khiến", "làm cho", "vừa mất",
    "cost you", "lost", "wasted", "waste of", "waiting", "had to", "frustrat", "annoy", "upset", "worr", "disappoint",
    "embarrass", "angry", "stress", "inconvenien", "missed", "made you", "left you", "meant that", "out of pocket",
    "unsafe", "scared", "let you down", "tired of",
)  # fmt: skip
# Sympathy looks like the naming of a feeling but is about us (the three sample phrases of row 0.9 and their kin).
_SYMPATHY: Final = (
    "rất tiếc", "lấy làm tiếc", "thành thật xin lỗi", "chân thành xin lỗi", "mong anh/chị thông cảm", "mong anh chị",
    "mong quý khách thông cảm", "thông cảm", "không thể tưởng tượng", "không thể cảm nhận", "chia sẻ với", "đáng tiếc",
    "trải nghiệm của", "trải nghiệm không tốt", "sự bất tiện này", "vì sự bất tiện", "về sự bất tiện",
    "vì sự phiền", "làm phiền", "very sorry", "so sorry", "sincerely apologi", "we apologi", "apologies for",
    "sorry for any", "sorry to hear", "any inconvenience", "for the inconvenience", "cannot imagine", "can't imagine",
    "can only imagine", "your understanding", "bear with us", "sorry about your experience", "your experience",
    "sorry for the",
)  # fmt: skip
_ACTION: Final = (
    "đã hoàn", "sẽ hoàn", "hoàn lại", "hoàn tiền", "đã chuyển", "sẽ chuyển", "đã đổi", "sẽ đổi", "đổi lại",
    "sẽ gửi", "đã gửi", "giao lại", "làm lại", "đã làm việc", "đã nhắc", "đã sửa", "sẽ sửa", "đã thay", "sẽ thay",
    "đã kiểm tra", "sẽ kiểm tra", "đang kiểm tra", "sẽ gọi", "em gọi", "tôi gọi", "được hoàn", "sẽ tặng", "gửi tặng",
    "bồi thường", "đã xóa", "sẽ xóa", "đã ghi", "sẽ báo", "từ giờ", "từ nay", "đã hướng dẫn", "sẽ lắp", "đã lắp",
    "sẽ đến", "sẽ mang", "đã yêu cầu", "sẽ xử lý", "đã xử lý", "đã hủy", "sẽ hủy", "đã liên hệ", "sẽ liên hệ",
    "refund", "we have", "i have", "i've", "we've", "will call", "will send", "will replace", "will repair",
    "will fix", "will check", "will bring", "will refund", "will be", "replaced", "repaired", "fixed", "sent you",
    "cancelled", "removed", "from now on", "i will", "we will", "i'll", "we'll", "going to",
)  # fmt: skip
_WHEN: Final = re.compile(
    r"\b(?:trước|lúc|vào|sau|trong|hôm nay|ngày mai|sáng nay|chiều nay|tối nay|sáng mai|chiều mai|ngay bây giờ|tuần này"
    r"|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)\b[^.!?\n]{0,25}(?:\d{1,2}\s?[:hg]\s?\d{0,2}|\d{1,2}/\d{1,2}|\d+\s*"
    r"(?:phút|giờ|tiếng|ngày))"
    r"|\b(?:hôm nay|ngày mai|sáng nay|chiều nay|tối nay|sáng mai|chiều mai|ngay bây giờ|trong tuần này)\b"
    r"|\b(?:by|before|at|within|in|on|until)\s+(?:\d{1,2}(?::\d{2})?\s*(?:am|pm)?\b|(?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day|tomorrow|today|tonight|noon|one|two|three)"
    r"|\b(?:today|tomorrow|this (?:morning|afternoon|evening)|tonight)\b",
    re.IGNORECASE,
)
_WHO: Final = (
    "em ", "tôi ", "mình ", "quản lý", "trưởng", "kế toán", "giám đốc", "nhân viên", "đội ", "bộ phận", "i ", "i'll",
    "i've", "my ", "our manager", "manager", "director", "colleague", "workshop", "team", "we ", "we'll",
)  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """The four ticks, and whether there is nothing but sympathy."""

    restates: bool
    names_consequence: bool
    says_action: bool
    says_when_and_who: bool
    sympathy_only: bool

    @property
    def is_good(self) -> bool:
        return self.restates and self.names_consequence and self.says_action and self.says_when_and_who


def advise(reply: str, complaint: str) -> Advice:
    """Look at ``reply`` to somebody who wrote ``complaint``; Vietnamese and English alike, by fixed phrases.

    It restates when it shares at least two words or facts (numbers with what they count) of the complaint's own;
    without a complaint's words a fact will do. Sympathy alone: a phrase of regret and no more than one tick.
    """
    said = _plain(reply)
    # Regret is taken out first, so that "sorry for the inconvenience" names no consequence.
    matter = said
    for phrase in _SYMPATHY:
        matter = matter.replace(phrase, " ")
    has_sympathy = matter != said
    restates = _restates(matter, _plain(complaint))
    consequence = any(phrase in matter for phrase in _CONSEQUENCE)
    action = any(phrase in matter for phrase in _ACTION)
    when_and_who = bool(_WHEN.search(matter)) and any(f" {phrase}" in f" {matter}" for phrase in _WHO)
    ticks = sum((restates, consequence, action, when_and_who))
    return Advice(restates, consequence, action, when_and_who, has_sympathy and ticks <= 1 and not action)


def _restates(reply: str, complaint: str) -> bool:
    shared = _words(reply) & _words(complaint)
    facts = {_bare(fact) for fact in _FACTS.findall(reply)}
    if not complaint:
        return bool(facts)
    return len(shared) >= _SHARED_WORDS or bool(shared and facts)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text) if len(word) >= _LONG_ENOUGH and word not in _COMMON}


def _bare(fact: str) -> str:
    return re.sub(r"\W", "", fact)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).lower().replace("\u2019", "'").split())
