"""Mails in the brand's character: the same one by one and in groups, receipts and what was done about a complaint."""

import pytest

from feedback.models import RootCause, Survey
from feedback.services import complaints
from feedback.services.dispatches import send_survey
from journeys.services.brand import save_brand
from tests.support import smtp
from workflows.models import Message
from workflows.selectors.messages import text_of
from workflows.services.bulk import deliver_many
from workflows.services.notifications import fan_out

pytestmark = pytest.mark.django_db


def speak(preset: str) -> None:
    traits = [{"name": name} for name in ("Gần gũi", "Mộc mạc", "Tử tế")]
    save_brand(positioning="Tử tế.", majority="Người đi làm", traits=traits, preset=preset, self_pronoun="em")


@pytest.mark.parametrize("grouped", [False, True], ids=["one by one", "in groups"])
def test_invitations_open_and_end_in_character(customer, settings, grouped):
    speak("luxury")
    dispatch = send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    fan_out(dispatch.id)
    message = Message.objects.get(kind="invitation")
    if grouped:
        with smtp.Sink() as server:
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 1
            deliver_many([message.pk])
    else:
        deliver_many([message.pk])
    message.refresh_from_db()
    text = text_of(message)
    assert "Cà phê Alpha hân hạnh được đón tiếp chị. Kính mong chị dành cho em đôi phút và một câu trả lời." in text
    assert "Trân trọng kính chào,\nCà phê Alpha" in text
    assert "Cảm ơn chị đã chọn" not in text


def test_receipts_and_what_was_done_sound_like_it_too(customer, run_agenda, mailoutbox):
    speak("friendly")
    case = complaints.open_complaint(customer_id=customer.id, description="Giao trễ.", channel="page")
    run_agenda()
    (receipt,) = [sent for sent in mailoutbox if sent.to == ["ha@khach.example"]]
    assert "Cảm ơn chị đã nói ngay cho Cà phê Alpha biết. Em nhận được rồi, và đã có người đang lo ạ." in receipt.body
    assert receipt.body.count("Hẹn sớm gặp lại,") == receipt.alternatives[0][0].count("Hẹn sớm gặp lại,") == 1
    cause = RootCause.objects.filter(parent__isnull=False).first() or RootCause.objects.first()
    complaints.resolve_complaint(complaint_id=case.id, root_cause_id=cause.id, action_taken="Đã giao lại.")
    run_agenda()
    told = [sent for sent in mailoutbox if sent.to == ["ha@khach.example"]][-1]
    assert "Chuyện chị kể với Cà phê Alpha, em đã làm thế này ạ:\n\nĐã giao lại." in told.body
