"""``firm``: what operators do to one firm: suspend, resume, rename, close, export, import, back up, restore."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxcrm.core.context import SYSTEM, acting_as
from cxcrm.core.errors import DomainError
from tenants.models import Tenant
from tenants.services import archives, backups, lifecycle
from tenants.services.domains import host_for, url_for


class Command(BaseCommand):
    help = "Suspends, resumes, moves, closes, exports, imports, backs up or restores one firm."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")

        def verb(name: str, does: str) -> CommandParser:
            sub: CommandParser = verbs.add_parser(name, help=does)
            sub.add_argument("slug", help="its address: the part before the base domain")
            return sub

        verb("suspend", "stop log-in, API and sending").add_argument("--reason", required=True)
        verb("resume", "go on after a suspension")
        verb("rename", "answer at another address").add_argument("to", help="the new address")
        verb("revoke", "end every session, mailed link and API key")
        days = verb("close", "close for good after some days")
        days.add_argument("--days", type=int, default=lifecycle.NOTICE.days)
        verb("reopen", "take a closing back")
        verb("export", "write everything of the firm to one file").add_argument("path", type=Path)
        verb("backup", "write an archive with a dated name").add_argument("folder", type=Path)
        verb("restore", "go back to an archive of this firm").add_argument("path", type=Path)
        arriving = verbs.add_parser("import", help="make a new firm of an archive")
        arriving.add_argument("path", type=Path)
        arriving.add_argument("--address", default="", help="another address than the one it had")
        old = verbs.add_parser("drop-old", help="drop a schema a restore has set aside")
        old.add_argument("name", help="its name, beginning with old_")

    def handle(self, *args: Any, **options: Any) -> None:
        do: Callable[..., str] = getattr(self, f"_{options['verb'].replace('-', '_')}")
        try:
            with acting_as(SYSTEM):
                self.stdout.write(do(**options))
        except DomainError as error:
            details = "".join(f" ({error.data[key]})" for key in ("reason", "path") if key in error.data)
            raise CommandError(f"{error}{details}") from error

    def _suspend(self, *, slug: str, reason: str, **_: Any) -> str:
        return f"{lifecycle.suspend(tenant_id=_firm(slug), reason=reason)} is suspended."

    def _resume(self, *, slug: str, **_: Any) -> str:
        return f"{lifecycle.resume(tenant_id=_firm(slug))} goes on."

    def _rename(self, *, slug: str, to: str, **_: Any) -> str:
        tenant = lifecycle.rename_address(tenant_id=_firm(slug), slug=to)
        return f"{tenant} is at {url_for(host_for(tenant.slug))}; the old address leads there for 90 days."

    def _revoke(self, *, slug: str, **_: Any) -> str:
        return f"Every session, mailed link and API key of {lifecycle.raise_epoch(tenant_id=_firm(slug))} is dead."

    def _close(self, *, slug: str, days: int, **_: Any) -> str:
        tenant = lifecycle.close_firm(tenant_id=_firm(slug), notice=timedelta(days=days))
        return f"{tenant} closes for good on {tenant.closes_at:%Y-%m-%d %H:%M} UTC; until then “firm reopen” keeps it."

    def _reopen(self, *, slug: str, **_: Any) -> str:
        return f"{lifecycle.reopen(tenant_id=_firm(slug))} is open again."

    def _export(self, *, slug: str, path: Path, **_: Any) -> str:
        return f"Written to {archives.export_firm(tenant_id=_firm(slug), path=path)}"

    def _backup(self, *, slug: str, folder: Path, **_: Any) -> str:
        return f"Written to {backups.backup_firm(tenant_id=_firm(slug), folder=folder)}"

    def _restore(self, *, slug: str, path: Path, **_: Any) -> str:
        old = backups.restore_firm(tenant_id=_firm(slug), path=path)
        return f"{slug} is back where the archive was, and paused. What it had before is kept in schema {old}."

    def _import(self, *, path: Path, address: str, **_: Any) -> str:
        tenant = archives.import_firm(path=path, slug=address)
        return f"{tenant} is at {url_for(host_for(tenant.slug), '/admin/')}, and paused."

    def _drop_old(self, *, name: str, **_: Any) -> str:
        backups.drop_old_schema(name=name)
        return f"{name} is dropped."


def _firm(slug: str) -> Any:
    found = Tenant.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError(f"There is no firm at “{slug}”.")
    return found
