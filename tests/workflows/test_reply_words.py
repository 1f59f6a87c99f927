"""Ready words for a reply: filled in, and good enough for the coach."""

import pytest

from customers.models import Customer
from cxcrm.core.errors import InvalidInput
from feedback.logic.placeholders import fill
from feedback.logic.reply_coach import advise
from feedback.models import ReplyTemplate
from feedback.services.reply_templates import remove_reply_template, save_reply_template
from workflows.selectors.reply_words import ready_replies


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("severity", ["S1", "S3"])
def test_the_starters_pass_the_coach(opened, crew, customer, run_agenda, language, severity):
    Customer.objects.filter(pk=customer.pk).update(language=language)
    words = {
        "vi": "Đặt ly matcha giao trễ hơn một tiếng, đá tan hết, nhân viên lại trả lời cộc lốc.",
        "en": "Third visit for the same brake rub, and the mechanic was rude about it.",
    }[language]
    case = opened(description=words, subject=words[:60], severity=severity)
    run_agenda()
    case.refresh_from_db()
    ready = ready_replies(case, crew.owner)
    assert len(ready) == (5 if severity == "S1" else 4)
    for reply in ready:
        advice = advise(reply.text, words)
        assert advice.is_good, (reply.name, advice, reply.text)
        assert "{{" not in reply.text


def test_values_of_the_case_or_neutral_ones(complaint, crew, dear, wait):
    save_reply_template(
        template=ReplyTemplate(
            name="Tôi", text="{{number}} {{staff_name}}: {{remedy}} trước {{promised_time}}", position=0
        )
    )
    wait(hours=30)  # both promised times have gone by
    first = ready_replies(complaint, None)[0]
    assert first.text == (
        f"{complaint.number} Người phụ trách: làm lại hoặc hoàn tiền, theo ý của chị trước hết ngày hôm nay"
    )
    complaint.remedy = dear
    assert "tặng thẻ uống miễn phí một năm" in ready_replies(complaint, crew.owner)[0].text


def test_templates_fit_touchpoint_severity_and_language(complaint, crew):
    before = [reply.name for reply in ready_replies(complaint, crew.owner)]
    save_reply_template(template=ReplyTemplate(name="Thanh toán", text="a", touchpoint=crew.touchpoint, position=9))
    save_reply_template(template=ReplyTemplate(name="Only S4", text="a", severity="S4"))
    save_reply_template(template=ReplyTemplate(name="Off", text="a", is_active=False))
    save_reply_template(template=ReplyTemplate(name="English", text="a", language="en"))
    assert [reply.name for reply in ready_replies(complaint, crew.owner)] == ["Thanh toán", *before]
    remove_reply_template(template=ReplyTemplate.objects.get(name="Thanh toán"))
    assert [reply.name for reply in ready_replies(complaint, crew.owner)] == before


def test_an_unknown_placeholder_is_refused_by_name(in_alpha):
    with pytest.raises(InvalidInput, match=r"\{\{nmber\}\}"):
        save_reply_template(template=ReplyTemplate(name="Sai", text="{{nmber}}"))
    assert not ReplyTemplate.objects.filter(name="Sai").exists()
    assert fill("x", {}, {}) == "x"
