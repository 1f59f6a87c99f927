"""``bootstrap``: bring the installation up to date; safe to run at every start."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tenants.models import Tenant
from tenants.services import migrations, provisioning, spares, templates
from tenants.services.running import run_now


class Command(BaseCommand):
    help = "Migrates the shared schema, makes the template and the operators' tenant, migrates every firm."

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_superuser()
        self.stdout.write("Shared tables …")
        migrations.migrate_shared()
        if templates.ready_template() is None:
            self.stdout.write("Template of this release …")
            templates.ensure_template()
        self._platform()
        behind = migrations.behind().count()
        if behind:
            self.stdout.write(f"{behind} firms to bring up to date …")
        failed = migrations.migrate_tenants().failed
        spares.order_refill()
        if failed:
            raise CommandError(f"Not up to date: {', '.join(sorted(failed))}. Run migrate_tenants to see why.")
        self.stdout.write("Ready.")

    def _platform(self) -> None:
        existing = Tenant.objects.filter(is_platform=True).first()
        if existing is None:
            self.stdout.write("Operators' tenant …")
            email = os.environ.get("CXCRM_OPERATOR_EMAIL", "operator@example.com")
            existing = provisioning.ensure_platform(email, "Operator")
        run_now(existing)

    def _refuse_superuser(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                self.stderr.write(
                    "DATABASE_URL logs in as a database superuser. Use a role that owns only the cxcrm database."
                )
                raise SystemExit(2)
