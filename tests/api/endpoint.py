"""One call of the API: its path, the scope it needs, a body that is fine, and what is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.api.conftest import JSON, World
from tests.customers.files import png

SOON = (datetime.now(UTC) + timedelta(days=2)).isoformat()
Body = Callable[[World], Any]


@dataclass(frozen=True)
class Endpoint:
    """``path`` names the ids it needs in braces; ``needs`` is the scope, None for any valid key."""

    method: str
    path: str
    needs: str | None
    body: Body | None = None
    status: int = 200
    # Where somebody logged in is answered otherwise than a key.
    status_in_person: int | None = None
    # Where it takes more than the scope: an agent who was not asked is answered so, and who may only read.
    status_for_agents: int | None = None

    def url(self, world: World | None = None, **ids: str) -> str:
        known = {name: str(value) for name, value in world.ids.items()} if world else {}
        return "/api/v1/" + self.path.format(**{**known, **ids})

    def call(self, client: Client, world: World, **ids: str) -> Any:
        body = self.body(world) if self.body else {}
        if self.method == "GET":
            return client.get(self.url(world, **ids))
        if "file" in body:
            return client.post(self.url(world, **ids), body)
        return client.generic(self.method, self.url(world, **ids), _json(body), JSON)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _json(body: Any) -> bytes:
    import json

    return json.dumps(body).encode()


def a_file(_world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("khach.csv", "Tên,Điện thoại\nLê An,0911222333\n".encode())}


def a_picture(_world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("wifi.png", png())}


BY_TAG = {"any": [{"field": "tags", "op": "any_of", "value": ["vip"]}, {"field": "ward", "op": "empty"}]}
