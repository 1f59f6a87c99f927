"""What firms get that were made before there were reply templates and reasons to pause."""

from importlib import import_module

import pytest
from django.apps import apps

from feedback import default_replies
from feedback.models import ReplyTemplate, Survey
from feedback.services.reply_templates import remove_reply_template
from workflows.default_reasons import PAUSE_REASONS
from workflows.models import PauseReason
from workflows.services.pauses import remove_pause_reason, save_pause_reason

lay_words = import_module("workflows.migrations.0007_words_of_older_firms").lay_words
pytestmark = pytest.mark.usefixtures("in_alpha")


def words():
    templates = ReplyTemplate.objects.order_by("language", "position").values_list("language", "name", "text")
    reasons = PauseReason.objects.order_by("position").values_list("name", "name_en", "told", "told_en")
    return list(templates), list(reasons)


def test_an_older_firm_gets_what_a_new_one_has_and_once():
    of_new_firms = words()
    assert (len(of_new_firms[0]), len(of_new_firms[1])) == (len(default_replies.VI) * 2, len(PAUSE_REASONS))
    ReplyTemplate.objects.all().delete()
    PauseReason.objects.all().delete()
    for _time in range(2):
        lay_words(apps, None)
        assert words() == of_new_firms


def test_what_the_firm_wrote_or_removed_stays_as_it_is():
    own = PauseReason.objects.order_by("position").first()
    own.name, own.told, own.told_en = "Chờ ảnh của khách", "", ""
    save_pause_reason(reason=own)
    PauseReason.objects.exclude(pk=own.pk).update(told="", told_en="")
    for template in ReplyTemplate.objects.all():
        remove_reply_template(template=template)
    lay_words(apps, None)
    told = dict(PauseReason.objects.values_list("name", "told"))
    assert (ReplyTemplate.objects.count(), len(told), told["Chờ ảnh của khách"]) == (0, len(PAUSE_REASONS), "")
    assert told["Chờ hàng, linh kiện về"] == "Chúng tôi đang chờ hàng về."
    for reason in PauseReason.objects.all():
        remove_pause_reason(reason=reason)
    lay_words(apps, None)
    assert not PauseReason.objects.exists()


def test_who_has_no_customers_gets_none():
    for model in (ReplyTemplate, PauseReason):
        model.objects.all().delete()
    Survey.objects.update(is_active=False)
    Survey.objects.all().delete()
    lay_words(apps, None)
    assert words() == ([], [])
