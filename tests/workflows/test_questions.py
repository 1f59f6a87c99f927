"""From the public page to the answer in the mailbox and back: who is asked, who is told when, what a link may do."""

from datetime import timedelta
from uuid import uuid4

import pytest

from customers.models import Customer
from customers.selectors.merging import arrows
from customers.services.customers import create_customer
from customers.services.erasure import erase_customer
from cxcrm.core.tokens import make_token
from feedback.models import AnswerMark, CommunityAnswer, CommunityQuestion, CommunityTopic
from feedback.services.community_answers import accept_answer, answer_question, refuse_answer, write_article
from feedback.services.community_impacts import keep_impact, keep_topic
from feedback.services.community_questions import ask_question, change_question
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import firm_today
from workflows.mails import compose
from workflows.mails.base import Skip
from workflows.models import Message
from workflows.services.questions import ask_who_knows, pass_question_on, tell_accountable, tell_asker

pytestmark = pytest.mark.django_db
ASKED = {"text": "Có ship bánh ra Hội An không?", "email": "lan@khach.example", "website": ""}


@pytest.fixture
def opened(in_alpha, monkeypatch):
    monkeypatch.setattr("feedback.pages.community.TIMES", 1000)  # all tests together are one visitor
    Firm.objects.update(has_community=True)


@pytest.fixture
def known(crew):
    topic = keep_topic(topic=CommunityTopic(name="Ship", accountable=crew.executive))
    return keep_topic(topic=topic, known_by=[crew.owner.pk, crew.manager.pk])


def kinds() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("kind", "email"))


def test_the_page_does_not_exist_until_an_owner_opens_it(client_alpha, in_alpha):
    assert client_alpha.get("/q/").status_code == client_alpha.post("/q/", ASKED).status_code == 404
    customer = create_customer(full_name="Lan", emails=["lan@khach.example"])
    token = make_token("community-own", customer.pk)
    assert client_alpha.get(f"/q/{token}/").status_code == 404
    Firm.objects.update(has_community=True)
    assert client_alpha.get("/q/").status_code == client_alpha.get(f"/q/{token}/").status_code == 200
    assert client_alpha.get(f"/q/{make_token('track', customer.pk)}/").status_code == 404
    erase_customer(customer_id=customer.pk)
    assert client_alpha.get(f"/q/{token}/").status_code == 404


def test_a_question_goes_to_who_knows_then_to_the_accountable_one_and_the_answer_comes_by_mail(
    client_alpha, opened, known, crew, run_agenda, advance, mailoutbox
):
    for _tap in range(2):
        sent = client_alpha.post("/q/", {**ASKED, "may_publish": "on", "shown_name": "Lan"})
        assert (sent.status_code, sent["Location"]) == (303, "/q/?asked=1")
    question = CommunityQuestion.objects.get()
    assert (question.topic, question.may_publish, question.shown_name) == (known, True, "Lan")
    run_agenda()
    assert kinds() == [("question_asked", "agent@alpha.example"), ("question_asked", "lead@alpha.example")]
    assert all("Có ship bánh ra Hội An không?" in mail.body for mail in mailoutbox)
    assert len(mailoutbox) == 2
    advance(timedelta(hours=3))
    run_agenda()
    assert len(mailoutbox) == 2
    advance(timedelta(hours=4, minutes=5))
    run_agenda()
    assert [mail.to for mail in mailoutbox[2:]] == [["ops@alpha.example"]]
    answer = answer_question(question_id=question.pk, text="Có, trong ngày.", user_id=crew.owner.pk)
    run_agenda()
    mail = mailoutbox[-1]
    assert (mail.to, "Có, trong ngày." in mail.body) == (["lan@khach.example"], True)
    token = make_token("community-own", question.customer_id)
    link = f"/q/{token}/?about={answer.pk}&said=helpful"
    assert link in mail.body
    page = client_alpha.get(link).content.decode()
    assert page.count("checked") == 1
    assert AnswerMark.objects.count() == 0
    for _tap in range(2):
        sent = client_alpha.post(f"/q/{token}/", {"answer": str(answer.pk), "verdict": "helpful"})
        assert sent.status_code == 303
    assert AnswerMark.objects.get().verdict == "helpful"
    assert client_alpha.get(sent["Location"]).status_code == 200
    client_alpha.post(f"/q/{token}/", {"answer": str(answer.pk), "verdict": "wrong"})
    run_agenda()
    assert mailoutbox[-1].to == ["ops@alpha.example"]
    # Answered again meanwhile, or taken back: nothing leaves that would be wrong by then.
    raised = Message.objects.filter(kind="question_raised").latest("pk")
    second = answer_question(question_id=question.pk, text="Có, 30.000 đồng.", user_id=crew.owner.pk)
    assert compose(raised) == Skip("question_over")
    told = tell_asker(answer_id=second.pk)
    assert tell_asker(answer_id=second.pk) == told
    refuse_answer(answer_id=second.pk)
    assert compose(told) == Skip("question_over")
    change_question(question_id=question.pk, is_set_aside=True)
    assert (ask_who_knows(question_id=question.pk), tell_accountable(question_id=question.pk)) == ([], None)
    assert pass_question_on(uuid4()) is None


def test_colleagues_ask_each_other_the_same_way(known, crew, run_agenda, mailoutbox):
    question = ask_question(text="Hộp giữ lạnh ở đâu?", user_id=crew.manager.pk, topic_id=known.pk, is_internal=True)
    run_agenda()
    assert kinds() == [("question_asked", "agent@alpha.example")]
    answer = answer_question(question_id=question.pk, text="Kho 2.", user_id=crew.owner.pk)
    run_agenda()
    assert (mailoutbox[-1].to, "Kho 2." in mailoutbox[-1].body) == (["lead@alpha.example"], True)
    own = answer_question(question_id=question.pk, text="Tìm thấy rồi.", user_id=crew.manager.pk)
    assert tell_asker(answer_id=own.pk) is None
    mine = ask_question(text="Ai giữ chìa khóa?", user_id=crew.spare.pk)
    assert mine.accountable_id == crew.spare.pk
    assert tell_accountable(question_id=mine.pk) is None
    message = Message.objects.get(kind="question_answered")
    Message.objects.filter(pk=message.pk).update(user=None)
    assert compose(Message.objects.get(pk=message.pk)) == Skip("left")
    assert pass_question_on(question.pk) is not None  # not due yet
    assert answer.user_id == crew.owner.pk


def test_searching_finds_while_typing_and_a_tap_that_it_helped_counts_once(client_alpha, opened, owner_alpha):
    article = write_article(text="Có ship ra Hội An không?", answer="Có, trong ngày.", user_id=owner_alpha.pk)
    answer = CommunityAnswer.objects.get()
    whole = client_alpha.get("/q/", {"q": "ship hoi an"})
    part = client_alpha.get("/q/", {"q": "SHIP hội an", "part": "1"}).content.decode()
    for page in (whole.content.decode(), part):
        assert (f"q-{article.pk}" in page, "Có, trong ngày." in page) == (True, True)
    assert "<html" not in part
    assert "Có, trong ngày." not in client_alpha.get("/q/", {"q": "wifi\0", "part": "1"}).content.decode()
    since = whole.context["since"]
    for _tap in range(2):
        sent = client_alpha.post("/q/", {"helped": str(answer.pk), "since": since})
        assert (sent.status_code, sent["Location"]) == (303, "/q/?helped=1")
    mark = AnswerMark.objects.get()
    assert (mark.customer_id, mark.verdict, mark.seconds < 60, len(mark.visitor)) == (None, "helpful", True, 64)
    for told in (
        {"helped": str(answer.pk), "since": "1764000000:forged"}, {"helped": "x", "since": since},
        {"helped": str(uuid4()), "since": since},
    ):  # fmt: skip
        assert client_alpha.post("/q/", told).status_code == 404
    assert AnswerMark.objects.count() == 1
    assert CommunityQuestion.objects.count() == 1
    change_question(question_id=article.pk, is_published=False)
    assert "Có, trong ngày." not in client_alpha.get("/q/").content.decode()


def test_what_is_wrong_with_a_question_stands_at_the_field_and_known_addresses_look_like_unknown_ones(
    client_alpha, opened, settings
):
    known = create_customer(full_name="Lan Nguyễn", emails=["lan@khach.example"])
    for told in ({"text": ""}, {"email": "lan@"}, {"email": ""}, {"website": "http://x"}, {"text": "x" * 501}):
        assert client_alpha.post("/q/", ASKED | told).status_code == 400
    assert client_alpha.post("/q/", {**ASKED, "show_in": "en"}, QUERY_STRING="lang=en").status_code == 200
    assert CommunityQuestion.objects.count() == 0
    one = client_alpha.post("/q/", ASKED)
    other = client_alpha.post("/q/", {**ASKED, "email": "ai-do@khach.example", "shown_name": "Ai Đó"})
    assert (one.status_code, one["Location"]) == (other.status_code, other["Location"]) == (303, "/q/?asked=1")
    names = set(Customer.objects.values_list("full_name", flat=True))
    assert names == {"Lan Nguyễn", "Ai Đó"}
    assert set(CommunityQuestion.objects.values_list("customer__full_name", "shown_name")) == {
        ("Lan Nguyễn", ""), ("Ai Đó", ""),
    }  # fmt: skip
    assert known.full_name not in client_alpha.get("/q/").content.decode()


def test_forms_are_throttled(client_alpha, opened, monkeypatch):
    monkeypatch.setattr("feedback.pages.community.TIMES", 0)
    monkeypatch.setattr("feedback.pages.community.SEARCHES", 0)
    assert client_alpha.post("/q/", ASKED).status_code == 429
    customer = create_customer(full_name="Lan", emails=["lan@khach.example"])
    token = make_token("community-own", customer.pk)
    assert client_alpha.post(f"/q/{token}/", {"answer": str(uuid4()), "verdict": "wrong"}).status_code == 429
    write_article(text="Wifi?", answer="alpha123", user_id=Firm.objects.get().chief_id)
    assert "q-" not in client_alpha.get("/q/", {"q": "wifi", "part": "1"}).content.decode()
    assert CommunityQuestion.objects.count() == 1


def test_a_customer_helps_others_by_their_link(client_alpha, opened, crew, run_agenda, mailoutbox):
    lan = create_customer(full_name="Lan", emails=["lan@khach.example"])
    minh = create_customer(full_name="Minh", emails=["minh@khach.example"])
    question = ask_question(text="Bánh nào hợp người ăn chay?", customer_id=lan.pk, may_publish=True)
    change_question(question_id=question.pk, is_published=True)
    path = f"/q/{make_token('community-own', minh.pk)}/"
    assert "Bánh nào hợp" in client_alpha.get(path).content.decode()
    told = {"question": str(question.pk), "text": "Bánh chuối.", "shown_name": "Minh"}
    assert client_alpha.post(path, {**told, "show_in": "en"}).status_code == 303
    assert client_alpha.post(path, {**told, "text": ""}).status_code == 400
    assert client_alpha.post(path, {**told, "question": "x"}).status_code == 400
    assert client_alpha.post(path, told)["Location"] == f"{path}?answered=waits"
    assert client_alpha.get(f"{path}?answered=waits").status_code == 200
    assert client_alpha.post(path, told).status_code == 409
    answer = CommunityAnswer.objects.get()
    assert (answer.customer_id, answer.published_at) == (minh.pk, None)
    # Nobody judges for somebody else.
    assert client_alpha.post(path, {"answer": str(answer.pk), "verdict": "helpful"}).status_code == 409
    accept_answer(answer_id=answer.pk)
    run_agenda()
    mail = mailoutbox[-1]
    assert (mail.to, "Minh" in mail.body, "Bánh chuối." in mail.body) == (["lan@khach.example"], True, True)
    message = Message.objects.get(kind="question_answered")
    erase_customer(customer_id=lan.pk)
    assert isinstance(compose(Message.objects.get(pk=message.pk)), Skip)


def test_published_impacts_are_shown_with_their_picture_and_others_are_not(client_alpha, opened):
    from tests.feedback.test_community import PNG

    told = {"held_on": firm_today(), "beneficiaries": "Trẻ em", "evidence": "120 áo.", "photo": PNG}
    shown = keep_impact(activity="Áo ấm vùng cao", is_published=True, **told)
    hidden = keep_impact(activity="Chưa xong", **told)
    page = client_alpha.get("/q/").content.decode()
    assert ("Áo ấm vùng cao" in page, "Chưa xong" in page) == (True, False)
    picture = client_alpha.get(f"/q/photo/{make_token('community-photo', shown.pk)}/")
    assert (picture["Content-Type"], picture.content) == ("image/png", PNG)
    assert client_alpha.get(f"/q/photo/{make_token('community-photo', hidden.pk)}/").status_code == 404
    Firm.objects.update(has_community=False)
    assert client_alpha.get(f"/q/photo/{make_token('community-photo', shown.pk)}/").status_code == 404


def test_rows_of_a_customer_move_with_a_merge():
    assert {label for label in arrows() if ".community" in label or "answermark" in label or "reputation" in label} == {
        "feedback.answermark.customer", "feedback.communityanswer.customer", "feedback.communityquestion.customer",
        "feedback.reputationpoint.customer",
    }  # fmt: skip
