"""A whole day at the desk in Vietnamese: twenty complaints come in, and what staff do with them until the evening."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from customers.models import Customer
from customers.services.customers import create_customer
from cxcrm.core.context import TenantRef
from cxcrm.core.reply_address import make_reply_address
from feedback.models import Complaint
from feedback.services import complaints
from tenants.context import in_tenant
from tenants.services.inbound import hand_in
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.services.accounts import create_user
from tests.browser.conftest import fits
from tests.support.live import PHONE, LiveSite
from workflows.models import Message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN", "accept_downloads": True}
PEOPLE = [
    ("Nguyễn Thị Lan", "lan"), ("Trần Văn Bảy", "bay"), ("Lê Hoàng Phúc", "phuc"), ("Phạm Ngọc Trâm", "tram"),
    ("Võ Thị Yến", "yen"),
]  # fmt: skip
WORDS = (
    "Gọi ly trà sữa mà 40 phút chưa thấy giao.", "Nhân viên quầy nói trống không với mẹ tôi.",
    "Bánh mì giao tới đã nguội, ốp la bị vỡ.", "Trả tiền hai lần cho cùng một đơn.",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _takes_answers(settings: Any) -> None:
    settings.INBOUND_DOMAIN = "tra-loi.example"


@pytest.fixture
def hoa(alpha: TenantRef) -> User:
    with in_tenant(alpha):
        return create_user(email="hoa@alpha.example", full_name="Lê Thị Hoa", role=Role.AGENT)


@pytest.fixture
def morning(alpha: TenantRef, owner_alpha: User, hoa: User, run_agenda: Callable[..., int]) -> list[Complaint]:
    """Nineteen complaints of five customers, and a sixth customer who is one of them under another spelling."""
    with in_tenant(alpha):
        people = [
            create_customer(
                full_name=name, emails=[f"{mail}@khach.example"], phones=[f"090511122{number}"],
                salutation="chi" if "Thị" in name else "anh", salutation_source="staff",
            )
            for number, (name, mail) in enumerate(PEOPLE)
        ]  # fmt: skip
        create_customer(full_name="Tran Van Bay", phones=["0905111221"])
        cases = [
            complaints.open_complaint(
                customer_id=people[number % 5].pk, description=f"{WORDS[number % 4]} (lần {number + 1})",
                channel="staff", severity="S3", owner_id=(owner_alpha if number < 12 else hoa).pk,
            )
            for number in range(19)
        ]  # fmt: skip
    run_agenda(500)
    return cases


@pytest.fixture
def desk(open_desk: Callable[[Any], Any]) -> Iterator[Any]:
    """The owner's screen, of which the browser has nothing to complain."""
    page = open_desk(DESK)
    yield page
    assert page.troubles == []


def act(page: Any, code: str) -> Any:
    """One thing to do on a case's page, opened."""
    box = page.locator(f"#do-{code}")
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    return box


def done(page: Any, box: Any) -> str:
    """Send what was filled in; what the page says then."""
    with page.expect_navigation():
        box.locator("form button[type=submit]").first.click()
    return str(page.inner_text("body"))


def answer_by_mail(alpha: TenantRef, case: Complaint, words: str) -> None:
    """The customer answers our last mail from their own mail program, with our words quoted below."""
    with in_tenant(alpha):
        ours = Message.objects.filter(customer_id=case.customer_id, kind="reply").latest("created_at")
        address = make_reply_address(alpha.id, ours.id)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lan@khach.example", address, "Re: khiếu nại"
    mail["Message-ID"] = "<tra-loi-1@khach.example>"
    mail.set_content(f"{words}\n\nVào Th 2, 23 thg 11, 2026 vào lúc 09:15 Quán đã viết:\n\n> Kính gửi chị Lan\n")
    assert hand_in(mail.as_bytes())


def test_a_day(
    desk: Any,
    browser: Any,
    live_site: LiveSite,
    alpha: TenantRef,
    hoa: User,
    morning: list[Complaint],
    run_agenda: Callable[..., int],
    mailoutbox: list[Any],
    tmp_path: Path,
) -> None:
    # The twentieth comes from a phone at the counter.
    phone = browser.new_context(**PHONE).new_page()
    phone.goto(live_site.url("/c/"))
    phone.fill("textarea[name=description]", "Trong ly có miếng nhựa nhỏ.")
    phone.fill("input[name=contact]", "0905111222")
    with phone.expect_navigation():
        phone.locator("main button[type=submit]").first.tap()
    number = phone.inner_text("h1")
    run_agenda(500)
    with in_tenant(alpha):
        assert Complaint.objects.count() == 20
        assert Complaint.objects.get(number=number).customer.full_name == "Lê Hoàng Phúc", "known by the phone"

    # A reply with ready words; the customer answers it by mail, and it stands on the case.
    first = morning[0]
    case = live_site.url(f"/admin/feedback/complaint/{first.pk}/change/")
    desk.goto(live_site.url("/admin/feedback/complaint/"))
    assert desk.locator("#result_list").inner_text().count("Nguyễn Thị Lan") >= 2
    desk.goto(case)
    box = act(desk, "reply")
    box.locator("[data-template]").first.click()
    desk.wait_for_function("document.querySelector('#do-reply textarea').value.length > 20")
    words = box.locator("textarea").input_value()
    assert "chị Nguyễn Thị Lan" in words
    assert first.number in words
    assert "{" not in words, "every placeholder is filled"
    assert "Thư trả lời đang được gửi." in done(desk, act(desk, "reply"))
    mailoutbox.clear()
    run_agenda()
    [sent] = [mail for mail in mailoutbox if mail.to == ["lan@khach.example"]]
    assert first.number in sent.subject
    answer_by_mail(alpha, first, "Cảm ơn em, mai chị ghé lấy.")
    run_agenda()
    desk.goto(case)
    came = desk.locator(".cx-note-in")
    assert "Cảm ơn em, mai chị ghé lấy." in came.inner_text()
    assert "Kính gửi" not in came.inner_text(), "what was quoted is cut"

    # Solved: the customer is asked, and says yes on the phone.
    box = act(desk, "resolve")
    box.locator("select[name$=root_cause]").select_option(index=1)
    box.locator("textarea[name$=action_taken]").fill("Đã gửi lại ly mới và xin lỗi chị.")
    mailoutbox.clear()
    done(desk, box)
    run_agenda()
    [asked] = [mail for mail in mailoutbox if mail.to == ["lan@khach.example"]]
    phone.set_content(asked.alternatives[0][0])
    with phone.expect_navigation():
        phone.locator("a[href*='/r/']").first.tap()
    with phone.expect_navigation():
        phone.locator("main button[type=submit]").first.tap()
    run_agenda()
    with in_tenant(alpha):
        assert Complaint.objects.get(pk=first.pk).state == "closed_confirmed"

    # One is handed over with a note; whoever gets it reads why.
    desk.goto(live_site.url(f"/admin/feedback/complaint/{morning[1].pk}/change/"))
    box = act(desk, "assign")
    box.locator("select[name$=owner]").select_option(label="Lê Thị Hoa")
    box.locator("textarea[name$=note]").fill("Chị gọi mẹ khách giúp em, số ở thẻ khách.")
    mailoutbox.clear()
    assert "Đã có người phụ trách mới." in done(desk, box)
    run_agenda()
    [told] = [mail for mail in mailoutbox if mail.to == ["hoa@alpha.example"]]
    assert "Trần Thị Chủ dặn: “Chị gọi mẹ khách giúp em, số ở thẻ khách.”" in told.body

    # Two customers are one.
    desk.goto(live_site.url("/admin/customers/customer/duplicates/"))
    with desk.expect_navigation():
        desk.get_by_text("So sánh và gộp").first.click()
    assert {"Trần Văn Bảy", "Tran Van Bay"} <= {*desk.inner_text("table.cx-merge").replace("\t", "\n").split("\n")} | {
        side.split(": ")[-1] for side in desk.locator("table.cx-merge th[scope=col]").all_inner_texts()
    }
    desk.locator("input[name=side-full_name]").nth(
        0 if "Trần Văn Bảy" in desk.locator("table.cx-merge th[scope=col]").nth(1).inner_text() else 1
    ).check()
    with desk.expect_navigation():
        desk.locator("form.cx-card button[type=submit]").first.click()
    with in_tenant(alpha):
        [bay] = Customer.objects.filter(merged_into=None, contact_points__value="+84905111221").distinct()
        assert (bay.full_name, Complaint.objects.filter(customer=bay).count()) == ("Trần Văn Bảy", 4)

    # Many are tagged at once, and the evening's list leaves the house as a sheet.
    desk.goto(live_site.url("/admin/feedback/complaint/?show=all"))
    boxes = desk.locator("#result_list input.action-select")
    for position in range(3):
        boxes.nth(position).check()
    desk.select_option("select[name=action]", "bulk_tag")
    desk.click("#changelist-actions button[type=submit]")
    desk.fill("[name=bulk-add]", "cuối ngày")
    desk.click("button[name=apply]")
    desk.wait_for_selector("#result_list")
    desk.locator(".cx-listbar summary", has_text="Xuất").click()
    with desk.expect_download() as sheet:
        desk.locator(".cx-listbar button[value=xlsx]").click()
    sheet.value.save_as(tmp_path / "vu-viec.xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO((tmp_path / "vu-viec.xlsx").read_bytes())).get_sheet_by_index(0)
    cells = rows.to_python()
    assert len(cells) == 21, "a head and twenty cases"
    assert sum("cuối ngày" in "|".join(map(str, row)) for row in cells) == 3
    assert any(number in map(str, row) for row in cells)

    # Home in the evening: nothing of the day is lost.
    desk.goto(live_site.url("/admin/"))
    assert fits(desk)
    with in_tenant(alpha):
        assert Complaint.objects.filter(owner=hoa).count() == 8
        assert not Message.objects.filter(state__in=["queued", "sending", "failed", "uncertain"]).exists()
