"""The web side: pages to read mails and the JSON of ``api``, on loopback and for loopback names only."""

import json
import re
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from cxcrm.up.inbox import api, pages
from cxcrm.up.inbox.answering import HandOver, NotHandedOver, answer, answer_address
from cxcrm.up.inbox.message import Mail
from cxcrm.up.inbox.store import Entry, Store

HERE = Path(__file__).parent
OWN_PAGES = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A mail's own HTML: no script, no form, no request but for pictures of this machine's own product.
MAILS = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data: http://localhost:* http://*.localhost:* http://127.0.0.1:*; font-src data:"
)
# Enough for any answer typed by hand.
LONGEST_ANSWER = 100_000
ANSWER_PATH = re.compile(r"/messages/(?P<id>[0-9T]+-[0-9a-f]+)/answer", re.ASCII)
PATH = re.compile(r"/messages/(?P<id>[0-9T]+-[0-9a-f]+)(?:/(?P<part>html|raw|files/(?P<file>\d{1,4})))?", re.ASCII)
API_PATH = re.compile(r"/api/messages/(?P<id>[0-9T]+-[0-9a-f]+)")


class Handler(BaseHTTPRequestHandler):
    """One request. ``store`` is set by ``server``."""

    store: ClassVar[Store]
    server_version = "cxcrm-inbox"
    sys_version = ""

    def do_GET(self) -> None:
        if not self._local_name():
            return
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        path = unquote(url.path)
        if path in {"/", "/list"}:
            self._list(path, query)
        elif path == "/healthz":
            self._json({"status": "ok"})
        elif path in {"/inbox.css", "/inbox.js"}:
            kind = "text/css" if path.endswith("css") else "text/javascript"
            self._send(HTTPStatus.OK, f"{kind}; charset=utf-8", (HERE / path[1:]).read_bytes())
        elif path.startswith("/api/"):
            self._api(path, query)
        elif (match := PATH.fullmatch(path)) and (entry := self.store.entry(match["id"])):
            self._message(entry, match["part"] or "", int(match["file"] or 0), query)
        else:
            self._missing()

    def _list(self, path: str, query: dict[str, str]) -> None:
        words, before = query.get("q", ""), query.get("before", "")
        if path == "/list":
            rows = pages.rows(self.store, selected=query.get("selected", ""), words=words, before=before)
            self._html(rows)
        else:
            self._html(pages.page(self.store, words=words, before=before))

    def _api(self, path: str, query: dict[str, str]) -> None:
        if path == "/api/messages":
            try:
                self._json(api.listing(self.store, query))
            except ValueError as error:
                self._json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
        elif (match := API_PATH.fullmatch(path)) and (entry := self.store.entry(match["id"])):
            self._json(api.detail(self.store, entry))
        else:
            self._json({"error": "There is no such mail."}, HTTPStatus.NOT_FOUND)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        if self._local_name() and self.path == "/api/messages":
            self.store.clear()
            self._send(HTTPStatus.NO_CONTENT, "text/plain", b"")

    def do_POST(self) -> None:
        origin = self.headers.get("Origin")
        if not self._local_name():
            return
        asked = ANSWER_PATH.fullmatch(self.path)
        if (self.path != "/clear" and not asked) or (origin and urlsplit(origin).netloc != self.headers.get("Host")):
            self._send(HTTPStatus.FORBIDDEN, "text/plain", b"Not allowed.\n")
        elif asked:
            self._answer(self.store.entry(asked["id"]))
        else:
            self.store.clear()
            self._see("/")

    def _answer(self, entry: Entry | None) -> None:
        """What was typed below a mail goes to the product, as from the reader's own mail program."""
        length = self.headers.get("Content-Length", "")
        hand_over = HandOver.configured()
        if entry is None or hand_over is None or not answer_address(self.store.mail(entry.id)):
            self._missing()
            return
        if not length.isdecimal() or int(length) > LONGEST_ANSWER:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "text/plain", b"Too long.\n")
            return
        typed = dict(parse_qsl(self.rfile.read(int(length)).decode("utf-8", "replace"))).get("text", "").strip()
        if not typed:
            self._see(f"/messages/{entry.id}")
            return
        try:
            answer(self.store, entry, typed, hand_over)
        except NotHandedOver as error:
            self._send(HTTPStatus.BAD_GATEWAY, "text/plain", f"cxcrm did not take the answer: {error}\n".encode())
            return
        self._see("/")

    def _see(self, address: str) -> None:
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _message(self, entry: Entry, part: str, number: int, query: dict[str, str]) -> None:
        mail = self.store.mail(entry.id)
        if part == "":
            self._html(pages.page(self.store, selected=entry, view=query.get("view", ""), words=query.get("q", "")))
        elif part == "html":
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", pages.framed(mail).encode(), policy=MAILS)
        elif part == "raw":
            self._download(f"{entry.id}.eml", self.store.raw(entry.id) or b"")
        else:
            self._file(mail, number)

    def _file(self, mail: Mail, number: int) -> None:
        if number < len(mail.attachments):
            self._download(mail.attachments[number].name, mail.attachments[number].content)
        else:
            self._missing()

    def _download(self, name: str, content: bytes) -> None:
        plain = name.encode("ascii", "replace").decode().replace("?", "_")
        self._send(HTTPStatus.OK, "application/octet-stream", content, file_name=plain)

    def _local_name(self) -> bool:
        """Refuse names of other machines: a web page could point one at this address (DNS rebinding)."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        if host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost"):
            return True
        self._send(HTTPStatus.MISDIRECTED_REQUEST, "text/plain", b"This inbox answers on localhost only.\n")
        return False

    def _missing(self) -> None:
        self._send(HTTPStatus.NOT_FOUND, "text/plain", b"There is no such mail.\n")

    def _html(self, text: str) -> None:
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", text.encode())

    def _json(self, data: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(status, "application/json", json.dumps(data, ensure_ascii=False).encode())

    def _send(
        self, status: HTTPStatus, kind: str, body: bytes, *, policy: str = OWN_PAGES, file_name: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        if file_name:
            self.send_header("Content-Disposition", f'attachment; filename="{file_name}"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Requests are not worth a line; failures show as tracebacks in the log."""


class Server(ThreadingHTTPServer):
    """A browser that goes away in the middle is no error."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def server(store: Store, port: int) -> Server:
    """A server on 127.0.0.1; ``serve_forever`` runs it."""
    handler = type("BoundHandler", (Handler,), {"store": store})
    return Server(("127.0.0.1", port), handler)
