"""Calls outside: never to an inner address however it is written, never after a redirect, never without end."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cxcrm.core import http
from cxcrm.core.http import CallFailed, call, is_public


class Outside(BaseHTTPRequestHandler):
    calls: list[str] = []

    def log_message(self, *args: Any) -> None:
        """Asserted, not printed."""

    def do_GET(self) -> None:
        self.calls.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/ok")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        size = 3_000_000 if self.path == "/endless" else 1
        self.wfile.write(b'{"a": 1}' if self.path == "/ok?x=1" else b"x" * size)


@pytest.fixture
def outside(settings: Any) -> Iterator[str]:
    settings.OUTBOUND_PRIVATE = True
    Outside.calls.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Outside)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
    ],
)
def test_what_is_outside(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "http://8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "https://user@8.8.8.8/",
        "https://8.8.8.8:99999/",
        "https://",
        "",
    ],
)
def test_what_is_never_called(url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOUND_PRIVATE = False

    def connected(*args: Any, **kwargs: Any) -> None:
        raise AssertionError(f"connected to {args}")

    monkeypatch.setattr(socket, "create_connection", connected)
    with pytest.raises(CallFailed):
        call(url)


def test_one_inner_address_among_outer_ones_is_enough(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOUND_PRIVATE = False
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(http.socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(CallFailed, match="inner"):
        call("https://two-faced.example/")


def test_an_answer_and_what_is_none(outside: str) -> None:
    reply = call(f"{outside}/ok?x=1")
    assert (reply.status, reply.json()) == (200, {"a": 1})
    assert call(f"{outside}/moved").status == 302
    assert Outside.calls == ["/ok?x=1", "/moved"]
    with pytest.raises(CallFailed):
        call(f"{outside}/endless")
    with pytest.raises(CallFailed):
        call(f"{outside}/other").json()


def test_nobody_waits_for_ever(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOUND_PRIVATE = True
    monkeypatch.setattr(http, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(CallFailed, match="timed out"):
        call(f"http://127.0.0.1:{server.getsockname()[1]}/")
    with pytest.raises(CallFailed):
        call("http://127.0.0.1:9/")
