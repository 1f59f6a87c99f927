"""The words of the product, what experience means in the firm, and what comes after an answer."""

import pytest
from django.urls import reverse

from customers.services.interactions import record_interaction
from feedback.models import Answer, Question, Response, Survey
from feedback.services.configuration import save_question
from journeys.models import BrandProfile, Journey
from journeys.services.brand import save_brand
from tenants.context import in_tenant
from tests.support.gaps import answered
from workflows.glossary import GLOSSARY

PAGE = "/admin/words/"
SAID = {"positioning": "Cà phê tử tế", "majority": "Người đi làm", "traits": [{"name": name} for name in "abc"]}


def test_every_word_leads_to_a_page_and_none_is_told_twice():
    words = [word for _name, group in GLOSSARY for word in group]
    assert all(reverse(f"admin:{word.page}") for word in words if word.page)
    assert len({str(word.name) for word in words}) == len(words)


def test_what_experience_means_stands_over_words_and_map(alpha, client_as):
    owner, agent = client_as("owner"), client_as("agent")
    assert "Chưa ai viết" in agent.get(PAGE).text
    with in_tenant(alpha):
        save_brand(**SAID, meaning="  Nhanh,   và được nhớ tên ")
        save_brand(**SAID)
        assert BrandProfile.objects.get().meaning == "Nhanh, và được nhớ tên"
        journey = Journey.objects.get(is_default=True)
    for page in (PAGE, "/admin/journeys/brandprofile/", f"/admin/journeys/journey/{journey.pk}/map/"):
        assert "Nhanh, và được nhớ tên" in owner.get(page).text


@pytest.mark.parametrize(("score", "build", "improve"), [(5, True, False), (3, True, True), (1, False, True)])
def test_an_answer_leads_to_building_on_it_or_to_putting_it_right(alpha, client_as, score, build, improve):
    with in_tenant(alpha):
        question = Survey.objects.filter(metric="csat").first().questions.order_by("position").first()
        answered(question, [5])
        response = Response.objects.get()
        Response.objects.update(score=score)
        record_interaction(
            customer_id=response.customer_id, kind="survey", what="survey.answered", direction="in",
            body="Bạn pha chế nhớ tên mình", subject=response,
        )  # fmt: skip
    page = client_as("agent").get(f"/admin/feedback/response/{response.pk}/change/").text
    assert ("Phát huy" in page, "Cải tiến" in page) == (build, improve)
    assert "/admin/feedback/complaint/add/?customer=" in page if improve else True
    read_only = client_as("read_only").get(f"/admin/feedback/response/{response.pk}/change/").text
    assert "/admin/customers/fact/add/" not in read_only


def test_what_else_was_answered_reads_as_it_was_asked(alpha, client_as):
    with in_tenant(alpha):
        survey = Survey.objects.get(metric="nps")
        trust = survey.questions.get(item="trust")
        choice = save_question(
            question=Question(
                survey=survey, position=20, kind="choice", text_vi="{brand} thế nào, {xh}?", text_en="Other?",
                choices=[{"value": "same", "vi": "ngang", "en": "the same"}],
            )
        )  # fmt: skip
        answered(trust, [4])
        response = Response.objects.get()
        for text in ("same", "gone"):
            Answer.objects.filter(response=response, question=choice).delete()
            Answer.objects.create(response=response, question=choice, kind="choice", text=text)
            page = (
                client_as("owner" if text == "same" else "agent")
                .get(f"/admin/feedback/response/{response.pk}/change/")
                .text
            )
            assert {"same": "ngang", "gone": "gone"}[text] in page
            assert ("{brand}" in page, "{xh}" in page, "4/5" in page) == (False, False, True)
