"""``bootstrap``: bring the installation up to date; safe to run at every start."""

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from cxcrm.core.db.pooling import refuse_transaction_pooling
from tenants.models import Tenant
from tenants.services import mailbox, migrations, provisioning, spares, templates
from tenants.services.running import run_now


class Command(BaseCommand):
    help = "Migrates the shared schema, makes the template and the operators' tenant, migrates every firm."

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_superuser()
        refuse_transaction_pooling()
        self.stdout.write("Shared tables …")
        migrations.migrate_shared()
        if templates.ready_template() is None:
            self.stdout.write("Template of this release …")
            templates.ensure_template()
        self._platform()
        # One firm's trouble keeps nobody else closed: it is named here and at the operators' site.
        call_command("migrate_tenants", keep_going=True, stdout=self.stdout, stderr=self.stderr)
        spares.order_refill()
        mailbox.order_polling()
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
