"""Environments as they are used: added, walked with a phone, put right, and late on the first page."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Attachment
from journeys.models import AuditPhoto, Environment, EnvironmentAudit, Initiative, Touchpoint
from journeys.services.environments import add_environment
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today
from tests.customers.files import png

LIST, WALKS = "/admin/journeys/environment/", "/admin/journeys/environmentaudit/"


def body(response):
    return response.content.decode()


def test_from_the_place_to_what_is_put_right(client_as, person, in_alpha, alpha):
    manager, agent, reader = client_as("manager"), client_as("agent"), client_as("read_only")
    assert "Chưa có nơi nào" in body(agent.get(LIST))
    assert agent.get(f"{LIST}add/").status_code == 403
    head = User.objects.get(role="manager")
    queue = Touchpoint.objects.get(code="counter")
    told = {"name": "Quán Tân Định", "kind": "place", "accountable": str(head.pk), "items": "Sạch\nWifi\n\nSạch\n"}
    told["stands"] = f"stage:{queue.stage_id}"
    assert "Ghi ít nhất" not in body(manager.post(f"{LIST}add/", {**told, "name": ""}))
    assert not Environment.objects.exists()
    manager.post(f"{LIST}add/", told)
    place = Environment.objects.get()
    assert (place.items, place.stage, place.touchpoint) == (["Sạch", "Wifi"], queue.stage, None)
    page = f"{LIST}{place.pk}/"
    assert "Đã có nơi" in body(manager.post(f"{LIST}add/", told))
    assert f'value="stage:{queue.stage_id}" selected' in body(manager.get(f"{page}edit/"))
    moved = {**told, "stands": f"touchpoint:{queue.pk}"}
    manager.post(f"{page}edit/", {**moved, "name_en": "Shop", "items": "Sạch\nWifi\nGửi xe"})
    assert f"{queue.stage} › {queue}" in body(agent.get(f"{page}change/"))
    assert (agent.get(f"{page}edit/").status_code, agent.post(f"{page}do/", {"act": "leave"}).status_code) == (403, 403)
    assert f"{page}walk/" in body(manager.get("/admin/"))
    assert f"{page}walk/" not in body(agent.get("/admin/"))
    # Walked with a phone: what is wrong takes words, a photo goes along.
    sent = {f"text-{number}": text for number, text in enumerate(("Sạch", "Wifi", "Gửi xe"))}
    sent |= {"result-0": "ok", "result-1": "fail", "result-2": "na"}
    assert reader.get(f"{page}walk/").status_code == 403
    assert reader.post(f"{page}walk/", sent).status_code == 403
    silent = body(agent.post(f"{page}walk/", sent))
    assert "Ghi vài chữ về điều chưa ổn" in silent
    assert silent.count("checked") == 3
    half = body(agent.post(f"{page}walk/", {**sent, "result-0": ""}))
    assert "Ổn hay chưa ổn?" in half
    assert not EnvironmentAudit.objects.exists()
    photo = SimpleUploadedFile("wifi.png", png(), "image/png")
    done = agent.post(f"{page}walk/", {**sent, "note-1": "Rớt liên tục", "photo-1": photo})
    audit = EnvironmentAudit.objects.get()
    assert done["Location"] == f"{WALKS}{audit.pk}/change/"
    found = body(agent.get(done["Location"]))
    assert "Rớt liên tục" in found
    assert "50 %" in found
    assert "Hôm nay nơi này đã được kiểm tra" in body(agent.post(f"{page}walk/", {**sent, "note-1": "x"}))
    bad = audit.items.get(result="fail")
    shown = agent.get(f"{WALKS}{audit.pk}/photo/?item={bad.pk}")
    assert (shown.content, shown["Content-Type"]) == (png(), "image/png")
    assert not Attachment.objects.exists()
    for item in (audit.items.get(result="ok").pk, "x", ""):
        assert agent.get(f"{WALKS}{audit.pk}/photo/?item={item}").status_code == 404
    assert agent.post(f"{WALKS}{audit.pk}/photo/", {"item": bad.pk}).status_code == 403
    assert AuditPhoto.objects.count() == 1
    manager.post(f"{WALKS}{audit.pk}/photo/", {"item": bad.pk})
    assert not AuditPhoto.objects.exists()
    # What takes more than a hand's turn becomes an initiative of whoever answers for the place.
    for client, point, made in ((reader, bad, 0), (agent, audit.items.get(result="ok"), 0), (agent, bad, 1)):
        client.post(f"{WALKS}{audit.pk}/propose/", {"item": point.pk})
        assert Initiative.objects.count() == made
    assert Initiative.objects.get().owner == head
    assert "Rớt liên tục" in body(manager.get(f"{page}change/"))
    # A number somebody wrote down is read by those who may see numbers.
    audit.items.filter(pk=bad.pk).update(note="Gọi thợ 0912 345 678")
    for page_of in (LIST, f"{page}change/", f"{WALKS}{audit.pk}/change/"):
        assert "345 678" in body(agent.get(page_of))
        assert "345 678" not in body(reader.get(page_of))
    assert agent.get(WALKS)["Location"] == LIST
    for missing in (f"{LIST}{audit.pk}/change/", f"{WALKS}{place.pk}/change/"):
        assert manager.get(missing).status_code == 302


def test_late_stands_first_and_unused_last(client_as, in_alpha, alpha):
    owner = User.objects.get(role="owner")
    late, unused = (add_environment(name=name, accountable_id=owner.pk) for name in ("Quán muộn", "Quán cũ"))
    Environment.objects.filter(pk=late.pk).update(due_on=firm_today() - timedelta(days=3))
    manager = client_as("manager")
    for act, is_active in (("leave", False), ("use", True), ("leave", False)):
        manager.post(f"{LIST}{unused.pk}/do/", {"act": act})
        unused.refresh_from_db()
        assert unused.is_active is is_active
    page = body(manager.get(LIST))
    assert "trễ từ" in page
    assert page.index("Quán muộn") < page.index("Quán cũ")
    assert "Kiểm tra ngay" not in body(manager.get(f"{LIST}{unused.pk}/change/"))
    assert "không còn dùng" in body(manager.post(f"{LIST}{unused.pk}/walk/", _all_ok(unused)))
    assert not EnvironmentAudit.objects.exists()


def _all_ok(place):
    texts = {f"text-{number}": text for number, text in enumerate(place.items)}
    return texts | {f"result-{number}": "ok" for number in range(len(place.items))}
