"""TCP ports on this machine: is one free, find one, wait for one."""

import errno
import socket
import time
from collections.abc import Callable

from cxcrm.up.errors import CannotStart

Ready = Callable[[], bool]


def parse_port(name: str, text: str) -> int:
    """Return the port number in ``text`` (1 to 65535); ``name`` is the variable to blame in the sentence."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise CannotStart(f"{name} must be a port number from 1 to 65535, not {text!r}.")
    return int(text)


def accepts(host: str, port: int, timeout: float = 0.3) -> bool:
    """Whether somebody accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=timeout):
            return True
    except OSError:
        return False


def require_free(name: str, host: str, port: int) -> None:
    """Raise CannotStart with the sentence to show when ``port`` cannot be listened on."""
    # Some systems let a second server bind beside a first one, so asking for an answer comes first.
    local = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host
    problem = "is in use by another program" if accepts(local, port) else ""
    if not problem:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                problem = {
                    errno.EADDRINUSE: "is in use by another program",
                    errno.EACCES: "needs more rights than this user has",
                    errno.EADDRNOTAVAIL: f"cannot be opened: {host} is not an address of this machine",
                }.get(error.errno or 0, f"cannot be opened ({error.strerror or error})")
    if problem:
        raise CannotStart(f"Port {port} {problem}; choose another one with {name}, for example {name}={port + 1}.")


def free_port() -> int:
    """A loopback port nobody listens on right now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(ready: Ready, *, seconds: float, every: float = 0.05) -> bool:
    """Ask ``ready`` until it says yes; False when ``seconds`` are over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(every)
    return False
