"""Files on the customer's page: added, shown, downloaded and removed, each by whom it is meant for."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Attachment, Customer
from customers.services.attachments import attach_file
from cxcrm.core.context import Actor, acting_as
from tenants.context import in_tenant
from tests.customers.files import gif, jpeg, pdf, png


@pytest.fixture
def page(desk):
    return f"/admin/customers/customer/{desk.customer.pk}/change/"


def upload(client, page, content, name="Ảnh quầy.png", **more):
    return client.post(page, {"do": "file", "file-file": SimpleUploadedFile(name, content), **more})


def address(attachment, act):
    return f"/admin/customers/attachment/{attachment.pk}/{act}/"


def test_a_file_is_added_shown_downloaded_and_removed(client_as, desk, page, alpha):
    agent = client_as("agent")
    assert upload(agent, page, png()).status_code == 302
    with in_tenant(alpha):
        kept = Attachment.objects.get()
        assert (kept.customer_id, kept.content_type, kept.is_from_customer) == (desk.customer.pk, "image/png", False)
        assert kept.actor_label == "Lê Văn Thử"
    shown = agent.get(page).content.decode()
    assert "Ảnh quầy.png" in shown
    assert address(kept, "picture") in shown
    got = agent.get(address(kept, "download"))
    assert (got.status_code, got.content, got["Content-Type"]) == (200, png(), "image/png")
    assert got["Content-Disposition"] == "attachment; filename*=utf-8''%E1%BA%A2nh%20qu%E1%BA%A7y.png"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert {"private", "no-store"} <= set(got["Cache-Control"].replace(" ", "").split(","))
    picture = agent.get(address(kept, "picture"))
    assert (picture.content, picture["Content-Type"]) == (png(), "image/png")
    assert picture["Content-Disposition"].startswith("inline")
    assert picture["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert agent.get(address(kept, "change")).status_code == 200
    asked = agent.get(address(kept, "remove"))
    assert asked.status_code == 200
    with in_tenant(alpha):
        assert Attachment.objects.exists()
    assert agent.post(address(kept, "remove")).status_code == 302
    with in_tenant(alpha):
        assert not Attachment.objects.exists()
        assert desk.customer.interactions.first().what == "file.removed"


@pytest.mark.parametrize("content", [pdf(), gif(), b"chi Lan"])
def test_only_checked_pictures_are_shown_inside_a_page(staff_client_alpha, desk, page, alpha, content):
    with in_tenant(alpha):
        kept = attach_file(customer_id=desk.customer.pk, file_name="a", content=content)
        # As if an older release or a hand in the database had written it: the bytes are asked again.
        Attachment.objects.update(content_type="image/png")
    assert staff_client_alpha.get(address(kept, "picture")).status_code == 404
    assert staff_client_alpha.get(address(kept, "download"))["Content-Disposition"].startswith("attachment")


def test_what_pretends_is_refused_in_one_sentence_and_nothing_is_kept(staff_client_alpha, page, alpha):
    refused = upload(staff_client_alpha, page, jpeg() + b"<html><script>alert(1)</script>", "anh.jpg")
    assert refused.status_code == 200
    assert "cannot be kept" in refused.content.decode() or "không thể lưu" in refused.content.decode()
    assert upload(staff_client_alpha, page, b"").status_code == 200
    assert staff_client_alpha.post(page, {"do": "file"}).status_code == 200
    with in_tenant(alpha):
        assert not Attachment.objects.exists()


def test_lower_roles_see_and_do_not_write(client_as, desk, page, alpha):
    with in_tenant(alpha):
        own = attach_file(customer_id=desk.customer.pk, file_name="a.jpg", content=jpeg())
        with acting_as(Actor("customer")):
            sent = attach_file(customer_id=desk.customer.pk, file_name="b.jpg", content=jpeg())
    reader, agent, manager = client_as("read_only"), client_as("agent"), client_as("manager")
    assert reader.get(address(own, "download")).status_code == 200
    assert address(own, "remove") not in reader.get(page).content.decode()
    assert upload(reader, page, png()).status_code == 403
    assert reader.post(address(own, "remove")).status_code == 403
    assert agent.post(address(sent, "remove")).status_code == 403
    with in_tenant(alpha):
        assert Attachment.objects.count() == 2
        assert Customer.objects.get(pk=desk.customer.pk).version == desk.customer.version
    assert manager.post(address(sent, "remove")).status_code == 302
    with in_tenant(alpha):
        assert list(Attachment.objects.all()) == [own]
