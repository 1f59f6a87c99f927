
import cxcrm.core.clock
import cxcrm.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0016_usage_mode'),
        ('staff', '0007_customer_care'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.UUIDField(default=cxcrm.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=cxcrm.core.clock.now, editable=False, verbose_name='created')),
                ('kind', models.CharField(choices=[('copy', 'see and get a copy of their data'), ('correct', 'correct their data'), ('delete', 'have their data erased')], max_length=8, verbose_name='asks to')),
                ('words', models.TextField(blank=True, verbose_name='in their words')),
                ('asked_at', models.DateTimeField(default=cxcrm.core.clock.now, verbose_name='asked')),
                ('answer_by', models.DateTimeField(verbose_name='answer by')),
                ('due_at', models.DateTimeField(verbose_name='to be done by')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                ('outcome', models.CharField(blank=True, choices=[('done', 'done'), ('refused', 'refused, with the reason')], max_length=8, verbose_name='what became of it')),
                ('reply', models.TextField(blank=True, verbose_name='what we told them')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data_requests', to='customers.customer', verbose_name='customer')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answers for it')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by')),
            ],
            options={
                'verbose_name': 'request about personal data',
                'verbose_name_plural': 'requests about personal data',
                'ordering': ['due_at', 'id'],
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='customer',
            name='contact_channel',
            field=models.CharField(blank=True, choices=[('call', 'a call'), ('zalo', 'Zalo'), ('sms', 'a text message'), ('email', 'an e-mail'), ('none', 'only when it cannot wait')], db_default='', default='', max_length=8, verbose_name='likes to be reached by'),
        ),
        migrations.AddField(
            model_name='customer',
            name='contact_hours',
            field=models.CharField(blank=True, choices=[('morning', 'in the morning (8–11)'), ('noon', 'at noon (11–13)'), ('afternoon', 'in the afternoon (13–17)'), ('evening', 'in the evening (17–20)')], db_default='', default='', max_length=10, verbose_name='best reached'),
        ),
        migrations.AddField(
            model_name='customer',
            name='referred_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='referrals', to='customers.customer', verbose_name='brought by'),
        ),
        migrations.AddField(
            model_name='customer',
            name='surveys_seldom',
            field=models.BooleanField(db_default=False, default=False, verbose_name='surveys seldom'),
        ),
        migrations.AddField(
            model_name='fact',
            name='way',
            field=models.CharField(blank=True, choices=[('friends', 'friends or family'), ('review', "a customer's review"), ('map', 'found on a map'), ('social', 'Facebook or Zalo'), ('tiktok', 'TikTok'), ('kol', 'somebody well-known (KOL)'), ('walked_past', 'walked past'), ('tried', 'tried it'), ('advert', 'an advert'), ('other', 'another way')], db_default='', default='', max_length=12, verbose_name='way'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='meant_for',
            field=models.CharField(blank=True, choices=[('visit', 'the counter'), ('call', 'the phone'), ('chat', 'chat (Zalo, Facebook)'), ('mail', 'e-mail'), ('page', 'the website')], db_default='', default='', max_length=12, verbose_name='meant for'),
        ),
        migrations.AlterField(
            model_name='fact',
            name='kind',
            field=models.CharField(choices=[('preference', 'preference'), ('usage', 'how they use it'), ('unexpected_use', 'unexpected use'), ('need', 'need'), ('expectation', 'expectation'), ('why_like', 'why they like it'), ('why_dislike', 'why they do not like it'), ('value', 'what matters to them'), ('motivation', 'what moves them'), ('channel_time', 'how and when to reach them'), ('first_source', 'how they found us'), ('convinced_by', 'what made them come the first time'), ('birth', 'age or role'), ('nothing_to_improve', 'nothing to improve')], max_length=20, verbose_name='kind'),
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(condition=models.Q(('way', ''), _negated=True), fields=['kind', 'customer', '-confirmed_at'], name='fact_way'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('meant_for', ''), _negated=True), fields=['-occurred_at'], name='timeline_meant_for'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('referred_by', models.F('id')), _negated=True), name='nobody_brings_themselves'),
        ),
        migrations.AddIndex(
            model_name='datarequest',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['due_at'], name='data_request_open'),
        ),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('customer', 'kind'), name='data_request_open_once'),
        ),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at', None)), models.Q(('settled_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='data_request_settled_somehow'),
        ),
    ]
