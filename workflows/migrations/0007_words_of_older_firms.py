"""Firms made before there were reply templates and reasons to pause get what new firms start with."""

from django.db import migrations

from feedback import default_replies
from workflows.default_reasons import PAUSE_REASONS


def lay_words(apps, schema_editor):
    """Nothing is laid over what a firm has, nor where it changed or removed some itself: its audit log knows."""
    # An empty schema, or the operators' own, who have no customers.
    if not apps.get_model('feedback', 'Survey').objects.exists():
        return
    changes = apps.get_model('workflows', 'Event').objects.filter(name='core.setting_changed')
    templates = apps.get_model('feedback', 'ReplyTemplate')
    if not (templates.objects.exists() or changes.filter(payload__model='feedback.replytemplate').exists()):
        templates.objects.bulk_create(
            templates(name=name, language=language, severity=severity, text=text, position=position)
            for language, replies in (('vi', default_replies.VI), ('en', default_replies.EN))
            for position, (name, severity, text) in enumerate(replies, start=1)
        )
    reasons = apps.get_model('workflows', 'PauseReason')
    if not (reasons.objects.exists() or changes.filter(payload__model='workflows.pausereason').exists()):
        reasons.objects.bulk_create(
            reasons(name=name, name_en=name_en, told=told, told_en=told_en, position=position)
            for position, ((name, name_en), (told, told_en)) in enumerate(PAUSE_REASONS, start=1)
        )
    # Reasons of before there were words for customers, still called as they were laid.
    for (name, name_en), (told, told_en) in PAUSE_REASONS:
        reasons.objects.filter(name=name, name_en=name_en, told='', told_en='').update(told=told, told_en=told_en)


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0005_complaint_terms'),
        ('workflows', '0006_clocks_of_cases'),
    ]

    operations = [
        migrations.RunPython(lay_words, migrations.RunPython.noop),
    ]
