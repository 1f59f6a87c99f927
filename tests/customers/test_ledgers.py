"""Consents and the timeline: appended, never changed, said in the reader's language."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from customers import errors, timeline
from customers.models import Consent, Customer, Interaction
from customers.selectors.consents import standing
from customers.selectors.customers import timeline_of
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from customers.services.interactions import record_for_many, record_interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.ids import new_id
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def lan(in_alpha):
    return create_customer(full_name="Lan")


class TestConsent:
    def test_a_statement_stands_is_remembered_and_told(self, lan):
        consent = state_consent(
            customer_id=lan.id,
            purpose="survey",
            granted=True,
            method="staff",
            evidence="nói ở quầy",
            text_version="2026-1",
        )
        consent.refresh_from_db()
        assert (consent.purpose, consent.granted, consent.method) == ("survey", True, "staff")
        assert (consent.evidence, consent.text_version) == ("nói ở quầy", "2026-1")
        assert standing([lan.id], "survey") == {lan.id: True}
        entry = lan.interactions.first()
        assert (entry.kind, entry.what, entry.direction) == ("consent", "consent.granted", "in")
        assert entry.data == {"purpose": "survey", "method": "staff"}
        assert (entry.subject_type, entry.subject_id) == ("customers.consent", consent.id)
        event = Event.objects.filter(name="customers.consent_stated").get()
        assert event.payload == {"customer_id": str(lan.id), "purpose": "survey", "granted": True}

    def test_the_latest_word_stands_per_purpose(self, lan):
        state_consent(customer_id=lan.id, purpose="survey", granted=True, method="file")
        state_consent(customer_id=lan.id, purpose="marketing", granted=True, method="file")
        state_consent(customer_id=lan.id, purpose="survey", granted=False, method="page")
        assert standing([lan.id], "survey") == {lan.id: False}
        assert standing([lan.id], "marketing") == {lan.id: True}
        assert standing([lan.id], "profiling") == {}
        assert lan.interactions.first().what == "consent.withdrawn"

    def test_an_older_word_found_later_changes_nothing(self, lan):
        state_consent(customer_id=lan.id, purpose="survey", granted=False, method="page")
        long_ago = now() - timedelta(days=400)
        state_consent(customer_id=lan.id, purpose="survey", granted=True, method="file", stated_at=long_ago)
        assert standing([lan.id], "survey") == {lan.id: False}
        assert Consent.objects.count() == 2

    def test_a_second_tap_writes_nothing(self, lan):
        say_no = {"customer_id": lan.id, "purpose": "survey", "granted": False, "method": "page", "evidence": "link"}
        first = state_consent(**say_no)
        assert state_consent(**say_no) == first
        assert Consent.objects.count() == 1
        assert Event.objects.filter(name="customers.consent_stated").count() == 1
        assert state_consent(**{**say_no, "evidence": "letter"}) != first
        assert state_consent(**say_no, stated_at=now()).evidence == "link"
        assert Consent.objects.count() == 3

    @pytest.mark.parametrize(
        ("values", "error"),
        [
            ({"customer_id": new_id()}, errors.CustomerNotFound),
            ({"purpose": "everything"}, errors.ChoiceInvalid),
            ({"method": "telepathy"}, errors.ChoiceInvalid),
            ({"evidence": "a" * 301}, errors.TextInvalid),
            ({"stated_at": datetime(2999, 1, 1, tzinfo=UTC)}, errors.ConsentTimeInvalid),
        ],
    )
    def test_what_is_no_statement_is_refused(self, lan, values, error):
        with pytest.raises(error):
            state_consent(**{"customer_id": lan.id, "purpose": "survey", "granted": True, "method": "staff", **values})
        assert not Consent.objects.exists()

    def test_many_customers_are_looked_up_in_one_query(self, lan, exactly):
        state_consent(customer_id=lan.id, purpose="survey", granted=True, method="staff")
        create_customer(full_name="Minh")
        ids = list(Customer.objects.values_list("id", flat=True))
        with exactly(1):
            assert standing(ids, "survey") == {lan.id: True}
        with exactly(1):
            assert standing(Customer.objects.order_by("sort_key"), "survey") == {lan.id: True}


class TestInteraction:
    def test_an_entry_is_signed_and_points_at_its_subject(self, lan):
        someone, at = uuid4(), now() - timedelta(hours=2)
        with acting_as(Actor("user", someone, "Ngô Thanh Tùng")):
            entry = record_interaction(
                customer_id=lan.id,
                kind="call",
                what="call.logged",
                direction="out",
                body="Khách nói:\r\n“cảm ơn”",
                data={"minutes": 3},
                subject=lan,
                occurred_at=at,
            )
        entry.refresh_from_db()
        assert (entry.kind, entry.what, entry.direction, entry.body) == (
            "call",
            "call.logged",
            "out",
            "Khách nói:\n“cảm ơn”",
        )
        assert (entry.data, entry.occurred_at) == ({"minutes": 3}, at)
        assert (entry.subject_type, entry.subject_id) == ("customers.customer", lan.id)
        assert (entry.actor_kind, entry.actor_id, entry.actor_label) == ("user", someone, "Ngô Thanh Tùng")

    def test_the_timeline_begins_with_the_latest(self, lan):
        record_interaction(customer_id=lan.id, kind="note", what="note", occurred_at=now() - timedelta(days=1))
        record_interaction(customer_id=lan.id, kind="visit", what="visit.logged")
        assert [entry.what for entry in timeline_of(lan.id)] == ["visit.logged", "customer.created", "note"]

    @pytest.mark.parametrize(
        ("values", "error"),
        [
            ({"kind": "dream"}, errors.ChoiceInvalid),
            ({"direction": "up"}, errors.ChoiceInvalid),
            ({"body": "a" * 10_001}, errors.TextInvalid),
            ({"body": "\ud800"}, errors.TextInvalid),
            ({"what": "a" * 61}, errors.TextInvalid),
        ],
    )
    def test_what_cannot_be_stored_is_refused(self, lan, values, error):
        with pytest.raises(error):
            record_interaction(**{"customer_id": lan.id, "kind": "note", "what": "note", **values})
        assert lan.interactions.count() == 1

    def test_one_entry_for_many_costs_one_statement(self, lan, exactly):
        others = [create_customer(full_name=name).id for name in ("Minh", "Hà")]
        with exactly(1):
            count = record_for_many(
                customer_ids=[lan.id, *others], kind="survey", what="survey.invited", data={"survey": "NPS"}
            )
        assert count == 3
        assert Interaction.objects.filter(what="survey.invited").count() == 3


class TestTimeline:
    @pytest.mark.parametrize(
        ("what", "data", "sentence"),
        [
            ("customer.created", {}, "Added as a customer"),
            ("customer.created", {"file": "a.xlsx", "row": 7}, "Added from the file a.xlsx, row 7"),
            ("customer.created", {"file": "a.xlsx"}, "Added as organisation of a customer in the file a.xlsx"),
            ("customer.changed", {"fields": ["note", "phones"]}, "Changed: note and phone numbers"),
            ("customer.changed", {"fields": ["gone"], "file": "a", "row": 1}, "Changed by the file a, row 1: gone"),
            ("consent.granted", {"purpose": "survey"}, "Agreed to: surveys"),
            ("consent.withdrawn", {"purpose": "old"}, "Does not agree to: old"),
            ("survey.answered", {"score": 0, "metric": "nps"}, "Answered: 0 (NPS)"),
            ("survey.answered", {"score": 9, "metric": "nps", "changed": True}, "Changed the answer: 9 (NPS)"),
            ("survey.answered", {}, "Answered a survey"),
            ("complaint.opened", {"number": "KN-2026-00001"}, "Complaint KN-2026-00001 opened"),
            (
                "complaint.escalated",
                {"number": "KN-1", "rung": 2, "to": "Lê Thị Mỹ Duyên"},
                "Complaint KN-1 brought before Lê Thị Mỹ Duyên (step 2)",
            ),
            ("complaint.decided", {"number": "KN-1", "decision": "take"}, "Complaint KN-1: taken over"),
            (
                "complaint.decided",
                {"number": "KN-1", "remedy": "Hoàn tiền", "remedy_en": "Refund"},
                "Complaint KN-1: “Refund” was chosen",
            ),
            ("complaint.decided", {"remedy": None}, "Decision on a complaint"),
            ("mail.sent", {"subject": "100% xong"}, "E-mail sent: 100% xong"),
            ("note", {"file": "%s"}, "Note"),
            ("something.100%new", {}, "something.100%new"),
        ],
    )
    def test_what_happened_is_one_sentence(self, what, data, sentence):
        with translation.override("en"):
            assert timeline.describe(Interaction(what=what, data=data)) == sentence

    def test_remedies_are_named_in_the_readers_language(self):
        entry = Interaction(what="complaint.decided", data={"number": "K", "remedy": "Hoàn", "remedy_en": "Refund"})
        with translation.override("vi"):
            assert "Hoàn" in timeline.describe(entry)

    @pytest.mark.parametrize("what", timeline.whats())
    def test_every_code_has_a_sentence_without_any_data(self, what):
        sentence = timeline.describe(Interaction(what=what))
        assert sentence
        assert sentence != what
        assert "%(" not in sentence
