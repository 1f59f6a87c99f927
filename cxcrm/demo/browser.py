"""A very small browser: it keeps cookies, follows redirects, and sends forms as they stand on the page."""

import http.client
import json
import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT = 20


@dataclass
class Form:
    """A form on a page: where it goes and what it holds."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._option: tuple[str, bool] | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        given = {name for name, _value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None or not (values.get("name") or tag == "option"):
            return
        elif tag == "input":
            self._input(self._form, values, given)
        elif tag == "select":
            self._select = values["name"]
            self._form.fields.setdefault(self._select, "")
            self._form.options[self._select] = []
        elif tag == "textarea":
            self._area = values["name"]
            self._form.fields[self._area] = ""
        elif tag == "option" and self._select:
            self._option = (values.get("value", ""), "selected" in given)

    def _input(self, form: Form, values: dict[str, str], given: set[str]) -> None:
        kind, name = values.get("type", "text"), values["name"]
        if kind in {"radio", "checkbox"}:
            form.options.setdefault(name, []).append((values.get("value", "on"), ""))
            if "checked" in given:
                form.fields[name] = values.get("value", "on")
        elif kind not in {"submit", "button", "file"}:
            form.fields[name] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._form is None:
            return
        if self._area:
            self._form.fields[self._area] += data
        elif self._option and self._select:
            value, selected = self._option
            self._form.options[self._select].append((value, data.strip()))
            if selected:
                self._form.fields[self._select] = value
            self._option = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    path: str
    body: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def _parsed(self) -> _Forms:
        parser = _Forms()
        parser.feed(self.text)
        return parser

    def form(self, *, holding: str) -> Form:
        """The first form with a field called ``holding``. Raises LookupError when there is none."""
        for form in self._parsed().forms:
            if holding in form.fields or holding in form.options:
                return form
        raise LookupError(f"no form with “{holding}” on {self.path} ({self.status})")


class Browser:
    """One visitor of one host, over a real connection to the web server."""

    def __init__(self, host: str, port: int, key: str = "") -> None:
        self.host, self.port, self.key = host, port, key
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Page:
        """One exchange; never follows a redirect."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        sent = {"Host": f"{self.host}:{self.port}", "Accept-Language": "vi", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        for value in response.headers.get_all("Set-Cookie") or []:
            name, _equals, rest = value.partition("=")
            self.cookies[name.strip()] = rest.partition(";")[0]
        return Page(response.status, path, content, {key.lower(): value for key, value in response.getheaders()})

    def get(self, address: str) -> Page:
        """Open a path or a whole address of this host, following redirects."""
        page = self.request("GET", self._path(address))
        return self._follow(page)

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Send fields as a form does, following the redirect."""
        body = urlencode(fields).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://{self.host}:{self.port}",
            "Referer": f"http://{self.host}:{self.port}{path}",
        }
        return self._follow(self.request("POST", self._path(path), body, headers))

    def press(self, page: Page, form: Form) -> Page:
        """Send a form as it stands and stay: what comes back may lead to another host."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", urljoin(page.path, form.action), urlencode(form.fields).encode(), headers)

    def submit(self, page: Page, form: Form, **changes: str) -> Page:
        """Send a form of ``page`` with some fields filled in."""
        target = urljoin(page.path, form.action) if form.action else page.path
        return self.post(target, {**form.fields, **changes})

    def api(self, method: str, path: str, data: Any = None) -> Page:
        """Call the REST API with the key, or else with the session of who logged in."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers |= self._credentials()
        body = None if data is None else json.dumps(data).encode()
        return self.request(method, f"/api/v1/{path}", body, headers)

    def upload(self, path: str, name: str, file_name: str, content: bytes) -> Page:
        """Send one file to the REST API."""
        mark = secrets.token_hex(16)
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"} | self._credentials()
        return self.request("POST", f"/api/v1/{path}", body, headers)

    def _credentials(self) -> dict[str, str]:
        if self.key:
            return {"Authorization": f"Bearer {self.key}"}
        return {
            "X-CSRFToken": self.cookies.get("cx_csrf", ""),
            "Origin": f"http://{self.host}:{self.port}",
            "Referer": f"http://{self.host}:{self.port}/admin/",
        }

    def _path(self, address: str) -> str:
        parts = urlsplit(address)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _follow(self, page: Page) -> Page:
        for _hop in range(5):
            if page.status not in {301, 302, 303}:
                return page
            page = self.request("GET", self._path(urljoin(page.path, page.headers["location"])))
        return page
