"""Files of a customer through the API: added, listed, fetched byte for byte, removed."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Attachment
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tests.api.conftest import World, results
from tests.customers.files import pdf, png


def put(client: Client, world: World, content: bytes, name: str = "hd.pdf", **more: Any) -> Any:
    return client.post(
        f"/api/v1/customers/{world['customer']}/files/", {"file": SimpleUploadedFile(name, content), **more}
    )


def test_a_file_goes_in_and_comes_out_equal(api: Client, world: World) -> None:
    made = put(api, world, pdf(), "..\\Hoá đơn.exe", is_from_customer="true")
    assert made.status_code == 201, made.content
    told = made.json()
    assert told["file_name"] == "Hoá đơn.exe.pdf"
    assert (told["content_type"], told["size"], told["is_from_customer"]) == ("application/pdf", len(pdf()), True)
    url = f"/api/v1/customers/{world['customer']}/files/"
    assert [row["id"] for row in results(api.get(url))] == [told["id"], world["file"]]
    assert api.get(f"{url}{told['id']}/").json() == told
    content = api.get(f"{url}{told['id']}/content/")
    assert content.content == pdf()
    assert content["Content-Disposition"].startswith("attachment; filename*=utf-8''Ho%C3%A1%20")
    assert content["X-Content-Type-Options"] == "nosniff"
    assert content["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert content["Cache-Control"] == "private, no-store"
    assert api.delete(f"{url}{told['id']}/").status_code == 204
    assert api.get(f"{url}{told['id']}/content/").status_code == 404


def test_refusals_keep_nothing(api: Client, alpha: TenantRef, world: World) -> None:
    refused = put(api, world, png() + b"x")
    assert (refused.status_code, refused.json()["code"]) == (400, "file.disguised")
    empty = put(api, world, b"")
    assert (empty.status_code, empty.json()["code"]) == (400, "file.empty")
    assert put(api, world, b"a" * (10 * 1024 * 1024 + 1)).status_code == 413
    assert put(api, world, pdf(), subject="x").status_code == 400
    with in_tenant(alpha):
        assert Attachment.objects.count() == 1


def test_what_a_customer_sent_is_removed_by_who_manages(api: Client, api_alpha: Any, world: World) -> None:
    sent = put(api, world, pdf(), is_from_customer="true").json()
    url = f"/api/v1/customers/{world['customer']}/files/{sent['id']}/"
    refused = api_alpha(["customers:write"]).delete(url)
    assert (refused.status_code, refused.json()["data"]) == (403, {"needs": "customers:manage"})
    assert api.get(url).status_code == 200
    assert api.delete(url).status_code == 204


def test_notes_take_files_as_a_form_and_none_as_json(
    api: Client, alpha: TenantRef, world: World, run_agenda: Any, mailoutbox: list[Any]
) -> None:
    url = f"/api/v1/complaints/{world['complaint']}/notes/"

    def files(count: int = 2) -> list[Any]:
        return [SimpleUploadedFile(f"hd{number}.pdf", pdf()) for number in range(count)]

    inside = api.post(url, {"body": "Xem hai hóa đơn", "files": files()})
    assert (inside.status_code, inside.json()["is_internal"]) == (201, True)  # nothing is mailed unless it is said
    sent = api.post(url, {"body": "Gửi chị hóa đơn", "is_internal": "false", "files": files(1)})
    assert (sent.status_code, sent.json()["is_internal"]) == (201, False)
    run_agenda()
    assert [name for name, _content, _kind in mailoutbox[-1].attachments if name.endswith(".pdf")] == ["hd0.pdf"]
    for body, code in (
        ({"body": "Quá nhiều", "files": files(11)}, 400),
        ({"body": "Giả", "files": [SimpleUploadedFile("a.png", png() + b"x")]}, 400),
        ({"body": "Lạ", "files": files(1), "subject": "x"}, 400),
        ({"files": files(1)}, 400),
    ):
        assert api.post(url, body).status_code == code, body["files"]
    with in_tenant(alpha):
        kept = Attachment.objects.filter(subject_type="feedback.complaintnote")
        assert sorted(kept.values_list("file_name", flat=True)) == ["hd0.pdf", "hd0.pdf", "hd1.pdf"]
    assert len(results(api.get(url))) == 3
