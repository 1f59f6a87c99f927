from datetime import timedelta

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from cxcrm.core.clock import now
from feedback.logic.key_terms import key_terms

# Only these can be alike to what comes in from now on; older ones go without.
LOOKED_BACK = timedelta(days=31)


def find_terms(apps, schema_editor):
    complaints = apps.get_model('feedback', 'Complaint').objects
    found = complaints.filter(received_at__gte=now() - LOOKED_BACK, terms=[]).only('description')
    batch = []
    for complaint in found.iterator(chunk_size=500):
        complaint.terms = key_terms(complaint.description)
        batch.append(complaint)
        if len(batch) == 500:
            complaints.bulk_update(batch, ['terms'])
            batch = []
    complaints.bulk_update(batch, ['terms'])


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0004_desk_work'),
    ]

    operations = [
        migrations.AddField(
            model_name='complaint',
            name='terms',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, db_default=[], default=list, editable=False, size=None),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=django.contrib.postgres.indexes.GinIndex(fields=['terms'], name='complaint_terms'),
        ),
        migrations.RunPython(find_terms, migrations.RunPython.noop),
    ]
