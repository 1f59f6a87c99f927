"""What a person wrote in a mail: HTML as text, and the quoted mail, signature and device line cut off."""

import re
import unicodedata
from html import unescape
from typing import Final

# More than anybody types; what follows is never looked at, so that no mail is slow to read.
LONGEST: Final = 100_000
_HEADER_LINES: Final = 4

# "On Mon, 23 Nov 2026 at 09:15, Sương Mai <…> wrote:" and Gmail's, Apple's, Yahoo's and Thunderbird's Vietnamese.
_ATTRIBUTION_BEGINS: Final = re.compile(
    r"^\W{0,3}(?:On\b|Vào\b|Lúc\b|Ngày\b|Trong\b|Hôm\b|Thứ\b|Th\b|CN\b|\d{1,2}[:/.-]\d{1,2})", re.IGNORECASE
)
_ATTRIBUTION_ENDS: Final = re.compile(r"\b(?:wrote|viết)\s*:\W{0,2}$", re.IGNORECASE)
_DIVIDER: Final = re.compile(
    r"^\W{0,2}[-_—]{2,}\s*(?:Original Message|Original Appointment|Forwarded message|Begin forwarded message"
    r"|Tin nhắn gốc|Thư gốc|Thông điệp gốc|Tin nhắn ban đầu|Thư ban đầu|Thư đã chuyển tiếp|Tin nhắn đã chuyển tiếp"
    r"|Thư chuyển tiếp|Forwarded Message)\s*[-_—]{2,}\s*$",
    re.IGNORECASE,
)
# Outlook and Zimbra put the heads of the mail above it, each on a line of its own.
_FROM: Final = re.compile(r"^\W{0,2}(?:From|Từ|Người gửi)\s*:\W{0,2}\s*\S", re.IGNORECASE)
_OTHER_HEADS: Final = re.compile(
    r"^\W{0,2}(?:Sent|Date|To|Cc|Subject|Reply-To|Đã gửi|Gửi|Ngày|Thời gian|Đến|Tới|Người nhận|Chủ đề|Tiêu đề)"
    r"\s*:",
    re.IGNORECASE,
)
_DEVICE: Final = re.compile(
    r"^(?:Đã gửi từ|Được gửi từ|Gửi từ|Sent from|Sent via|Sent with|Get Outlook for|Tải Outlook cho|Tải xuống Outlook)"
    r"\b.{0,80}$",
    re.IGNORECASE,
)
_SIGNATURE: Final = re.compile(r"^--\s?$")
# HTML in pieces: a tag or text. A parser that follows every rule takes minutes for a mail made to be slow; each piece
# here ends at the next "<" at the latest, so that reading takes as long as the mail is.
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PIECE: Final = re.compile(r"<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)[^<>]*>|<[!?/][^<>]*>|(?P<text>[^<]+|<)", re.IGNORECASE)
_BLOCKS: Final = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "hr", "blockquote", "pre", "h1", "h2", "h3"}
)
_SILENT: Final = frozenset({"style", "script", "title", "template", "noscript"})
_RULE: Final = re.compile(r"^[\s_*=—-]{3,}$")

# Words of which a mail that says nothing but thanks is made.
_THANKS: Final = frozenset(
    re.findall(
        r"\w+",
        "cảm cám ơn thank thanks you tks thks ty many much so very lot a the for your help and ok okay oke good great "
        "nice vâng dạ ạ nhé nha nhiều lắm quá rất đã rồi em anh chị cô chú bác bạn mình tôi shop quán công ty team "
        "regards best kind kính chào thân trân trọng được xong nhận tốt hỗ trợ giúp đỡ sự hài lòng happy all solved "
        "received got it",
    )
)
_MARKS: Final = frozenset({"cảm ơn", "cám ơn", "thank", "thanks", "tks", "thks"})
_MOST_THANKS: Final = 15


def own_words(text: str) -> str:
    """What the sender typed, without the mail it answers, signature and device line.

    Answers above, below and between the lines of a quoted mail are kept. When nothing would be left the whole text is
    returned: better too much than a word lost.
    """
    lines = _lines(text)
    kept: list[str] = []
    at = 0
    while at < len(lines):
        taken = _attribution(lines, at)
        if taken:
            following = next((line for line in lines[at + taken :] if line.strip()), "")
            if not following.lstrip().startswith(">"):
                break
            at += taken
            continue
        line = lines[at]
        if _DIVIDER.match(line) or _is_head_of_mail(lines, at) or _SIGNATURE.match(line):
            break
        if not (line.lstrip().startswith(">") or _DEVICE.match(line.strip())):
            kept.append(line)
        at += 1
    return _tidy(kept) or _tidy(lines)


def is_mere_thanks(text: str) -> bool:
    """Does it say thanks and nothing else? Then a closed case may rest."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())
    if not words or len(words) > _MOST_THANKS or "?" in text:
        return False
    phrase = f" {' '.join(words)} "
    return all(word in _THANKS for word in words) and any(f" {mark} " in phrase for mark in _MARKS)


def html_to_text(html: str) -> str:
    """The words of an HTML mail; quoted blocks become lines that begin with ``>``. Nothing in it is carried out."""
    reader = _Reader()
    for piece in _PIECE.finditer(_COMMENT.sub("", html[:LONGEST].replace("\x00", ""))):
        if piece["tag"]:
            reader.see_tag(piece["tag"].lower(), is_end=bool(piece["end"]))
        elif piece["text"]:
            reader.see_text(piece["text"])
    return reader.text()


def _lines(text: str) -> list[str]:
    plain = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = (char for char in plain if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs", "Cf"})
    return [line.replace("\xa0", " ").rstrip() for line in unicodedata.normalize("NFC", "".join(kept)).split("\n")]


def _attribution(lines: list[str], at: int) -> int:
    """How many lines from ``at`` say who wrote what follows; 0 if none. Mail programs wrap them."""
    joined = ""
    for number, line in enumerate(lines[at : at + _HEADER_LINES], start=1):
        if not line.strip() or line.lstrip().startswith(">"):
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > 600:
            return 0
        if _ATTRIBUTION_ENDS.search(joined[-20:]):
            dated = any(char.isdigit() for char in joined)  # else it is a sentence of the sender's own
            return number if dated and _ATTRIBUTION_BEGINS.match(joined) else 0
    return 0


def _is_head_of_mail(lines: list[str], at: int) -> bool:
    if not _FROM.match(lines[at]):
        return False
    return sum(bool(_OTHER_HEADS.match(line)) for line in lines[at + 1 : at + 8]) >= 2


def _tidy(lines: list[str]) -> str:
    """Without rules at the end and more than one empty line in a row."""
    while lines and (not lines[-1].strip() or _RULE.match(lines[-1])):
        lines = lines[:-1]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader:
    """Collects text; block elements begin a line, those of a quoted block with ``>``."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._silent = ""

    def see_tag(self, tag: str, *, is_end: bool) -> None:
        if self._silent:
            self._silent = "" if is_end and tag == self._silent else self._silent
            return
        if tag in _SILENT and not is_end:
            self._silent = tag
        if tag in _BLOCKS:
            self._end_line()
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1) if is_end else self._quotes + 1
        if tag == "p" and is_end:
            self._done.append("")

    def see_text(self, text: str) -> None:
        if not self._silent:
            self._line.append(text)

    def _end_line(self) -> None:
        words = " ".join(unescape("".join(self._line)).split())
        if words:
            self._done.append(f"> {words}" if self._quotes else words)
        self._line = []

    def text(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._done)).strip()
