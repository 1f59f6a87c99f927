"""The fingerprint of a release's migrations: two schemas with the same one have the same tables."""

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from tenants.models import Tenant


@cache
def current() -> str:
    """SHA-256 (64 hex digits) over names and contents of all migrations a firm's schema records.

    The registry's own are among them: Django notes them as applied in every schema, though they make no table there.
    """
    digest = hashlib.sha256()
    for (app, name), migration in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()):
        content = Path(str(import_module(type(migration).__module__).__file__)).read_bytes()
        digest.update(f"{app}.{name}:{len(content)}\n".encode() + content)
    return digest.hexdigest()


@cache
def known() -> frozenset[tuple[str, str]]:
    """Every migration of this release, as (app, name)."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def is_current(tenant: Tenant) -> bool:
    """Whether the firm's tables are those of this release."""
    return tenant.fingerprint == current()
