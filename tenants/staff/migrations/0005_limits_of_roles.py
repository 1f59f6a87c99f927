import django.core.validators
from django.db import migrations, models


def limit(name, label):
    return migrations.AddField(
        model_name='firm',
        name=name,
        field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name=label),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0004_contacts_scope'),
    ]

    operations = [
        limit('manager_limit', 'managers'),
        limit('executive_limit', 'executives'),
        limit('brand_steward_limit', 'brand stewards'),
        limit('agent_limit', 'agents'),
        migrations.AddField(
            model_name='user',
            name='may_grant_nothing',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
