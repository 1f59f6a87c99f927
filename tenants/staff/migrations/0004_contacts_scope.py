"""Keys made before phones and addresses were a right of their own go on seeing them."""

from django.db import migrations

GRANT = """
UPDATE staff_apikey SET scopes = array_append(scopes, 'contacts:read')
WHERE scopes && ARRAY['customers:read', 'customers:write', 'customers:manage']::varchar[]
  AND NOT 'contacts:read' = ANY (scopes)
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0003_late_surveys")]
    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
