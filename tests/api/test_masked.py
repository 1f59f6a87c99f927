"""Keys without contacts:read: the same answers with phones and addresses masked; and addresses by parts."""

import json
from typing import Any

from django.test import Client

from customers.api.masking import FREE_TEXTS, MaskingViews
from customers.services.customers import update_customer
from customers.services.interactions import record_interaction
from cxcrm.core.api.viewsets import RoomViewSet
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from feedback.models import Complaint, Response
from feedback.services import complaints
from tenants.context import in_tenant
from tests.api.conftest import JSON, World, results
from workflows.models import Compensation, Promise


def test_contacts_are_masked_everywhere_and_found_by_the_whole_number(
    api: Client, api_alpha: Any, world: World
) -> None:
    partner = api_alpha(["customers:read", "feedback:read", "workflows:read"])
    for client, phones, emails in (
        (partner, ["091*****78"], ["h***@example.com"]),
        (api, ["+84912345678"], ["huong@example.com"]),
    ):
        one = client.get(f"/api/v1/customers/{world['customer']}/").json()
        assert (one["phones"], one["emails"]) == (phones, emails)
        assert one in results(client.get("/api/v1/customers/"))
        assert {row["email"] for row in results(client.get("/api/v1/invitations/"))} == set(emails)
        assert set(emails) <= {row["email"] for row in results(client.get("/api/v1/messages/"))}
        message = client.get(f"/api/v1/messages/{world['message']}/").json()
        assert message["email"] == emails[0]
    found = {
        text: len(results(partner.get("/api/v1/customers/", {"search": text})))
        for text in (
            "0912",
            "345678",
            "example.com",
            "vip",
            "0912 345 678",
            "huong@example.com",
            "huong",
            "hương nguyễn",
        )
    }
    assert found == {
        "0912": 0, "345678": 0, "example.com": 0, "vip": 0, "0912 345 678": 1, "huong@example.com": 1, "huong": 1,
        "hương nguyễn": 1,
    }  # fmt: skip


TOLD = "Gọi 0987 654 321 hoặc bi.mat@khach.example"
MASKED = "Gọi 098*****21 hoặc b…@khach.example"


def test_numbers_and_addresses_in_what_people_wrote_are_masked(
    api: Client, api_alpha: Any, alpha: TenantRef, world: World
) -> None:
    with in_tenant(alpha):
        customer, case = world.ids["customer"], world.ids["complaint"]
        update_customer(customer_id=customer, note=TOLD)
        Complaint.objects.filter(pk=case).update(subject=TOLD, description=TOLD, remedy_sought=TOLD)
        complaints.add_note(complaint_id=case, body=TOLD)
        record_interaction(customer_id=customer, kind="note", what="note", body=TOLD, data={"reason": TOLD})
        Promise.objects.create(
            customer_id=customer, complaint_id=case, text=TOLD, due_at=now(), owner_id=world.ids["user"], evidence=TOLD
        )
        Compensation.objects.create(complaint_id=case, amount=150_000, reason=TOLD)
        Response.objects.update(words=TOLD)
    partner = api_alpha(["customers:read", "feedback:export", "workflows:read"])
    texts = {
        f"customers/{customer}/": ["note"],
        "complaints/": ["subject", "description", "remedy_sought"],
        "desk/": ["subject"],
        f"complaints/{case}/notes/": ["body"],
        f"customers/{customer}/timeline/": ["body", "data.reason"],
        "promises/": ["text", "evidence"],
        "compensations/": ["reason"],
        "responses/": ["words"],
    }
    for path, names in texts.items():
        for client, said in ((partner, MASKED), (api, TOLD)):
            answer = client.get(f"/api/v1/{path}").json()
            found = json.dumps(answer, ensure_ascii=False)
            assert (found.count(said) >= len(names), said is TOLD or "654 321" not in found) == (True, True), path
    assert results(partner.get("/api/v1/compensations/"))[0]["amount"] == "150000.00"
    timeline = f"/api/v1/customers/{customer}/timeline/"
    assert [len(results(client.get(timeline, {"search": "654"}))) > 0 for client in (partner, api)] == [False, True]
    for client, said in ((partner, MASKED), (api_alpha(["feedback:export", "contacts:read"]), TOLD)):
        taken = client.get("/api/v1/complaints/export/", {"as": "csv"})
        assert taken.status_code == 200, taken.content
        text = b"".join(taken.streaming_content).decode("utf-8-sig")
        assert (said in text, (MASKED if said is TOLD else TOLD) in text) == (True, False)


# Texts the firm writes for everybody, ids of quotes, quotes, which are starred when they are taken, and what is known
# of somebody as codes and credits.
NOBODYS = {
    "AccountabilityViewSet", "CommunityAnswerViewSet", "CommunityImpactViewSet", "CommunityQuestionViewSet",
    "CustomerUnderstandingViewSet", "EnvironmentViewSet", "EvidenceViewSet",
    "InsightViewSet", "PersonaQuoteViewSet", "QuestionnaireViewSet",
    "ProposedStandardViewSet", "QuoteViewSet", "ReplyTemplateViewSet", "ReportedEmotionViewSet", "ReviewViewSet",
    "StageQuoteViewSet", "StandardViewSet",
}  # fmt: skip


def test_every_endpoint_with_texts_of_people_masks_them() -> None:
    waiting: list[type] = [RoomViewSet]
    bare = set()
    while waiting:
        view: Any = waiting.pop()
        waiting += view.__subclasses__()
        shapes = [view.serializer_class, *view.outputs.values()]
        names = {name for shape in shapes if shape is not None for name in shape().fields}
        if names & (FREE_TEXTS - {"reason", "values"}) and not issubclass(view, MaskingViews):
            bare.add(view.__name__)
    assert bare == NOBODYS


def test_who_may_write_and_not_see_cannot_write_masks_back(api: Client, api_alpha: Any, world: World) -> None:
    partner = api_alpha(["customers:write"])
    url = f"/api/v1/customers/{world['customer']}/"

    def change(**values: Any) -> Any:
        return partner.generic("PATCH", url, json.dumps(values), JSON)

    assert api.generic("PATCH", url, json.dumps({"note": TOLD}), JSON).status_code == 200
    kept, one = api.get(url).json(), partner.get(url).json()
    assert one["note"] == MASKED
    # The whole row sent back as it was read: nothing changes but what was meant.
    back = change(**{name: one[name] for name in ("phones", "emails", "note", "full_name")}, tags=["vip", "quen"])
    assert (back.status_code, back.json()["tags"]) == (200, ["vip", "quen"])
    now_kept = api.get(url).json()
    assert [now_kept[name] for name in ("phones", "emails", "note")] == [kept[n] for n in ("phones", "emails", "note")]
    for name, value in (
        ("note", f"{MASKED}, sau 17 giờ"),
        ("phones", [*one["phones"], "0909 111 222"]),
        ("emails", [*one["emails"], "khac@khach.example"]),
    ):
        refused = change(**{name: value, "tags": ["mới"]})
        assert (refused.status_code, refused.json()["code"]) == (400, "customer.masked_sent"), name
        assert refused.json()["data"] == {"field": name}
    assert api.get(url).json() == now_kept
    # Somebody's own stars are theirs, and a text without any may be written anew.
    for note in ("Mã đặt bàn 123***45", "Thích trà"):
        assert (change(note=note).status_code, api.get(url).json()["note"]) == (200, note)


def test_an_address_goes_in_by_parts_or_as_a_line(api: Client, world: World) -> None:
    url = f"/api/v1/customers/{world['customer']}/"
    parts = {"street_line": "12 Lê Lợi", "ward": "bến thành", "province_code": "TP HCM"}
    told = api.generic("PATCH", url, json.dumps(parts), JSON).json()
    assert told["address"] == "12 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh"
    assert (told["ward"], told["province_code"]) == ("Phường Bến Thành", "79")
    line = api.generic("PATCH", url, json.dumps({"address": "3 Hạ Long, TP Vũng Tàu"}), JSON).json()
    assert (line["street_line"], line["province_code"], line["legacy_address"]) == ("", "79", "3 Hạ Long, TP Vũng Tàu")
    assert [row["id"] for row in results(api.get("/api/v1/customers/?province=79"))] == [world["customer"]]
    assert api.generic("PATCH", url, json.dumps({"province_code": "Atlantis"}), JSON).status_code == 400


def test_people_of_an_organisation_with_their_roles(api: Client) -> None:
    made = api.post("/api/v1/customers/", {"full_name": "Sen Vàng", "kind": "organization"}, JSON).json()
    person = {"full_name": "Lê An", "organization": made["id"], "contact_role": "both", "formal_title": "Giám đốc"}
    told = api.post("/api/v1/customers/", person, JSON)
    assert (told.status_code, told.json()["contact_role"]) == (201, "both")
    asked = f"/api/v1/customers/?organization={made['id']}&contact_role=both"
    assert [row["id"] for row in results(api.get(asked))] == [told.json()["id"]]
    assert results(api.get(f"/api/v1/customers/?organization={made['id']}&contact_role=user")) == []
