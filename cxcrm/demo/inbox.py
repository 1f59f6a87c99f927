"""Reads the local mail inbox, where everything the workers send arrives over SMTP."""

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived."""

    id: str
    subject: str
    to: str
    text: str
    html: str
    links: list[str]
    headers: dict[str, str]

    @property
    def kind(self) -> str:
        """What kind of message it is, as the sender says."""
        return self.headers.get("x-cxcrm-delivery", "").partition(";")[0]

    def link(self, part: str) -> str:
        """The first link that contains ``part``. Raises LookupError."""
        for link in self.links:
            if part in link:
                return link
        raise LookupError(f"no link with “{part}” in the mail “{self.subject}”")


class Inbox:
    """The inbox's JSON interface at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def mails(self, to: str) -> list[Mail]:
        """All mails to one address, oldest first."""
        found = self._read(f"/api/messages?{urlencode({'to': to, 'limit': 200})}")["messages"]
        return [self._open(entry["id"], to) for entry in reversed(found)]

    def count(self, to: str) -> int:
        return len(self._read(f"/api/messages?{urlencode({'to': to, 'limit': 200})}")["messages"])

    def wait(self, to: str, *, number: int = 1, seconds: float = 20.0) -> Mail:
        """The ``number``-th mail to ``to``, waiting for it. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.count(to) >= number:
                return self.mails(to)[number - 1]
            time.sleep(0.15)
        raise TimeoutError(f"mail number {number} to {to} did not arrive within {seconds:.0f} s")

    def _open(self, ident: str, to: str) -> Mail:
        whole = self._read(f"/api/messages/{ident}")
        headers = {name.lower(): value for name, value in whole["headers"]}
        return Mail(ident, whole["subject"], to, whole["text"], whole["html"], whole["links"], headers)

    def _read(self, path: str) -> Any:
        with urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - the inbox of this machine
            return json.load(answer)
