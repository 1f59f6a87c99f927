"""``verify_tenants``: whether every firm's tables are exactly those of this release."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.services import migrations


class Command(BaseCommand):
    help = (
        "Compares each firm's fingerprint, recorded migrations and catalog with the template; names every difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="ADDRESS", action="append", default=[], help="only this; repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        count, wrong = 0, 0
        for tenant, differences in migrations.verify(slugs=options["tenant"]):
            count += 1
            wrong += bool(differences)
            for line in differences:
                self.stdout.write(f"{tenant.slug}: {line}")
        if wrong:
            raise CommandError(f"{wrong} of {count} firms are not as the template.")
        self.stdout.write(f"All {count} firms are as the template.")
