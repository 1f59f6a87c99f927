"""``bootstrap``: bring the installation up to date; safe to run at every start."""

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from tenants.models import Tenant
from tenants.services import provisioning
from tenants.services.running import run_now


class Command(BaseCommand):
    help = "Migrates the shared schema, makes the operators' tenant, migrates every firm."

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_superuser()
        self.stdout.write("Shared tables …")
        call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
        platform = self._platform()
        firms = Tenant.objects.exclude(pk=platform.pk).filter(state=Tenant.State.ACTIVE)
        behind = [tenant for tenant in firms if not provisioning.is_current(tenant)]
        for number, tenant in enumerate(behind, start=1):
            self.stdout.write(f"Firm {number} of {len(behind)}: {tenant.slug} …")
            provisioning.migrate(tenant)
        self.stdout.write("Ready.")

    def _platform(self) -> Tenant:
        existing = Tenant.objects.filter(is_platform=True).first()
        if existing and existing.state == Tenant.State.ACTIVE:
            if not provisioning.is_current(existing):
                provisioning.migrate(existing)
            return existing
        self.stdout.write("Operators' tenant …")
        email = os.environ.get("CXCRM_OPERATOR_EMAIL", "operator@example.com")
        platform = provisioning.ensure_platform(email, "Operator")
        run_now(platform)
        return platform

    def _refuse_superuser(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                self.stderr.write(
                    "DATABASE_URL logs in as a database superuser. Use a role that owns only the cxcrm database."
                )
                raise SystemExit(2)
