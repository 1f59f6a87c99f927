"""Users of many firms behind a proxy with two servers: what they ask for, and what they see instead of an answer."""

import http.client
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import uuid4

from tests.support.smtp import Script

PATIENCE = 15.0  # seconds a user waits for an answer
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Firm:
    """A firm with what its customers and its programs hold in their hands."""

    host: str
    key: str = ""
    links: tuple[str, ...] = ()


@dataclass
class Seen:
    """What all users together were given."""

    asked: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    # Complaints that somebody was told have arrived, and firms that somebody was told are there.
    complaints: list[str] = field(default_factory=list)
    founded: list[str] = field(default_factory=list)
    # Turned away at a closed door and let in at the other, as a proxy does it; nobody sees it.
    passed_on: int = 0


class Proxy:
    """Passes requests on in turn; when nobody listens at one server, the request, not sent yet, goes to the other.

    Once a request was sent it is not sent again: an answer that does not come is an error somebody sees. This is what
    nginx does with ``proxy_next_upstream`` as it is set at first, but for its second try of a GET.
    """

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = list(ports)
        self.passed_on = 0

    def ask(self, host: str, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
        """Status, where to go next, and the page. Raises OSError or HTTPException."""
        line = self._connect()
        try:
            line.request(method, path, body.encode() or None, {"Host": host, "X-Forwarded-Proto": "https", **headers})
            answer = line.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode(errors="replace")
        finally:
            line.close()

    def _connect(self) -> http.client.HTTPConnection:
        for port in (ports := random.sample(self.ports, len(self.ports))):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            try:
                line.connect()
            except ConnectionRefusedError:
                if port == ports[-1]:
                    raise
                self.passed_on += 1
            else:
                return line
        raise AssertionError


class Traffic:
    """Threads that ask, ``per_second`` together, until told to stop; ``phase`` says what goes on meanwhile."""

    def __init__(
        self, proxy: Proxy, firms: Sequence[Firm], *, public: str, mails: Script, per_second: float, users: int = 8
    ) -> None:
        self.proxy, self.firms, self.public, self.mails = proxy, firms, public, mails
        self.known = [firm for firm in firms if firm.key]
        self.seen, self.phase = Seen(), "before"
        self._pause = users / per_second
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._use) for _ in range(users)]
        self._threads.append(threading.Thread(target=self._found_firms))

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.seen.passed_on = self.proxy.passed_on

    def _use(self) -> None:
        habits: list[tuple[Callable[[], None], int]] = [
            (self._log_in_page, 4),
            (self._complaint_form, 3),
            (self._complain, 3),
            (self._list, 6),
            (self._add_customer, 2),
            (self._answer_survey, 3),
            (self._landing, 1),
        ]
        acts, weights = zip(*habits, strict=True)
        while not self._stop.wait(random.uniform(0.5, 1.5) * self._pause):
            random.choices(acts, weights)[0]()

    def _log_in_page(self) -> None:
        self._ask("log-in page", random.choice(self.firms).host, "GET", "/admin/login/")

    def _landing(self) -> None:
        self._ask("landing", self.public, "GET", "/")

    def _complaint_form(self) -> None:
        self._ask("complaint form", random.choice(self.firms).host, "GET", "/c/")

    def _complain(self) -> None:
        words = f"Cà phê nguội {uuid4().hex}"
        form = {"description": words, "contact": f"{uuid4().hex}@khach.example", "full_name": "Lê Thị Lan"}
        firm = random.choice(self.firms)
        if self._ask("complaint", firm.host, "POST", "/c/", urlencode(form), expect=303):
            self.seen.complaints.append(words)

    def _list(self) -> None:
        firm, what = random.choice(self.known), random.choice(["customers", "complaints", "responses", "surveys"])
        self._ask(f"list of {what}", firm.host, "GET", f"/api/v1/{what}/", key=firm.key)

    def _add_customer(self) -> None:
        firm = random.choice(self.known)
        body = json.dumps({"full_name": "Trần Văn An"})
        self._ask("new customer", firm.host, "POST", "/api/v1/customers/", body, key=firm.key, expect=201)

    def _answer_survey(self) -> None:
        firm = random.choice(self.known)
        path = random.choice(firm.links)
        if self._ask("survey", firm.host, "GET", path):
            body = urlencode({"score": random.randint(0, 10), "words": "Nhanh và ngon"})
            self._ask("survey answer", firm.host, "POST", f"{path}?edit=1", body, expect=303)

    def _found_firms(self) -> None:
        """Somebody signs up, waits for the mail, presses the button and enters; then the next one."""
        while not self._stop.wait(1.0):
            slug = f"moi-{uuid4().hex[:12]}"
            mail = f"chu@{slug}.example"
            form = {"name": slug, "slug": slug, "owner_name": "Chủ Quán", "owner_email": mail, "language": "vi",
                    "country": "VN"}  # fmt: skip
            if not self._ask("sign-up", self.public, "POST", "/signup/", urlencode(form), expect=303):
                continue
            if not (link := self._mailed(mail)):
                continue
            entrance = self._ask("confirmation", self.public, "POST", link, "", expect=303)
            if found := re.match(r"https?://([^/:]+)[^/]*(/.*)", entrance):
                self._ask("entrance", found[1], "GET", found[2])
                self.seen.founded.append(slug)

    def _mailed(self, to: str) -> str:
        """The path of the link in the mail to ``to``; empty when the traffic ended before."""
        while not self._stop.wait(0.1):
            for taken in self.mails.taken:
                if to in taken.to and (body := taken.message.get_body(("plain",))):
                    found = re.search(r"https?://[^/]+(/s/\S+)", body.get_content())
                    return found[1] if found else ""
        return ""

    def _ask(
        self, what: str, host: str, method: str, path: str, body: str = "", *, key: str = "", expect: int = 200
    ) -> str:
        """Where the answer leads, or what it says; empty, and noted, when it is not what a user expects."""
        headers = {"X-Forwarded-For": ".".join(str(random.randint(1, 250)) for _ in range(4))}
        if key:
            headers |= {"Authorization": f"Bearer {key}"}
        if body:
            headers |= {"Content-Type": "application/json" if body.startswith("{") else FORM}
        phase, started = self.phase, time.monotonic()
        self.seen.asked[what] += 1
        try:
            status, location, page = self.proxy.ask(host, method, path, body, **headers)
        except (OSError, http.client.HTTPException) as error:
            self.seen.errors.append(f"{phase}: {what} at {host}: {type(error).__name__}: {error}")
            return ""
        self.seen.seconds.append(time.monotonic() - started)
        if status != expect:
            self.seen.errors.append(f"{phase}: {what} at {host}: {status} {page[:300]}")
            return ""
        return location or page
