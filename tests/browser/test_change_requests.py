"""One department asks another, with a double tap; the other answers on the phone; both languages, a real browser."""

import pytest

from tenants.context import in_tenant
from tenants.staff.models import Department, User
from tenants.staff.services.accounts import create_user
from tests.browser.conftest import fits
from tests.conftest import PASSWORD
from tests.support.live import PHONE
from workflows.models import ChangeRequest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN"}


def test_asked_and_answered(open_desk, live_site, alpha):
    with in_tenant(alpha):
        people = {}
        for email, name, role, language in (
            ("mai@alpha.example", "Lê Thị Mai", "agent", "vi"),
            ("huy@alpha.example", "Bùi Quang Huy", "executive", "en"),
        ):
            people[role] = create_user(email=email, full_name=name, role=role, language=language)
            people[role].set_password(PASSWORD)
            people[role].save(update_fields=["password"])
        care = Department.objects.create(name="Chăm sóc")
        Department.objects.create(name="Tiền", lead=people["executive"])
        User.objects.filter(pk=people["agent"].pk).update(department=care)

    agent = open_desk(DESK, "mai@alpha.example")
    agent.goto(live_site.url("/admin/workflows/changerequest/add/"))
    agent.select_option("select[name=to_department]", label="Tiền – Bùi Quang Huy")
    agent.fill("[name=subject]", "Hoàn tiền trong ngày")
    agent.fill("[name=hurts]", "Khách chờ 16 ngày mới nhận lại tiền")
    agent.get_by_role("button", name="Gửi đề nghị", exact=True).dblclick()
    agent.wait_for_selector("text=Bùi Quang Huy sẽ trả lời trước")
    with in_tenant(alpha):
        assert ChangeRequest.objects.count() == 1

    phone = open_desk({**PHONE, "locale": "en-GB"}, "huy@alpha.example")
    phone.goto(live_site.url("/admin/workflows/changerequest/"))
    phone.click("text=Hoàn tiền trong ngày")
    assert fits(phone)
    phone.check("input[name=answer][value=declined]")
    phone.get_by_role("button", name="Send the answer").click()
    with in_tenant(alpha):
        assert ChangeRequest.objects.get().state == "waiting", "a no needs its reason"
    phone.fill("[name=words]", "Ngân hàng cần ba ngày")
    phone.get_by_role("button", name="Send the answer").click()
    phone.wait_for_selector("text=Answered. The other side is told by mail.")
    with in_tenant(alpha):
        change = ChangeRequest.objects.get()
    assert (change.state, change.words, change.answered_by_id) == (
        "declined", "Ngân hàng cần ba ngày", people["executive"].pk,
    )  # fmt: skip
    assert [one.troubles for one in (agent, phone)] == [[], []]
