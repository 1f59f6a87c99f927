"""The community's pages for staff: writing, answering, judging, topics, figures, impacts."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.services.customers import create_customer
from feedback.admin.community import _span
from feedback.models import CommunityAnswer, CommunityImpact, CommunityQuestion, CommunityTopic, ImpactPhoto
from feedback.services.community_answers import answer_as_customer
from feedback.services.community_questions import ask_question, change_question
from tenants.staff.selectors.firm import firm_today
from tests.customers.files import png

pytestmark = pytest.mark.django_db
LIST = "/admin/feedback/communityquestion/"
TOPICS = "/admin/feedback/communitytopic/"
IMPACTS = "/admin/feedback/communityimpact/"


@pytest.fixture
def asked(in_alpha):
    lan = create_customer(full_name="Lan", emails=["lan@khach.example"])
    return ask_question(text="Có ship ra Hội An không?", customer_id=lan.pk, may_publish=True, shown_name="Lan")


def stored(row):
    return type(row).objects.get(pk=row.pk)


def test_a_question_with_its_answer_is_on_the_page_at_once_and_one_without_goes_to_colleagues(
    staff_client_alpha, in_alpha, owner_alpha
):
    assert staff_client_alpha.get(f"{LIST}add/").status_code == 200
    assert staff_client_alpha.post(f"{LIST}add/", {"text": "", "topic": "", "answer": ""}).status_code == 200
    staff_client_alpha.post(f"{LIST}add/", {"text": "Mấy giờ mở cửa?", "topic": "", "answer": "7 giờ."})
    article = CommunityQuestion.objects.get()
    assert (article.published_at is not None, article.user_id) == (True, owner_alpha.pk)
    staff_client_alpha.post(f"{LIST}add/", {"text": "Kho còn bột không?", "topic": "", "answer": " "})
    inner = CommunityQuestion.objects.latest("pk")
    assert (inner.is_internal, inner.published_at) == (True, None)
    for show, n in (("public", 1), ("open", 1), ("mine", 1), ("yes", 0), ("stale", 0), ("", 2)):
        page = staff_client_alpha.get(LIST, {"show": show} if show else {})
        assert page.context["cl"].result_count == n, show
    assert staff_client_alpha.get(LIST, {"q": "MO cua"}).context["cl"].result_count == 1
    CommunityAnswer.objects.update(review_due=firm_today())
    assert staff_client_alpha.get(LIST, {"show": "stale"}).context["cl"].result_count == 1
    answer = CommunityAnswer.objects.get()
    page = f"{LIST}{article.pk}/change/"
    assert staff_client_alpha.get(page).status_code == 200
    assert staff_client_alpha.post(page, {"do": "confirm", "answer": str(answer.pk)}).status_code == 302
    staff_client_alpha.post(page, {"do": "confirm", "answer": str(answer.pk), "text": "6 giờ."})
    assert (stored(answer).text, stored(answer).review_due) == ("6 giờ.", firm_today() + timedelta(days=90))
    # What is none of this question's answers, and what is no button, does nothing.
    for told in ({"do": "refuse", "answer": "x"}, {"do": "dance", "answer": str(answer.pk)}):
        assert staff_client_alpha.post(page, told).status_code == 302
    staff_client_alpha.post(f"{LIST}{inner.pk}/change/", {"do": "refuse", "answer": str(answer.pk)})
    assert stored(answer).refused_at is None


def test_one_question_is_answered_coded_published_and_set_aside(staff_client_alpha, asked):
    page = f"{LIST}{asked.pk}/change/"
    assert "Có ship ra Hội An không?" in staff_client_alpha.get(page).text
    assert staff_client_alpha.post(page, {"do": "answer", "text": ""}).status_code == 200
    staff_client_alpha.post(page, {"do": "answer", "text": "Có ạ.", "accept": "on"})
    assert CommunityAnswer.objects.get().accepted_at is not None
    topic = CommunityTopic.objects.create(name="Ship")
    assert staff_client_alpha.post(page, {"do": "code", "topic": "x", "feedback_type": "usage"}).status_code == 200
    staff_client_alpha.post(page, {"do": "code", "topic": str(topic.pk), "feedback_type": "value_proposition"})
    staff_client_alpha.post(page, {"do": "publish"})
    told = stored(asked)
    assert (told.topic_id, told.feedback_type, told.published_at is not None) == (topic.pk, "value_proposition", True)
    assert staff_client_alpha.get(LIST, {"topic": str(topic.pk)}).context["cl"].result_count == 1
    minh = create_customer(full_name="Minh", emails=["minh@khach.example"])
    theirs = answer_as_customer(question_id=asked.pk, customer_id=minh.pk, text="Mình mua rồi.", shown_name="Minh")
    assert "Minh" in staff_client_alpha.get(page).text
    for do, name in (("show", "published_at"), ("accept", "accepted_at"), ("refuse", "refused_at")):
        staff_client_alpha.post(page, {"do": do, "answer": str(theirs.pk)})
        assert getattr(stored(theirs), name) is not None, do
    staff_client_alpha.post(page, {"do": "unpublish"})
    staff_client_alpha.post(page, {"do": "set_aside"})
    assert stored(asked).state == "set_aside"
    assert "Có ship ra Hội An không?" in staff_client_alpha.get(page).text
    # A refusal is a sentence, and nothing has happened.
    refused = staff_client_alpha.post(page, {"do": "publish"}, follow=True)
    assert (stored(asked).published_at, refused.status_code) == (None, 200)
    staff_client_alpha.post(page, {"do": "take_up"})
    assert stored(asked).state == "answered"
    assert staff_client_alpha.get(f"{LIST}{minh.pk}/change/").status_code == 302
    CommunityQuestion.objects.filter(pk=asked.pk).update(may_publish=False)
    assert 'value="publish"' not in staff_client_alpha.get(page).text


def test_a_reader_sees_and_changes_nothing(client_as, asked, in_alpha):
    reader = client_as("read_only")
    page = f"{LIST}{asked.pk}/change/"
    assert 'name="do"' not in reader.get(page).text
    assert reader.post(page, {"do": "set_aside"}).status_code == 403
    assert stored(asked).state == "open"
    assert reader.get(f"{LIST}figures/").status_code == 200


def test_topics_name_who_knows(staff_client_alpha, in_alpha, owner_alpha, client_as):
    told = {"name": "Ship", "known_by": [str(owner_alpha.pk)], "accountable": ""}
    assert staff_client_alpha.post(f"{TOPICS}add/", told).status_code == 302
    topic = CommunityTopic.objects.get()
    assert [one.user_id for one in topic.experts.all()] == [owner_alpha.pk]
    assert owner_alpha.full_name in staff_client_alpha.get(TOPICS).text
    assert staff_client_alpha.post(f"{TOPICS}add/", told).status_code == 200
    page = f"{TOPICS}{topic.pk}/change/"
    assert staff_client_alpha.get(page).status_code == 200
    assert staff_client_alpha.post(page, {"name": "Giao hàng", "accountable": str(owner_alpha.pk)}).status_code == 302
    topic = stored(topic)
    assert (topic.name, topic.accountable_id, topic.experts.count()) == ("Giao hàng", owner_alpha.pk, 0)
    assert client_as("agent").get(page).status_code == 403
    assert staff_client_alpha.get(f"{TOPICS}{owner_alpha.pk}/change/").status_code == 302
    assert CommunityTopic.objects.count() == 1


def test_figures_name_their_n_and_spans_are_said_as_one_says_them(staff_client_alpha, asked):
    assert "÷" in staff_client_alpha.get(f"{LIST}figures/").text
    spans = [_span(seconds) for seconds in (None, 1, 119, 120, 7_199, 7_200, 172_799, 172_800)]
    assert [text.split(" ")[0] for text in spans] == ["", "1", "119", "2", "120", "2", "48", "2"]


def test_impacts_are_written_down_with_a_picture(staff_client_alpha, in_alpha, client_as):
    told = {
        "activity": "Áo ấm", "held_on": f"{firm_today():%Y-%m-%d}", "beneficiaries": "Trẻ em", "how_many": "120",
        "place": "", "evidence": "120 áo đã trao.", "is_published": "on",
    }  # fmt: skip
    assert staff_client_alpha.get(f"{IMPACTS}add/").status_code == 200
    picture = SimpleUploadedFile("a.png", png())
    assert staff_client_alpha.post(f"{IMPACTS}add/", {**told, "photo": picture}).status_code == 302
    impact = CommunityImpact.objects.get()
    assert (impact.how_many, impact.is_published, ImpactPhoto.objects.count()) == (120, True, 1)
    page = f"{IMPACTS}{impact.pk}/change/"
    assert staff_client_alpha.get(page).status_code == 200
    assert staff_client_alpha.post(page, {**told, "evidence": " "}).status_code == 200
    future = {**told, "held_on": f"{firm_today() + timedelta(days=2):%Y-%m-%d}"}
    assert staff_client_alpha.post(page, future).status_code == 200
    told.pop("is_published")
    assert staff_client_alpha.post(page, told).status_code == 302
    assert stored(impact).is_published is False
    assert "Áo ấm" in staff_client_alpha.get(IMPACTS).text
    assert client_as("read_only").post(page, told).status_code == 403


def test_home_shows_what_waits_for_me(staff_client_alpha, asked):
    page = staff_client_alpha.get("/admin/").text
    assert f"{LIST}{asked.pk}/change/" in page
    change_question(question_id=asked.pk, is_set_aside=True)
    assert f"{LIST}{asked.pk}/change/" not in staff_client_alpha.get("/admin/").text
