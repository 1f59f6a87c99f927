"""How deep a relationship goes, step by step, of one customer and of all active ones."""

from datetime import timedelta

import pytest

from customers.logic.depth import Depth
from customers.models import Interaction, Purchase
from customers.selectors.depth import depth_of, depths_of_active
from customers.services.customers import create_customer
from customers.services.facts import note_fact, withdraw_fact
from customers.services.purchases import record_purchase
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from feedback.models import Question, Response
from feedback.services.complaints import open_complaint
from journeys.models import Initiative
from journeys.services.initiatives import cite_for, draft_initiative
from tenants.staff.selectors.firm import firm_today
from tests.support.gaps import answered
from workflows.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def test_the_highest_step_that_shows_counts(customer, crew):
    assert (depth_of(customer.pk), depth_of(crew.owner.pk)) == (Depth.ONE_OFF, Depth.ONE_OFF)
    bought, _made = record_purchase(customer_id=customer.pk, amount=35_000)
    assert depth_of(customer.pk) == Depth.ONE_OFF
    Purchase.objects.filter(pk=bought.pk).update(covers_until=firm_today() + timedelta(days=1))
    assert depth_of(customer.pk) == Depth.RETURNS
    Purchase.objects.filter(pk=bought.pk).update(covers_until=None)
    again, _made = record_purchase(customer_id=customer.pk, amount=35_000)
    assert depth_of(customer.pk) == Depth.RETURNS
    Purchase.objects.filter(pk=again.pk).update(state="returned")
    assert depth_of(customer.pk) == Depth.ONE_OFF
    note_fact(customer_id=customer.pk, kind="usage", text="Tự pha ở nhà", source="observed")
    assert depth_of(customer.pk) == Depth.ONE_OFF
    told = note_fact(customer_id=customer.pk, kind="need", text="Gói 20 ly")
    assert depth_of(customer.pk) == Depth.SPEAKS
    withdraw_fact(fact_id=told.pk)
    said = open_complaint(customer_id=customer.pk, description="Chờ lâu", channel="staff")
    assert depth_of(customer.pk) == Depth.SPEAKS
    recommends = Question.objects.get(survey__metric="nps", position=1)
    for score, depth in ((9, Depth.RECOMMENDS), (8, Depth.SPEAKS)):  # the latest counts
        answered(recommends, [score], people=[customer], at=now() - timedelta(minutes=score))
        Response.objects.filter(pk=Response.objects.first().pk).update(score=score)
        assert depth_of(customer.pk) == depth
    made = draft_initiative(name="Làn nhanh", what="x", owner_id=crew.executive.pk)
    entry = Interaction.objects.get(what="complaint.opened", subject_id=said.pk)
    cite_for(initiative_id=made.pk, quote_id=take_quote(interaction_id=entry.pk).pk)
    assert depth_of(customer.pk) == Depth.SPEAKS
    Initiative.objects.filter(pk=made.pk).update(launched_on=firm_today())
    assert depth_of(customer.pk) == Depth.CREATES
    other = create_customer(full_name="Trần Văn Nam", emails=["nam@khach.example"])
    Message.objects.create(kind="we_did", ref=made.pk, customer=other, email="nam@khach.example", state="sent")
    assert depth_of(other.pk) == Depth.CREATES
    assert depths_of_active() == [*((depth, 0) for depth in list(Depth)[:4]), (Depth.CREATES, 1)]
