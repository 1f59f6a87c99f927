"""The kept mails: one .eml file each, the newest 2000, found again after a restart."""

import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cxcrm.up.inbox.message import Mail, parse

LIMIT = 2000
# The first line of a file says what only the SMTP dialogue knew; the mail as it came follows.
ENVELOPE = b"X-Inbox-Envelope: "


@dataclass(frozen=True)
class Entry:
    """A mail in the list. Ids sort by time of arrival."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    received_at: datetime
    size: int


class Store:
    """A folder of mails. Safe to use from several threads."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.folder = folder
        self.limit = limit
        self._lock = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for draft in folder.glob("*.new"):
            draft.unlink()
        found = (_read_entry(path) for path in sorted(folder.glob("*.eml")))
        self._entries: list[Entry] = [entry for entry in found if entry]
        self.mail = lru_cache(maxsize=200)(self._mail)

    def add(self, content: bytes, sender: str, recipients: Sequence[str]) -> Entry:
        """Keep a mail and drop the oldest beyond the limit."""
        with self._lock:
            now = datetime.now(UTC)
            if self._entries and now <= self._entries[-1].received_at:  # two in one tick, or the clock went back
                now = self._entries[-1].received_at + timedelta(microseconds=1)
            identifier = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
            entry = Entry(identifier, sender, tuple(recipients), now, len(content))
            envelope = {"from": sender, "to": list(recipients), "received_at": now.isoformat()}
            draft = self.folder / f"{identifier}.new"
            draft.write_bytes(ENVELOPE + json.dumps(envelope).encode("ascii") + b"\r\n" + content)
            draft.replace(self._path(identifier))
            self._entries.append(entry)
            dropped, self._entries = self._entries[: -self.limit], self._entries[-self.limit :]
            for old in dropped:
                self._path(old.id).unlink(missing_ok=True)
        return entry

    def entries(self) -> list[Entry]:
        """All mails, the newest first."""
        with self._lock:
            return self._entries[::-1]

    def entry(self, identifier: str) -> Entry | None:
        with self._lock:
            return next((entry for entry in self._entries if entry.id == identifier), None)

    def find(self, *, to: str = "", since: str = "", words: str = "") -> list[Entry]:
        """Mails to the envelope address ``to``, after ``since`` (an ISO time or an id), with ``words``.

        The newest first. Raises ValueError when ``since`` is neither.
        """
        after = _moment(since)
        wanted = words.casefold().split()
        return [
            entry
            for entry in self.entries()
            if (not to or to.casefold() in (address.casefold() for address in entry.recipients))
            and (after is None or entry.received_at > after)
            and (not wanted or all(word in self._words(entry) for word in wanted))
        ]

    def raw(self, identifier: str) -> bytes | None:
        """The mail as it came; None when it is gone."""
        if not self.entry(identifier):
            return None
        try:
            return self._path(identifier).read_bytes().partition(b"\r\n")[2]
        except FileNotFoundError:
            return None

    def clear(self) -> None:
        with self._lock:
            for entry in self._entries:
                self._path(entry.id).unlink(missing_ok=True)
            self._entries = []

    def _mail(self, identifier: str) -> Mail:
        return parse(self.raw(identifier) or b"")

    def _words(self, entry: Entry) -> str:
        mail = self.mail(entry.id)
        return " ".join([mail.subject, mail.sender, *entry.recipients]).casefold()

    def _path(self, identifier: str) -> Path:
        return self.folder / f"{identifier}.eml"


def _read_entry(path: Path) -> Entry | None:
    try:
        with path.open("rb") as file:
            first = file.readline(64 * 1024)
        envelope = json.loads(first.removeprefix(ENVELOPE))
        size = path.stat().st_size - len(first)
        received_at = datetime.fromisoformat(envelope["received_at"])
        return Entry(path.stem, envelope["from"], tuple(envelope["to"]), received_at, size)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not one of ours, or cut short by a full disk


def _moment(since: str) -> datetime | None:
    if not since:
        return None
    stamp, _, _ = since.partition("-")
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        moment = datetime.fromisoformat(since.replace(" ", "+"))  # a + that was not escaped in the address
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
