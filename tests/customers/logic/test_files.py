"""What a file is by its bytes, what is refused, and the name it is kept under."""

import struct
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.files import (
    KINDS,
    MAX_BYTES,
    MAX_NAME,
    PDF,
    TEXT,
    FileProblemError,
    clean_name,
    is_drawable,
    kind_of,
)
from tests.customers.files import ftyp, gif, jpeg, office, pdf, png, riff, zipped

TRUE = {
    "jpg": jpeg(),
    "png": png(),
    "gif": gif(),
    "webp": riff(b"WEBP"),
    "heic": ftyp(b"heic"),
    "pdf": pdf(),
    "docx": office("word/document.xml", "docProps/app.xml"),
    "xlsx": office("xl/workbook.xml", "xl/printerSettings1.bin"),
    "pptx": office("ppt/presentation.xml"),
    "txt": "Chị Hương gọi lúc 9 giờ: 1 < 2".encode(),
    "mp3": b"ID3\x04\x00\x00" + b"\x00" * 30,
    "m4a": ftyp(b"M4A "),
    "ogg": b"OggS\x00\x02" + b"\x00" * 30,
    "wav": riff(b"WAVE", b"fmt \x00\x00\x00\x00") + b"cut",
    "mp4": ftyp(b"isom"),
}


@pytest.mark.parametrize("ending", TRUE)
def test_a_true_file_is_known_by_its_bytes_whatever_it_is_called(ending):
    kind = kind_of(TRUE[ending], "photo.exe")
    assert kind.endings[0] == ending
    assert clean_name("photo.exe", kind) == f"photo.exe.{ending}"
    assert clean_name(f"Ảnh 1.{ending.upper()}", kind) == f"Ảnh 1.{ending}"
    assert is_drawable(TRUE[ending], kind.media_type) is (ending in {"jpg", "png", "webp"})


def test_a_table_in_text_and_a_frame_of_sound():
    assert kind_of(b"a,b\n1,2\n", "Khach.CSV").media_type == "text/csv"
    assert kind_of(b"\xef\xbb\xbfa;b\n").media_type == "text/plain"
    assert kind_of(b"\xff\xfb\x90\x00" + b"\x00" * 40).media_type == "audio/mpeg"
    assert {kind.media_type for kind in KINDS} == {kind_of(data).media_type for data in TRUE.values()} | {"text/csv"}


JAR = zipped("META-INF/MANIFEST.MF")
REFUSED = {
    "nothing": (b"", "empty"),
    "too much": (b"a" * (MAX_BYTES + 1), "too_large"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not_allowed"),
    "svg after spaces and a mark": (b"\xef\xbb\xbf \n<svg/>", "not_allowed"),
    "xml": (b"<?xml version='1.0'?><!DOCTYPE svg><svg/>", "not_allowed"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", "not_allowed"),
    "html behind words": (b"Xin ch\xc3\xa0o <ScRiPt>alert(1)</script>", "disguised"),
    "svg behind words": (b"x <svg onload=alert(1)>", "disguised"),
    "windows program": (b"MZ\x90\x00\x03", "not_allowed"),
    "linux program": (b"\x7fELF\x02\x01\x01\x00", "not_allowed"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "not_allowed"),
    "rtf": (b"{\\rtf1 x}", "not_allowed"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_allowed"),
    "zip": (zipped(), "not_allowed"),
    "jar": (JAR, "not_allowed"),
    "utf-16 text": ("xin chào".encode("utf-16"), "not_allowed"),
    "text with NUL": (b"a\x00b", "not_allowed"),
    "text with escape": (b"\x1b[2J", "not_allowed"),
    "text with delete": (b"a\x7f", "not_allowed"),
    "windows-1258 text": ("chị Hương".encode("cp1258", "ignore") + b"\xf5\xff", "not_allowed"),
    "avif": (ftyp(b"avif"), "not_allowed"),
    "riff of another kind": (riff(b"AVI "), "not_allowed"),
    "gif that is a script": (gif(b"<script>alert(1)</script>"), "disguised"),
    "jpeg with php": (jpeg(b"\xff\xfe\x00\x20<?php system($_GET[0]); ?>"), "disguised"),
    "jpeg that is a page": (jpeg() + b"<html><body>", "disguised"),
    "jpeg and jar": (jpeg() + JAR, "disguised"),
    "gif and jar": (gif() + JAR, "disguised"),
    "jpeg and jar and something": (jpeg() + JAR + b"\x00\x00", "disguised"),
    "png and something": (png() + b"x", "disguised"),
    "png and zip": (png() + zipped(), "disguised"),
    "png cut": (png()[:-6], "damaged"),
    "png of nothing": (b"\x89PNG\r\n\x1a\n", "damaged"),
    "webp and zip": (riff(b"WEBP") + zipped(), "disguised"),
    "webp cut": (riff(b"WEBP")[:-3], "disguised"),
    "pdf and zip": (pdf() + zipped(), "disguised"),
    "sound and zip": (TRUE["mp3"] + zipped(), "disguised"),
    "video and jar": (TRUE["mp4"] + JAR, "disguised"),
    "gif and pdf": (gif(b"%PDF-1.7"), "disguised"),
    "text and pdf": (b"hello\n%PDF-1.7\n", "disguised"),
    "pdf that begins late": (b"\x00\x00%PDF-1.7", "not_allowed"),
    "pdf that is a page": (pdf(b"<script>alert(1)</script>"), "disguised"),
    "sound that is a page": (b"ID3\x04<html><script>alert(1)</script>", "disguised"),
    "word with macros": (office("word/document.xml", "word/vbaProject.bin"), "macros"),
    "excel with old macros": (office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "macros"),
    "word and jar": (office("word/document.xml", "META-INF/MANIFEST.MF", "A.class"), "disguised"),
    "word with a program": (office("word/document.xml", "word/embeddings/x.EXE"), "disguised"),
    "word with a page": (office("word/document.xml", "index.html"), "disguised"),
    "word cut": (office("word/document.xml")[:-30], "damaged"),
    "word behind something": (b"PK\x03\x04" + office("word/document.xml"), "disguised"),
    "word of too many parts": (office("word/document.xml", *(f"word/{n}.xml" for n in range(5_000))), "disguised"),
    "office without types": (zipped("word/document.xml"), "not_allowed"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_pretends_or_runs_is_refused(name):
    data, problem = REFUSED[name]
    with pytest.raises(FileProblemError) as refused:
        kind_of(data, "anh.jpg")
    assert refused.value.problem == problem
    assert not any(is_drawable(data, kind.media_type) for kind in KINDS)


def test_the_corpus_is_large_enough():
    assert len(REFUSED) >= 40


def test_a_chance_end_mark_of_an_archive_is_no_archive():
    """The four letters turn up in pictures; only a whole record at the end with something listed counts."""
    assert kind_of(jpeg(b"PK\x05\x06")).media_type == "image/jpeg"
    empty = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 0, 0, 0, 0, 0)
    assert kind_of(jpeg(empty)).media_type == "image/jpeg"


def test_a_word_file_is_read_and_not_unpacked():
    """Parts are named in the directory; what they hold is never looked at, so a bomb stays packed."""
    data = bytearray(office("word/document.xml"))
    at = data.index(b"<x/>")
    data[at : at + 4] = b"\xff\xff\xff\xff"
    assert kind_of(bytes(data)).endings == ("docx",)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("hoá đơn.pdf", "hoá đơn.pdf"),
        (unicodedata.normalize("NFD", "hoá đơn.pdf"), "hoá đơn.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Lan\\bill.PDF", "bill.pdf"),
        ("a\r\nContent-Type: text/html\r\n\r\nx.pdf", "htmlx.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe.pdf"),
        ("\u2066a\u2069\u200b.pdf", "a.pdf"),
        ("a\u2028b\x00.pdf", "ab.pdf"),
        ('a<b>"c"|d?e*.pdf', "a_b__c__d_e_.pdf"),
        (".pdf", "pdf.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("\ud800.pdf", "pdf.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("  a   b  .pdf", "a b.pdf"),
        ("bao-cao.html", "bao-cao.html.pdf"),
    ],
)
def test_names_are_one_safe_line(given_name, kept):
    assert clean_name(given_name, PDF) == kept


@given(st.text(max_size=300))
def test_any_name_becomes_a_safe_one(text):
    name = clean_name(text, TEXT)
    assert 5 <= len(name) <= MAX_NAME
    assert name.endswith((".txt", ".log", ".md"))
    assert not set('/\\<>:"|?*\r\n\x00\u202e\u2028') & set(name)
    assert name == unicodedata.normalize("NFC", name) or unicodedata.normalize("NFC", name) == clean_name(name, TEXT)
    assert clean_name(name, TEXT) == name
