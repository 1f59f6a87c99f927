"""Calls to the world outside, to addresses people typed in: never to our own network, never for long, never much."""

import http.client
import ipaddress
import json
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

SECONDS = 5.0
LONGEST = 1_000_000


class CallFailed(Exception):
    """The address may not be called, does not answer, or answers something else than expected. For the log."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """The object it says. Raises CallFailed."""
        try:
            read = json.loads(self.body)
        except ValueError as error:
            raise CallFailed("no JSON") from error
        if not isinstance(read, dict):
            raise CallFailed("no JSON object")
        return read


def call(url: str, *, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> Reply:
    """GET ``url``, or POST ``form`` to it. Redirects are not followed. Raises CallFailed.

    The name is looked up once, every address it has must be public, and the connection goes to the one that was
    checked: a name that changes its mind between the look and the call changes nothing.
    """
    parts = urlsplit(url)
    wanted = {"https", "http"} if settings.OUTBOUND_PRIVATE else {"https"}
    if parts.scheme not in wanted or not parts.hostname or parts.username is not None:
        raise CallFailed(f"not an address to call: {parts.scheme}")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        connection = _connect(parts.scheme, parts.hostname, port)
    except (OSError, ValueError) as error:
        raise CallFailed(str(error)) from error
    body = urlencode(form) if form is not None else None
    sent = {"Accept": "application/json", "User-Agent": "cxcrm", **(headers or {})}
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET" if form is None else "POST", path, body, sent)
        response = connection.getresponse()
        return Reply(response.status, _read(response))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CallFailed(str(error)) from error
    finally:
        connection.close()


def _connect(scheme: str, host: str, port: int) -> http.client.HTTPConnection:
    sock = socket.create_connection((_checked_address(host, port), port), timeout=SECONDS)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    connection.sock = sock
    if scheme == "https":
        try:
            connection.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except OSError:
            sock.close()
            raise
    return connection


def _checked_address(host: str, port: int) -> str:
    """An address of ``host``, all of them being public. Raises CallFailed, OSError when it has none."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.OUTBOUND_PRIVATE and not all(is_public(address) for address in found):
        raise CallFailed("an inner address")
    return found[0]


def is_public(address: str) -> bool:
    """Is ``address`` out in the world? Addresses that carry another inside are judged by both."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        nat64 = ip in ipaddress.ip_network("64:ff9b::/96")
        if nat64:
            inside = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inside is not None:
            return inside.is_global and not inside.is_multicast
    return ip.is_global and not ip.is_multicast


def _read(response: http.client.HTTPResponse) -> bytes:
    """The body, if it comes within time and is not endless. Raises CallFailed."""
    until, pieces, size = time.monotonic() + 2 * SECONDS, [], 0
    while piece := response.read1(65_536):
        pieces.append(piece)
        size += len(piece)
        if size > LONGEST or time.monotonic() > until:
            raise CallFailed("too long")
    return b"".join(pieces)
