"""What the mails say, to whom, in which language, and with which headers."""

import re
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives

from cxcrm.core.language import speaking
from cxcrm.core.tokens import read_token
from feedback.models import Complaint, Survey
from feedback.services import complaints
from feedback.services.dispatches import send_survey
from tenants.staff.models import Firm, User
from workflows.logic.private import shortened
from workflows.mails.look import readable_on
from workflows.models import EscalationStep, Message
from workflows.selectors.messages import reason_text
from workflows.selectors.people import customer_called, person, staff_address
from workflows.services.decisions import decide
from workflows.services.notifications import welcome

pytestmark = pytest.mark.django_db


def html(message: EmailMultiAlternatives) -> str:
    return message.alternatives[0][0]


def links(message: EmailMultiAlternatives, path: str) -> list[str]:
    return re.findall(rf"http://alpha\.localhost:\d+(/{path}/[^\s\"<]*)", html(message).replace("&amp;", "&"))


@pytest.fixture
def executive_mail(complaint, wait, crew, cheap, dear, mailoutbox, scene) -> EmailMultiAlternatives:
    scene("executive told", lambda: wait(hours=17))
    return next(sent for sent in mailoutbox if sent.to == [crew.executive.email])


def test_the_executive_reads_all_they_need_and_no_more(executive_mail, complaint, crew, cheap, dear):
    text, step = executive_mail.body, EscalationStep.objects.get(position=3)
    assert executive_mail.subject.startswith("[CX-S2][")
    assert f"{complaint.number} – Trừ tiền hai lần – {crew.touchpoint}" in executive_mail.subject
    for said in (
        "Chào chị Duyên,",
        str(crew.touchpoint),
        "chị Nguyễn Thị Hà",
        "Tôi quét QR 59k mà bị trừ hai lần",
        "Lý Gia Hân",
        f"A. {cheap.name} – 59.000\N{NO-BREAK SPACE}₫",
        f"B. {dear.name} – 9.000.000\N{NO-BREAK SPACE}₫",
        "500.000\N{NO-BREAK SPACE}₫",
        "Trần Quốc Bảo (CEO)",
        f"/admin/feedback/complaint/{complaint.id}/change/",
    ):
        assert said in text, said
        assert said[:2] in {"A.", "B."} or said in html(executive_mail), said
    assert cheap.name in html(executive_mail)
    assert dear.name in html(executive_mail)
    prose = re.sub(r"https?://\S+", "", text)
    assert len(re.findall(r"\w+", prose)) <= 290  # Vietnamese writes a word as syllables: 1.4 of them on average
    asked = {re.sub(r"/d/[\w-]{43}/", "", link) for link in links(executive_mail, "d")}
    assert asked == {
        "?do=take",
        "?do=delegate",
        "?do=more_time",
        f"?do=choose&remedy={cheap.id}",
        f"?do=choose&remedy={dear.id}",
        *(f"?do=choose&remedy={r}" for r in re.findall(r"remedy=([\w-]{36})", html(executive_mail))),
    }
    tokens = {re.match(r"/d/([\w-]{43})/", link)[1] for link in links(executive_mail, "d")}
    assert {read_token("decide", token) for token in tokens} == {step.id}


def test_the_mails_of_one_complaint_form_one_thread(complaint, wait, mailoutbox):
    wait(hours=30)
    about = [sent for sent in mailoutbox if complaint.number in sent.subject]
    assert len(about) == 6
    assert len({sent.extra_headers["References"] for sent in about}) == 1
    assert len({sent.extra_headers["Message-ID"] for sent in about}) == 6
    assert {sent.extra_headers["Auto-Submitted"] for sent in about} == {"auto-generated"}


def test_an_english_reader_gets_english(complaint, wait, crew, mailoutbox):
    User.objects.filter(pk=crew.executive.pk).update(language="en")
    wait(hours=17)
    sent = next(sent for sent in mailoutbox if sent.to == [crew.executive.email])
    assert re.match(r"\[CX-S2\]\[\d+ .*late\] KN-", sent.subject)
    assert "decision needed from you by" in sent.subject
    assert "Dear Ms Duyên," in sent.body
    assert '<html lang="en"' in html(sent)


def test_no_full_phone_number_leaves_the_house(opened, run_agenda, wait, mailoutbox):
    opened(description="Gọi tôi số 0912 345 678 hoặc ha.nguyen@khach.example, mã 123-456-789-012, hoàn 1.250.000 đ.")
    run_agenda()
    wait(hours=30)
    for sent in mailoutbox:
        for body in (sent.body, html(sent)):
            assert "345 678" not in body
            assert "ha.nguyen@" not in body
    assert any("091*****78" in sent.body and "1.250.000 đ" in sent.body for sent in mailoutbox)


def test_long_words_are_cut_between_words():
    assert shortened("một  hai\nba", 20) == "một hai ba"
    assert shortened("một hai ba bốn", 11) == "một hai ba…"
    assert shortened("một hai ba bốn", 9) == "một hai…"
    assert shortened("dài" * 9, 9) == "dàidàidà…"


def test_a_survey_asks_its_first_question_in_the_mail(customer, run_agenda, mailoutbox):
    send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    run_agenda()
    (sent,) = [sent for sent in mailoutbox if sent.to == ["ha@khach.example"]]
    assert "Kính gửi chị Nguyễn Thị Hà," in sent.body
    brand = Firm.objects.get().brand
    assert f"khả năng chị giới thiệu {brand}" in sent.body
    scores = links(sent, "s")
    assert [link.partition("?")[2] for link in scores] == [f"score={number}" for number in range(11)]
    assert len({link.partition("?")[0] for link in scores}) == 1
    unsubscribe = sent.extra_headers["List-Unsubscribe"]
    token = re.fullmatch(r"<http://alpha\.localhost:\d+/u/([\w-]{43})/>", unsubscribe)[1]
    assert read_token("opt-out", token) == customer.id
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert links(sent, "u") == [f"/u/{token}/"]
    assert sent.from_email.startswith(("=?utf-8?", brand))


def test_ten_thousand_invitations_are_queued_in_chunks(customer, monkeypatch, in_alpha):
    from feedback.models import Dispatch, Invitation
    from workflows.services import notifications

    monkeypatch.setattr(notifications, "_CHUNK", 2)
    dispatch = send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    first = dispatch.invitations.get()
    from customers.services.customers import create_customer

    for number in range(2):
        made = create_customer(full_name=f"Khách {number}", emails=[f"k{number}@khach.example"])
        Invitation.objects.create(
            dispatch=dispatch, survey=dispatch.survey, customer=made, email="x@y.example", expires_at=first.expires_at
        )
    assert notifications.fan_out(dispatch.id) is not None
    assert Message.objects.filter(kind="invitation").count() == 2
    assert notifications.fan_out(dispatch.id) is None
    assert notifications.fan_out(dispatch.id) is None
    assert Message.objects.filter(kind="invitation").count() == 3
    assert Dispatch.objects.count() == 1


def test_the_customer_is_told_number_times_and_where_to_look(complaint, mailoutbox):
    (sent,) = [sent for sent in mailoutbox if sent.to == ["ha@khach.example"]]
    assert complaint.number in sent.subject
    assert complaint.number in sent.body
    (link,) = links(sent, "t")
    assert read_token("track", link.split("/")[2]) == complaint.id
    complaint.refresh_from_db()
    assert complaint.state == "acknowledged"


def test_the_customer_is_asked_whether_it_is_solved_and_reminded_once(complaint, cause, run_agenda, wait, mailoutbox):
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn 59.000 ₫.")
    run_agenda()
    asked = mailoutbox[-1]
    assert asked.to == ["ha@khach.example"]
    assert "Đã hoàn 59.000 ₫." in asked.body
    yes, no = links(asked, "r")
    assert (yes.partition("?")[2], no.partition("?")[2]) == ("answer=yes", "answer=no")
    assert read_token("solved", yes.split("/")[2]) == complaint.id
    wait(days=1.9)
    assert mailoutbox[-1] is asked
    wait(days=0.2)
    reminder = mailoutbox[-1]
    assert (reminder is not asked, reminder.to) == (True, ["ha@khach.example"])
    assert links(reminder, "r") == links(asked, "r")
    count = len(mailoutbox)
    wait(days=3)
    complaint.refresh_from_db()
    to_the_customer = [sent for sent in mailoutbox[count:] if sent.to == ["ha@khach.example"]]
    assert (complaint.state, to_the_customer) == ("closed_no_reply", [])


def test_a_customer_who_answered_is_neither_reminded_nor_expired(complaint, cause, wait, mailoutbox, run_agenda):
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    complaints.confirm(complaint_id=complaint.id)
    run_agenda()
    count = len(mailoutbox)
    wait(days=9)
    complaint.refresh_from_db()
    assert (complaint.state, len(mailoutbox)) == ("closed_confirmed", count)


def test_an_answer_given_anew_is_counted_from_then(complaint, cause, alpha):
    from cxcrm.demo.ageing import age
    from workflows.services import closing

    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    age(alpha, timedelta(days=1))
    assert closing.remind_resolution(complaint.id).due_at > complaint.received_at
    complaints.reopen(complaint_id=complaint.id)
    assert closing.remind_resolution(complaint.id) is None
    assert closing.expire_complaint(complaint.id) is None
    closing.await_customer(complaint_id=complaint.id)
    complaint.refresh_from_db()
    assert complaint.state == "reopened"


def test_a_reply_is_mailed_as_written_and_not_marked_automatic(complaint, crew, run_agenda, mailoutbox):
    from cxcrm.core.context import Actor, acting_as

    with acting_as(Actor("user", crew.owner.id, "Hân")):
        complaints.add_note(complaint_id=complaint.id, body="Chào chị Hà, em đã hoàn tiền.\nEm Hân", is_internal=False)
        complaints.add_note(complaint_id=complaint.id, body="Nội bộ thôi.")
    run_agenda()
    sent = mailoutbox[-1]
    assert sent.to == ["ha@khach.example"]
    assert "Chào chị Hà, em đã hoàn tiền.\nEm Hân" in sent.body
    assert "Auto-Submitted" not in sent.extra_headers
    assert not any("Nội bộ" in other.body for other in mailoutbox)


def test_everybody_who_was_told_gets_one_closing_note(complaint, cause, wait, run_agenda, mailoutbox, crew, cheap):
    wait(hours=17)
    decide(step_id=EscalationStep.objects.get(position=3).id, kind="choose", remedy_id=cheap.id)
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    before = len(mailoutbox)
    complaints.confirm(complaint_id=complaint.id)
    complaints.confirm(complaint_id=complaint.id)
    run_agenda()
    notes = mailoutbox[before:]
    assert sorted(sent.to[0] for sent in notes) == sorted(p.email for p in (crew.owner, crew.manager, crew.executive))
    for said in ("Chị Nguyễn Thị Hà", "Lê Thị Mỹ Duyên", cheap.name, "Đã hoàn tiền.", str(cause)):
        assert said in notes[0].body


def test_a_closing_note_overtaken_by_a_reopening_is_not_sent(complaint, cause, wait, mailoutbox):
    from workflows.services.notifications import close_the_loop

    wait(hours=9)
    (note,) = close_the_loop(complaint_id=complaint.id)  # the owner was told by the ladder, and hears once
    wait(seconds=0)
    note.refresh_from_db()
    assert (note.state, note.reason) == ("skipped", "reopened")


def test_the_owner_of_a_case_nobody_was_alerted_of_hears_how_it_ended_unless_they_ended_it(
    opened, cause, run_agenda, mailoutbox, crew
):
    from cxcrm.core.context import Actor, acting_as
    from workflows.services.notifications import close_the_loop

    def close(by: Actor) -> list[str]:
        case = opened()
        complaints.resolve_complaint(complaint_id=case.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
        run_agenda()
        before = len(mailoutbox)
        with acting_as(by):
            complaints.confirm(complaint_id=case.id)
        run_agenda()
        return [address for sent in mailoutbox[before:] for address in sent.to]

    assert close(Actor("customer", None, "Hà")) == [crew.owner.email]
    assert "vì vụ việc này do chị phụ trách" in html(mailoutbox[-1])
    assert close(Actor("user", crew.owner.id, "Hân")) == []
    Complaint.objects.update(is_sample=True)
    assert close_the_loop(complaint_id=Complaint.objects.latest("pk").id) == []


def test_whoever_gives_a_case_to_themselves_is_not_told_so(complaint, crew, run_agenda, mailoutbox):
    from cxcrm.core.context import Actor, acting_as

    count = len(mailoutbox)
    with acting_as(Actor("user", crew.spare.id, "Linh")):
        complaints.assign(complaint_id=complaint.id, owner_id=crew.spare.id)
    run_agenda()
    assert len(mailoutbox) == count
    with acting_as(Actor("user", crew.spare.id, "Linh")):
        note = "Anh gọi khách giúp em, số 0905 111 222."
        complaints.assign(complaint_id=complaint.id, owner_id=crew.manager.id, note=note)
    run_agenda()
    assert mailoutbox[-1].to == [crew.manager.email]
    for text in (mailoutbox[-1].body, html(mailoutbox[-1])):
        assert "Linh dặn:" in text
        assert "Anh gọi khách giúp em" in text
        assert "111 222" not in text, "a mail may be read by who may not see how customers are reached"


def test_a_case_given_on_before_the_mail_left_tells_the_last_owner_only(complaint, crew, run_agenda, mailoutbox):
    for person_ in (crew.spare, crew.manager):
        complaints.assign(complaint_id=complaint.id, owner_id=person_.id)
    count = len(mailoutbox)
    run_agenda()
    assert [sent.to for sent in mailoutbox[count:]] == [[crew.manager.email]]
    assert Message.objects.get(kind="assigned", user=crew.spare).reason == "moved_on"


def test_a_new_colleague_is_welcomed_and_a_forgotten_password_replaced(crew, run_agenda, mailoutbox):
    first = welcome(user_id=crew.spare.id)
    assert welcome(user_id=crew.spare.id) == first
    run_agenda()
    sent = mailoutbox[-1]
    assert (sent.to, first.kind) == ([crew.spare.email], "welcome")
    assert re.search(rf"/welcome/{crew.spare.id}/\w+-\w+/", sent.body)
    crew.spare.set_password("mật khẩu dài 2026")
    crew.spare.save()
    assert welcome(user_id=crew.spare.id).kind == "password"
    run_agenda()
    assert mailoutbox[-1].subject != sent.subject
    late = Message.objects.create(
        kind="welcome", ref=crew.spare.id, dedupe_key="z", user=crew.spare, email=crew.spare.email
    )
    from workflows.services.delivery import deliver

    deliver(late.id)
    late.refresh_from_db()
    assert late.reason == "has_password"
    assert reason_text(late)
    assert late.text == ""


@pytest.mark.parametrize(
    ("colour", "on"),
    [
        ("#0f766e", "#ffffff"),
        ("#ffffff", "#000000"),
        ("#ffd400", "#000000"),
        ("#000000", "#ffffff"),
        ("red", "#ffffff"),
    ],
)
def test_text_on_the_brand_colour_is_readable(colour, on):
    assert readable_on(colour) == on


def test_people_are_addressed_properly(crew, customer):
    with speaking("vi"):
        assert staff_address(crew.executive).greeting == "Chào chị Duyên,"
        crew.executive.salutation = ""
        assert staff_address(crew.executive).inline == "anh/chị"
        assert customer_called(customer) == "chị Nguyễn Thị Hà"
        customer.salutation = ""
        assert customer_called(customer) == "Nguyễn Thị Hà"
    with speaking("en"):
        assert customer_called(customer) == "Nguyễn Thị Hà"
    assert person(crew.chief) == "Trần Quốc Bảo (CEO)"
    crew.chief.job_title = ""
    assert person(crew.chief) == "Trần Quốc Bảo"
