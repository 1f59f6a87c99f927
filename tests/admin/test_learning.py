"""From a quote to what was learned, through the pages: quote, insight, brand, initiative, decision, flywheel."""

import pytest

from customers.models import Persona, Quote, Segment
from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from journeys.models import BrandProfile, Decision, Initiative, Insight
from tenants.context import in_tenant
from tenants.staff.models import User

JOURNEYS, QUOTES = "/admin/journeys", "/admin/customers/quote"
SAID = {"want": "đi ngay", "but": "phải chờ", "because": "trễ giờ", "level": "strategy"}


@pytest.fixture
def entry(alpha):
    with in_tenant(alpha):
        person = create_customer(full_name="Thu Hà")
        return record_interaction(
            customer_id=person.id, kind="chat", what="note", direction="in", body="Sáng chậm 5 phút là cả ngày cuống"
        )


@pytest.fixture
def quotes(alpha, entry):
    """Five quotes of five people."""
    with in_tenant(alpha):
        found = [take_quote(interaction_id=entry.id)]
        for number in range(4):
            person = create_customer(full_name=f"Khách {number}")
            told = record_interaction(customer_id=person.id, kind="chat", what="note", direction="in", body="Chờ lâu")
            found.append(take_quote(interaction_id=told.id))
        return found


def test_a_quote_is_taken_from_the_timeline_and_borne_out(client_as, alpha, entry):
    client = client_as("manager")
    page = client.get(f"/admin/customers/customer/{entry.customer_id}/change/").content.decode()
    address = f"{QUOTES}/add/?entry={entry.pk}"
    assert address in page
    refused = client.post(address, {"text": "Sáng chậm 10 phút"})
    assert refused.status_code == 200
    assert "đúng từng chữ" in refused.content.decode()
    with in_tenant(alpha):
        assert not Quote.objects.exists()
    taken = client.post(address, {"text": "cả ngày cuống", "feedback_type": "usage"})
    with in_tenant(alpha):
        quote = Quote.objects.get()
    assert taken.url == f"{QUOTES}/{quote.pk}/change/"
    assert f"{JOURNEYS}/insight/add/?quote={quote.pk}" in client.get(taken.url).content.decode()
    written = client.post(f"{JOURNEYS}/insight/add/?quote={quote.pk}", SAID)
    with in_tenant(alpha):
        insight = Insight.objects.get()
    assert written.url == f"{JOURNEYS}/insight/{insight.pk}/change/"
    assert "cả ngày cuống" in client.get(written.url).content.decode()


@pytest.mark.parametrize("entry_id", ["", "nonsense", "01a22a40-c8e8-73ca-91d8-746c3b991c25"])
def test_without_an_entry_the_page_says_where_quotes_come_from(client_as, alpha, entry_id):
    page = client_as("manager").get(f"{QUOTES}/add/?entry={entry_id}")
    assert page.status_code == 200
    assert "mục nào có lời khách cũng có nút" in page.content.decode()


def test_an_insight_from_hypothesis_to_rest(client_as, alpha, quotes):
    client = client_as("manager")
    client.post(f"{JOURNEYS}/insight/add/?quote={quotes[0].pk}", SAID)
    with in_tenant(alpha):
        insight = Insight.objects.get()
    address = f"{JOURNEYS}/insight/{insight.pk}/change/"
    client.post(address, {"do": "validate"})
    assert "Cần ba lời của ba khách" in client.get(address).content.decode()
    for quote in quotes[1:3]:
        client.post(f"{JOURNEYS}/insight/cite/", {"insight": insight.pk, "quote": quote.pk})
    client.post(address, {"do": "validate"})
    assert "kết thúc nào thì ổn?" in client.get(address).content.decode()
    side = {**SAID, "feeling": "impatient", "good_end": "Biết còn mấy phút"}
    client.post(f"{JOURNEYS}/insight/{insight.pk}/edit/", side)
    client.post(address, {"do": "validate"})
    with in_tenant(alpha):
        assert Insight.objects.get().state == "validated"
    assert "Biết còn mấy phút" in client.get(address).content.decode()
    edited = client.post(f"{JOURNEYS}/insight/{insight.pk}/edit/", {**SAID, "shown_by": "30", "out_of": "20"})
    assert "không thể nhiều hơn số đã hỏi" in edited.content.decode()
    client.post(f"{JOURNEYS}/insight/{insight.pk}/edit/", {**SAID, "shown_by": "17", "out_of": "20"})
    assert "85 %" in client.get(address).content.decode()
    assert client.post(address, {"do": "retire", "retire-why": ""}).status_code == 200
    client.post(address, {"do": "remove", "quote": "nonsense"})
    client.post(address, {"do": "remove", "quote": quotes[0].pk})
    client.post(address, {"do": "retire", "retire-why": "Đã có làn nhanh"})
    with in_tenant(alpha):
        assert (Insight.objects.get().state, Insight.objects.get().evidence.count()) == ("retired", 2)
    client.post(f"{JOURNEYS}/insight/cite/", {"insight": "x", "quote": "y"})
    assert "Đã có làn nhanh" in client.get(address).content.decode()


def test_the_brand_begins_with_a_ready_character(client_as, alpha):
    steward, agent = client_as("brand_steward"), client_as("agent")
    page = steward.get(f"{JOURNEYS}/brandprofile/").content.decode()
    assert "?preset=friendly" in page
    form = steward.get(f"{JOURNEYS}/brandprofile/add/?preset=friendly").content.decode()
    assert "Mộc mạc" in form
    assert agent.get(f"{JOURNEYS}/brandprofile/add/").status_code == 403
    told = {
        "positioning": "Cà phê tử tế", "majority": "Người đi làm", "preset": "friendly", "version": "0",
        "colour": "#0f766e", "self_pronoun": "chúng tôi",
    }  # fmt: skip
    few = steward.post(f"{JOURNEYS}/brandprofile/add/", {**told, "name1": "Gần gũi", "name2": "Nhanh"})
    assert "ít nhất ba tính cách" in few.content.decode()
    steward.post(f"{JOURNEYS}/brandprofile/add/", {**told, "name1": "Gần gũi", "name2": "Nhanh", "name3": "Tử tế"})
    with in_tenant(alpha):
        profile = BrandProfile.objects.get()
    assert [trait["name"] for trait in profile.traits] == ["Gần gũi", "Nhanh", "Tử tế"]
    assert "Cà phê tử tế" in agent.get(f"{JOURNEYS}/brandprofile/").content.decode()
    assert steward.get(f"{JOURNEYS}/brandprofile/{profile.pk}/change/").url == f"{JOURNEYS}/brandprofile/"


def test_a_decision_is_logged_with_its_ground_and_looked_back_at(client_as, alpha, quotes):
    client = client_as("executive")
    with in_tenant(alpha):
        decider = User.objects.get(role="executive")
    address = f"{JOURNEYS}/decision/add/?kind=email&quote={quotes[0].pk}"
    assert "Chỉ nhờ khách một việc." in client.get(address).content.decode()
    told = {
        "kind": "email", "topic": "Thư xin lỗi mới", "basis": "customer_evidence", "decider": decider.pk,
        "decided_on": "2026-11-01", "mark_clear": "4", "mark_our_tone": "3", "viewpoint": "company",
    }  # fmt: skip
    assert "cần ít nhất một lời khách" in client.post(address, told).content.decode()
    logged = client.post(address, {**told, "quotes": [quotes[0].pk]})
    with in_tenant(alpha):
        decision = Decision.objects.get()
    assert (logged.url, decision.marks) == (f"{JOURNEYS}/decision/{decision.pk}/change/", [3, None, 4, None, None])
    page = client.get(logged.url).content.decode()
    assert ("88 %" in page, "Chỉ lợi cho công ty" in page) == (True, True)
    client.post(logged.url, {"outcome": "better", "learning": "Khách trả lời nhiều hơn"})
    assert "Khách trả lời nhiều hơn" in client.get(logged.url).content.decode()
    page = client.get(f"{JOURNEYS}/decision/").content.decode()
    assert ("100 %" in page, "chỉ lợi cho công ty" in page) == (True, True)


def test_an_initiative_is_stopped_by_its_gate_and_led_past_it_with_a_reason(client_as, alpha, quotes):
    manager, steward, executive = client_as("manager"), client_as("brand_steward"), client_as("executive")
    with in_tenant(alpha):
        segment = Segment.objects.create(name="Văn phòng", kind=Segment.Kind.STATIC)
        persona = Persona.objects.create(segment=segment, number=1, state="live", name="Chị Hà")
        owner = User.objects.get(role="executive")
    manager.post(f"{JOURNEYS}/insight/add/?quote={quotes[0].pk}", SAID)
    with in_tenant(alpha):
        insight = Insight.objects.get()
    for quote in quotes[1:]:
        manager.post(f"{JOURNEYS}/insight/cite/", {"insight": insight.pk, "quote": quote.pk})
    manager.post(f"{JOURNEYS}/insight/{insight.pk}/change/", {"do": "validate"})
    told = {
        "name": "Phòng cupping", "what": "Thử hạt", "owner": owner.pk, "need": "a", "notice": "b", "price": "c",
        "harm1": "a", "harm2": "b", "harm3": "c", "confidence": "evidence", "run_people": "9000000",
        "margin": "75000000", "impact": "1", "viewpoint": "company", "gain_retained": "6tr", "gain_saved": "1tr",
    }  # fmt: skip
    manager.post(f"{JOURNEYS}/initiative/add/?insight={insight.pk}", told)
    with in_tenant(alpha):
        made = Initiative.objects.get()
    address = f"{JOURNEYS}/initiative/{made.pk}/change/"
    manager.post(address, {"do": "propose"})
    page = manager.get(address).content.decode()
    assert [words in page for words in ("7.000.000\xa0₫", "-2.000.000\xa0₫", "Chỉ lợi cho công ty")] == [True] * 3
    assert "Hãy công bố chân dung khách hàng trước" in page
    with in_tenant(alpha):
        from customers.models import Customer, CustomerPersona

        CustomerPersona.objects.bulk_create(
            CustomerPersona(customer=customer, persona=persona, confidence=1, by="rule")
            for customer in Customer.objects.all()
        )
    manager.post(address, {"do": "effects", f"expected-{persona.pk}": "-1", "expected-staff": "0"})
    manager.post(address, {"do": "guard", "metric": "csat", "stop_at": "70"})
    assert manager.post(address, {"do": "guard", "metric": "csat", "stop_at": "x"}).status_code == 200
    marks = {f"mark{number}": "4" for number in range(5)}
    manager.post(address, {"do": "sign", **marks})  # not theirs to sign
    with in_tenant(alpha):
        assert Initiative.objects.get().signed_at is None
    steward.post(address, {"do": "sign", **marks})
    manager.post(address, {"do": "propose"})
    refused = manager.post(address, {"do": "approve", "because": "vì thích"}, follow=True)
    assert "Vai trò của anh/chị" in refused.content.decode()
    page = executive.post(address, {"do": "approve"}).content.decode()
    assert "Chỉ lãnh đạo mới cho vượt cổng" in page
    too_long = executive.post(address, {"do": "decline", "because": "x" * 301}).content.decode()
    assert "x" * 301 in too_long, "what was typed is kept"
    with in_tenant(alpha):
        assert Initiative.objects.get().state == "proposed"
    executive.post(address, {"do": "approve", "because": "Thử một tháng"})
    manager.post(address, {"do": "launch"})
    manager.post(address, {"do": "measured", f"measured-{persona.pk}": "9"})
    manager.post(address, {"do": "measured", f"measured-{persona.pk}": "1"})
    manager.post(address, {"do": "end", "verdict": "keep", "learning": "Khách thích hơn ta tưởng"})
    with in_tenant(alpha):
        ended = Initiative.objects.get()
    assert (ended.state, ended.verdict, ended.overridden_by_id) == ("ended", "keep", owner.pk)
    assert "Khách thích hơn ta tưởng" in executive.get(address).content.decode()
    assert client_as("read_only").post(address, {"do": "launch"}).status_code == 403
    edited = manager.post(f"{JOURNEYS}/initiative/{made.pk}/edit/", {**told, "name": "Khác"})
    assert "không làm được việc đó lúc này" in edited.content.decode()


def test_the_flywheel_shows_four_stages(client_as, desk):
    page = client_as("manager").get("/admin/flywheel/").content.decode()
    assert page.count("cx-score") == 4
    assert desk.complaint.number in page
