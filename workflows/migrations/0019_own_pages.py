
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0018_conduct'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('nobody_found', 'An escalation found nobody and went to the default executive'), ('undelivered', 'A mail could not be delivered'), ('uncertain', 'A mail was perhaps sent'), ('unread_mail', 'A mail came in that somebody should read'), ('given_up', 'Something due was given up after many tries'), ('guardrail', 'A guardrail of an initiative was crossed'), ('data_request', "A customer's request about their data is late"), ('gap', 'Customers see it otherwise than we believe')], max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='incomingmail',
            name='outcome',
            field=models.CharField(choices=[('waiting', 'waiting'), ('noted', 'became a note on the complaint'), ('reopened', 'reopened the complaint'), ('timeline', "stands on the customer's timeline"), ('automatic', 'automatic reply, left alone'), ('bounced', 'our mail could not be delivered'), ('unmatched', 'answers no mail we know'), ('left', 'looked at, left alone'), ('failed', 'could not be read')], default='waiting', max_length=10, verbose_name='what became of it'),
        ),
        migrations.AlterField(
            model_name='message',
            name='kind',
            field=models.CharField(choices=[('invitation', 'survey invitation'), ('acknowledgement', 'complaint received'), ('resolution', 'is it solved?'), ('resolution_reminder', 'is it solved? (reminder)'), ('reply', 'reply to the customer'), ('escalation', 'escalation'), ('closing', 'closing note'), ('welcome', 'welcome'), ('password', 'new password'), ('assigned', 'a complaint is yours'), ('answered', 'the customer wrote'), ('digest', "the morning's digest"), ('sign_up', 'sign-up'), ('mention', 'a colleague called you in'), ('promise_due', 'a promise is due'), ('promise_broken', 'a promise was not kept'), ('compensation_asked', 'a compensation waits for you'), ('compensation_decided', 'a compensation was decided'), ('review_asked', 'an approval waits for you'), ('review_late', 'an approval is late'), ('review_answered', 'an approval was answered'), ('supervision', "the month's supervision report"), ('cause_proposed', 'a cause came back'), ('we_did', 'you said – we did'), ('change_asked', 'another department asks for a change'), ('change_raised', 'a change request waits for your decision'), ('change_news', 'news of a change request'), ('change_passed', 'a change request is yours now'), ('changes_passed', 'several change requests are yours now'), ('my_page', 'the way to their own page'), ('data_request', 'a customer asks about their data')], max_length=20, verbose_name='kind'),
        ),
    ]
