"""A mail as bytes turned into what a page or a script wants to see; nothing in it is trusted."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Part
from html.parser import HTMLParser

LINK = re.compile(r"https?://[^\s<>\"'\])]+")
LINK_END = ".,;:!?…"


@dataclass(frozen=True)
class Attachment:
    """A part that is no text to read here."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail, decoded. ``text`` and ``html`` are empty when it has no such part."""

    subject: str
    sender: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    links: tuple[str, ...]
    attachments: tuple[Attachment, ...]

    @property
    def snippet(self) -> str:
        """The beginning of what it says, on one line."""
        return " ".join((self.text or _words(self.html)).split())[:140]


def parse(raw: bytes) -> Mail:
    """Decode a mail; broken encodings show as replacement characters, never as an error."""
    root = message_from_bytes(raw)
    text = html = ""
    attachments = []
    for part in root.walk():
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        attached = part.get_content_disposition() == "attachment"
        if kind == "text/plain" and not attached and not text:
            text = _content(part)
        elif kind == "text/html" and not attached and not html:
            html = _content(part)
        else:
            attachments.append(Attachment(_file_name(part), kind, _payload(part)))
    headers = tuple((name, decode(str(value))) for name, value in root.raw_items())
    first = {name.lower(): value for name, value in reversed(headers)}
    return Mail(
        subject=first.get("subject", ""),
        sender=first.get("from", ""),
        headers=headers,
        text=text,
        html=html,
        links=find_links(text, html),
        attachments=tuple(attachments),
    )


def decode(value: str) -> str:
    """A header as a person reads it: RFC 2047 words and raw UTF-8 decoded, on one line."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return _one_line(value)
    return _one_line("".join(_piece(text, charset) for text, charset in pieces))


def find_links(text: str, html: str) -> tuple[str, ...]:
    """Every web address once, those of the HTML part first, in the order they appear."""
    collector = _Links()
    collector.feed(html)
    collector.close()
    found = [*collector.links, *(match.rstrip(LINK_END) for match in LINK.findall(text))]
    return tuple(dict.fromkeys(found))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if tag in {"a", "area"} and name == "href" and value and value.startswith(("http://", "https://")):
                self.links.append(value.strip())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"style", "script", "title"}

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"style", "script", "title"} and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def _words(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    return " ".join(reader.words)


def _piece(text: bytes | str, charset: str | None) -> str:
    if isinstance(text, str):
        # The parser keeps bytes above ASCII as surrogates; they are nearly always UTF-8.
        text = text.encode("ascii", "surrogateescape") if not _has_other(text) else text.encode("utf-8", "replace")
    return _decode(text, charset or "utf-8")


def _has_other(text: str) -> bool:
    return any(ord(letter) > 127 and not 0xDC80 <= ord(letter) <= 0xDCFF for letter in text)


def _content(part: Part) -> str:
    return _decode(_payload(part), part.get_content_charset() or "utf-8")


def _payload(part: Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decode(data: bytes, charset: str) -> str:
    try:
        text = data.decode(charset, "replace")
    except LookupError:  # a character set nobody knows
        text = data.decode("utf-8", "replace")
    # Lone surrogates (UTF-7 and the like can make them) cannot be sent to a browser.
    return text.encode("utf-8", "replace").decode("utf-8")


def _file_name(part: Part) -> str:
    name = decode(str(part.get_filename() or "")) or f"part.{part.get_content_subtype()}"
    return re.sub(r"[^\w. -]", "_", name)[-100:]


def _one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
