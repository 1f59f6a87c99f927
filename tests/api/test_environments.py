"""Places through the API: where they stand on the journey, and photos sent to a point and fetched byte for byte."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from journeys.models import AuditPhoto, EnvironmentAudit
from tenants.context import in_tenant
from tests.api.conftest import JSON, World, build_world, results
from tests.customers.files import jpeg, pdf, png

pytestmark = pytest.mark.usefixtures("nothing_expires")


@pytest.fixture
def world(alpha: TenantRef, scene: Callable[..., Any]) -> World:
    return scene("world of one customer", lambda: build_world(alpha, merges=False))


def test_a_place_stands_at_a_stage_or_at_a_touchpoint(api: Client, world: World) -> None:
    url, stage, touchpoint = f"/api/v1/environments/{world['environment']}/", world["stage"], world["touchpoint"]

    def said(**told: Any) -> Any:
        answer = api.patch(url, told, content_type=JSON)
        return (answer.json()["stage"], answer.json()["touchpoint"]) if answer.status_code == 200 else answer

    assert said(stage=stage) == (stage, None)
    assert [row["id"] for row in results(api.get(f"/api/v1/environments/?stage={stage}"))] == [world["environment"]]
    assert said(touchpoint=touchpoint) == (None, touchpoint)
    both = said(stage=stage, touchpoint=touchpoint)
    assert (both.status_code, both.json()["data"]) == (400, {"field": "touchpoint"})
    assert api.get(url).json()["touchpoint"] == touchpoint
    assert said(touchpoint=None) == (None, None)


def test_a_photo_goes_to_its_point_and_comes_back_equal(
    api: Client, api_alpha: Callable[..., Client], alpha: TenantRef, world: World
) -> None:
    walk = f"/api/v1/environment-walks/{world['walk']}"
    point = f"{walk}/points/{world['unseen_point']}/photo/"

    def send(content: bytes, client: Client = api, **more: Any) -> Any:
        return client.post(point, {"file": SimpleUploadedFile("../../a.png", content), **more})

    assert api.get(point).status_code == 404
    for content, status, code in (
        (pdf(), 400, "environment.picture_only"),
        (png() + b"<script>", 400, "file.disguised"),
        (b"MZ\x90\x00", 400, "file.not_allowed"),
        (b"", 400, "file.empty"),
        (png() + b"x" * (10 * 1024 * 1024), 413, "too_large"),
    ):
        refused = send(content)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert refused.json()["message"]
    assert send(png(), note="x").status_code == 400
    assert api.post(point, {"file": "a.png"}, content_type=JSON).status_code == 415
    reader = api_alpha(["journeys:read"])
    assert send(png(), reader).json()["data"] == {"needs": "journeys:write"}
    with in_tenant(alpha):
        assert AuditPhoto.objects.count() == 1

    sent = send(png())
    assert (sent.status_code, sent.json()["id"], sent.json()["has_photo"]) == (201, world["unseen_point"], True)
    assert send(png()).status_code == 201
    again = send(jpeg())
    assert (again.status_code, again.json()["code"]) == (409, "environment.photo_there")
    assert [row["has_photo"] for row in reader.get(f"{walk}/points/").json()] == [True, True]
    got = reader.get(point)
    assert (got.content, got["Content-Type"]) == (png(), "image/png")
    assert got["Content-Disposition"] == f'attachment; filename="{world["unseen_point"]}.png"'
    assert (got["X-Content-Type-Options"], got["Cache-Control"]) == ("nosniff", "private, no-store")

    assert api_alpha(["journeys:write"]).delete(point).json()["data"] == {"needs": "journeys:manage"}
    assert reader.get(point).content == png()
    assert [api.delete(point).status_code for _turn in range(2)] == [204, 204]
    assert reader.get(point).status_code == 404
    with in_tenant(alpha):
        EnvironmentAudit.objects.update(done_at=now() - timedelta(hours=25))
    late = send(png())
    assert (late.status_code, late.json()["code"]) == (409, "environment.photo_too_late")
    with in_tenant(alpha):
        assert AuditPhoto.objects.count() == 1


def test_a_walk_comes_with_its_photos_or_not_at_all(
    api: Client, api_alpha: Callable[..., Client], alpha: TenantRef, world: World
) -> None:
    url = "/api/v1/environment-walks/"

    def send(*photos: tuple[str, bytes], photo: str = "wifi.jpg", client: Client = api, **more: Any) -> Any:
        found = [{"text": "Wifi", "result": "fail", "note": "Rớt", "photo": photo}]
        told = {"environment": world["unwalked"], "found": json.dumps(found), **more}
        return client.post(url, {**told, "photos": [SimpleUploadedFile(*file) for file in photos]})

    good = ("wifi.jpg", jpeg())
    for answer, status, code, named in (
        (send(("wifi.jpg", pdf())), 400, "environment.picture_only", "wifi.jpg"),
        (send(("wifi.jpg", png() + b"<script>")), 400, "file.disguised", "wifi.jpg"),
        (send(("wifi.jpg", b"")), 400, "file.empty", "wifi.jpg"),
        (send(("wifi.jpg", png() + b"x" * (10 * 1024 * 1024))), 413, "too_large", "wifi.jpg"),
        (send(good, ("sàn.png", png())), 400, "invalid", "sàn.png"),
        (send(good, good), 400, "invalid", "wifi.jpg"),
        (send(good, photo="bếp.jpg"), 400, "invalid", "bếp.jpg"),
        (send(), 400, "invalid", "wifi.jpg"),
        (send(good, found="[{"), 400, "malformed", ""),
        (send(good, found="x" * 10, more="x"), 400, "malformed", ""),
        (send(good, more="x"), 400, "invalid", "more"),
        (api.post(url, {"environment": world["unwalked"]}, content_type=JSON), 400, "invalid", ""),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert named in json.dumps(answer.json(), ensure_ascii=False)
    assert send(good, client=api_alpha(["journeys:read"])).json()["data"] == {"needs": "journeys:write"}
    with in_tenant(alpha):
        assert (EnvironmentAudit.objects.count(), AuditPhoto.objects.count()) == (1, 1)

    sent = send(good)
    assert (sent.status_code, sent.json()["rated"], "photos" in sent.json()) == (201, 1, False)
    walk = f"{url}{sent.json()['id']}/points/"
    (point,) = api.get(walk).json()
    assert (point["has_photo"], point["note"]) == (True, "Rớt")
    assert api.get(f"{walk}{point['id']}/photo/").content == jpeg()
    again = send(good)
    assert (again.status_code, again.json()["code"]) == (409, "environment.walked_today")
    with in_tenant(alpha):
        assert (EnvironmentAudit.objects.count(), AuditPhoto.objects.count()) == (2, 2)
