"""Mails and customers' pages in the brand's character; while a context is on, care stands in its place."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import localize

from customers.models import Customer, Interaction
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from cxcrm.core.language import speaking
from cxcrm.core.tokens import make_token
from feedback.models import ContextEvent, Invitation, RootCause, Survey
from feedback.services import complaints
from feedback.services.contexts import declare_context
from feedback.services.dispatches import send_survey
from journeys.services.brand import save_brand
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_zone
from tests.support import smtp
from workflows.mails.causes import we_did_to
from workflows.models import Message, PauseReason
from workflows.selectors.messages import text_of
from workflows.services.bulk import deliver_many
from workflows.services.notifications import fan_out
from workflows.services.pauses import pause

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
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
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


def shown(client, path: str, **query: str) -> str:
    return " ".join(client.get(path, query, follow=True).content.decode().split())


def storm(**told) -> None:
    values = {
        "name": "Bão số 5", "kind": "storm", "starts_at": now() - timedelta(hours=1),
        "ends_at": now() + timedelta(days=1), "provinces": [], "accountable_id": User.objects.first().pk,
    }  # fmt: skip
    declare_context(**values | told)


CARE = "Cà phê Alpha mong chị và gia đình được bình an trong những ngày mưa bão"


def test_what_customers_see_of_a_complaint_sounds_like_the_brand_and_says_the_same(
    alpha, client_alpha, customer, cause, run_agenda, mailoutbox, wait
):
    case = complaints.open_complaint(customer_id=customer.id, description="Giao trễ.", channel="page")
    tracking, solved = f"/t/{make_token('track', case.id)}/", f"/r/{make_token('solved', case.id)}/"
    leaving = f"/u/{make_token('opt-out', customer.id)}/"
    plain = {path: shown(client_alpha, path) for path in ("/c/", f"{tracking}?new=1", leaving)}
    assert "Cảm ơn chị, chúng tôi đã nhận được." in plain[f"{tracking}?new=1"]
    speak("friendly")
    for path, line, fact in (
        ("/c/", "Quý khách cứ kể cho Cà phê Alpha nghe nhé.", "một người chịu trách nhiệm"),
        (f"{tracking}?new=1", "Cảm ơn chị đã báo nhé! Em nhận được rồi ạ.", case.number),
        (tracking, "Việc của chị đang tới đây ạ.", case.number),
        (leaving, "Bị hỏi nhiều quá phải không ạ?", "Ngừng nhận khảo sát"),
    ):
        page = shown(client_alpha, path)
        assert (line in page, fact in page) == (True, True), path
        assert line not in plain.get(path, "")
    complaints.resolve_complaint(complaint_id=case.id, root_cause_id=cause.id, action_taken="Đã giao lại.")
    assert "Giờ thế nào rồi ạ? Chị cứ nói thật nhé." in shown(client_alpha, solved)
    run_agenda()
    wait(days=3)
    reminded = [mail for mail in mailoutbox if mail.to == ["ha@khach.example"]][-1]
    assert "Em hỏi thăm chút: giờ đã ổn chưa ạ?\n\nĐã giao lại." in reminded.body
    assert (
        client_alpha.post(leaving, {"choice": "stop"}, follow=True).content.decode().count("trả lời bấy lâu nhé!") == 1
    )
    client_alpha.post(solved, {"answer": "yes"})
    assert "Vui quá, xong xuôi cả rồi" in shown(client_alpha, solved)
    assert "Something not right? Tell Cà phê Alpha in your own words." in shown(client_alpha, "/c/", lang="en")


def test_while_a_context_is_on_care_stands_in_the_place_of_the_voice(
    client_alpha, customer, cause, run_agenda, mailoutbox
):
    speak("rebel")
    case = complaints.open_complaint(customer_id=customer.id, description="Giao trễ.", channel="page")
    tracking = f"/t/{make_token('track', case.id)}/"
    storm()
    for path in ("/c/", tracking, f"{tracking}?new=1", f"/u/{make_token('opt-out', customer.id)}/"):
        page = shown(client_alpha, path)
        assert page.count("những ngày mưa bão") == 1, path
        assert not [line for line in ("kể đúng như đã xảy ra", "Không viện cớ", "vòng vo", "Hợp lý") if line in page]
    complaints.resolve_complaint(complaint_id=case.id, root_cause_id=cause.id, action_taken="Đã giao lại.")
    run_agenda()
    told = [mail for mail in mailoutbox if mail.to == ["ha@khach.example"]][-1]
    assert "Nói thật, làm thật," not in told.body
    assert (CARE in told.body, "Đã giao lại." in told.body, "đã nói với Cà phê Alpha" in told.body) == (
        True,
        True,
        False,
    )
    solved = f"/r/{make_token('solved', case.id)}/"
    assert (CARE in shown(client_alpha, solved), "trả lời thẳng" in shown(client_alpha, solved)) == (True, False)
    ContextEvent.objects.update(provinces=["48"])  # of nobody it is known that they live there
    assert [("mưa bão" in shown(client_alpha, path)) for path in ("/c/", tracking)] == [False, False]
    assert "kể đúng như đã xảy ra" in shown(client_alpha, "/c/")


def test_what_was_done_about_what_several_told_is_framed_by_the_voice(customer):
    with speaking("vi"):
        plain = we_did_to(customer, "Đã thêm quầy").render()[1]
        speak("gentle")
        voiced = we_did_to(customer, "Đã thêm quầy").render()[1]
        storm()
        cared = we_did_to(customer, "Đã thêm quầy").render()[1]
    fact = "Nếu vẫn chưa ổn, chỉ cần trả lời thư này."
    assert [(fact in text, "Đã thêm quầy" in text) for text in (plain, voiced, cared)] == [(True, True)] * 3
    assert "Em luôn ghi nhớ, và đã làm việc này:" in voiced
    assert "Từ đáy lòng, cảm ơn chị đã nói cho em biết. Nếu vẫn" in voiced
    assert ("luôn ghi nhớ" in cared, CARE in cared, "Cảm ơn vì đã lên tiếng. Nếu vẫn" in cared) == (False, True, True)


def one_after_the_other(client, who, crew, cause, run_agenda):
    """Every page a customer may see, in the order they come upon them, with the mails between."""
    dispatch = send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[who.pk])
    fan_out(dispatch.id)
    deliver_many(list(Message.objects.filter(kind="invitation", customer=who).values_list("pk", flat=True)))
    invitation = Invitation.objects.get(customer=who)
    survey, leaving = f"/s/{make_token('survey', invitation.id)}/", f"/u/{make_token('opt-out', who.id)}/"
    yield from (shown(client, path) for path in (survey, leaving))
    client.post(survey, {"score": "3"})
    client.post(leaving, {"choice": "stop"})
    yield from (shown(client, path) for path in (survey, f"{survey}?edit=1", leaving))
    case = complaints.open_complaint(
        customer_id=who.pk, description="Giao trễ.", channel="page", remedy_sought="Hoàn tiền", owner_id=crew.owner.pk
    )
    run_agenda()
    tracking, solved = f"/t/{make_token('track', case.id)}/", f"/r/{make_token('solved', case.id)}/"
    yield from (shown(client, path) for path in (tracking, f"{tracking}?new=1", solved))
    pause(complaint_id=case.pk, reason_id=PauseReason.objects.get(told__contains="đã hẹn").pk, by=crew.owner)
    complaints.assign(complaint_id=case.pk, owner_id=crew.manager.pk, note="Khách khó tính")
    yield shown(client, tracking)
    complaints.resolve_complaint(complaint_id=case.id, root_cause_id=cause.id, action_taken="Đã giao lại.")
    run_agenda()
    yield from (shown(client, path) for path in (tracking, solved))
    client.post(solved, {"answer": "no", "words": "Chưa"})
    yield from (shown(client, path) for path in (tracking, solved))


def test_every_page_and_mail_speaks_in_one_pair_of_words(client_alpha, customer, crew, cause, run_agenda, mailoutbox):
    speak("friendly")  # calls itself "em"
    unknown = create_customer(full_name="Nguyễn Hà", emails=["kh@khach.example"])
    state_consent(customer_id=unknown.pk, purpose="survey", granted=True, method="staff")
    neutral, own = re.compile("quý khách|chúng tôi", re.IGNORECASE), re.compile(r"\b(em|chị)\b", re.IGNORECASE)
    for who, address, other, wanted in (
        (customer, "ha@khach.example", neutral, "chị"), (unknown, "kh@khach.example", own, "quý khách"),
    ):  # fmt: skip
        pages = list(one_after_the_other(client_alpha, who, crew, cause, run_agenda))
        mails = [mail.body for mail in mailoutbox if mail.to == [address]]
        texts = [re.sub("<[^>]*>", " ", re.sub("<(style|script).*?</", "", text)) for text in [*pages, *mails]]
        assert (len(pages), len(mails)) == (13, 3)
        assert [other.findall(text) for text in texts] == [[]] * 16
        assert sum(wanted in text.lower() for text in texts) >= 13
        assert not [text for text in texts if "{" in text]
        assert not [text for text in texts if "Khách khó tính" in text or crew.manager.full_name in text]
    anybody = re.sub("<[^>]*>", " ", shown(client_alpha, "/c/"))
    assert ("Quý khách" in anybody, own.findall(anybody)) == (True, [])


def test_the_customer_reads_that_somebody_else_looks_after_it(client_alpha, customer, crew, complaint, cause):
    tracking = f"/t/{make_token('track', complaint.id)}/"
    count = Message.objects.filter(customer=customer).count()
    assert "việc này cho" not in shown(client_alpha, tracking)
    complaints.assign(complaint_id=complaint.pk, owner_id=crew.owner.pk, note="Vẫn là chị ấy")
    assert "việc này cho" not in shown(client_alpha, tracking)
    for owner in (crew.manager, crew.spare):
        complaints.assign(complaint_id=complaint.pk, owner_id=owner.pk, note="Khách khó tính")
    since = Interaction.objects.filter(what="complaint.assigned").latest("occurred_at").occurred_at
    page = shown(client_alpha, tracking)
    assert f"Nay một người khác đang phụ trách việc này cho chị. Từ {said(since, 'vi')}." in page
    assert (page.count("Từ "), "khó tính" in page, crew.spare.full_name in page) == (1, False, False)
    speak("gentle")
    assert "Nay một người khác của Cà phê Alpha đang chăm lo việc này cho chị, vẫn tận tình" in shown(
        client_alpha, tracking
    )
    page = shown(client_alpha, tracking, lang="en")
    assert f"A colleague is looking after it for you now, with the same care. Since {said(since, 'en')}." in page
    Customer.objects.update(full_name="", given_name="", salutation="")
    assert "chăm lo việc này cho Quý khách, vẫn" in shown(client_alpha, tracking, lang="vi")
    storm()
    assert "Nay một người khác đang phụ trách việc này cho Quý khách." in shown(client_alpha, tracking)
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    complaints.confirm(complaint_id=complaint.pk)
    assert "việc này cho" not in shown(client_alpha, tracking)
    assert Message.objects.filter(customer=customer).count() == count  # no mail is added for it


def said(moment, language: str) -> str:
    with speaking(language), timezone.override(firm_zone()):
        return localize(timezone.localtime(moment))
