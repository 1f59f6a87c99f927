"""A customer's own page: what they set there holds, and opening it changes nothing."""

import pytest

from customers.models import Consent, Customer, DataRequest, Fact, Interaction
from customers.selectors.consents import standing
from customers.services.choices import add_wish, choose_surveys, survey_rhythm
from customers.services.erasure import erase_customer
from customers.services.facts import note_fact
from feedback.models import Survey
from feedback.selectors.audience import preview
from feedback.services.dispatches import send_survey
from workflows.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(customer, link, client_alpha):
    """Post to the page as the customer does; the status is told."""
    path = link("my-page", customer.id)

    def post(**values):
        return client_alpha.post(path, values)

    post.path = path
    return post


def fresh(customer):
    return Customer.objects.get(pk=customer.pk)


def test_opening_changes_nothing_and_says_all_there_is(customer, complaint, page, client_alpha):
    before = fresh(customer).version, Interaction.objects.count()
    text = client_alpha.get(page.path).content.decode()
    assert complaint.number in text
    assert client_alpha.head(page.path).status_code == 200
    for asked in ("?do=surveys&rhythm=none", "?lang=en"):
        assert client_alpha.get(page.path + asked).status_code == 200
    assert (fresh(customer).version, Interaction.objects.count()) == before
    assert page(show_in="en", do="surveys", rhythm="none").status_code == 303
    assert page(do="nothing").status_code == 303
    assert (fresh(customer).version, Interaction.objects.count()) == before


def test_what_they_set_holds(customer, page):
    answers = [
        page(do="contact", contact_channel="zalo", contact_hours="evening"),
        page(do="address", salutation="bac", given_name="Ba", language="en"),
        page(do="wish", text="Ít đá"),
        page(do="yes", purpose="marketing"),
        page(do="first_source", way="friends"),
        page(do="convinced_by", way="review"),
    ]
    assert {answer.status_code for answer in answers} == {303}
    now_is = fresh(customer)
    assert (now_is.contact_channel, now_is.contact_hours, now_is.language) == ("zalo", "evening", "en")
    assert (now_is.salutation, now_is.salutation_source, now_is.given_name) == ("bac", "declared", "Ba")
    assert standing([customer.pk], "marketing")[customer.pk] is True
    facts = Fact.objects.order_by("created_at").values_list("kind", "text", "way", "source", "noted_by")
    assert [tuple(one) for one in facts] == [
        ("preference", "Ít đá", "", "declared", None),
        ("first_source", "Bạn bè hoặc người nhà", "friends", "declared", None),
        ("convinced_by", "Đánh giá của khách khác", "review", "declared", None),
    ]
    wish = Fact.objects.get(kind="preference")
    assert page(do="drop", wish=str(wish.pk)).status_code == 303
    assert Fact.objects.get(pk=wish.pk).withdrawn_at is not None
    assert page(do="no", purpose="marketing").status_code == 303
    assert standing([customer.pk], "marketing")[customer.pk] is False
    assert page(do="address", salutation="", given_name="", language="vi").status_code == 303
    assert (fresh(customer).salutation, fresh(customer).given_name) == ("", "Ba")


def test_bad_input_is_said_at_its_place(customer, page, in_alpha):
    other = note_fact(customer_id=customer.pk, kind="need", text="Bãi xe")
    for values, words in (
        ({"do": "surveys", "rhythm": "hourly"}, "Vui lòng chọn"),
        ({"do": "wish", "text": " "}, "vài chữ"),
        ({"do": "data", "kind": "correct"}, "sai"),
        ({"do": "data", "kind": "sell"}, "Vui lòng chọn"),
    ):
        answer = page(**values)
        assert answer.status_code == 400, values
        assert words in answer.content.decode(), values
    for wish in ("x", str(other.pk)):  # no wish of theirs: nothing happens
        assert page(do="drop", wish=wish).status_code == 303
    assert Fact.objects.get().withdrawn_at is None
    for number in range(20):
        add_wish(customer_id=customer.pk, text=f"Ghế {number}")
    assert page(do="wish", text="Ghế nữa").status_code == 400
    assert not DataRequest.objects.exists()


def test_seldom_is_once_in_half_a_year_and_never_is_never(customer, page):
    survey = Survey.objects.get(metric="csat")
    assert survey_rhythm(fresh(customer)) == "usual"
    assert page(do="surveys", rhythm="seldom").status_code == 303
    assert survey_rhythm(fresh(customer)) == "seldom"
    assert preview(survey, [customer.pk]).sendable == [customer.pk]
    sent = send_survey(survey_id=survey.pk, customer_ids=[customer.pk]).invitations.get()
    type(sent).objects.filter(pk=sent.pk).update(state="sent", sent_at=_days_ago(120), created_at=_days_ago(120))
    assert preview(survey, [customer.pk]).skipped == {"asked_seldom": 1}
    type(sent).objects.filter(pk=sent.pk).update(sent_at=_days_ago(181))
    assert preview(survey, [customer.pk]).sendable == [customer.pk]
    assert page(do="surveys", rhythm="none").status_code == 303
    assert preview(survey, [customer.pk]).skipped == {"opted_out": 1}
    assert Consent.objects.filter(method="page", granted=False).count() == 1
    choose_surveys(customer_id=customer.pk, rhythm="usual")
    assert survey_rhythm(fresh(customer)) == "usual"


def _days_ago(days):
    from datetime import timedelta

    from cxcrm.core.clock import now

    return now() - timedelta(days=days)


def test_a_link_of_somebody_forgotten_opens_nothing(customer, page, client_alpha, in_alpha):
    erase_customer(customer_id=customer.pk)
    assert client_alpha.get(page.path).status_code == 404


def test_the_link_is_mailed_to_who_asks_and_nobody_learns_who_is_known(customer, client_alpha, in_alpha):
    address = customer.contact_points.get(kind="email").value
    answers = [client_alpha.post("/m/", {"email": email}) for email in (address.upper(), "ai@do.example")]
    assert [answer.status_code for answer in answers] == [200, 200]
    texts = [answer.content.decode() for answer in answers]
    assert texts[0].replace(address.upper(), "@") == texts[1].replace("ai@do.example", "@")
    assert list(Message.objects.values_list("kind", "email")) == [("my_page", address)]
    assert client_alpha.post("/m/", {"email": "no"}).status_code == 400
    assert client_alpha.post("/m/", {"email": "no", "show_in": "en"}).status_code == 200
    assert client_alpha.get("/m/").status_code == 200
    for _time in range(12):
        last = client_alpha.post("/m/", {"email": address})
    assert last.status_code == 429
    assert Message.objects.count() < 6
