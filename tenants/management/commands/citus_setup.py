"""``citus_setup``: registers shared tables on distributed PostgreSQL and checks every firm's; nothing elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.services.distribution import register_tables


class Command(BaseCommand):
    help = "On Citus: registers the shared tables and asserts that every firm's tables are distributed."

    def handle(self, *args: Any, **options: Any) -> None:
        done = register_tables()
        if not done.distributed:
            self.stdout.write("Plain PostgreSQL: nothing to do.")
            return
        for table in done.registered:
            self.stdout.write(f"Registered {table}.")
        if done.stranded:
            lines = [f"{schema}: {', '.join(tables)}" for schema, tables in done.stranded.items()]
            raise CommandError("Not distributed:\n" + "\n".join(lines))
        self.stdout.write("Shared tables are registered, every firm's tables are distributed.")
