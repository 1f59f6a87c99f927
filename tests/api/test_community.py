"""The community by the API: asking, answering, judging, topics, impacts, figures."""

import json

import pytest

from feedback.models import CommunityQuestion
from tenants.context import in_tenant
from tenants.staff.models import User

pytestmark = pytest.mark.django_db
URL = "/api/v1/community-questions/"
JSON = "application/json"


def test_a_partner_asks_for_a_customer_and_staffs_answer_is_judged(api_alpha, api, alpha, world):
    partner = api_alpha(["feedback:write", "customers:read"])
    told = {"text": "Ship tới Hội An không?", "customer": str(world["customer"]), "may_publish": True}
    asked = partner.post(URL, told, JSON)
    assert (asked.status_code, asked.json()["user"], asked.json()["state"]) == (201, None, "open")
    one = f"{URL}{asked.json()['id']}/"
    answer = api.post(f"{one}answers/", {"text": "Có ạ"}, JSON).json()
    assert answer["accepted_at"] is None
    judge = f"{one}answers/{answer['id']}/judge/"
    assert api.post(judge, {"judgement": "confirm"}, JSON).json()["code"] == "community_answer.not_accepted"
    assert api.post(judge, {"judgement": "accept"}, JSON).json()["review_due"] is not None
    assert api.post(judge, {"judgement": "confirm", "text": "Có ạ, 30.000 ₫"}, JSON).json()["text"] == "Có ạ, 30.000 ₫"
    assert api.post(judge, {"judgement": "refuse"}, JSON).json()["refused_at"] is not None
    assert api.post(judge, {"judgement": "show"}, JSON).json()["published_at"] is not None
    changed = api.generic("PATCH", one, json.dumps({"is_published": True}), JSON).json()
    assert (changed["published_at"] is not None, changed["state"]) == (True, "answered")
    found = api.get(URL, {"search": "HOI an", "is_published": "true", "state": "answered"}).json()
    assert [row["id"] for row in found["results"]] == [changed["id"]]
    refused = api.generic("PATCH", one, json.dumps({"is_set_aside": True, "is_published": True}), JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "question.set_aside")
    other = f"{URL}{world['community_question']}/answers/{answer['id']}/judge/"
    assert api.post(other, {"judgement": "refuse"}, JSON).status_code == 404


def test_a_question_with_its_answer_is_published_and_topics_keep_who_knows(api_alpha, api, alpha, world):
    made = api.post(URL, {"text": "Mấy giờ mở cửa?", "answer": "7 giờ"}, JSON).json()
    assert (made["state"], made["published_at"] is not None) == ("answered", True)
    inner = api.post(URL, {"text": "Kho còn bột?", "is_internal": True}, JSON).json()
    refused = api.generic("PATCH", f"{URL}{inner['id']}/", json.dumps({"is_published": True}), JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "question.internal")
    topics = "/api/v1/community-topics/"
    topic = api.post(topics, {"name": "Ship", "known_by": [str(world["user"])]}, JSON).json()
    assert topic["known_by"] == [str(world["user"])]
    kept = api.generic("PATCH", f"{topics}{topic['id']}/", json.dumps({"name": "Giao hàng"}), JSON).json()
    assert (kept["name"], kept["known_by"]) == ("Giao hàng", [str(world["user"])])
    figures = api.get("/api/v1/community-figures/").json()
    assert (figures["known"], figures["machine"]["n"], figures["people"]["p50"]) == (1, 0, None)
    impacts = "/api/v1/community-impacts/"
    refused = api.post(impacts, {"activity": "x", "held_on": "2031-01-01", "beneficiaries": "y", "evidence": "z"}, JSON)
    assert (refused.status_code, refused.json()["data"]) == (400, {"field": "held_on"})
    with in_tenant(alpha):
        assert CommunityQuestion.objects.count() == 3
        assert User.objects.filter(pk=world["user"]).exists()
