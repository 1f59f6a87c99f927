"""The journey map through the API: drawn, felt, published; every refusal names its field."""

import json
from typing import Any
from uuid import uuid4

from django.test import Client

from cxcrm.core.context import TenantRef
from journeys.models import AssumedEmotion, JourneyVersion, ReportedEmotion, Stage, StageQuote
from journeys.services.emotions import report_emotion
from tenants.context import in_tenant
from tests.api.conftest import JSON, World, results
from tests.journeys.conftest import Drawn, draw

V1 = "/api/v1/"


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(f"{V1}{path}", json.dumps(body or {}), content_type=JSON)


def a_journey(tenant: TenantRef) -> Drawn:
    with in_tenant(tenant):
        return draw()


def test_a_map_is_drawn_and_published(api: Client, alpha: TenantRef) -> None:
    drawn = a_journey(alpha)
    path = f"journeys/{drawn.journey.pk}/"
    assert api.get(f"{V1}{path}missing/").json() == []
    third = post(
        api, "stages/", {"journey": str(drawn.journey.pk), "name": "Kể lại", "customer_goal": "Được kể"}
    ).json()
    assert third["customer_goal"] == "Được kể"
    assert post(api, f"stages/{drawn.use.pk}/ways/", {"to": [str(drawn.buy.pk)]}).status_code == 200
    links = results(api.get(f"{V1}stage-links/?journey={drawn.journey.pk}"))
    assert [(row["from_stage"], row["to_stage"]) for row in links] == [(str(drawn.use.pk), str(drawn.buy.pk))]
    missing = api.get(f"{V1}{path}missing/").json()
    assert [(one["code"], one["stage"]) for one in missing] == [
        ("unreachable", third["id"]),
        ("few_quotes", third["id"]),
    ]
    refused = post(api, f"{path}publish/")
    assert (refused.status_code, refused.json()["code"]) == (409, "journey.not_ready")
    assert refused.json()["data"]["missing"] == missing
    assert post(api, f"stages/{drawn.use.pk}/ways/", {"to": []}).status_code == 200
    for quote in drawn.quotes:
        cited = post(api, "stage-quotes/", {"stage": third["id"], "quote": str(quote.pk)})
        assert cited.status_code == 201
    assert post(api, f"{path}submit/").json()["state"] == "in_review"
    assert post(api, f"{path}send-back/").json()["state"] == "draft"
    seen = api.patch(f"{V1}stages/{third['id']}/", json.dumps({"viewpoint": "company"}), content_type=JSON).json()
    assert seen["viewpoint"] == "company"
    version = post(api, f"{path}publish/").json()
    assert version.pop("one_sided") == [third["id"]]
    assert (version["number"], version["published_by"]) == (1, None)
    assert results(api.get(f"{V1}{path}versions/")) == [version]
    whole = api.get(f"{V1}{path}versions/{version['id']}/").json()
    assert whole["snapshot"] == api.get(f"{V1}{path}map/").json()
    again = post(api, f"{path}publish/")
    assert (again.status_code, again.json()["code"]) == (409, "journey.nothing_changed")
    moved = post(api, f"touchpoints/{drawn.seat.pk}/move/", {"stage": str(drawn.buy.pk), "position": 1}).json()
    assert (moved["stage"], moved["position"]) == (str(drawn.buy.pk), 1)
    gone = api.delete(f"{V1}stage-quotes/{cited.json()['id']}/")
    assert gone.status_code == 204
    with in_tenant(alpha):
        assert StageQuote.objects.filter(stage_id=third["id"]).count() == 2
        assert JourneyVersion.objects.count() == 1


def test_what_cannot_be_drawn(api: Client, alpha: TenantRef, world: World) -> None:
    stage, touchpoint = world["stage"], world["touchpoint"]
    for path, body, code, field in (
        (f"stages/{stage}/ways/", {"to": [stage]}, "journey.links_invalid", None),
        (f"stages/{stage}/ways/", {"to": [str(uuid4())]}, "invalid", "to.0"),
        (f"stages/{stage}/ways/", {}, "invalid", "to"),
        (f"touchpoints/{touchpoint}/move/", {"stage": stage, "position": 0}, "invalid", "position"),
        ("standards/", {"touchpoint": touchpoint, "text": ""}, "invalid", "text"),
        ("standards/", {"touchpoint": touchpoint, "text": "x", "behaviours": list("abcdef")}, "invalid", None),
        ("stage-quotes/", {"stage": stage, "quote": str(uuid4())}, "invalid", "quote"),
        ("reported-emotions/", {"stage": stage, "valence": 3, "source": "stated"}, "invalid", "valence"),
        ("reported-emotions/", {"stage": stage, "valence": 1, "source": "coded"}, "emotion.words_needed", None),
        (
            "reported-emotions/",
            {"stage": stage, "valence": 1, "source": "stated", "feeling": "annoyed"},
            "emotion.feeling_unfit",
            None,
        ),
        (f"journeys/{world['journey']}/draw/", {"points": []}, "invalid", "points"),
    ):
        answer = post(api, path, body)
        assert (answer.status_code, answer.json()["code"]) == (400, code), path
        assert field is None or field in answer.json()["data"]["fields"], answer.json()
    with in_tenant(alpha):
        assert (ReportedEmotion.objects.count(), Stage.objects.count()) == (1, 10)


def test_a_person_draws_first_and_sees_then(
    api: Client, alpha: TenantRef, client_alpha: Client, owner_alpha: Any
) -> None:
    drawn = a_journey(alpha)
    with in_tenant(alpha):
        report_emotion(stage_id=drawn.buy.pk, valence=-1, source="survey")
    path = f"journeys/{drawn.journey.pk}/"
    with_key = api.get(f"{V1}{path}curves/").json()
    assert with_key["points"][0]["reported"] == {"n": 1, "value": -1.0, "low": -2.0, "high": 2.0}
    assert post(api, f"{path}draw/", {"points": [{"point": str(drawn.buy.pk), "valence": 1}]}).json()["code"] == (
        "journey.person_only"
    )
    client_alpha.force_login(owner_alpha)
    hidden = client_alpha.get(f"{V1}{path}curves/").json()
    assert (hidden["is_open"], hidden["gap"]) == (False, None)
    assert [(one["assumed"], one["reported"]) for one in hidden["points"]] == [(None, None)] * 2
    assert results(client_alpha.get(f"{V1}reported-emotions/?journey={drawn.journey.pk}")) == []
    both = [{"point": str(stage.pk), "valence": 1} for stage in (drawn.buy, drawn.use)]
    short = post(client_alpha, f"{path}draw/", {"points": both[:1]})
    assert (short.status_code, short.json()["code"]) == (400, "emotion.curve_incomplete")
    shown = post(client_alpha, f"{path}draw/", {"points": both})
    assert shown.status_code == 200, shown.content
    assert shown.json()["gap"] == {
        "points": 1, "empathy": 2.0, "optimism": 2.0, "worst": str(drawn.buy.pk),
    }  # fmt: skip
    assert len(results(client_alpha.get(f"{V1}reported-emotions/?journey={drawn.journey.pk}"))) == 1
    again = post(client_alpha, f"{path}draw/", {"points": both})
    assert (again.status_code, again.json()["code"]) == (409, "emotion.curve_drawn")
    with in_tenant(alpha):
        assert AssumedEmotion.objects.count() == 2


def test_a_standard_is_read_by_persons(api: Client, world: World, client_alpha: Client, owner_alpha: Any) -> None:
    made = post(api, "standards/", {"touchpoint": world["touchpoint"], "text": "Chào", "behaviours": ["Cười"]}).json()
    assert (made["version"], made["behaviours"], made["replaced_at"]) == (2, ["Cười"], None)
    in_force = results(api.get(f"{V1}standards/?touchpoint={world['touchpoint']}&in_force=true"))
    assert in_force == [made]
    client_alpha.force_login(owner_alpha)
    read = post(client_alpha, f"standards/{made['id']}/acknowledge/").json()
    assert (read["standard"], read["user"]) == (made["id"], str(owner_alpha.pk))
    old = post(client_alpha, f"standards/{world['standard']}/acknowledge/")
    assert (old.status_code, old.json()["code"]) == (409, "standard.replaced")
    assert len(results(api.get(f"{V1}standard-acknowledgements/?standard={made['id']}"))) == 1
