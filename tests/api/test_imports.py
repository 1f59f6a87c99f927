"""A customer file through the API: dry run, mapping, go-ahead, result."""

import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.logic.spreadsheet import read_table
from customers.models import Customer, ImportJob
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tests.api.conftest import JSON, results

URL = "/api/v1/imports/"
SHEET = (
    "Tên khách,Số điện thoại,Email,Đồng ý khảo sát\n"
    "C. Lan,912345678,lan@example.com,có\n"
    "A Minh,0987654321,khong-phai-email,\n"
    ",,,\n"
    "Lê Văn Hùng,0911222333,hung@example.com,không\n"
)


def upload(client: Client, text: str = SHEET, name: str = "khach hang.csv") -> Any:
    return client.post(URL, {"file": SimpleUploadedFile(name, text.encode())})


def test_a_file_is_checked_then_carried_out(api: Client, alpha: TenantRef, run_agenda: Callable[..., int]) -> None:
    response = upload(api)
    assert response.status_code == 201, response.content
    job = response.json()
    assert job["file_name"] == "khach hang.csv"
    assert job["state"] == "checked"
    assert job["mapping"] == {"0": "full_name", "1": "phone", "2": "email", "3": "survey_consent"}
    assert (job["to_create"], job["to_update"], job["created_count"]) == (3, 0, 0)
    assert job["uploaded_by"] is None
    with in_tenant(alpha):
        assert Customer.objects.count() == 0

    started = api.post(f"{URL}{job['id']}/start/", content_type=JSON)
    assert (started.status_code, started.json()["state"]) == (200, "running")
    run_agenda()
    done = api.get(f"{URL}{job['id']}/").json()
    assert (done["state"], done["created_count"], done["failed_count"]) == ("done", 3, 0)
    assert done["finished_at"].endswith("Z")
    names = [row["full_name"] for row in results(api.get("/api/v1/customers/?ordering=name"))]
    assert sorted(names) == ["Lan", "Lê Văn Hùng", "Minh"]
    lan = results(api.get("/api/v1/customers/?search=lan@example.com"))[0]
    assert (lan["phones"], lan["salutation"], lan["consents"]) == (["+84912345678"], "chi", {"survey": True})
    again = api.post(f"{URL}{job['id']}/start/", content_type=JSON)
    assert (again.status_code, again.json()) == (200, done)


def test_rows_say_what_becomes_of_them(api: Client) -> None:
    job = upload(api).json()
    rows = results(api.get(f"{URL}{job['id']}/rows/"))
    assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)
    lan = rows[0]
    assert lan["outcome"] == "create"
    assert lan["cells"][:2] == ["C. Lan", "912345678"]
    assert lan["customer"] is None
    minh = next(row for row in rows if row["cells"][0] == "A Minh")
    assert any(problem["value"] == "khong-phai-email" for problem in minh["problems"])
    assert results(api.get(f"{URL}{job['id']}/rows/?outcome=created")) == []


def test_columns_may_be_named_otherwise(api: Client) -> None:
    job = upload(api, "A,B\nLê An,0911222333\n").json()
    url = f"{URL}{job['id']}/"
    response = api.patch(url, json.dumps({"mapping": {"0": "full_name", "1": "phone"}}), content_type=JSON)
    assert response.status_code == 200, response.content
    assert response.json()["mapping"] == {"0": "full_name", "1": "phone"}
    assert response.json()["to_create"] == 1
    for mapping in ({"x": "phone"}, {"-1": "phone"}, {"0": "password"}, {"1000": "phone"}, [], {"0": None}):
        refused = api.patch(url, json.dumps({"mapping": mapping}), content_type=JSON)
        assert refused.status_code == 400, mapping
    twice = api.patch(url, json.dumps({"mapping": {"0": "phone", "1": "phone"}}), content_type=JSON)
    assert twice.status_code in (200, 400)
    beyond = api.patch(url, json.dumps({"mapping": {"7": "phone"}}), content_type=JSON)
    assert (beyond.status_code, beyond.json()["code"]) == (400, "import.mapping_invalid")


def test_a_discarded_file_is_not_carried_out(api: Client, alpha: TenantRef, run_agenda: Callable[..., int]) -> None:
    job = upload(api).json()
    assert api.post(f"{URL}{job['id']}/discard/", content_type=JSON).json()["state"] == "discarded"
    assert api.post(f"{URL}{job['id']}/start/", content_type=JSON).status_code == 409
    run_agenda()
    with in_tenant(alpha):
        assert Customer.objects.count() == 0
        assert ImportJob.objects.get().state == "discarded"


def test_the_list_is_filtered_by_state(api: Client) -> None:
    upload(api)
    upload(api, name="hai.csv")
    job = results(api.get(URL))[0]
    api.post(f"{URL}{job['id']}/discard/", content_type=JSON)
    assert [row["file_name"] for row in results(api.get(f"{URL}?state=checked"))] == ["khach hang.csv"]


def test_a_session_signs_its_uploads(staff_client_alpha: Client, owner_alpha: Any) -> None:
    assert upload(staff_client_alpha).json()["uploaded_by"] == str(owner_alpha.id)


def test_refused_rows_come_back_as_a_file_to_correct(api: Client) -> None:
    job = upload(api, "Tên khách,Số điện thoại,Email\n=1+1,,\nLê An,0911222333,\n").json()
    url = f"{URL}{job['id']}/refused/"
    sheet = api.get(url)
    assert sheet["Content-Disposition"] == 'attachment; filename="refused-rows.xlsx"'
    assert sheet["Cache-Control"] == "private, no-store"
    table = read_table(sheet.content, "a.xlsx")
    assert (len(table.rows), table.rows[0][0], table.rows[0][2]) == (1, "2", "=1+1")
    text = api.get(f"{url}?as=csv").content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "Lê An" not in text
    assert api.get(f"{url}?as=pdf").json()["code"] == "export.format_unknown"
    assert api.get(f"{url}?like=pdf").status_code == 400


def test_who_may_not_see_contacts_cannot_fetch_them_so(api: Client, api_alpha: Callable[..., Client]) -> None:
    job = upload(api).json()
    refused = api_alpha(["customers:write"]).get(f"{URL}{job['id']}/refused/")
    assert (refused.status_code, refused.json()["data"]) == (403, {"needs": "contacts:read"})
    assert api_alpha(["customers:read", "contacts:read"]).get(f"{URL}{job['id']}/refused/").status_code == 403
