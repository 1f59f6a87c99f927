"""A mail as bytes turned into what we act on; nothing in it is trusted, and nothing in it can break the reading."""

import re
import unicodedata
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part
from email.utils import parseaddr
from typing import Final

from feedback.logic.mail_text import html_to_text, own_words

# More parts than a mail written by a person has; the rest is not looked at.
_MOST_PARTS: Final = 200
_MOST_FILES: Final = 20
_SMALLEST_PICTURE: Final = 10_000
_MOST_HEAD: Final = 2_000
_AUTOMATIC_SUBJECT: Final = re.compile(
    r"^\s*(?:re:\s*)?(?:trả lời tự động|tự động trả lời|thư trả lời tự động|phản hồi tự động|thông báo vắng mặt"
    r"|vắng mặt|automatic reply|auto[- ]?reply|autoreply|out of (?:the )?office|away from (?:the )?office|on leave\b"
    r"|vacation reply|auto[- ]?response)",
    re.IGNORECASE,
)
_STATUS: Final = re.compile(r"^Status:\s*([245])\.\d{1,3}\.\d{1,3}", re.IGNORECASE | re.MULTILINE)
_ACTION: Final = re.compile(r"^Action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_DIAGNOSIS: Final = re.compile(r"^Diagnostic-Code:\s*([^\r\n]{1,300})", re.IGNORECASE | re.MULTILINE)


class Unreadable(Exception):
    """No mail a person could have sent, such as one nested a thousand deep."""


@dataclass(frozen=True)
class MailedFile:
    """A file that came with a mail, as its sender named it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Read:
    """``bounce`` is what the mail server said when our mail was refused for good, else ""."""

    sender: str
    subject: str
    text: str
    files: list[MailedFile] = field(default_factory=list)
    is_automatic: bool = False
    is_report: bool = False
    bounce: str = ""


def read(raw: bytes) -> Read:
    """Decode a mail; broken encodings show as replacement characters. Raises Unreadable."""
    try:
        root = message_from_bytes(raw)
        parts = _parts(root)
    except RecursionError as error:
        raise Unreadable("nested too deep") from error
    is_report = root.get_content_type() == "multipart/report" or _header(root, "X-Failed-Recipients") != ""
    subject = _header(root, "Subject")
    plain = html = ""
    files: list[MailedFile] = []
    for part in parts:
        kind = part.get_content_type()
        attached = part.get_content_disposition() == "attachment" or bool(_file_name(part))
        if kind == "text/plain" and not attached:
            plain = f"{plain}\n{_text(part)}" if plain else _text(part)
        elif kind == "text/html" and not attached:
            html = html or _text(part)
        elif attached and len(files) < _MOST_FILES and not _is_ornament(part):
            files.append(MailedFile(_file_name(part) or kind, _content(part)))
    return Read(
        sender=_address(root),
        subject=subject[:300],
        text=own_words(plain if plain.strip() else html_to_text(html)),
        files=files,
        is_automatic=_is_automatic(root, subject),
        is_report=is_report,
        bounce=_bounce(parts) if is_report else "",
    )


def _content(part: Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _is_ornament(part: Part) -> bool:
    """A small picture inside the text: the logo of a signature, not what somebody wants to show."""
    inside = part.get_content_disposition() != "attachment" and part.get_content_maintype() == "image"
    return inside and len(_content(part)) < _SMALLEST_PICTURE


def _parts(root: Part) -> list[Part]:
    """The leaves, in order; those of a mail within the mail do not count as its own words."""
    leaves: list[Part] = []
    waiting = [root]
    seen = 0
    while waiting and seen < _MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting = [inner for inner in payload if isinstance(inner, Part)] + waiting
        else:
            leaves.append(part)
    return leaves


def _is_automatic(root: Part, subject: str) -> bool:
    """By its heads (RFC 3834 and what came before it), else by its subject."""
    submitted = _header(root, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if any(_header(root, name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Autoresponder")):
        return True
    if _header(root, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"} or _header(root, "List-Id"):
        return True
    return bool(_AUTOMATIC_SUBJECT.match(subject))


def _bounce(parts: list[Part]) -> str:
    """What the report says of a delivery that failed for good; "" for one that only waits."""
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        payload = part.get_payload()
        fields = "\n".join(str(block) for block in payload) if isinstance(payload, list) else _text(part)
        status, action = _STATUS.search(fields), _ACTION.search(fields)
        for_good = status[1] == "5" if status else bool(action and action[1].lower() == "failed")
        if for_good and (action is None or action[1].lower() == "failed"):
            said = _DIAGNOSIS.search(fields)
            return _one_line(said[1]) if said else "undeliverable"
    return ""


def _address(root: Part) -> str:
    _name, address = parseaddr(_header(root, "From"))
    return address.strip().lower()[:254]


def _header(part: Part, name: str) -> str:
    # As it came: asked for by name, a head in raw UTF-8 would be lost.
    text = next((str(value) for key, value in part.raw_items() if key.lower() == name.lower()), "")[:_MOST_HEAD]
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return _one_line(text)
    return _one_line("".join(_decode(piece, charset) for piece, charset in pieces))


def _file_name(part: Part) -> str:
    try:
        name = part.get_filename() or ""
        decoded = "".join(_decode(piece, charset) for piece, charset in decode_header(str(name)[:_MOST_HEAD]))
    except (HeaderParseError, ValueError, TypeError, LookupError):
        return ""
    return _one_line(decoded).rpartition("/")[2].rpartition("\\")[2][:120]


def _text(part: Part) -> str:
    payload = part.get_payload(decode=True)
    charset = part.get_content_charset() if "charset" in str(part.get("Content-Type", "")).lower() else None
    return _decode(payload if isinstance(payload, bytes) else b"", charset)


def _decode(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        # The parser keeps bytes above ASCII as surrogates; they are nearly always UTF-8.
        piece = piece.encode("utf-8", "surrogateescape")
    try:
        return piece.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return piece.decode("utf-8", "replace")


def _one_line(text: str) -> str:
    kept = (" " if char in "\r\n\t\u2028\u2029" else char for char in text)
    return " ".join("".join(char for char in kept if unicodedata.category(char) not in {"Cc", "Cs", "Cf"}).split())
