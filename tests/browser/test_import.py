"""A shop's list goes in by the wizard, in Vietnamese, on a laptop and a phone: looked at, mended, taken, undone."""

import pytest

from customers.logic.spreadsheet import read_table
from customers.models import Customer, CustomField, ImportJob
from customers.services import import_run
from customers.services.custom_fields import save_custom_field
from customers.services.customers import create_customer, update_customer
from tenants.context import in_tenant
from tests.browser.conftest import fits
from tests.support import sheets

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 800}, "locale": "vi-VN"}
WIDTHS = (390, 1280)


@pytest.fixture
def lan(alpha, owner_alpha):
    """Somebody the file knows already, and a field of the firm's own that stands in it."""
    with in_tenant(alpha):
        save_custom_field(field=CustomField(label_vi="Ngày sinh", kind="date"))
        return create_customer(full_name="Lan", phones=["0912345678"], note="cũ", address="cũ")


def the_file():
    """Sapo's shape: eight good rows, two nobody can be reached by, one of somebody known, and a column of their own."""
    headers, rows = sheets.customers("Sapo", 10, wrong_every=5)
    known = [
        "",
        "Lan",
        "khách quen",
        "",
        "0912345678",
        "2/9/1990",
        "",
        "9 Lê Lai",
        "Đà Nẵng",
        "",
        "Hải Châu",
        "",
        0,
        1,
        0,
    ]
    lines = [[*row, "ít đá"] for row in [*rows, known]]
    return sheets.as_xlsx([*headers, "Dặn khi pha"], lines, title="DANH SÁCH KHÁCH HÀNG")


def look(page):
    """No page is wider than the screen it is looked at on."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page), (page.url, width)


def tile(page, words):
    return page.locator(".cx-tile", has_text=words)


def test_a_list_is_looked_at_mended_taken_and_undone(open_desk, live_site, alpha, lan, run_agenda, monkeypatch):
    page = open_desk(DESK)
    page.goto(live_site.url("/admin/customers/importjob/add/"))
    look(page)
    page.set_input_files("input[type=file]", {"name": "khách.xlsx", "mimeType": "", "buffer": the_file()})
    page.click("text=Kiểm tra tệp")

    # What the columns were taken for: the system's, the firm's own, and one nobody knows.
    page.wait_for_selector("text=Chưa nhập gì cả.")
    assert "Sapo" in page.inner_text(".cx-hint")
    page.click("text=Cột nào là gì")
    taken = {row.query_selector("label").inner_text(): row.query_selector("select").input_value()
             for row in page.query_selector_all("details[open] tbody tr")}  # fmt: skip
    assert (taken["Phường/Xã"], taken["Tỉnh/Thành"], taken["Ngày sinh"], taken["Dặn khi pha"]) == (
        "ward", "province", "custom.ngay_sinh", "",
    )  # fmt: skip
    look(page)
    page.get_by_label("Dặn khi pha", exact=True).select_option(label="Ghi chú")
    page.get_by_label("Mô tả", exact=True).select_option(label="không lấy")
    page.click("text=Đọc lại theo các lựa chọn này")

    # The dry run says why a row stays out; it is mended in place.
    page.wait_for_selector("text=Đã đọc lại tệp theo các lựa chọn này.")
    assert [tile(page, words).locator("b").inner_text() for words in ("mới", "đã có", "không nhận được")] == [
        "8", "1", "2",
    ]  # fmt: skip
    tile(page, "không nhận được").click()
    page.wait_for_selector(".cx-remark-bad:has-text('Không có số điện thoại, e-mail hay mã khách hàng')")
    first = page.locator("details.cx-correct").first
    first.locator("summary").click()
    look(page)
    first.get_by_label("Số điện thoại").fill("0988 000 111")
    first.locator("button").click()
    page.wait_for_selector("text=Đã kiểm tra lại dòng này.")
    assert tile(page, "không nhận được").locator("b").inner_text() == "1"

    # All that can be taken goes in, piece by piece.
    page.click("button:has-text('Nhập 10 dòng')")
    page.wait_for_selector("progress")
    monkeypatch.setattr(import_run, "CHUNK", 4)
    with in_tenant(alpha):
        import_run.take_chunk(job_id=ImportJob.objects.get().pk)
    page.wait_for_selector("progress[value='40']")  # the page renews itself
    assert "Đã nhập 4 trên 10 dòng" in page.content()
    look(page)
    run_agenda()
    page.wait_for_selector("text=Hoàn tác lần nhập này")
    assert [tile(page, words).locator("b").inner_text() for words in ("đã thêm", "cập nhật", "không nhận được")] == [
        "9", "1", "1",
    ]  # fmt: skip
    with in_tenant(alpha):
        lan.refresh_from_db()
        assert (lan.custom, lan.ward, lan.note) == ({"ngay_sinh": "1990-09-02"}, "Phường Hải Châu", "cũ\nít đá")

    # The rows left out, as a file with the reasons.
    with page.expect_download() as download:
        page.click("a[href$='refused.xlsx']")
    table = read_table(download.value.path().read_bytes(), "a.xlsx")
    assert table.headers[:2] == ("Dòng", "Lý do")
    assert len(table.rows) == 1
    assert table.rows[0][1].endswith("nào dùng được để nhận ra khách này.")

    # Undone, but for what somebody changed since.
    with in_tenant(alpha):
        update_customer(customer_id=lan.pk, note="sửa tay")
    page.click("text=Hoàn tác lần nhập này")
    look(page)
    page.click("text=Hoàn tác toàn bộ lần nhập")
    page.wait_for_selector("text=Đang hoàn tác lần nhập này.")
    run_agenda()
    page.wait_for_selector("text=Giữ lại vì sau đó đã có người sửa")
    cells = [
        cell.inner_text() for cell in page.query_selector_all("section:has-text('Giữ lại vì') tbody tr:first-child td")
    ]
    assert cells[1:] == ["ghi chú", "cũ", "cũ ít đá", "sửa tay"]
    look(page)
    with in_tenant(alpha):
        lan.refresh_from_db()
        assert (list(Customer.objects.all()), lan.address, lan.custom, lan.note) == ([lan], "cũ", {}, "sửa tay")
    assert page.troubles == []
