"""The guide of a new firm, and sample data that leaves no trace."""

import pytest
from django.test import Client

from customers.models import Customer, Interaction
from customers.services.customers import create_customer
from cxcrm.core.errors import Conflict
from feedback.models import Complaint, Dispatch, Invitation, Response
from feedback.services.complaints import open_complaint
from tenants.context import in_tenant
from tenants.staff.models import Firm
from tenants.staff.roles import Role
from tenants.staff.services.accounts import create_user
from workflows.models import EscalationStep, Ladder, Message, SlaClock
from workflows.selectors.first_steps import first_steps_for
from workflows.services.first_steps import add_samples, put_guide_away, remove_samples

pytestmark = pytest.mark.django_db


def count():
    models = (Customer, Interaction, Complaint, Response, Invitation, Dispatch, Ladder, SlaClock)
    return {model.__name__: model.objects.count() for model in models}


def test_sample_data_shows_everything_and_tells_nobody(in_alpha, run_agenda, mailoutbox):
    before = count()
    add_samples()
    run_agenda()
    assert (Customer.objects.filter(is_sample=True).count(), Response.objects.count()) == (6, 6)
    assert sorted(Complaint.objects.values_list("number", "severity", "is_sample")) == [
        ("MẪU-00001", "S2", True),
        ("MẪU-00002", "S3", True),
        ("MẪU-00003", "S4", True),
    ]
    assert SlaClock.objects.exists()
    assert not EscalationStep.objects.exists()
    assert (mailoutbox, Message.objects.count()) == ([], 0)
    with pytest.raises(Conflict):
        add_samples()
    assert remove_samples() == 6
    assert count() == before
    assert remove_samples() == 0


def test_what_was_done_with_samples_goes_and_what_is_real_stays(in_alpha, run_agenda):
    add_samples()
    real = create_customer(full_name="Lê Thật", emails=["that@khach.example"])
    kept = open_complaint(customer_id=real.id, description="Nguội", channel="staff")
    assert kept.number.endswith("-00001")
    sample = Customer.objects.filter(is_sample=True).first()
    open_complaint(customer_id=sample.id, description="Thử", channel="staff")
    run_agenda()
    remove_samples()
    assert list(Customer.objects.all()) == [real]
    assert list(Complaint.objects.all()) == [kept]
    assert Ladder.objects.get().complaint == kept
    add_samples()
    assert Complaint.objects.filter(number="MẪU-00001").exists()


def test_the_guide_is_for_those_who_set_up_and_ticks_off_what_is_there(in_alpha, owner_alpha):
    agent = create_user(email="a@alpha.example", full_name="Hân", role=Role.AGENT, language="vi")
    assert first_steps_for(agent) is None
    guide = first_steps_for(owner_alpha)
    assert [step.is_done for step in guide.steps] == [False, True, False, False, False]
    assert (guide.done, guide.has_samples, guide.may_add_samples) == (1, False, True)
    add_samples()
    guide = first_steps_for(owner_alpha)
    assert [step.is_done for step in guide.steps] == [False, True, False, False, False]
    assert (guide.has_samples, guide.may_add_samples) == (True, False)
    create_customer(full_name="Lê Thật")
    assert [step.is_done for step in first_steps_for(owner_alpha).steps] == [False, True, False, True, False]
    put_guide_away()
    put_guide_away()
    assert first_steps_for(owner_alpha) is None


def test_the_buttons_on_the_home_page(staff_client_alpha: Client, alpha):
    page = staff_client_alpha.get("/admin/")
    assert "Try with sample data" in page.content.decode() or "dữ liệu mẫu" in page.content.decode()
    url = "/admin/first-steps/"
    assert staff_client_alpha.get(url).status_code == 405
    for do, customers in (("samples", 6), ("samples", 6), ("nonsense", 6), ("no-samples", 0)):
        assert staff_client_alpha.post(url, {"do": do})["Location"] == "/admin/"
        with in_tenant(alpha):
            assert Customer.objects.count() == customers
    staff_client_alpha.post(url, {"do": "away"})
    with in_tenant(alpha):
        assert Firm.objects.get().is_settled_in
    assert staff_client_alpha.post(url, {"do": "samples"}).status_code == 403
    with in_tenant(alpha):
        assert Customer.objects.count() == 0
