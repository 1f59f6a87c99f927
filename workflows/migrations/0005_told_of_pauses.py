from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0004_desk_work'),
    ]

    operations = [
        migrations.AddField(
            model_name='pausereason',
            name='told',
            field=models.CharField(blank=True, db_default='', help_text='On the page of their case while it is paused. Empty: they read nothing about it.', max_length=200, verbose_name='what the customer reads'),
        ),
        migrations.AddField(
            model_name='pausereason',
            name='told_en',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='what the customer reads, in English'),
        ),
    ]
