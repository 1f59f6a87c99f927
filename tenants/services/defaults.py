"""What a new firm gets: laid in by every floor as soon as the answers are known it depends on, mostly ahead of time."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant, ref_of
from tenants.models import Tenant


@dataclass(frozen=True)
class Answers:
    """All of what a firm says of itself that its defaults may depend on; spares are made for the usual ones."""

    language: str = "vi"
    country: str = "VN"
    time_zone: str = "Asia/Ho_Chi_Minh"
    is_platform: bool = False


DefaultsLayer = Callable[[Answers], None]
Opening = Callable[[Tenant], None]
_layers: list[tuple[int, DefaultsLayer]] = []
_openings: list[tuple[int, Opening]] = []
# A firm that is not there yet. What is laid in ahead must be rows of its schema only: an agenda item of this id fails.
_NOBODY: Final = UUID(int=0)


def lays_defaults(floor: int) -> Callable[[DefaultsLayer], DefaultsLayer]:
    """Register what an app puts into every new firm of the same answers; lower floors first.

    Harmless when repeated. It runs before anybody knows whose schema it is: nothing of the firm itself, nothing in the
    shared schema and nothing on the agenda, which is what ``opens_firm`` is for.
    """

    def register(layer: DefaultsLayer) -> DefaultsLayer:
        _layers.append((floor, layer))
        _layers.sort(key=lambda entry: entry[0])
        return layer

    return register


def opens_firm(floor: int) -> Callable[[Opening], Opening]:
    """Register what an app does when a firm with all its defaults becomes somebody's; harmless when repeated.

    It is what a sign-up waits for, so it should be little.
    """

    def register(opening: Opening) -> Opening:
        _openings.append((floor, opening))
        _openings.sort(key=lambda entry: entry[0])
        return opening

    return register


@transaction.atomic
def lay_ahead(schema_name: str, answers: Answers) -> None:
    """Let every floor put its defaults into a schema that is nobody's yet."""
    nobody = TenantRef(
        id=_NOBODY, schema_name=schema_name, slug="", name="", host="", epoch=0, time_zone=answers.time_zone
    )
    with in_tenant(nobody), connection.cursor() as cursor:
        _lay(answers)
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # what refers to a firm fails here, and not at somebody's commit
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def furnish(tenant: Tenant, host: str, *, is_laid: bool) -> None:
    """Make an empty schema, or one whose defaults were laid ahead, the firm's own; in the caller's transaction."""
    with in_tenant(ref_of(tenant, host)):
        if not is_laid:
            _lay(answers_of(tenant))
        for _floor, opening in _openings:
            opening(tenant)


def answers_of(tenant: Tenant) -> Answers:
    return Answers(tenant.language, tenant.country, tenant.time_zone, tenant.is_platform)


def fingerprint(answers: Answers) -> str:
    """Two schemas with the same one (64 hex digits) have the same defaults, but for their ids and times.

    The year is part of it, because public holidays are laid in from this one on.
    """
    year = now().astimezone(ZoneInfo(answers.time_zone)).year
    return hashlib.sha256(f"{_code()}|{year}|{answers}".encode()).hexdigest()


def _lay(answers: Answers) -> None:
    for _floor, layer in _layers:
        layer(answers)


@cache
def _code() -> str:
    """SHA-256 of all our code, texts and pinned packages: what a default comes from may stand anywhere in them.

    A release that changes no default makes new spares too; that costs a worker a second.
    """
    base = Path(settings.BASE_DIR)
    paths = (Path(config.path) for config in apps.get_app_configs())
    rooms = {base / path.relative_to(base).parts[0] for path in paths if path.is_relative_to(base / "")} - {
        base / ".venv"
    }
    files = chain(
        *(room.rglob("*.py") for room in rooms), base.glob("locale/**/*.po"), base.glob("requirements/base.lock")
    )
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(base)}\n".encode() + file.read_bytes())
    return digest.hexdigest()
