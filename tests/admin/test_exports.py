"""Lists as files: what the reader filtered and may see, recorded, refused where the right is missing."""

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from customers.models import Customer
from customers.services.customers import create_customer
from cxcrm.admin_site import tenant_site
from cxcrm.core.exports import taking
from feedback.models import Complaint
from tenants.staff.roles import ROLE_EXPORTS, Role
from workflows.models import Event

LIST = "/admin/customers/customer/"


def taken(answer):
    return b"".join(answer.streaming_content)


def csv_rows(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    return list(csv.DictReader(io.StringIO(taken(answer).decode("utf-8-sig"), newline="")))


def exports():
    return [
        (e.payload["model"], e.payload["rows"]) for e in Event.objects.filter(name="core.list_exported").order_by("pk")
    ]


def test_what_was_filtered_and_searched_leaves_and_is_recorded(staff_client_alpha, desk, owner_alpha):
    create_customer(full_name="Lê Văn Tám", phones=["0987654321"], tags=["quen"], note="=1+1")
    create_customer(full_name="Lê Thị Chín", tags=["mới"])
    (row,) = csv_rows(staff_client_alpha.post(f"{LIST}export/?tag=quen&q=le", {"as": "csv"}))
    tam = Customer.objects.get(full_name="Lê Văn Tám")
    assert row["ID"] == str(tam.pk)
    assert (row["Họ tên"], row["Số điện thoại"], row["Ghi chú"]) == ("Lê Văn Tám", "0987 654 321", "'=1+1")
    event = Event.objects.get(name="core.list_exported")
    assert (event.actor_id, event.payload["rows"], event.payload["file_format"]) == (owner_alpha.pk, 1, "csv")
    assert event.payload["filters"] == "tag=quen&q=le"
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(taken(staff_client_alpha.post(f"{LIST}export/", {"as": "xlsx"})))
    ).get_sheet_by_index(0)
    assert len(sheet.to_python()) == 1 + Customer.objects.count()
    assert exports() == [("customers.customer", 1), ("customers.customer", Customer.objects.count())]


def test_complaints_leave_with_their_customer(staff_client_alpha, desk):
    (row,) = csv_rows(staff_client_alpha.post("/admin/feedback/complaint/export/?show=open", {"as": "csv"}))
    assert row["Số"] == Complaint.objects.get().number
    assert row["Khách hàng"] == "Nguyễn Thị Lan"
    assert csv_rows(staff_client_alpha.post("/admin/feedback/complaint/export/?show=closed", {"as": "csv"})) == []


def test_every_list_can_leave(staff_client_alpha, desk, run_agenda):
    run_agenda()
    found = {}
    for model, admin in tenant_site._registry.items():
        if admin.exports:
            answer = staff_client_alpha.post(
                f"/admin/{model._meta.app_label}/{model._meta.model_name}/export/", {"as": "csv"}
            )
            if answer.status_code != 200:
                found[model._meta.label] = answer.status_code
            else:
                head, *rows = csv.reader(io.StringIO(taken(answer).decode("utf-8-sig"), newline=""))
                assert all(len(row) == len(head) for row in rows)
                assert not any(
                    "<" in cell and ">" in cell for row in rows for cell in row if not row[0].startswith("{")
                )
    assert found == {}


@pytest.mark.parametrize("role", Role.values)
def test_only_roles_that_may_export(client_as, desk, role):
    client = client_as(role)
    for room, path in (("customers", LIST), ("feedback", "/admin/feedback/complaint/")):
        may = room in ROLE_EXPORTS.get(role, ())
        page = client.get(path)
        assert ('action="export/' in page.content.decode()) == may
        assert client.post(f"{path}export/", {"as": "csv"}).status_code == (200 if may else 403)
    assert len(exports()) == sum(room in ROLE_EXPORTS.get(role, ()) for room in ("customers", "feedback"))


def test_refusals_say_what_to_do_and_record_nothing(staff_client_alpha, desk, monkeypatch):
    assert staff_client_alpha.get(f"{LIST}export/").status_code == 302
    answer = staff_client_alpha.post(f"{LIST}export/?q=lan", {"as": "exe"}, follow=True)
    assert answer.redirect_chain == [("..?q=lan", 302)]
    assert "Chọn XLSX hoặc CSV." in answer.content.decode()
    assert staff_client_alpha.post(f"{LIST}export/?id__exact=nonsense", {"as": "csv"}).status_code == 302
    monkeypatch.setattr(taking, "MAX_ROWS", 0)
    answer = staff_client_alpha.post(f"{LIST}export/", {"as": "csv"}, follow=True)
    assert "Hãy lọc hoặc tìm hẹp hơn" in answer.content.decode()
    assert exports() == []


def test_partners_export_what_they_filter(api_alpha, desk):
    client = api_alpha(["customers:export"])
    create_customer(full_name="Bình Minh", kind="organization")
    answer = client.get("/api/v1/customers/export/?as=csv&kind=organization&lang=en")
    (row,) = csv_rows(answer)
    assert (row["Full name"], row["Kind"]) == ("Bình Minh", "Organisation")
    assert client.get("/api/v1/customers/export/?nonsense=1").status_code == 400
    refused = client.get("/api/v1/customers/export/?as=exe")
    assert (refused.status_code, refused.json()["code"]) == (400, "export.format_unknown")
    assert exports() == [("customers.customer", 1)]
