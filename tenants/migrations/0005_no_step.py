"""Tenant.step carried nothing beside the state. The column stays, with a default, for the release before.

Contract, one release on: ALTER TABLE tenants_tenant DROP COLUMN step.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_erasure")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE tenants_tenant ALTER COLUMN step SET DEFAULT 'done'",
                    "ALTER TABLE tenants_tenant ALTER COLUMN step DROP DEFAULT",
                )
            ],
            state_operations=[migrations.RemoveField("tenant", "step")],
        )
    ]
