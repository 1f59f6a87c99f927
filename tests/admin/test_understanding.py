"""The steps on a customer's page, what they told noted in two taps, and the firm's page of understanding."""

from datetime import timedelta

import pytest

from customers.models import Fact, UnderstandingBelief, UnderstandingDay
from customers.services.contacts import log_contact
from customers.services.customers import create_customer
from customers.services.facts import note_fact
from customers.services.interactions import record_interaction
from customers.services.understanding import confirm_item
from cxcrm.core.clock import now

FIRM = "/admin/customers/customer/understanding/"


@pytest.fixture
def lan(in_alpha):
    return create_customer(full_name="Nguyễn Thị Lan", phones=["0912345678"], salutation="chi")


def page_of(customer):
    return f"/admin/customers/customer/{customer.pk}/change/"


def test_a_customers_page_shows_the_steps_and_asks_one_question(staff_client_alpha, lan):
    answer = staff_client_alpha.get(page_of(lan))
    assert [step["is_now"] for step in answer.context["steps"]] == [True, False, False, False]
    assert answer.context["question_item"] == "emotion"
    confirm_item(customer_id=lan.pk, item="emotion")
    answer = staff_client_alpha.get(page_of(lan))
    assert (answer.context["question_item"], answer.context["answered_by"]) == ("need", "need")
    assert "?note=need#fact" in answer.content.decode()
    opened = staff_client_alpha.get(page_of(lan), {"note": "need"})
    assert opened.context["fact"]["kind"].value() == "need"
    assert staff_client_alpha.get(page_of(lan), {"note": "nonsense"}).context["fact"]["kind"].value() is None
    told = {"do": "fact", "fact-kind": "need", "fact-text": "Gói 20 ly trả trước", "fact-source": "declared"}
    assert staff_client_alpha.post(page_of(lan), told).status_code == 302
    answer = staff_client_alpha.get(page_of(lan))
    assert answer.context["has_asked"]
    assert answer.context["question"] == ""
    page = answer.content.decode()
    assert "Gói 20 ly trả trước" in page
    assert "Hôm nay hỏi vậy là đủ." in page


def test_refusals_stand_at_their_field_and_keep_what_was_typed(staff_client_alpha, lan):
    why = {"do": "fact", "fact-kind": "why_like", "fact-text": "Nhanh", "fact-source": "declared"}
    answer = staff_client_alpha.post(page_of(lan), why)
    assert answer.context["fact"].errors["reason"] == ["Hãy chọn lý do, để đếm được các lý do."]
    assert answer.context["fact"]["text"].value() == "Nhanh"
    observed = {"do": "fact", "fact-kind": "value", "fact-text": "Hàng Việt", "fact-source": "observed"}
    answer = staff_client_alpha.post(page_of(lan), observed)
    assert list(answer.context["fact"].errors) == ["source"]
    assert answer.context["fact"].is_other
    assert not Fact.objects.exists()


def test_buttons_of_a_fact_and_of_what_was_checked(staff_client_alpha, lan):
    fact = note_fact(customer_id=lan.pk, kind="need", text="Ít đá", source="guess")
    again = {"do": "again", "again-fact_id": str(fact.pk), "again-source": "declared"}
    assert staff_client_alpha.post(page_of(lan), again).status_code == 302
    fact.refresh_from_db()
    assert (fact.source, fact.guessed_at is not None) == ("declared", True)
    assert staff_client_alpha.post(page_of(lan), {"do": "gone", "gone-fact_id": str(fact.pk)}).status_code == 302
    refused = staff_client_alpha.post(page_of(lan), again, follow=True)
    assert "Điều này không còn đúng." in refused.content.decode()
    assert staff_client_alpha.post(page_of(lan), {"do": "known", "known-item": "contact"}).status_code == 302
    assert staff_client_alpha.post(page_of(lan), {"do": "known", "known-item": "birth"}).status_code == 200


def test_noted_from_an_entry_its_words_are_kept_as_a_quote(staff_client_alpha, lan):
    entry = record_interaction(customer_id=lan.pk, kind="chat", what="note", direction="in", body="Cho chị ít đá nhé")
    url = f"/admin/customers/fact/add/?entry={entry.pk}"
    assert f"fact/add/?entry={entry.pk}" in staff_client_alpha.get(page_of(lan)).content.decode()
    assert staff_client_alpha.get(url).context["form"]["words"].value() == "Cho chị ít đá nhé"
    told = {"words": "ít đá", "kind": "preference", "text": "", "source": "declared"}
    assert staff_client_alpha.post(url, told)["Location"] == page_of(lan)
    fact = Fact.objects.select_related("quote").get()
    assert (fact.text, fact.quote.text, fact.quote.interaction_id) == ("ít đá", "ít đá", entry.pk)
    refused = staff_client_alpha.post(url, {**told, "words": "nhiều đá"})
    assert refused.status_code == 200
    assert Fact.objects.count() == 1
    assert staff_client_alpha.get("/admin/customers/fact/add/?entry=x").context["entry"] is None


def test_the_list_by_kind_says_what_it_is_mostly_about(staff_client_alpha, client_as, lan):
    fact = note_fact(customer_id=lan.pk, kind="unexpected_use", text="Ủ gốc hồng 0912345678", about="bã cà phê")
    gone = note_fact(customer_id=lan.pk, kind="need", text="Đã cũ", source="observed")
    page = staff_client_alpha.get("/admin/customers/fact/", {"kind": "unexpected_use"})
    assert page.context["mostly"] == [("bã cà phê", 1)]
    assert "Ủ gốc hồng 0912345678" in page.content.decode()
    assert "Đã cũ" not in page.content.decode()
    masked = client_as("brand_steward").get("/admin/customers/fact/", {"kind": "unexpected_use"}).content.decode()
    assert "Ủ gốc hồng 091*****78" in masked
    assert "0912345678" not in masked
    url = f"/admin/customers/fact/{gone.pk}"
    assert staff_client_alpha.get(f"{url}/change/").status_code == 200
    for act in ("again", "gone"):
        assert staff_client_alpha.get(f"{url}/{act}/").status_code == 200
        assert staff_client_alpha.post(f"{url}/{act}/").status_code == 302
    gone.refresh_from_db()
    assert gone.withdrawn_at is not None
    assert "Đã cũ" not in staff_client_alpha.get("/admin/customers/fact/").content.decode()
    assert client_as("read_only").post(f"/admin/customers/fact/{fact.pk}/gone/").status_code == 403
    fact.refresh_from_db()
    assert fact.withdrawn_at is None


def test_the_firms_page_lays_belief_beside_what_is_counted(staff_client_alpha, client_as, lan, run_agenda):
    assert "chưa có tin của khách nào" in staff_client_alpha.get(FIRM).content.decode()
    log_contact(customer_id=lan.pk, how="visit", outcome="came_by")
    assert staff_client_alpha.get(FIRM).context["found"].whole.levels == (1, 0, 0, 0)
    agent = client_as("agent")
    assert agent.get(FIRM).status_code == 200
    for url in (FIRM, f"{FIRM}recount/"):
        assert agent.post(url, {"share": "80"}).status_code == 403
    assert not UnderstandingBelief.objects.exists()
    assert staff_client_alpha.post(FIRM, {"share": "101"}).status_code == 200
    assert staff_client_alpha.post(FIRM, {"share": "80"}).status_code == 302
    found = staff_client_alpha.get(FIRM).context["found"]
    assert (found.belief.share, found.gap) == (80, 80.0)
    assert staff_client_alpha.get(f"{FIRM}recount/").status_code == 200
    assert staff_client_alpha.post(f"{FIRM}recount/")["Location"] == FIRM
    assert staff_client_alpha.get(FIRM).context["is_counting"]
    run_agenda()
    day = UnderstandingDay.objects.get()
    assert (day.see, day.stage) == (1, "done")
    UnderstandingDay.objects.create(
        day=day.day - timedelta(days=10), as_of=now(), stage="done", finished_at=now(), understand=1, see=1
    )
    chart = staff_client_alpha.get(FIRM).context["chart"]
    assert [(row["share"], row["active"]) for row in chart["rows"]] == [(0.0, 1), (50.0, 2)]
    assert (chart["line"], chart["last"]) == ("0.0,50.0 260.0,88.0", (260.0, 88.0))


def test_the_list_of_customers_by_level(staff_client_alpha, lan):
    shown = staff_client_alpha.get("/admin/customers/customer/", {"level": "1"}).content.decode()
    assert "Nguyễn Thị Lan" in shown
    assert "Nguyễn Thị Lan" not in staff_client_alpha.get("/admin/customers/customer/", {"level": "3"}).content.decode()
