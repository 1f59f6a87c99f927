"""Files are kept beside the customer, counted towards the plan, listed without their bytes and removed with them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import errors
from customers.models import Attachment, AttachmentContent, Interaction
from customers.selectors.attachments import (
    attachments_of,
    attachments_of_customer,
    attachments_visible_to,
    bytes_of_customer,
    content_of,
    may_remove,
)
from customers.services.attachments import MAX_PER_SUBJECT, attach_file, remove_attachment
from customers.services.customers import create_customer
from cxcrm.core.context import Actor, acting_as
from tenants.errors import PlanLimitReached
from tenants.models import Plan, Tenant
from tenants.staff.models import User
from tests.customers.files import jpeg, pdf, png
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
CUSTOMER = Actor("customer", uuid4(), "Lan")


@pytest.fixture
def lan(in_alpha):
    return create_customer(full_name="Lan")


@pytest.fixture
def full(in_alpha):
    """A plan whose storage is used up."""
    plan = Plan.objects.create(code="tiny", name="Tiny", max_storage_mb=1)
    Tenant.objects.filter(pk=in_alpha.id).update(plan=plan)


def attach(customer, **told):
    return attach_file(**{"customer_id": customer.id, "file_name": "Ảnh.JPG", "content": jpeg(), **told})


def test_a_file_is_kept_known_and_told(lan):
    staff = Actor("user", uuid4(), "Chi")
    with acting_as(staff):
        kept = attach(lan)
    kept.refresh_from_db()
    assert (kept.file_name, kept.content_type, kept.size) == ("Ảnh.jpg", "image/jpeg", len(jpeg()))
    assert (kept.actor_kind, kept.actor_id, kept.actor_label) == ("user", staff.id, "Chi")
    assert (kept.subject_type, kept.subject_id, kept.is_from_customer) == ("", None, False)
    assert content_of(kept) == jpeg()
    entry = lan.interactions.first()
    assert (entry.what, entry.direction, entry.data) == ("file.attached", "internal", {"file": "Ảnh.jpg"})
    event = Event.objects.get(name="customers.file_attached")
    assert event.payload == {"customer_id": str(lan.id), "attachment_id": str(kept.id)}
    assert bytes_of_customer(lan) == kept.size


def test_a_file_belongs_to_one_thing_or_to_the_customer(lan):
    note = Interaction.objects.filter(customer=lan).first()
    own, other = attach(lan), attach(lan, subject=note, content=pdf(), file_name="hd.pdf")
    assert list(attachments_of(lan)) == [own]
    assert list(attachments_of(note)) == [other]
    assert list(attachments_of_customer(lan, User(role="owner"))) == [other, own]
    assert (other.subject_type, other.subject_id) == ("customers.interaction", note.id)
    assert lan.interactions.filter(what="file.attached").count() == 1  # what belongs to a thing is told there
    with pytest.raises(ValueError, match="another customer"):
        attach(create_customer(full_name="Hà"), subject=note)


def test_no_list_reads_the_bytes(lan):
    attach(lan)
    with CaptureQueriesContext(connection) as asked:
        assert [str(one) for one in attachments_of_customer(lan, User(role="owner"))] == ["Ảnh.jpg"]
        assert [str(one) for one in attachments_of(lan)] == ["Ảnh.jpg"]
    assert not any("attachmentcontent" in query["sql"] for query in asked)


def test_what_a_customer_sends_is_marked_and_never_lost_to_the_plan(lan, full):
    with acting_as(Actor("user", uuid4(), "Chi")):
        with pytest.raises(PlanLimitReached) as refused:
            attach(lan)
        with pytest.raises(PlanLimitReached):
            attach(lan, is_from_customer=True)  # saying so does not make a plan larger
    assert "1" in str(refused.value)
    assert not Attachment.objects.exists()
    assert not AttachmentContent.objects.exists()
    with acting_as(CUSTOMER):
        assert attach(lan).is_from_customer
    with acting_as(Actor("api_key", uuid4(), "web")):
        assert attach(lan, is_from_customer=True).is_from_customer
        with pytest.raises(PlanLimitReached):
            attach(lan)
    assert lan.interactions.first().direction == "in"


def test_refusals_leave_nothing(lan):
    with pytest.raises(errors.CustomerNotFound):
        attach_file(customer_id=uuid4(), file_name="a.png", content=png())
    for content, code in ((b"MZ\x90\x00", "file.not_allowed"), (b"", "file.empty"), (png() + b"x", "file.disguised")):
        with pytest.raises(errors.FileNotTaken) as refused:
            attach(lan, content=content)
        assert refused.value.code == code
        assert refused.value.data == {"field": "file"}
    with pytest.raises(errors.FileNotTaken) as refused:
        attach(lan, content=b"a" * (10 * 1024 * 1024 + 1))
    assert refused.value.code == "file.too_large"
    assert "10 MB" in str(refused.value)
    assert not Attachment.objects.exists()
    assert not lan.interactions.filter(what="file.attached").exists()


def test_twenty_for_each_thing_and_not_one_more(lan):
    for _number in range(MAX_PER_SUBJECT):
        attach(lan)
    with pytest.raises(errors.TooManyFiles):
        attach(lan)
    attach(lan, subject=lan.interactions.first())
    assert Attachment.objects.count() == MAX_PER_SUBJECT + 1


def test_a_removed_file_is_gone_with_its_bytes_and_remembered(lan):
    kept, gone = attach(lan), attach(lan, file_name="b.jpg")
    remove_attachment(attachment_id=gone.id)
    assert list(Attachment.objects.all()) == [kept]
    assert list(AttachmentContent.objects.values_list("attachment_id", flat=True)) == [kept.id]
    assert lan.interactions.first().what == "file.removed"
    assert lan.interactions.first().data == {"file": "b.jpg"}
    assert Event.objects.filter(name="customers.file_removed").count() == 1
    with pytest.raises(errors.AttachmentNotFound):
        remove_attachment(attachment_id=gone.id)


def test_who_sees_the_customer_sees_the_file_and_evidence_stays(lan):
    own = attach(lan)
    with acting_as(CUSTOMER):
        sent = attach(lan)
    may = {role: (may_remove(User(role=role), own), may_remove(User(role=role), sent)) for role in
           ("owner", "manager", "agent", "executive", "read_only")}  # fmt: skip
    assert may == {
        "owner": (True, True), "manager": (True, True), "agent": (True, False), "executive": (True, False),
        "read_only": (False, False),
    }  # fmt: skip
    assert set(attachments_visible_to(User(role="read_only"))) == {own, sent}
    assert not attachments_visible_to(User(role="nobody")).exists()
