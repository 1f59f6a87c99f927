"""A mailbox on a socket: as much of IMAP as reading new mail takes, with a log of what was asked."""

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Kept:
    raw: bytes
    is_seen: bool = False


@dataclass
class Mailbox:
    """``mails`` by their UID from 1; ``refuses`` makes the log-in fail, ``drops_at`` hangs up at that command."""

    mails: list[Kept] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refuses: bool = False
    drops_at: str = ""


class _Talk(socketserver.StreamRequestHandler):
    box: Mailbox

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _space, command = line.partition(" ")
            self.box.asked.append(command)
            if self.box.drops_at and self.box.drops_at in command:
                return
            self.answer(tag, command)

    def answer(self, tag: str, command: str) -> None:
        box = self.box
        if command.startswith("LOGIN") and box.refuses:
            self.say(f"{tag} NO [AUTHENTICATIONFAILED] wrong")
            return
        if command == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif command.startswith("SELECT"):
            self.say(f"* {len(box.mails)} EXISTS")
        elif command.startswith("UID SEARCH"):
            self.say("* SEARCH " + " ".join(str(at) for at, mail in enumerate(box.mails, 1) if not mail.is_seen))
        elif found := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            raw = box.mails[int(found[1]) - 1].raw[: int(found[2])]
            self.wfile.write(
                f"* {found[1]} FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
            )
        elif found := re.match(r"UID STORE (\d+) \+FLAGS \(\\Seen\)", command):
            box.mails[int(found[1]) - 1].is_seen = True
        self.say(f"{tag} OK done")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class Server:
    """Runs on a free port of 127.0.0.1 while entered."""

    def __init__(self, box: Mailbox) -> None:
        handler = type("Talk", (_Talk,), {"box": box})
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"imap://hop%40thu:mat%20khau@127.0.0.1:{self._server.server_address[1]}/INBOX"

    def __enter__(self) -> "Server":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
