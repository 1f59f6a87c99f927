"""Where they write: from nobody we know, brought home by a person; and elsewhere than where we had expected it."""

from datetime import timedelta

import pytest

from customers.models import Interaction
from customers.selectors.drift import channel_drift
from customers.services.contacts import log_contact
from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from tenants.context import in_tenant
from tenants.staff.models import Firm
from workflows.errors import IncomingNotWaiting
from workflows.models import Alert, IncomingMail
from workflows.selectors.calendars import default_calendar
from workflows.services.alerts import raise_alert
from workflows.services.unknown import give_to_customer, leave_alone

pytestmark = pytest.mark.django_db
PAGE = "/admin/workflows/incomingmail/where/"


@pytest.fixture
def stranger(in_alpha):
    mail = IncomingMail.objects.create(
        message_id="<1@x>", sender="la@khach.example", subject="Đặt bàn", text="Tối nay 6 người", outcome="unmatched"
    )
    raise_alert(kind=Alert.Kind.UNREAD_MAIL, ref=mail.pk)
    return mail


def post(client, mail, **values):
    return client.post(PAGE, {"incoming_id": mail.pk, **values})


def test_it_waits_on_home_and_is_brought_home(stranger, customer, staff_client_alpha, alpha):
    home = staff_client_alpha.get("/admin/")
    assert home.context["unknown"]["count"] == 1
    page = staff_client_alpha.get(PAGE)
    assert "Tối nay 6 người" in page.content.decode()
    with in_tenant(alpha):
        due = default_calendar().add(stranger.created_at, timedelta(minutes=30))
        assert page.context["accountable"] == (Firm.objects.get().default_executive or Firm.objects.get().chief)
    assert page.context["rows"][0]["row"].due_at == due
    assert post(staff_client_alpha, stranger, do="give").status_code == 200
    given = post(staff_client_alpha, stranger, do="give", customer=customer.pk, meant_for="call")
    assert given.status_code == 302
    with in_tenant(alpha):
        stranger.refresh_from_db()
        entry = Interaction.objects.get(what="mail.received")
        assert (stranger.outcome, stranger.customer_id) == ("timeline", customer.pk)
        assert (entry.customer_id, entry.body, entry.meant_for) == (customer.pk, "Tối nay 6 người", "call")
        assert not Alert.objects.filter(settled_at=None, kind="unread_mail").exists()
    assert post(staff_client_alpha, stranger, do="leave").status_code == 403
    assert "cx-unknown" not in staff_client_alpha.get("/admin/").content.decode()
    assert "Điện thoại → e-mail" in staff_client_alpha.get(PAGE).content.decode()


def test_what_is_no_mail_is_refused(stranger, staff_client_alpha):
    for ident in ("x", "", stranger.message_id):
        assert staff_client_alpha.post(PAGE, {"incoming_id": ident, "do": "leave"}).status_code == 403


def test_nobody_looks_after_it_twice(stranger, customer):
    leave_alone(incoming_id=stranger.pk)
    with pytest.raises(IncomingNotWaiting):
        give_to_customer(incoming_id=stranger.pk, customer_id=customer.pk)
    assert not Interaction.objects.filter(what="mail.received").exists()


def test_it_is_left_alone(stranger, staff_client_alpha, alpha):
    assert post(staff_client_alpha, stranger, do="leave").status_code == 302
    with in_tenant(alpha):
        stranger.refresh_from_db()
        assert stranger.outcome == "left"
        assert not Interaction.objects.exists()


def test_only_what_came_in_elsewhere_is_kept(customer, in_alpha):
    ident = customer.pk
    log_contact(customer_id=ident, how="visit", outcome="came_by", meant_for="page")
    log_contact(customer_id=ident, how="call", outcome="reached", meant_for="page")  # we called
    for days in (0, 7, 400):
        record_interaction(
            customer_id=ident, kind="call", what="call.logged", direction="in", meant_for="page",
            occurred_at=now() - timedelta(days=days),
        )  # fmt: skip
    record_interaction(customer_id=ident, kind="call", what="call.logged", direction="in", meant_for="call")
    assert [(row.meant, row.actual, row.n, row.weeks[-2:]) for row in channel_drift()] == [
        ("page", "call", 2, (1, 1)), ("page", "visit", 1, (0, 1)),
    ]  # fmt: skip
