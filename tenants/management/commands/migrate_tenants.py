"""``migrate_tenants``: the deploy's own command; run it again after whatever stopped it."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.models import Tenant
from tenants.services import migrations
from tenants.services.migrations import Progress

EVERY_SECONDS = 2.0


class Command(BaseCommand):
    requires_system_checks = ()  # as Django's own migrate: nothing here depends on addresses or templates
    help = "Brings the shared schema and every firm to this release's tables; may be killed, repeated and run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--canary", metavar="ADDRESS", help="migrate and verify this one firm, then stop")
        parser.add_argument("--tenant", metavar="ADDRESS", action="append", default=[], help="only this; repeatable")
        parser.add_argument("--keep-going", action="store_true", help="end with 0 unless every firm failed: for starts")
        parser.add_argument("--dry-run", action="store_true", help="rehearse, show the SQL, and touch no firm")
        parser.add_argument(
            "--lock-timeout", type=float, default=2.0, metavar="SECONDS",
            help="how long a firm's requests may wait behind us for a table that is in use (2)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = [*options["tenant"], *([options["canary"]] if options["canary"] else [])]
        unknown = set(slugs) - set(Tenant.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        if unknown:
            raise CommandError(f"There is no firm at {', '.join(sorted(unknown))}.")
        if options["dry_run"]:
            self._show(slugs)
            return
        self._shown = time.monotonic()
        if migrations.migrate_shared():
            self.stdout.write("Shared tables: brought up to date.")
        progress = migrations.migrate_tenants(slugs=slugs, lock_timeout=options["lock_timeout"], watch=self._watch)
        self.stdout.write(_summary(progress))
        for slug, reason in progress.failed.items():
            self.stderr.write(f"  {slug}: {reason}")
        if progress.failed and not (options["keep_going"] and progress.done):
            raise CommandError("Mend the cause and run this again: it goes on with the firms named above.")
        if options["canary"]:
            self._look_at_canary(slugs)

    def _watch(self, progress: Progress) -> None:
        if time.monotonic() - self._shown >= EVERY_SECONDS:
            self._shown = time.monotonic()
            failed = f", {len(progress.failed)} failed" if progress.failed else ""
            left = round(progress.seconds_left)
            self.stdout.write(f"  {progress.done} of {progress.total} firms{failed}; about {left} s left")
            self.stdout.flush()

    def _show(self, slugs: list[str]) -> None:
        if not migrations.shared_is_current():
            self.stdout.write("The shared tables are behind too; they are migrated first.")
        groups = migrations.planned(slugs=slugs)
        for addresses, stretches in groups:
            self.stdout.write(f"-- {len(addresses)} firms: {', '.join(addresses[:20])}{' …' if addresses[20:] else ''}")
            for stretch in stretches:
                names = ", ".join(".".join(key) for key in stretch.migrations)
                self.stdout.write(f"-- {'one transaction' if stretch.atomic else 'without a transaction'}: {names}")
                self.stdout.writelines(f"{step};\n" for step in (*stretch.steps, stretch.seeds) if step)
        if not groups:
            self.stdout.write("No firm is behind.")

    def _look_at_canary(self, slugs: list[str]) -> None:
        for tenant, differences in migrations.verify(slugs=slugs):
            for line in differences:
                self.stderr.write(f"  {tenant.slug}: {line}")
            if differences:
                raise CommandError("The canary is not as this release's template: do not go on.")
        self.stdout.write("Look at the canary's pages, then run this again for all.")


def _summary(progress: Progress) -> str:
    if not progress.total:
        return "No firm is behind."
    each = f" (rehearsal {progress.rehearsing:.1f} s, then {1000 * progress.seconds_each:.1f} ms each)"
    failed = f"; {len(progress.failed)} failed" if progress.failed else ""
    return f"{progress.done} of {progress.total} firms migrated in {progress.seconds:.1f} s{each}{failed}."
