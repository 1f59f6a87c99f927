"""One mail for many: rendered once with marks where readers differ, then only filled in.

Rendering and MIME-encoding a mail takes a millisecond, filling one in ten microseconds: for a server that takes 8-bit
text all but the values is encoded beforehand.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr
from html import escape
from typing import Final
from uuid import uuid4

from django.conf import settings

CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MARK = re.compile("\ue000([a-zA-Z_]+)\ue001")
# RFC 5322 allows lines of 998 bytes; the rest is room for what is filled in.
_LONGEST_LINE: Final = 800
_LONGEST_VALUE: Final = 190

Pieces = list[str]  # text, name, text, name, …, text


def mark(name: str) -> str:
    """Stands for a value in a mail that is rendered once; a private-use character no text of ours contains."""
    return f"\ue000{name}\ue001"


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each mark replaced by its value; a mark without one stays."""
    return _MARK.sub(lambda found: values.get(found[1], found[0]), text)


@dataclass(slots=True)
class Filled:
    """One reader's copy."""

    pattern: "Pattern"
    subject: str
    head: str
    values: Mapping[str, str]

    def content(self, eight_bit: bool) -> bytes:
        """The message as it goes over the line."""
        return self.head.encode() + self.pattern.body(self.values, eight_bit)


class Pattern:
    """A mail with marks. Values are cleaned of control characters and escaped where they enter HTML."""

    def __init__(
        self, subject: str, text: str, html: str, *, from_name: str, reply_to: str, headers: Mapping[str, str]
    ) -> None:
        self._boundary = f"=_{uuid4().hex}"
        self._subject, self._text, self._html = _split(subject), _split(_crlf(text)), _split(_crlf(html))
        self._fits = all(len(line.encode()) <= _LONGEST_LINE for part in (text, html) for line in part.splitlines())
        sender = formataddr((CONTROL.sub(" ", from_name), settings.MAIL_FROM_ADDRESS))
        lines = [f"From: {sender}", "MIME-Version: 1.0"]
        lines += [f"Reply-To: {CONTROL.sub(' ', reply_to)}"] if reply_to else []
        lines += [f"{name}: {CONTROL.sub(' ', value)}" for name, value in headers.items()]
        lines += [f'Content-Type: multipart/alternative;\r\n boundary="{self._boundary}"']
        lines += [] if len(self._subject) > 1 else [f"Subject: {_encoded(subject)}"]
        self._head = _split("\r\n".join(lines) + "\r\n")
        # The 8-bit body: encoded text, then in turn a slot (name, whether it is in HTML) and encoded text.
        opening, between, end = self._around(*(f"{_part_head(kind)}8bit\r\n\r\n" for kind in ("plain", "html")))
        pieces = [opening + self._text[0], *self._text[1:]]
        pieces[-1] += between + self._html[0]
        pieces += self._html[1:]
        pieces[-1] += end
        self._fixed = [piece.encode() for piece in pieces[0::2]]
        names, in_text = pieces[1::2], len(self._text) // 2
        self._slots = [(name, number >= in_text) for number, name in enumerate(names)]

    def fill(self, values: Mapping[str, str], *, to: str, headers: Mapping[str, str]) -> Filled:
        """The copy for one reader; ``to`` and the values of ``headers`` are ASCII without control characters."""
        plain = {name: CONTROL.sub(" ", value) for name, value in values.items()}
        claimed = to + "".join(headers.values())
        if not claimed.isascii() or CONTROL.search(claimed):
            raise ValueError("a header of a filled mail must be one line of ASCII")
        own = f"To: {to}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        subject = _join(self._subject, plain)
        if len(self._subject) > 1:
            own += f"Subject: {_encoded(subject)}\r\n"
        return Filled(self, subject, f"{own}{_join(self._head, plain)}\r\n", plain)

    def body(self, values: Mapping[str, str], eight_bit: bool) -> bytes:
        """Both parts, filled with clean ``values``."""
        if eight_bit and self._fits and max(map(len, values.values()), default=0) <= _LONGEST_VALUE:
            in_text = {name: value.encode() for name, value in values.items()}
            in_html = {name: escape(value).encode() for name, value in values.items()}
            parts = [b""] * (2 * len(self._slots) + 1)
            parts[0::2] = self._fixed
            parts[1::2] = [in_html[name] if html else in_text[name] for name, html in self._slots]
            return b"".join(parts)
        text, html = _join(self._text, values), _join(self._html, {name: escape(v) for name, v in values.items()})
        opening, between, end = self._around(*(f"{_part_head(kind)}base64\r\n\r\n" for kind in ("plain", "html")))
        return f"{opening}{_base64(text)}{between}{_base64(html)}{end}".encode()

    def text_with(self, values: Mapping[str, str]) -> str:
        """The text part with ``values``; where there is none the mark stays."""
        words = {name: mark(name) for name in self._text[1::2]}
        return _join(self._text, {**words, **values}).replace("\r\n", "\n")

    def _around(self, text_head: str, html_head: str) -> tuple[str, str, str]:
        line = f"--{self._boundary}"
        return f"{line}\r\n{text_head}", f"\r\n{line}\r\n{html_head}", f"\r\n{line}--\r\n"


def _part_head(subtype: str) -> str:
    return f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: "


def _base64(content: str) -> str:
    coded = base64.b64encode(content.encode()).decode()
    return "\r\n".join(coded[at : at + 76] for at in range(0, len(coded), 76))


def _encoded(subject: str) -> str:
    return Header(CONTROL.sub(" ", subject), "utf-8", header_name="Subject").encode(linesep="\r\n")


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def _split(text: str) -> Pieces:
    return _MARK.split(text)


def _join(pieces: Pieces, values: Mapping[str, str]) -> str:
    if len(pieces) == 1:
        return pieces[0]
    filled = pieces.copy()
    filled[1::2] = [values[name] for name in pieces[1::2]]
    return "".join(filled)
