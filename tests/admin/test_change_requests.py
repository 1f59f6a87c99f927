"""Change requests on pages: reached from a case, an insight and home; asked, answered, done and judged by clicking."""

from datetime import timedelta

import pytest

from customers.services.customers import create_customer
from cxcrm.core.clock import now
from feedback.models import RootCause
from feedback.services.complaints import open_complaint
from journeys.models import Touchpoint
from journeys.services.insights import write_insight
from tenants.context import in_tenant
from tenants.staff.models import Department, User
from tenants.staff.selectors.firm import firm_today
from tests.conftest import FirmClient
from workflows.models import CauseProposal, ChangeRequest, Message
from workflows.services import change_requests as services

LIST = "/admin/workflows/changerequest/"
PHONE = "0912345678"


@pytest.fixture
def firm(alpha, person, in_alpha):
    """Somebody of customer care, the head of operations, and a case at a place of operations."""
    asker, head = person("agent", "Danh Sóc Thia"), person("executive", "Lê Thị Mỹ Duyên")
    care, operations = Department.objects.create(name="Chăm sóc"), Department.objects.create(name="Vận hành", lead=head)
    User.objects.filter(pk=asker.pk).update(department=care)
    place = Touchpoint.objects.order_by("code").first()
    Touchpoint.objects.filter(pk=place.pk).update(department=operations)
    customer = create_customer(full_name="Nguyễn Thị Hà", phones=[PHONE])
    case = open_complaint(
        customer_id=customer.pk, description=f"Ly đổ, gọi {PHONE}", channel="staff", touchpoint_id=place.pk
    )
    return asker, head, operations, case


@pytest.fixture
def log_in(alpha):
    def client_of(user):
        client = FirmClient(alpha)
        client.force_login(user)
        return client

    return client_of


def text(client, url, **data):
    answer = client.post(url, data, follow=True) if data else client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def only(alpha):
    with in_tenant(alpha):
        return ChangeRequest.objects.get()


def test_from_a_case_to_a_word_on_whether_it_helped(alpha, firm, log_in, run_agenda):
    asker, head, operations, case = firm
    asking, answering = log_in(asker), log_in(head)
    add = f"{LIST}add/?complaint={case.pk}"
    assert add in text(asking, f"/admin/feedback/complaint/{case.pk}/change/")
    form = asking.get(add).context["form"]
    assert (form.initial["cases"], form.initial["to_department"]) == (case.number, operations.pk)
    assert ("Ly đổ" in form.initial["hurts"], PHONE in form.initial["hurts"]) == (True, False)
    told = {"to_department": operations.pk, "subject": "Đổi nắp ly", "hurts": "Ly đổ", "touchpoint": case.touchpoint_id}
    refused = text(asking, add, **told, cases=f"{case.number}, KN-2020-00001")
    assert ("Anh/chị không có vụ việc số KN-2020-00001." in refused, "Đổi nắp ly" in refused) == (True, True)
    assert "Vận hành – Lê Thị Mỹ Duyên" in refused
    page = text(asking, add, **told, cases=case.number)
    assert "Lê Thị Mỹ Duyên sẽ trả lời trước" in page
    change = only(alpha)
    url = f"{LIST}{change.pk}/change/"
    assert url in text(answering, "/admin/")
    assert url in text(answering, f"{LIST}?show=mine")
    shown = answering.get(f"{url}?answer=declined")
    assert (shown.context["answer"].initial["answer"], case.number in shown.content.decode()) == ("declined", True)
    assert "Hãy cho biết ngày làm xong" in text(answering, url, do="answer", answer="agreed", words="Được")
    assert only(alpha).state == "waiting"
    text(answering, url, do="answer", answer="countered", words="Đổi túi", due_on=firm_today() + timedelta(days=3))
    page = text(asking, url)
    assert ("Đổi túi" in page, "Chúng tôi đồng ý phương án này" in page) == (True, True)
    assert "đến lượt ai" in text(answering, url, do="accept")
    assert only(alpha).state == "countered"
    text(asking, url, do="accept")
    assert "Đã có người làm trước" in text(asking, url, do="refuse")
    due, later = firm_today() + timedelta(days=3), firm_today() + timedelta(days=8)
    assert "id_words_error" in text(answering, url, do="day", due_on=later, words="")
    assert "Chờ hàng về" in text(answering, url, do="day", due_on=later, words="Chờ hàng về")
    page = text(asking, url)
    assert ("Chờ hàng về" in page, f"Được: {later:%d/%m/%Y}" in page) == (True, True)
    assert "đang đề xuất dời ngày" in text(asking, f"{LIST}?show=mine")
    assert f"Giữ nguyên ngày {due:%d/%m/%Y}" in text(asking, url, do="day_answer", says="no", words="Khách chờ lâu rồi")
    assert "không còn được đề xuất nữa" in text(asking, url, do="day_answer", says=str(later))
    text(answering, url, do="day", due_on=later, words="Chờ hàng về")
    page = text(asking, url, do="day_answer", says=str(later))
    assert (f"Hai bên đồng ý dời sang {later:%d/%m/%Y}" in page, "Ngày hẹn ban đầu" in page) == (True, True)
    assert (only(alpha).due_on, only(alpha).promised_on) == (later, due)
    text(answering, url, do="finish", words="Đã đổi túi có vách ngăn")
    page = text(asking, url, do="judge", has_helped="yes", words="Không ai kêu nữa")
    assert ("Đã giúp được khách" in page, "Đã đổi túi có vách ngăn" in page) == (True, True)
    with in_tenant(alpha):
        ChangeRequest.objects.update(answer_by=change.answer_by - timedelta(days=9))
        ChangeRequest.objects.update(answered_at=change.answer_by - timedelta(days=10))
    page = text(asking, f"{LIST}?show=all")
    assert "Giữ đúng ngày hẹn ban đầu, theo phòng ban" in page
    assert ("100\N{NO-BREAK SPACE}%" in page, "đã giúp được" in page, url in page) == (True, True, True)
    assert url not in text(asking, f"{LIST}?show=late")
    assert url not in text(asking, LIST)
    assert url in text(asking, f"/admin/feedback/complaint/{case.pk}/change/")


def test_handed_over_from_its_page(alpha, person, firm, log_in):
    asker, head, operations, case = firm
    helper, chief = person("manager", "Ngô Thanh Tùng"), person("executive", "Trần Quốc Bảo")
    with in_tenant(alpha):
        User.objects.filter(pk=head.pk).update(reach="own", manager=chief)
        change = ChangeRequest.objects.create(
            subject="Đổi nắp ly", hurts="Ly đổ", asked_by=asker, accountable=head, to_department=operations,
            from_department=User.objects.get(pk=asker.pk).department, answer_by=now() + timedelta(days=1),
        )  # fmt: skip
        change.cases.create(complaint=case)
    url = f"{LIST}{change.pk}/change/"
    told = {"do": "over", "from_person": head.pk, "to_person": helper.pk, "words": f"Nghỉ phép, gọi {PHONE}"}
    client = log_in(head)
    page = text(client, url)
    assert ('name="to_person"' in page, "Ngô Thanh Tùng</option>" in page) == (True, True)
    assert "Danh Sóc Thia</option>" not in page  # who asked
    assert 'name="to_person"' not in text(log_in(asker), url)
    assert "id_over_words_error" in text(client, url, **{**told, "words": " "})
    assert "id_over_to_person_error" in text(client, url, **{**told, "to_person": asker.pk})
    assert only(alpha).accountable_id == head.pk
    # Accountable no more, they have nothing left to look at here: their reach is their own cases.
    assert "Đã bàn giao" in text(client, url, **told)
    page = text(log_in(asker), url)
    assert f"Ngô Thanh Tùng · thay Lê Thị Mỹ Duyên từ {firm_today():%d/%m/%Y}" in page
    assert "Được bàn giao: Ngô Thanh Tùng chịu trách nhiệm, thay Lê Thị Mỹ Duyên" in page
    assert (f"Nghỉ phép, gọi {PHONE}" in page, PHONE in text(log_in(person("brand_steward", "A")), url)) == (
        True,
        False,
    )
    page = text(log_in(chief), url, **{**told, "to_person": chief.pk, "words": "Tôi làm"})
    assert "đề nghị này nay do Ngô Thanh Tùng phụ trách" in page
    assert only(alpha).accountable_id == helper.pk
    with in_tenant(alpha):
        assert Message.objects.filter(kind="change_passed").count() == 1


def test_from_an_insight_or_a_cause_and_taken_back(alpha, firm, log_in):
    asker, _head, operations, case = firm
    client = log_in(asker)
    with in_tenant(alpha):
        insight = write_insight(want="nhanh", but="phải chờ", because="sợ trễ", touchpoint_id=case.touchpoint_id)
        cause = CauseProposal.objects.create(
            root_cause=RootCause.objects.filter(parent__isnull=False).first(),
            owner=asker,
            rule="cases",
            counted=3,
            everything=9,
            touchpoint=case.touchpoint,
        )
        cause.cases.create(complaint=case)
    for page, evidence in (
        (f"/admin/journeys/insight/{insight.pk}/change/", f"insight={insight.pk}"),
        (f"/admin/workflows/causeproposal/{cause.pk}/change/", f"cause={cause.pk}"),
    ):
        assert f"{LIST}add/?{evidence}" in text(client, page)
    found = client.get(f"{LIST}add/?insight={insight.pk}").context["form"].initial
    assert (found["insight"], found["to_department"], "phải chờ" in found["hurts"]) == (
        insight.pk, operations.pk, True,
    )  # fmt: skip
    found = client.get(f"{LIST}add/?cause={cause.pk}").context["form"].initial
    assert (found["cases"], "3 khách" in found["hurts"]) == (case.number, True)
    told = {"to_department": operations.pk, "subject": "Nhanh hơn", "hurts": "Chờ", "insight": insight.pk}
    text(client, f"{LIST}add/", **told)
    url = f"{LIST}{only(alpha).pk}/change/"
    assert url in text(client, f"/admin/journeys/insight/{insight.pk}/change/")
    assert "Không còn cần nữa" in text(client, url, do="withdraw")
    assert "Nhanh hơn" in text(client, url, do="nonsense")
    many = ", ".join(f"KN-2026-{number:05}" for number in range(21))
    assert "20 vụ việc" in text(client, f"{LIST}add/", **told, cases=many)
    assert only(alpha).state == "withdrawn"


def test_a_yes_or_no_that_does_not_come_lies_before_the_chief_too(alpha, person, firm, log_in):
    asker, head, operations, _case = firm
    chief = person("executive", "Trần Quốc Bảo", reach="own")
    with in_tenant(alpha):
        User.objects.filter(pk__in=[asker.pk, head.pk]).update(manager=chief)
        change = ChangeRequest.objects.create(
            subject="Đổi nắp ly", hurts="Ly đổ", asked_by=asker, state="countered", proposal="Đổi túi",
            from_department=User.objects.get(pk=asker.pk).department, to_department=operations, accountable=head,
            answer_by=now(), answered_at=now(), answered_by=head, due_on=firm_today(),
            choose_by=now() - timedelta(hours=1),
        )  # fmt: skip
    url = f"{LIST}{change.pk}/change/"
    assert "Danh Sóc Thia đồng ý hoặc không trước" in text(log_in(head), url)
    with in_tenant(alpha):
        services.raise_choice(change.pk)
    client = log_in(chief)
    assert (url in text(client, "/admin/"), url in text(client, f"{LIST}?show=late")) == (True, True)
    page = text(client, url)
    assert ("lẽ ra đồng ý hoặc không trước" in page, 'value="countered"' in page) == (True, True)
    page = text(log_in(asker), url)
    assert ("Trần Quốc Bảo cũng có thể quyết định" in page, "Chúng tôi đồng ý phương án này" in page) == (True, True)
    text(client, url, do="answer", answer="countered", due_on=firm_today(), words="")
    assert (only(alpha).state, only(alpha).is_as_proposed) == ("agreed", True)


def test_brought_before_the_chief_who_sees_no_more_cases_than_before(alpha, person, firm, log_in):
    asker, head, operations, case = firm
    chief = person("executive", "Trần Quốc Bảo", reach="own")
    with in_tenant(alpha):
        User.objects.filter(pk__in=[asker.pk, head.pk]).update(manager=chief)
        change = ChangeRequest.objects.create(
            subject="Đổi nắp ly", hurts=f"Gọi {PHONE}", asked_by=asker,
            from_department=User.objects.get(pk=asker.pk).department,
            to_department=operations, accountable=head, answer_by=now() - timedelta(days=1),
        )  # fmt: skip
        change.cases.create(complaint=case)
        services.raise_change(change.pk)
        assert Message.objects.filter(kind="change_raised", user=chief).count() == 1
    client, url = log_in(chief), f"{LIST}{change.pk}/change/"
    assert (url in text(client, "/admin/"), url in text(client, f"{LIST}?show=late")) == (True, True)
    page = text(client, url)
    assert ("Giữ nguyên như hiện nay" in page, case.number in page) == (True, False)
    assert "0 trên 1 vụ việc" in page
    steward = log_in(person("brand_steward", "Phạm Hoàng Nam"))
    page = text(steward, url)
    assert (PHONE in page, "Trần Quốc Bảo là cấp trên" in page) == (False, True)
    assert "id_words_error" in text(client, url, do="answer", answer="declined", words="")
    far = log_in(person("agent", "Người Khác", reach="own"))
    assert far.get(url).status_code == 302
    assert url not in text(far, f"{LIST}?show=all")
    assert log_in(person("read_only", "Hồ Minh Châu")).get(f"{LIST}add/").status_code == 403
    assert only(alpha).state == "waiting"
