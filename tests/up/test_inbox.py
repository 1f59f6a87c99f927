"""The mail inbox: what is read from a mail, what is kept, and that a mail can do no harm on its page."""

import http.client
import json
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from cxcrm.up import ports
from cxcrm.up.inbox import pages, smtp, web
from cxcrm.up.inbox.message import decode, find_links, parse
from cxcrm.up.inbox.store import Store

VIETNAMESE = "Chị Hương ơi, tách cà phê sáng nay thế nào ạ?"


def invitation(to: str = "huong@example.com", subject: str = VIETNAMESE) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Cà phê Sương Mai <no-reply@localhost>"
    mail["To"] = to
    mail["Subject"] = subject
    mail.set_content("Kính gửi chị Hương,\nMời chị chấm điểm: http://suongmai.localhost:8000/s/abc?score=3.\n")
    mail.add_alternative(
        "<html><head><title>x</title></head><body><p>Chào <b>chị Hương</b></p>"
        '<a href="http://suongmai.localhost:8000/s/abc?score=9&amp;l=vi">9</a></body></html>',
        subtype="html",
    )
    return mail


def plain(subject: str, to: str = "a@example.com") -> bytes:
    return f"From: b@example.com\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nText\r\n".encode()


# What a mail says


def test_a_vietnamese_mail_is_read_whole() -> None:
    mail = parse(invitation().as_bytes())
    assert mail.subject == VIETNAMESE
    assert mail.sender == "Cà phê Sương Mai <no-reply@localhost>"
    assert mail.text.startswith("Kính gửi chị Hương,")
    assert "<b>chị Hương</b>" in mail.html
    assert mail.links == (
        "http://suongmai.localhost:8000/s/abc?score=9&l=vi",
        "http://suongmai.localhost:8000/s/abc?score=3",
    )
    assert mail.snippet.startswith("Kính gửi chị Hương, Mời chị chấm điểm")


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("=?utf-8?b?xJDDoCBM4bqhdA==?=", "Đà Lạt"),
        ("=?utf-8?q?S=C6=B0=C6=A1ng?= =?utf-8?q?_Mai?= <a@b.vn>", "Sương Mai <a@b.vn>"),
        ("Sương Mai", "Sương Mai"),
        ("=?windows-1252?q?caf=E9?=", "café"),
        ("=?no-such-set?q?S=C6=B0?=", "Sư"),
        ("=?utf-8?b?broken!!?=", "=?utf-8?b?broken!!?="),
        ("two\r\n lines", "two lines"),
        ("\udcc6\udcb0", "ư"),
    ],
)
def test_headers_are_decoded_or_left_as_they_are(header: str, text: str) -> None:
    assert decode(header) == text


def test_a_mail_in_raw_utf8_or_an_unknown_encoding_is_still_shown() -> None:
    raw = "Subject: Sương\r\nContent-Type: text/plain; charset=martian\r\n\r\nđược".encode()
    mail = parse(raw)
    assert (mail.subject, mail.text, mail.html, mail.links) == ("Sương", "được", "", ())


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff\xfe", b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x", b":\r\n:"]
)
def test_no_bytes_are_an_error(raw: bytes) -> None:
    mail = parse(raw)
    assert json.dumps([mail.subject, mail.text, mail.html, mail.snippet]).isascii()


def test_an_attachment_is_named_harmlessly() -> None:
    mail = invitation()
    mail.add_attachment(b"1;2", maintype="text", subtype="csv", filename='../kh"ách.csv')
    (attachment,) = parse(mail.as_bytes()).attachments
    assert (attachment.name, attachment.kind, attachment.content) == (".._kh_ách.csv", "text/csv", b"1;2")


def test_links_are_web_addresses_only_and_each_once() -> None:
    html = '<a href="javascript:alert(1)">x</a><a href="http://a.vn/1">y</a><a href=" http://a.vn/2">z</a><img src="http://a.vn/3">'
    assert find_links("see http://a.vn/1, (http://a.vn/4) <http://a.vn/5>", html) == (
        "http://a.vn/1",
        "http://a.vn/4",
        "http://a.vn/5",
    )


# What is kept


def test_mails_are_found_by_recipient_time_and_words(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = store.add(invitation().as_bytes(), "x@y.vn", ["Huong@example.com", "lan@example.com"])
    second = store.add(plain("Second"), "x@y.vn", ["a@example.com"])
    assert [entry.id for entry in store.find()] == [second.id, first.id]
    assert [entry.id for entry in store.find(to="huong@EXAMPLE.com")] == [first.id]
    assert store.find(to="uong@example.com") == []
    assert [entry.id for entry in store.find(since=first.id)] == [second.id]
    assert [entry.id for entry in store.find(since=first.received_at.isoformat())] == [second.id]
    assert [entry.id for entry in store.find(since="2020-01-01T00:00:00Z")] == [second.id, first.id]
    assert [entry.id for entry in store.find(words="cà phê HƯƠNG")] == [first.id]
    with pytest.raises(ValueError, match="isoformat"):
        store.find(since="yesterday")


def test_a_restart_keeps_the_mails_and_skips_what_is_none(tmp_path: Path) -> None:
    content = plain("Kept") + "Xin chào".encode()
    entry = Store(tmp_path).add(content, "b@example.com", ["a@example.com"])
    (tmp_path / "20200101T000000000000-aaaaaa.eml").write_text("no mail of ours")
    (tmp_path / "half.new").write_text("cut short")
    again = Store(tmp_path)
    assert again.entries() == [entry]
    assert again.raw(entry.id) == content
    assert not (tmp_path / "half.new").exists()


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path, limit=3)
    ids = [store.add(plain(str(number)), "", ["a@example.com"]).id for number in range(5)]
    assert [entry.id for entry in store.entries()] == ids[:1:-1]
    assert sorted(path.stem for path in tmp_path.glob("*.eml")) == ids[2:]
    assert ids == sorted(ids)


# The page


def test_what_a_mail_says_is_escaped_everywhere(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\"'&"
    mail = EmailMessage()
    mail["From"] = f'"{evil.replace(chr(34), "")}" <a@example.com>'
    mail["Subject"] = evil
    mail["X-Evil"] = evil
    mail.set_content(f'{evil} http://a.vn/?x=<b>&y="1')
    store = Store(tmp_path)
    entry = store.add(mail.as_bytes(), evil, [evil])
    shown = [pages.page(store, selected=entry, view=view, words=evil) for view in ("text", "headers", "html")]
    shown.append(pages.page(store, words=evil))
    for html in shown:
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_plain_text_becomes_links_without_becoming_html() -> None:
    assert pages.linked('a <b> http://x.vn/?a=1&b="2" end.') == (
        'a &lt;b&gt; <a href="http://x.vn/?a=1&amp;b=" target="_blank" rel="noopener noreferrer">'
        "http://x.vn/?a=1&amp;b=</a>&quot;2&quot; end."
    )


def test_links_of_a_mail_open_in_their_own_tab() -> None:
    mail = parse(b"Content-Type: text/html\r\n\r\n<HTML><HEAD lang=vi><title>x</title></HEAD><p>y")
    assert pages.framed(mail) == '<HTML><HEAD lang=vi><base target="_blank"><title>x</title></HEAD><p>y'
    assert pages.framed(parse(b"Content-Type: text/html\r\n\r\n<p>y")) == '<base target="_blank"><p>y'


# Over the wire


@contextmanager
def running(folder: Path) -> Iterator[tuple[Store, int, int]]:
    store = Store(folder)
    smtp_port, web_port = ports.free_port(), ports.free_port()
    sink, page = smtp.controller(store, smtp_port), web.server(store, web_port)
    sink.start()
    thread = threading.Thread(target=page.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield store, smtp_port, web_port
    finally:
        page.shutdown()
        thread.join()
        page.server_close()
        sink.stop()


def ask(port: int, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    try:
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_a_mail_goes_in_by_smtp_and_comes_out_as_json_and_pages(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    with running(tmp_path) as (store, smtp_port, port):
        with smtplib.SMTP("127.0.0.1", smtp_port) as client:
            client.send_message(invitation(), to_addrs=["huong@example.com", "bcc@example.com"])
        (entry,) = store.entries()
        status, headers, body = ask(port, "GET", "/api/messages?to=bcc@example.com&limit=1")
        assert (status, headers["Content-Type"]) == (200, "application/json")
        (listed,) = json.loads(body)["messages"]
        assert listed["subject"] == VIETNAMESE
        assert listed["to"] == ["huong@example.com", "bcc@example.com"]
        assert before <= datetime.fromisoformat(listed["received_at"]) <= datetime.now(UTC)
        assert json.loads(ask(port, "GET", f"/api/messages?since={listed['id']}")[2]) == {"messages": [], "total": 0}

        detail = json.loads(ask(port, "GET", f"/api/messages/{entry.id}")[2])
        assert set(detail) == {*listed, "headers", "text", "html", "links", "attachments"}
        assert ["Subject", VIETNAMESE] in detail["headers"]
        assert len(detail["links"]) == 2

        assert VIETNAMESE in ask(port, "GET", "/")[2].decode()
        page = ask(port, "GET", f"/messages/{entry.id}")
        assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page[2].decode()
        assert "script-src 'self'" in page[1]["Content-Security-Policy"]
        framed = ask(port, "GET", f"/messages/{entry.id}/html")
        assert framed[1]["Content-Security-Policy"].startswith("sandbox allow-popups")
        assert "script-src" not in framed[1]["Content-Security-Policy"]
        assert "default-src 'none'" in framed[1]["Content-Security-Policy"]
        raw = ask(port, "GET", f"/messages/{entry.id}/raw")
        assert raw[1]["Content-Disposition"] == f'attachment; filename="{entry.id}.eml"'
        assert raw[2] == store.raw(entry.id)

        assert ask(port, "DELETE", "/api/messages")[0] == 204
        assert store.entries() == []
        assert ask(port, "GET", f"/messages/{entry.id}")[0] == 404
        assert list(tmp_path.glob("*.eml")) == []


def test_other_names_other_sites_and_odd_addresses_get_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as (store, _, port):
        store.add(plain("Kept"), "b@example.com", ["a@example.com"])
        assert ask(port, "GET", "/api/messages", Host="evil.example")[0] == 421
        assert ask(port, "DELETE", "/api/messages", Host=f"evil.example:{port}")[0] == 421
        assert ask(port, "GET", "/api/messages", Host=f"inbox.localhost:{port}")[0] == 200
        assert ask(port, "POST", "/clear", Origin="http://evil.example")[0] == 403
        assert ask(port, "GET", "/messages/../../etc/passwd")[0] == 404
        assert ask(port, "GET", "/api/messages/nothing")[0] == 404
        assert ask(port, "GET", "/api/messages?limit=0")[0] == 400
        assert ask(port, "GET", "/api/messages?since=soon")[0] == 400
        assert len(store.entries()) == 1
        assert ask(port, "POST", "/clear", Origin=f"http://127.0.0.1:{port}")[0] == 303
        assert store.entries() == []
