"""A small identity provider in a process of its own: discovery, authorize, token and keys over real HTTP.

``POST /script`` says who is logged in there and how it misbehaves; everything else is OpenID Connect.
"""

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET = "cxcrm-alpha", "s3cret/with:signs"
KEY, STRANGERS_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Provider(BaseHTTPRequestHandler):
    """Everything it knows is in the class: one test talks to it at a time."""

    script: dict[str, Any] = {}
    codes: dict[str, dict[str, str]] = {}
    issuer = ""

    def log_message(self, *args: Any) -> None:
        """What matters is asserted."""

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        if path == "/.well-known/openid-configuration":
            self.reply(self.discovery())
        elif path == "/keys":
            public = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
            self.reply({"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]})
        elif path == "/authorize":
            code = secrets.token_urlsafe(16)
            self.codes[code] = query
            self.send_response(302)
            self.send_header(
                "Location", f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
            )
            self.end_headers()
        else:
            self.reply({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/script":
            type(self).script = json.loads(body)
            self.reply({})
        elif self.path == "/token":
            self.token({name: values[0] for name, values in parse_qs(body).items()})

    def discovery(self) -> dict[str, Any]:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return {**found, **self.script.get("discovery", {})}

    def token(self, form: dict[str, str]) -> None:
        asked = self.codes.pop(form.get("code", ""), None)
        user, _colon, password = (
            base64.b64decode(self.headers.get("Authorization", "Basic ").split()[-1] or "").decode().partition(":")
        )
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        fitting = asked and (
            (unquote(user), unquote(password)) == (CLIENT_ID, CLIENT_SECRET)
            and asked["code_challenge_method"] == "S256"
            and asked["code_challenge"] == challenge.rstrip(b"=").decode()
            and asked["redirect_uri"] == form.get("redirect_uri")
        )
        if not fitting:
            return self.reply({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.script.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        how = self.script.get("sign", "right")
        key = {"right": KEY, "stranger": STRANGERS_KEY, "secret": CLIENT_SECRET * 3, "none": None}[how]
        algorithm = {"secret": "HS256", "none": "none"}.get(how, "RS256")
        return self.reply(
            {"id_token": jwt.encode(claims, key, algorithm, headers={"kid": self.script.get("kid", "k1")})}
        )

    def reply(self, data: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class IdentityService:
    """The test's end of the process."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def script(self, **script: Any) -> None:
        """Who is logged in there (``claims``), and what goes wrong (``sign``, ``kid``, ``discovery``)."""
        body = json.dumps(script).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.issuer}/script", body), timeout=5).read()

    def visit(self, address: str) -> str:
        """What a browser does at the provider: agree, and be sent back; returns where to."""

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args: Any) -> None:
                return None

        try:
            urllib.request.build_opener(Stay).open(address, timeout=5)
        except urllib.error.HTTPError as moved:
            return moved.headers["Location"]
        raise AssertionError("not sent back")


@contextmanager
def identity_service() -> Iterator[IdentityService]:
    """The provider in its own process, gone afterwards."""
    process = subprocess.Popen([sys.executable, "-m", "tests.support.oidc"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield IdentityService(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(timeout=10)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Provider.issuer = f"http://127.0.0.1:{server.server_port}"
    sys.stdout.write(f"{Provider.issuer}\n")
    sys.stdout.flush()
    server.serve_forever()
