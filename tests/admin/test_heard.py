"""What was heard from whom: different customers by persona and kind, since when, and what stands behind a cell."""

from datetime import timedelta

import pytest
import time_machine

from customers.models import Customer, PersonaQuote, Quote
from customers.selectors.quotes import with_uses
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from feedback.models import Question, Response
from feedback.selectors.heard import heard
from feedback.services.complaints import open_complaint
from tenants.context import in_tenant
from tests.support.gaps import answered
from tests.support.quiz import two_portraits

PAGE, ADDRESS = "/admin/feedback/response/heard/", "/api/v1/heard-from/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-30T05:00:00Z", tick=False):
        yield


@pytest.fixture
def ha(alpha):
    """The first of two personas: one complained and is quoted from it, two answered long ago, one too long ago."""
    with in_tenant(alpha):
        ha, _khoi = two_portraits()
        people = list(Customer.objects.filter(full_name__startswith="Khách Chị").order_by("full_name"))
        Customer.objects.filter(pk=people[0].pk).update(contact_role="buyer")
        Customer.objects.filter(pk=people[1].pk).update(contact_role="user")
        open_complaint(customer_id=people[0].pk, subject="Cà phê nguội", description="Nguội", channel="staff")
        entry = record_interaction(
            customer_id=people[0].pk, kind="call", what="call.logged", body="Nguội quá, 0912345678"
        )
        take_quote(interaction_id=entry.pk, feedback_type="complaint")
        trust = Question.objects.get(survey__metric="nps", item="trust")
        answered(trust, [5, 5], at=now() - timedelta(days=100), people=people[:2])
        answered(trust, [5], at=now() - timedelta(days=366), people=people[2:])
        Response.objects.update(words="Nhân viên dễ thương")
        return ha


def test_customers_are_counted_once_and_old_cells_are_told(ha, alpha):
    with in_tenant(alpha):
        found = heard()
        other, mine, nobody = found.rows
        assert [(cell.kind.value, cell.customers, cell.is_old) for cell in mine.cells] == [
            ("value_proposition", 0, False), ("awareness", 2, True), ("usage", 0, False), ("complaint", 1, False),
        ]  # fmt: skip
        assert (mine.persona, mine.roles, mine.customers) == (ha.pk, {"buyer": 1, "user": 1}, 2)
        assert (other.customers, nobody.customers, nobody.persona, found.empty) == (0, 0, None, 6)
        assert found.roles == {"buyer": 1, "user": 1}
        row, cell = found.oldest
        assert (row.name, cell.kind.value, (now() - cell.last).days) == ("Chị Thu Hà", "awareness", 100)


def test_the_page_leads_from_a_cell_to_what_was_said(ha, alpha, client_as):
    client = client_as("agent")
    page = client.get(PAGE).text
    for words in ("6 ô còn trống", "Chị Thu Hà", "100 ngày trước", "Người mua", "chưa nghe gì"):
        assert words in page, words
    assert "Cà phê nguội" not in page
    cell = client.get(PAGE, {"persona": ha.pk, "kind": "complaint"}).text
    assert "“Cà phê nguội”" in cell
    assert "Nguội quá, 091" in cell
    assert "0912345678" not in cell
    assert client.get(PAGE, {"persona": ha.pk, "kind": "awareness"}).text.count("“Nhân viên dễ thương”") == 2
    with in_tenant(alpha):
        Response.objects.update(metric="none")  # asked of the brand without a score: still an impression
        assert [cell.customers for cell in heard().rows[1].cells] == [0, 2, 0, 1]
    assert client.get(PAGE, {"persona": ha.pk, "kind": "awareness"}).text.count("“Nhân viên dễ thương”") == 2
    assert "Nhân viên dễ thương" not in client.get(PAGE, {"persona": "none", "kind": "awareness"}).text
    assert "Cà phê nguội" not in client.get(PAGE, {"persona": "x", "kind": "complaint"}).text
    shown = client.get(ADDRESS).json()
    assert (shown["empty"], shown["roles"]) == (6, {"buyer": 1, "user": 1, "both": 0, "influencer": 0, "unknown": 0})
    first = shown["rows"][1]
    assert (first["persona"], first["customers"], first["cells"][0]) == (
        str(ha.pk), 2, {"kind": "value_proposition", "customers": 0, "last": None, "is_old": False},
    )  # fmt: skip


def test_a_firm_that_heard_nobody_is_told_what_to_do(client_as):
    assert "Trong 12 tháng qua chưa nghe được khách nào" in client_as("read_only").get(PAGE).text


def test_quotes_say_how_often_they_are_used(ha, alpha, client_as):
    with in_tenant(alpha):
        assert sorted(with_uses(Quote.objects.all()).values_list("uses", flat=True)) == [0, 0, 0]
        PersonaQuote.objects.create(persona=ha, quote=ha.sentence)
        assert with_uses(Quote.objects.all()).get(pk=ha.sentence_id).uses == 1
    page = client_as("agent").get("/admin/customers/quote/").text
    assert "1×" in page
    assert PAGE in page
