"""Who may not see how customers are reached reads no number and no address in what people wrote, nor finds by one."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import ImportJob
from customers.selectors.contacts import as_read_by, may_look_for, text_shown
from customers.services.customers import update_customer
from customers.services.facts import note_fact
from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import OnlyShownError
from feedback.models import Complaint, Dispatch, Invitation, NoteMention, Response, Survey
from feedback.services import complaints
from feedback.services.perspectives import take_perspective
from feedback.services.responses import record_response
from tenants.staff.models import User
from tenants.staff.roles import Role
from workflows.models import Alert, ClockPause, Compensation, IncomingMail, Message, PauseReason, Promise

TOLD = "Gọi 0987 654 321 hoặc bi.mat@khach.example"
SECRETS = ("987 654", "0987654321", "987654321", "bi.mat")


@pytest.fixture
def told(desk, owner_alpha):
    """The desk's case with a number and an address wherever somebody can write one."""
    case = complaints.open_complaint(
        customer_id=desk.customer.pk, description=TOLD, subject=TOLD, remedy_sought=TOLD, channel="staff", severity="S2"
    )
    complaints.assign(complaint_id=case.pk, owner_id=owner_alpha.pk)
    update_customer(customer_id=desk.customer.pk, note=TOLD)
    record_interaction(customer_id=desk.customer.pk, kind="call", what="call.logged", body=TOLD)
    note_fact(customer_id=desk.customer.pk, kind="need", text=TOLD, about=TOLD)
    with acting_as(Actor("user", owner_alpha.pk, owner_alpha.full_name)):
        complaints.add_note(complaint_id=case.pk, body=TOLD)
        take_perspective(complaint_id=case.pk, trying=TOLD, happened=TOLD, good_end=TOLD, quote=TOLD)
    common = {"customer": desk.customer, "complaint": case}
    settled = {"settled_at": now(), "state": "kept", "evidence": TOLD}
    for fields in ({}, settled):
        Promise.objects.create(**common, text=TOLD, due_at=now(), owner=owner_alpha, **fields)
    Compensation.objects.create(complaint=case, amount=5, reason=TOLD, decision_note=TOLD, state="granted")
    reason = PauseReason.objects.first()
    ClockPause.objects.create(complaint=case, reason=reason, note=TOLD, started_at=now(), until=now())
    survey = Survey.objects.get(metric="nps")
    asked = Invitation.objects.create(
        dispatch=Dispatch.objects.create(survey=survey),
        survey=survey,
        customer=desk.customer,
        expires_at=now() + timedelta(days=9),
    )
    record_response(invitation_id=asked.pk, score=9, words=TOLD)
    mail = IncomingMail.objects.create(
        message_id="1", sender="bi.mat@khach.example", subject=TOLD, text=TOLD, outcome="noted", **common
    )
    sent = Message.objects.create(
        kind="reply", ref=case.pk, dedupe_key="x", customer=desk.customer, subject=TOLD, text=TOLD, state="sent"
    )
    alert = Alert.objects.create(kind="nobody_found", ref=case.pk, complaint=case, detail=TOLD)
    return case, mail, sent, alert


def pages(told, desk):
    case, mail, sent, alert = told
    answer = Response.objects.get(words=TOLD)
    lists = ("feedback/complaint", "feedback/response", "workflows/promise", "workflows/compensation",
             "workflows/incomingmail", "workflows/message", "workflows/alert", "customers/attachment",
             "customers/fact")  # fmt: skip
    shown = ("feedback/complaint", "workflows/promise", "workflows/compensation")
    rows = (("feedback/complaint", case), ("customers/customer", desk.customer), ("feedback/response", answer),
            ("workflows/incomingmail", mail), ("workflows/message", sent), ("workflows/alert", alert))  # fmt: skip
    return [
        "/admin/",
        "/admin/unowned/",
        "/admin/feedback/complaint/board/",
        *(f"/admin/{name}/{'?show=all' if name in shown else ''}" for name in lists),
        *(f"/admin/{name}/{row.pk}/change/" for name, row in rows),
    ]


@pytest.mark.parametrize("role", [Role.BRAND_STEWARD, Role.READ_ONLY])
def test_no_page_gives_them_away(client_as, staff_client_alpha, told, desk, role):
    client = client_as(role)
    NoteMention.objects.create(note=told[0].notes.first(), user=User.objects.get(role=role))
    shown = {}
    for path in pages(told, desk):
        answer = client.get(path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        shown[path] = "098*****21" in text
        assert [secret for secret in SECRETS if secret in text] == [], path
    assert sum(shown.values()) >= 14, shown
    full = staff_client_alpha.get(f"/admin/feedback/complaint/{told[0].pk}/change/").content.decode()
    assert TOLD in full
    assert "098*****21" not in full


def test_nor_does_any_search(client_as, staff_client_alpha, told, desk):
    case, *_rest = told
    reader, owner = client_as(Role.READ_ONLY), staff_client_alpha

    def found(client, path, q):
        show = {"show": "all"} if path.endswith(("complaint/", "promise/")) else {}
        return client.get(path, {"q": q, **show}).context["cl"].result_count

    searches = {
        "/admin/feedback/complaint/": {"654 321": (0, 1), "912345": (0, 2), "0912 345 678": (2, 2), "@": (0, 1),
                                       case.number: (1, 1), "nguyen thi": (2, 2), "gọi": (1, 1)},
        "/admin/workflows/promise/": {"654": (0, 2), "Gọi": (2, 2), case.number: (2, 2)},
        "/admin/feedback/response/": {"654": (0, 1), "Gọi": (1, 1)},
        "/admin/workflows/incomingmail/": {"bi.mat@": (0, 1), "Gọi": (1, 1)},
        "/admin/workflows/message/": {"654": (0, 1), "Gọi": (1, 1)},
        "/admin/customers/purchase/": {"912345": (0, 0)},
    }  # fmt: skip
    for path, asked in searches.items():
        counts = {q: (found(reader, path, q), found(owner, path, q)) for q in asked}
        assert counts == asked, path
    page = f"/admin/customers/customer/{desk.customer.pk}/change/"
    assert [len(client.get(page, {"text": "654 321"}).context["timeline"]) for client in (reader, owner)] == [0, 6]


def test_files_and_forms_are_masked_too(client_as, told, desk):
    steward = client_as(Role.BRAND_STEWARD)
    for path in ("feedback/complaint/export/?show=all", "feedback/response/export/"):
        taken = steward.post(f"/admin/{path}", {"as": "csv"})
        text = b"".join(taken.streaming_content).decode("utf-8-sig")
        assert "098*****21" in text
        assert [secret for secret in SECRETS if secret in text] == [], path
    job = SimpleUploadedFile("khach.csv", "Họ và tên,Điện thoại\nLan,09876543\n".encode())
    assert client_as(Role.AGENT).post("/admin/customers/importjob/add/", {"file": job}).status_code == 302
    page = f"/admin/customers/importjob/{ImportJob.objects.get().pk}"
    assert steward.get(f"{page}/refused.csv").status_code == 403
    text = steward.get(f"{page}/change/").content.decode()
    assert ("09876543" in text, "refused.csv" in text) == (False, False)


def test_a_masked_row_is_never_saved(told, client_as, owner_alpha, alpha):
    client_as(Role.READ_ONLY)
    reader = User.objects.get(role=Role.READ_ONLY)
    row = as_read_by(Complaint.objects.filter(pk=told[0].pk), reader, "description").get()
    assert (row.is_only_shown, row.description, row.subject) == (True, text_shown(TOLD, reader), TOLD)
    with pytest.raises(OnlyShownError):
        row.save()
    assert Complaint.objects.get(pk=row.pk).description == TOLD
    unread = as_read_by(Complaint.objects.defer("description").filter(pk=row.pk), reader, "description").get()
    assert unread.description == ""
    full = as_read_by(Complaint.objects.filter(pk=row.pk), owner_alpha, "description").get()
    assert (full.is_only_shown, full.description) == (False, TOLD)
    assert [may_look_for(text, reader) for text in ("Lan", "a@", "1")] == [True, False, False]
    assert may_look_for("1", owner_alpha)
