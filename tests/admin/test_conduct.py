"""The pages of thanks and coaching: the policy read on "My part", thanks from a case, a coaching heard and decided."""

import pytest

from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from feedback.models import Complaint, RootCause
from feedback.services.complaints import confirm, resolve_complaint
from tenants.staff.models import User
from workflows.models import Coaching, ConductAcknowledgement, ConductPolicy, Recognition

PAGE, POLICY, COACHING = (
    "/admin/workflows/recognition/",
    "/admin/workflows/conductpolicy/",
    "/admin/workflows/coaching/",
)
MINE = "/admin/journeys/journey/my-part/"
WORDS = {"criteria": "Lời khách khen", "thanks": "Cả quán trước", "follows": "Chỉ từ việc đã rõ", "decides": "Giám đốc"}


@pytest.fixture
def solved(desk):
    cause = RootCause.objects.filter(parent__isnull=False).first()
    resolve_complaint(complaint_id=desk.complaint.pk, root_cause_id=cause.pk, action_taken="Đã pha lại")
    confirm(complaint_id=desk.complaint.pk)
    return Complaint.objects.get(pk=desk.complaint.pk)


def test_the_policy_is_written_by_an_executive_and_read_on_my_part(client_as, in_alpha):
    executive, agent = client_as("executive"), client_as("agent")
    assert "Chưa có quy tắc" in executive.get(PAGE).content.decode()
    assert "127" in agent.get(POLICY).content.decode()
    assert agent.post(f"{POLICY}add/", WORDS).status_code == 403
    assert executive.post(f"{POLICY}add/", {**WORDS, "follows": ""}).status_code == 200
    assert executive.post(f"{POLICY}add/", WORDS)["Location"] == POLICY
    assert executive.post(f"{POLICY}add/", WORDS).status_code == 200  # the same again
    policy = ConductPolicy.objects.get()
    assert "Chỉ từ việc đã rõ" in agent.get(MINE).content.decode()
    assert POLICY in agent.get(PAGE).content.decode()
    assert agent.post(POLICY, {"policy": "x"}).status_code == 404
    assert agent.post(POLICY, {"policy": str(policy.pk), "from": "my_part"})["Location"] == MINE
    assert ConductAcknowledgement.objects.get().user.role == "agent"
    assert "Chỉ từ việc đã rõ" not in agent.get(MINE).content.decode()
    executive.post(f"{POLICY}add/", {**WORDS, "thanks": "Cả ca"})
    assert executive.post(POLICY, {"policy": str(policy.pk)})["Location"] == POLICY  # replaced meanwhile: told so
    page = executive.get(POLICY).content.decode()
    assert ("Cả ca" in page, "Cả quán trước" in page, ConductAcknowledgement.objects.count()) == (True, True, 1)
    assert executive.get(f"{POLICY}{policy.pk}/change/")["Location"] == POLICY


def test_thanks_go_from_a_case_to_whoever_earned_them(client_as, solved):
    manager, agent, reader = client_as("manager"), client_as("agent"), client_as("read_only")
    someone = User.objects.get(role="agent")
    entry = record_interaction(
        customer_id=solved.customer_id, kind="chat", what="note", direction="in", body="Bạn pha chế nhớ tên mình"
    )
    quote = take_quote(interaction_id=entry.pk)
    add = f"{PAGE}add/?quote={quote.pk}"
    assert add in manager.get(f"/admin/customers/quote/{quote.pk}/change/").content.decode()
    assert add not in reader.get(f"/admin/customers/quote/{quote.pk}/change/").content.decode()
    case = manager.get(f"/admin/feedback/complaint/{solved.pk}/change/").content.decode()
    assert f"{PAGE}add/?complaint={solved.pk}" in case
    assert manager.get(f"{PAGE}add/?complaint={solved.pk}").status_code == 200
    assert manager.get(f"{PAGE}add/")["Location"] == PAGE
    assert "Bạn pha chế nhớ tên mình" in manager.get(add).content.decode()
    me = User.objects.get(role="manager")
    assert manager.post(add, {"thanked": f"colleague:{me.pk}"}).status_code == 200  # not offered
    assert manager.post(add, {"thanked": f"colleague:{someone.pk}", "note": "Hay quá"})["Location"] == PAGE
    assert manager.post(add, {"thanked": f"colleague:{someone.pk}"}).status_code == 200  # already
    row = Recognition.objects.get()
    assert (row.colleague, row.given_by) == (someone, me)
    for client, url in ((agent, MINE), (manager, PAGE)):
        page = client.get(url).content.decode()
        assert "Bạn pha chế nhớ tên mình" in page
        assert "Hay quá" in page
    assert manager.get(f"{PAGE}{row.pk}/change/")["Location"] == PAGE


def test_a_coaching_is_heard_before_it_is_decided_and_seen_by_nobody_else(client_as, person, solved):
    manager, agent, executive, steward = (
        client_as(role) for role in ("manager", "agent", "executive", "brand_steward")
    )
    someone = User.objects.get(role="agent")
    told = {"colleague": str(someone.pk), "behaviour": "rude", "seen": "Nói trống không với khách"}
    add = f"{COACHING}add/?complaint={solved.pk}"
    assert agent.get(add).status_code == 403
    assert manager.get(f"{COACHING}add/")["Location"] == PAGE
    assert "127" in manager.get(add).content.decode()
    assert manager.post(add, {**told, "seen": ""}).status_code == 200
    manager.post(add, told)
    row = Coaching.objects.get()
    url = f"{COACHING}{row.pk}/change/"
    assert manager.post(add, told).status_code == 200  # stands already
    assert manager.get(url).status_code == 200
    assert manager.post(url, {"reply": "x"}).status_code == 403
    assert "Nói trống không" not in steward.get(url, follow=True).content.decode()
    assert steward.get(PAGE).content.decode().count(url) == 0
    assert url in agent.get(MINE).content.decode()
    assert executive.post(url, {"outcome": "coaching", "because": "x"}).status_code == 403
    assert agent.post(url, {"reply": ""}).status_code == 200
    assert agent.post(url, {"reply": "Quán ồn quá"})["Location"] == url
    assert "Quán ồn quá" in executive.get(url).content.decode()
    assert executive.post(url, {"outcome": "coaching", "because": "Tập lại lời chào"})["Location"] == url
    row.refresh_from_db()
    assert (row.outcome, row.decided_by.role) == ("coaching", "executive")
    assert "Tập lại lời chào" in agent.get(url).content.decode()
    assert executive.get(COACHING)["Location"] == PAGE
    assert url in executive.get(PAGE).content.decode()
