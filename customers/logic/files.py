"""What a file is by its own bytes, and a name for it that can hurt nobody."""

import io
import re
import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_NAME: Final = 120

FileProblem = Literal["empty", "too_large", "not_allowed", "disguised", "macros", "damaged"]


class FileProblemError(Exception):
    """The file is refused for ``problem``."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Kind:
    """One kind of file we take: its media type and the endings its name may have, the usual one first."""

    media_type: str
    endings: tuple[str, ...]


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
JPEG: Final = Kind("image/jpeg", ("jpg", "jpeg", "jfif"))
PNG: Final = Kind("image/png", ("png",))
GIF: Final = Kind("image/gif", ("gif",))
WEBP: Final = Kind("image/webp", ("webp",))
HEIC: Final = Kind("image/heic", ("heic", "heif"))
PDF: Final = Kind("application/pdf", ("pdf",))
DOCX: Final = Kind(f"{_OFFICE}wordprocessingml.document", ("docx",))
XLSX: Final = Kind(f"{_OFFICE}spreadsheetml.sheet", ("xlsx",))
PPTX: Final = Kind(f"{_OFFICE}presentationml.presentation", ("pptx",))
TEXT: Final = Kind("text/plain", ("txt", "log", "md"))
CSV: Final = Kind("text/csv", ("csv", "tsv"))
MP3: Final = Kind("audio/mpeg", ("mp3",))
M4A: Final = Kind("audio/mp4", ("m4a",))
OGG: Final = Kind("audio/ogg", ("ogg", "oga", "opus"))
WAV: Final = Kind("audio/wav", ("wav",))
MP4: Final = Kind("video/mp4", ("mp4", "m4v"))
KINDS: Final = (JPEG, PNG, GIF, WEBP, HEIC, PDF, DOCX, XLSX, PPTX, TEXT, CSV, MP3, M4A, OGG, WAV, MP4)
# Pictures every browser draws without running anything in them.
DRAWN: Final = frozenset({JPEG.media_type, PNG.media_type, WEBP.media_type})

_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"M4A ", b"M4B "), M4A),
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"3gp4",
         b"3gp5"),
        MP4,
    ),
}  # fmt: skip
_PARTS: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_MAX_PARTS: Final = 5_000
# What an office file never holds and another kind of archive does.
_FOREIGN_PARTS = re.compile(
    r"(?i)META-INF/|AndroidManifest\.xml|.*\.(class|jar|exe|dll|com|bat|cmd|ps1|vbs|js|html?|svg|swf|sh)$"
)
_MACROS = re.compile(r"(?i).*(vbaProject|macrosheets?/).*")
# What a browser that guesses would take for a page; long enough not to turn up in compressed pictures by chance.
_MARKUP = re.compile(rb"(?i)<script|<\?php|<!doctype|<html|<iframe")
_MARKUP_IN_TEXT = re.compile(rb"(?i)<script|<\?php|<!doctype|<html|<iframe|<svg|<body|<object|<embed|<\?xml|<!entity")
_SNIFFED: Final = 2_048
_END_OF_ZIP: Final = struct.Struct("<4s4H2LH")
# A phone names its pictures by time, so the end of a name says more than its beginning; both are kept.
_UNSAFE_IN_NAMES = re.compile(r'[<>:"/\\|?*]')


def kind_of(data: bytes, file_name: str = "") -> Kind:
    """The kind ``data`` is by its own bytes; ``file_name`` only tells a table in text from other text.

    Raises FileProblemError: empty, too_large over 10 MiB, damaged, macros for an office file with programs in it,
    disguised for what is also something else (a picture that is a page, a document that is an archive), not_allowed
    for everything we do not know.
    """
    if not data:
        raise FileProblemError("empty")
    if len(data) > MAX_BYTES:
        raise FileProblemError("too_large")
    kind = _by_first_bytes(data) or _text(data, file_name)
    if kind is None:
        raise FileProblemError("not_allowed")
    if kind not in (DOCX, XLSX, PPTX):
        _refuse_a_second_nature(data, kind)
    return kind


def is_drawable(data: bytes, media_type: str) -> bool:
    """May these bytes be shown inside a page? Asked again when they are shown, whatever was stored about them."""
    try:
        return media_type in DRAWN and kind_of(data).media_type == media_type
    except FileProblemError:
        return False


def clean_name(file_name: str, kind: Kind) -> str:
    """``file_name`` as one safe line of at most ``MAX_NAME`` characters that ends as files of ``kind`` do.

    No folders, line breaks, control characters or marks that turn the reading order; NFC. A name that claims another
    kind gets the right ending added, one that says nothing becomes "file".
    """
    name = PurePosixPath(unicodedata.normalize("NFC", file_name).replace("\\", "/")).name
    kept = (char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    name = " ".join(_UNSAFE_IN_NAMES.sub("_", "".join(kept)).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if dot and stem and ending.lower() in kind.endings:
        ending = ending.lower()
    else:
        stem, ending = name, kind.endings[0]
    stem = stem.strip(". ")[: MAX_NAME - len(ending) - 1].strip(". ") or "file"
    return f"{stem}.{ending}"


def _by_first_bytes(data: bytes) -> Kind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data.startswith(b"RIFF"):
        return _riff(data)
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12])
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if data.startswith(b"OggS"):
        return OGG
    is_frame = len(data) > 3 and data[0] == 0xFF and data[1] in (0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3)
    return MP3 if data.startswith(b"ID3") or is_frame else None


def _png(data: bytes) -> Kind:
    """Chunk by chunk to the end mark; nothing may follow it."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        name, at = data[at + 4 : at + 8], at + 12 + length
        if name == b"IEND":
            if at != len(data):
                raise FileProblemError("disguised")
            return PNG
    raise FileProblemError("damaged")


def _riff(data: bytes) -> Kind | None:
    kind = {b"WEBP": WEBP, b"WAVE": WAV}.get(data[8:12])
    # The announced length; an odd one is rounded up by some programs. Recorders may cut a sound, never a picture.
    if kind is WEBP and not 0 <= len(data) - 8 - int.from_bytes(data[4:8], "little") <= 1:
        raise FileProblemError("disguised")
    return kind


def _office(data: bytes) -> Kind | None:
    """Only the list of parts is read: nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            begins = min((part.header_offset for part in archive.infolist()), default=-1)
    # What zipfile raises for parts it cannot read: unknown methods (NotImplementedError), locks, cut files.
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError, struct.error) as error:
        raise FileProblemError("damaged") from error
    kind = next((kind for part, kind in _PARTS.items() if part in names), None)
    if kind is None or "[Content_Types].xml" not in names:
        return None
    if any(_MACROS.fullmatch(name) for name in names):
        raise FileProblemError("macros")
    if begins != 0 or len(names) > _MAX_PARTS or any(_FOREIGN_PARTS.match(name) for name in names):
        raise FileProblemError("disguised")
    return kind


def _text(data: bytes, file_name: str) -> Kind | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if any(char < " " and char not in "\t\n\r\f" for char in text) or "\x7f" in text:
        return None
    if text.startswith("#!") or text.lstrip().startswith(("<", "{\\rtf")):
        return None
    return CSV if file_name.lower().endswith((".csv", ".tsv")) else TEXT


def _refuse_a_second_nature(data: bytes, kind: Kind) -> None:
    """Raises FileProblemError (disguised) where another program would read something else in the same bytes."""
    is_picture = kind in (JPEG, PNG, GIF, WEBP)
    looked_at = data if is_picture else data[:_SNIFFED]
    markup = _MARKUP_IN_TEXT if kind in (TEXT, CSV) else _MARKUP
    if markup.search(looked_at) or _is_zip_from_behind(data):
        raise FileProblemError("disguised")
    if kind is not PDF and b"%PDF-" in data[:_SNIFFED]:
        raise FileProblemError("disguised")


def _is_zip_from_behind(data: bytes) -> bool:
    """Archives are found from their end: does a complete end record stand exactly there?"""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END_OF_ZIP.size - 0xFFFF))
    while at >= 0:
        if at + _END_OF_ZIP.size <= len(data):
            *_fields, comment = _END_OF_ZIP.unpack_from(data, at)
            # Readers of Java archives also take records with something behind them.
            if at + _END_OF_ZIP.size + comment <= len(data) and _fields[3]:
                return True
        at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END_OF_ZIP.size - 0xFFFF), at)
    return False
