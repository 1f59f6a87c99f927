"""A passkey in software: makes keys and signs challenges as a browser and its device do."""

import hashlib
import json
import secrets
import struct
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One device holding one passkey for one address."""

    def __init__(self, origin: str, *, verifies: bool = True) -> None:
        self.origin = origin
        self.rp_id = origin.split("://")[1].split(":")[0]
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.ident = secrets.token_bytes(32)
        self.handle = b""
        self.count = 0

    def create(self, options: dict[str, Any]) -> str:
        """The answer to a question for a new passkey."""
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        credential = bytes(16) + struct.pack(">H", len(self.ident)) + self.ident
        credential += cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attestation = cbor.encode(
            {"fmt": "none", "authData": self._data(ATTESTED) + credential, "attStmt": {}},
        )
        return self._answer("webauthn.create", asked, attestationObject=attestation)

    def get(self, options: dict[str, Any], *, handle: bytes | None = None) -> str:
        """The answer to a question who is there."""
        asked = options["publicKey"]
        self.count += 1
        data, client = self._data(), self._client("webauthn.get", asked)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            "webauthn.get",
            asked,
            authenticatorData=data,
            signature=signature,
            userHandle=self.handle if handle is None else handle,
        )

    def _data(self, extra: int = 0) -> bytes:
        rp = hashlib.sha256(self.rp_id.encode()).digest()
        return rp + struct.pack(">BI", self.flags | extra, self.count)

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, kind: str, asked: dict[str, Any], **response: bytes) -> str:
        ident = websafe_encode(self.ident)
        response["clientDataJSON"] = self._client(kind, asked)
        return json.dumps(
            {
                "id": ident,
                "rawId": ident,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {name: websafe_encode(value) for name, value in response.items()},
            }
        )
