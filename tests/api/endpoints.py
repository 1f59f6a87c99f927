"""Every address of the API with the scope it asks for and a body that works."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.api.conftest import JSON, World

SOON = (datetime.now(UTC) + timedelta(days=2)).isoformat()
NEXT_MONTH = (datetime.now(UTC).date().replace(day=1) + timedelta(days=45)).isoformat()
Body = Callable[[World], Any]


@dataclass(frozen=True)
class Endpoint:
    """``path`` names the ids it needs in braces; ``needs`` is the scope, None for any valid key."""

    method: str
    path: str
    needs: str | None
    body: Body | None = None
    status: int = 200
    # Where somebody logged in is answered otherwise than a key.
    status_in_person: int | None = None
    # Where it takes more than the scope: an agent who was not asked is answered so.
    status_for_agents: int | None = None

    def url(self, world: World | None = None, **ids: str) -> str:
        known = {name: str(value) for name, value in world.ids.items()} if world else {}
        return "/api/v1/" + self.path.format(**{**known, **ids})

    def call(self, client: Client, world: World, **ids: str) -> Any:
        body = self.body(world) if self.body else {}
        if self.method == "GET":
            return client.get(self.url(world, **ids))
        if "file" in body:
            return client.post(self.url(world, **ids), body)
        return client.generic(self.method, self.url(world, **ids), _json(body), JSON)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _json(body: Any) -> bytes:
    import json

    return json.dumps(body).encode()


def _file(_world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("khach.csv", "Tên,Điện thoại\nLê An,0911222333\n".encode())}


_BY_TAG = {"any": [{"field": "tags", "op": "any_of", "value": ["vip"]}, {"field": "ward", "op": "empty"}]}

ENDPOINTS = [
    Endpoint("GET", "me/", None),
    # staff
    Endpoint("GET", "users/", "staff:read"),
    Endpoint("GET", "users/{user}/", "staff:read"),
    Endpoint("GET", "departments/", "staff:read"),
    Endpoint("GET", "departments/{department}/", "staff:read"),
    Endpoint("GET", "branches/", "staff:read"),
    Endpoint("GET", "branches/{branch}/", "staff:read"),
    Endpoint("GET", "absences/", "staff:read"),
    Endpoint("GET", "absences/{absence}/", "staff:read"),
    Endpoint(
        "POST",
        "absences/",
        "staff:write",
        lambda w: {"user": w["user"], "starts_on": "2027-02-01", "ends_on": "2027-02-03"},
        201,
    ),
    # customers
    Endpoint("GET", "customers/", "customers:read"),
    Endpoint("GET", "customers/export/", "customers:export"),
    Endpoint("GET", "customers/{customer}/", "customers:read"),
    Endpoint("POST", "customers/", "customers:write", lambda w: {"full_name": "Lê Văn An"}, 201),
    Endpoint("PATCH", "customers/{customer}/", "customers:write", lambda w: {"note": "Thích trà"}),
    Endpoint("POST", "customers/{customer}/erase/", "customers:manage", None, 409),  # their complaint is open
    Endpoint("GET", "customers/{customer}/consents/", "customers:read"),
    Endpoint(
        "POST",
        "customers/{customer}/consents/",
        "customers:write",
        lambda w: {"purpose": "survey", "granted": False},
        201,
    ),
    Endpoint("GET", "customers/{customer}/timeline/", "customers:read"),
    Endpoint(
        "POST",
        "customers/{customer}/interactions/",
        "customers:write",
        lambda w: {"kind": "call", "body": "Gọi hỏi thăm"},
        201,
    ),
    Endpoint("GET", "customers/{customer}/files/", "customers:read"),
    Endpoint("GET", "customers/{customer}/files/{file}/", "customers:read"),
    Endpoint("GET", "customers/{customer}/files/{file}/content/", "customers:read"),
    Endpoint("POST", "customers/{customer}/files/", "customers:write", _file, 201),
    Endpoint("DELETE", "customers/{customer}/files/{file}/", "customers:write", None, 204),
    Endpoint("GET", "custom-fields/", "customers:read"),
    Endpoint("GET", "custom-fields/{custom_field}/", "customers:read"),
    Endpoint("POST", "custom-fields/", "customers:manage", lambda w: {"label_vi": "Cỡ giày", "kind": "number"}, 201),
    Endpoint("PATCH", "custom-fields/{custom_field}/", "customers:manage", lambda w: {"label_en": "Level"}),
    Endpoint("DELETE", "custom-fields/{custom_field}/", "customers:manage", None, 204),
    Endpoint("GET", "duplicates/", "customers:read"),
    Endpoint(
        "POST",
        "duplicates/keep-apart/",
        "customers:write",
        lambda w: {"first": w["customer"], "second": w["other_customer"]},
        204,
    ),
    Endpoint("GET", "facts/", "customers:read"),
    Endpoint("GET", "facts/{fact}/", "customers:read"),
    Endpoint(
        "POST",
        "facts/",
        "customers:write",
        lambda w: {"customer": w["customer"], "kind": "need", "text": "Gói 20 ly trả trước"},
        201,
    ),
    Endpoint(
        "POST",
        "facts/from-entry/",
        "customers:write",
        lambda w: {"interaction": w["entry"], "kind": "why_like", "reason": "quality", "words": "bánh giòn"},
        201,
    ),
    Endpoint("POST", "facts/{fact}/confirm/", "customers:write"),
    Endpoint("POST", "facts/{fact}/withdraw/", "customers:write"),
    Endpoint("GET", "customers/{customer}/health/", "customers:read"),
    Endpoint("GET", "at-risk/", "customers:read"),
    Endpoint("GET", "churn-models/", "customers:read"),
    Endpoint("GET", "churn-models/{churn_model}/", "customers:read"),
    Endpoint("POST", "churn-models/train/", "customers:manage", None, 202),
    Endpoint("GET", "customers/{customer}/understanding/", "customers:read"),
    Endpoint("POST", "customers/{customer}/understanding/", "customers:write", lambda w: {"item": "contact"}),
    Endpoint("GET", "understanding/", "customers:read"),
    Endpoint("POST", "understanding/believe/", "customers:manage", lambda w: {"share": 80}),
    Endpoint("POST", "understanding/recount/", "customers:manage", None, 202),
    Endpoint("GET", "quotes/", "customers:read"),
    Endpoint("GET", "quotes/{quote}/", "customers:read"),
    Endpoint("POST", "quotes/", "customers:write", lambda w: {"interaction": w["entry"], "text": "bánh giòn"}, 201),
    Endpoint("GET", "segments/", "customers:read"),
    Endpoint("GET", "segments/{segment}/", "customers:read"),
    Endpoint("GET", "segments/fields/", "customers:read"),
    Endpoint(
        "POST",
        "segments/",
        "customers:write",
        lambda w: {"name": "Hay mua", "condition": {"field": "purchases.count", "op": "at_least", "value": 3}},
        201,
    ),
    Endpoint("PATCH", "segments/{segment}/", "customers:write", lambda w: {"description": "Mời dùng thử"}),
    Endpoint("POST", "segments/{segment}/refresh/", "customers:write"),
    Endpoint("POST", "segments/{segment_by_hand}/add/", "customers:write", lambda w: {"customers": [w["customer"]]}),
    Endpoint("POST", "segments/{segment_by_hand}/remove/", "customers:write", lambda w: {"customers": [w["customer"]]}),
    Endpoint("POST", "segments/count/", "customers:read", lambda w: {"condition": _BY_TAG}),
    Endpoint("POST", "segments/preview/", "customers:read", lambda w: {"condition": _BY_TAG}),
    Endpoint("GET", "segments/{segment}/members/", "customers:read"),
    Endpoint("GET", "segments/{segment}/sizes/", "customers:read"),
    Endpoint("GET", "personas/", "customers:read"),
    Endpoint("GET", "personas/{persona}/", "customers:read"),
    Endpoint("GET", "personas/{persona}/readiness/", "customers:read"),
    Endpoint("GET", "personas/shares/", "customers:read"),
    Endpoint("POST", "personas/", "customers:manage", lambda w: {"segment": w["segment_by_hand"], "who": "Thợ"}, 201),
    Endpoint("PATCH", "personas/{persona}/", "customers:manage", lambda w: {"who": "Kế toán, 31 tuổi"}),
    Endpoint("DELETE", "personas/{persona}/", "customers:manage", None, 204),
    Endpoint("POST", "personas/{persona}/publish/", "customers:manage", None, 409),  # it cites one quote only
    Endpoint("POST", "personas/{live_persona}/retire/", "customers:manage"),
    Endpoint("GET", "personas/{persona}/citations/", "customers:read"),
    Endpoint("POST", "personas/{persona}/citations/", "customers:manage", lambda w: {"quote": w["quote"]}, 201),
    Endpoint("DELETE", "personas/{persona}/citations/{citation}/", "customers:manage", None, 204),
    Endpoint("GET", "persona-assignments/", "customers:read"),
    Endpoint(
        "POST",
        "persona-assignments/",
        "customers:write",
        lambda w: {"customer": w["customer"], "persona": w["live_persona"], "confidence": "0.9"},
        201,
    ),
    Endpoint("GET", "merges/", "customers:read"),
    Endpoint("GET", "merges/{merge}/", "customers:read"),
    Endpoint(
        "POST", "merges/", "customers:write", lambda w: {"survivor": w["customer"], "merged": w["other_customer"]}, 201
    ),
    Endpoint("POST", "merges/{merge}/undo/", "customers:write"),
    Endpoint("GET", "imports/", "customers:read"),
    Endpoint("GET", "imports/{import}/", "customers:read"),
    Endpoint("POST", "imports/", "customers:write", _file, 201),
    Endpoint("PATCH", "imports/{import}/", "customers:write", lambda w: {"mapping": {"0": "full_name"}}),
    Endpoint("POST", "imports/{import}/start/", "customers:write"),
    Endpoint("POST", "imports/{import}/discard/", "customers:write"),
    Endpoint("POST", "imports/{import}/pause/", "customers:write", None, 409),
    Endpoint("POST", "imports/{import}/resume/", "customers:write", None, 409),
    Endpoint("POST", "imports/{import}/stop/", "customers:write", None, 409),
    Endpoint("POST", "imports/{import}/undo/", "customers:write", None, 409),
    Endpoint("GET", "imports/{import}/rows/", "customers:read"),
    Endpoint("GET", "imports/{import}/refused/", "customers:write", None, 403, 200),  # and contacts:read
    Endpoint("PATCH", "imports/{import}/rows/{row}/", "customers:write", lambda w: {"cells": {"0": "Lê An"}}),
    Endpoint("GET", "imports/{import}/changes/", "customers:read"),
    Endpoint("GET", "purchases/", "customers:read"),
    Endpoint("GET", "purchases/{purchase}/", "customers:read"),
    Endpoint("POST", "purchases/", "customers:write", lambda w: {"customer": w["customer"], "amount": "59000"}, 201),
    Endpoint("PATCH", "purchases/{purchase}/", "customers:write", lambda w: {"state": "cancelled"}),
    Endpoint(
        "POST",
        "purchase-batches/",
        "customers:write",
        lambda w: {"purchases": [{"customer": w["customer"], "external_id": "HD9", "amount": "59000"}]},
    ),
    Endpoint("GET", "customers/{customer}/purchase-figures/", "customers:read"),
    # journeys
    Endpoint("GET", "journeys/", "journeys:read"),
    Endpoint("GET", "journeys/{journey}/", "journeys:read"),
    Endpoint("POST", "journeys/", "journeys:manage", lambda w: {"name": "Khách sỉ"}, 201),
    Endpoint("PATCH", "journeys/{journey}/", "journeys:manage", lambda w: {"name": "Khách lẻ"}),
    Endpoint("GET", "stages/", "journeys:read"),
    Endpoint("GET", "stages/{stage}/", "journeys:read"),
    Endpoint("POST", "stages/", "journeys:manage", lambda w: {"journey": w["journey"], "name": "Đổi trả"}, 201),
    Endpoint("PATCH", "stages/{stage}/", "journeys:manage", lambda w: {"position": 3}),
    Endpoint("DELETE", "stages/{stage}/", "journeys:manage", None, 409),  # customers told how they felt in it
    Endpoint("GET", "touchpoints/", "journeys:read"),
    Endpoint("GET", "touchpoints/{touchpoint}/", "journeys:read"),
    Endpoint("POST", "touchpoints/", "journeys:manage", lambda w: {"stage": w["stage"], "name": "Zalo"}, 201),
    Endpoint("PATCH", "touchpoints/{touchpoint}/", "journeys:manage", lambda w: {"department": w["department"]}),
    Endpoint("GET", "accountabilities/", "journeys:read"),
    Endpoint("GET", "accountabilities/{accountability}/", "journeys:read"),
    Endpoint(
        "POST",
        "accountabilities/",
        "journeys:manage",
        lambda w: {"executive": w["user"], "stage": w["stage"], "from_day": "2026-06-01"},
        201,
    ),
    Endpoint("POST", "journeys/{journey}/submit/", "journeys:manage", None, 409),  # much is missing
    Endpoint("POST", "journeys/{journey}/send-back/", "journeys:manage", None, 409),
    Endpoint("POST", "journeys/{journey}/publish/", "journeys:manage", None, 409),
    Endpoint("GET", "journeys/{journey}/missing/", "journeys:read"),
    Endpoint("GET", "journeys/{journey}/map/", "journeys:read"),
    Endpoint("GET", "journeys/{journey}/curves/", "journeys:read"),
    Endpoint("GET", "journeys/{journey}/versions/", "journeys:read"),
    Endpoint("GET", "journeys/{journey}/versions/{version}/", "journeys:read"),
    Endpoint(  # somebody's own opinion: no key has one, and this one is of too few points
        "POST",
        "journeys/{journey}/draw/",
        "journeys:read",
        lambda w: {"points": [{"point": w["stage"], "valence": 1}]},
        403,
        400,
    ),
    Endpoint("POST", "stages/{stage}/ways/", "journeys:manage", lambda w: {"to": []}),
    Endpoint("GET", "stage-links/", "journeys:read"),
    Endpoint("GET", "stage-links/{stage_link}/", "journeys:read"),
    Endpoint("GET", "stage-quotes/", "journeys:read"),
    Endpoint("GET", "stage-quotes/{stage_quote}/", "journeys:read"),
    Endpoint(  # and customers:read, to know the quote
        "POST", "stage-quotes/", "journeys:write", lambda w: {"stage": w["stage"], "quote": w["quote"]}, 400, 201
    ),
    Endpoint("DELETE", "stage-quotes/{stage_quote}/", "journeys:write", None, 204),
    Endpoint(
        "POST",
        "touchpoints/{touchpoint}/move/",
        "journeys:manage",
        lambda w: {"stage": w["stage"], "position": 1},
    ),
    Endpoint("GET", "standards/", "journeys:read"),
    Endpoint("GET", "standards/{standard}/", "journeys:read"),
    Endpoint(
        "POST", "standards/", "journeys:manage", lambda w: {"touchpoint": w["touchpoint"], "text": "Nói giờ"}, 201
    ),
    Endpoint("POST", "standards/{standard}/acknowledge/", "journeys:read", None, 403, 200),  # a key reads nothing
    Endpoint("GET", "proposed-standards/", "journeys:read"),
    Endpoint("GET", "proposed-standards/{proposed_standard}/", "journeys:read"),
    Endpoint(
        "POST",
        "proposed-standards/",
        "journeys:manage",
        lambda w: {"touchpoint": w["touchpoint"], "text": "Chào khách"},
        201,
    ),
    Endpoint("GET", "reviews/", "journeys:read"),
    Endpoint("GET", "reviews/{review}/", "journeys:read"),
    # The steward answers, as a person.
    Endpoint("POST", "reviews/{review}/approve/", "journeys:write", None, 403, 200, 403),
    Endpoint("POST", "reviews/{review}/send-back/", "journeys:write", lambda w: {"note": "Cụ thể hơn"}, 403, 200, 403),
    Endpoint("GET", "standard-acknowledgements/", "journeys:read"),
    Endpoint("GET", "standard-acknowledgements/{acknowledgement}/", "journeys:read"),
    Endpoint("GET", "journeys/{journey}/paths/", "journeys:read"),
    Endpoint("GET", "stage-visits/", "journeys:read"),
    Endpoint("GET", "stage-visits/{stage_visit}/", "journeys:read"),
    Endpoint(
        "POST",
        "stage-visit-batches/",
        "journeys:write",
        lambda w: {
            "visits": [
                {
                    "customer": str(w["customer"]),
                    "stage": str(w["stage"]),
                    "visited_at": "2026-01-02T03:04:05Z",
                    "external_id": "2",
                }
            ]
        },
    ),
    Endpoint("GET", "visit-rules/", "journeys:read"),
    Endpoint("GET", "visit-rules/{visit_rule}/", "journeys:read"),
    Endpoint("POST", "visit-rules/", "journeys:manage", lambda w: {"kind": "order", "stage": str(w["stage"])}, 201),
    Endpoint("PATCH", "visit-rules/{visit_rule}/", "journeys:manage", lambda w: {"stage": str(w["stage"])}),
    Endpoint("DELETE", "visit-rules/{visit_rule}/", "journeys:manage", None, 204),
    Endpoint("GET", "reported-emotions/", "journeys:read"),
    Endpoint("GET", "reported-emotions/{reported_emotion}/", "journeys:read", None, 200, 404),  # no curve drawn
    Endpoint(
        "POST",
        "reported-emotions/",
        "journeys:write",
        lambda w: {"stage": w["stage"], "valence": -1, "feeling": "annoyed", "source": "stated"},
        201,
    ),
    # feedback
    Endpoint("GET", "brand/", "journeys:read"),
    Endpoint("GET", "brand/{brand}/", "journeys:read"),
    Endpoint(
        "POST",
        "brand/",
        "journeys:manage",
        lambda w: {"positioning": "Cà phê tử tế", "majority": "Người đi làm", "traits": [{"name": n} for n in "abc"]},
        201,
    ),
    Endpoint("GET", "insights/", "journeys:read"),
    Endpoint("GET", "insights/{insight}/", "journeys:read"),
    Endpoint(
        "POST",
        "insights/",
        "journeys:write",
        lambda w: {"want": "nhanh", "but": "phải chờ", "because": "trễ giờ", "quote": w["quote"]},
        201,
    ),
    Endpoint("PATCH", "insights/{insight}/", "journeys:write", lambda w: {"because": "sợ trễ"}),
    Endpoint("POST", "insights/{insight}/validate/", "journeys:write", None, 409),  # one quote bears nothing out
    Endpoint("POST", "insights/{insight}/retire/", "journeys:write", lambda w: {"why": "Đã đổi quy trình"}),
    Endpoint("GET", "insights/{insight}/evidence/", "journeys:read"),
    Endpoint("POST", "insights/{insight}/evidence/", "journeys:write", lambda w: {"quote": w["quote"]}, 201),
    Endpoint("DELETE", "insights/{insight}/evidence/{evidence}/", "journeys:write", None, 204),
    Endpoint("GET", "initiatives/", "journeys:read"),
    Endpoint("GET", "initiatives/{initiative}/", "journeys:read"),
    Endpoint("GET", "initiatives/{initiative}/personas/", "journeys:read"),
    Endpoint("GET", "initiatives/{initiative}/guardrails/", "journeys:read"),
    Endpoint(
        "POST",
        "initiatives/",
        "journeys:write",
        lambda w: {"name": "Làn lấy nhanh", "what": "Không xếp hàng", "owner": w["user"], "insight": w["insight"]},
        201,
    ),
    Endpoint("PATCH", "initiatives/{initiative}/", "journeys:write", lambda w: {"capacity": 80}),
    Endpoint(
        "POST",
        "initiatives/{initiative}/effects/",
        "journeys:write",
        lambda w: {"effects": [{"persona": None, "expected": 1}]},
    ),
    Endpoint("POST", "initiatives/{initiative}/answers/", "journeys:write", lambda w: {"insight": w["insight"]}),
    Endpoint("POST", "initiatives/{initiative}/cites/", "journeys:write", lambda w: {"quote": w["quote"]}),
    Endpoint(
        "POST",
        "initiatives/{initiative}/guardrails/",
        "journeys:write",
        lambda w: {"metric": "csat", "stop_at": "70"},
        201,
    ),
    # What people answer for themselves; a key is nobody.
    Endpoint(
        "POST",
        "initiatives/{initiative}/sign/",
        "journeys:write",
        lambda w: {"marks": [4] * 5},
        403,
        status_in_person=200,
        status_for_agents=403,
    ),
    Endpoint("POST", "initiatives/{initiative}/propose/", "journeys:write", None, 400),
    Endpoint("POST", "initiatives/{initiative}/send-back/", "journeys:write", lambda w: {"because": "x"}, 409),
    Endpoint("POST", "initiatives/{initiative}/approve/", "journeys:write", None, 409),
    Endpoint(
        "POST",
        "initiatives/{initiative}/decline/",
        "journeys:write",
        lambda w: {"because": "Chưa phải lúc"},
        403,
        status_in_person=200,
        status_for_agents=403,
    ),
    Endpoint("POST", "initiatives/{initiative}/launch/", "journeys:write", None, 409),
    Endpoint(
        "POST",
        "initiatives/{initiative}/measured/",
        "journeys:write",
        lambda w: {"effects": [{"persona": None, "measured": 1}]},
        409,
    ),
    Endpoint(
        "POST",
        "initiatives/{initiative}/end/",
        "journeys:write",
        lambda w: {"verdict": "keep", "learning": "Bớt chờ"},
        409,
    ),
    Endpoint("GET", "decisions/", "journeys:read"),
    Endpoint("GET", "decisions/{decision}/", "journeys:read"),
    Endpoint(
        "POST",
        "decisions/",
        "journeys:write",
        lambda w: {"topic": "Mở thêm quầy", "basis": "customer_evidence", "quotes": [w["quote"]], "decider": w["user"]},
        201,
    ),
    Endpoint(
        "POST",
        "decisions/{decision}/look-back/",
        "journeys:write",
        lambda w: {"outcome": "better", "learning": "Khách bớt chờ"},
    ),
    Endpoint("GET", "surveys/", "feedback:read"),
    Endpoint("GET", "surveys/{survey}/", "feedback:read"),
    Endpoint("POST", "surveys/", "feedback:manage", lambda w: {"name": "Sau mua", "metric": "csat"}, 201),
    Endpoint("PATCH", "surveys/{survey}/", "feedback:manage", lambda w: {"name": "Quan hệ"}),
    Endpoint("POST", "surveys/{survey}/preview/", "feedback:read", lambda w: {"customers": [w["customer"]]}),
    Endpoint("POST", "surveys/{survey}/send/", "feedback:write", lambda w: {"customers": [w["customer"]]}, 201),
    Endpoint("GET", "surveys/{survey}/questions/", "feedback:read"),
    Endpoint("GET", "surveys/{survey}/questions/{question}/", "feedback:read"),
    Endpoint(
        "POST",
        "surveys/{survey}/questions/",
        "feedback:manage",
        lambda w: {"position": 9, "kind": "text", "text_vi": "Còn gì nữa?", "text_en": "Anything else?"},
        201,
    ),
    Endpoint(
        "PATCH", "surveys/{survey}/questions/{question}/", "feedback:manage", lambda w: {"text_en": "Why, please?"}
    ),
    Endpoint("DELETE", "surveys/{survey}/questions/{question}/", "feedback:manage", None, 409),
    Endpoint("GET", "dispatches/", "feedback:read"),
    Endpoint("GET", "dispatches/{dispatch}/", "feedback:read"),
    Endpoint("GET", "invitations/", "feedback:read"),
    Endpoint("GET", "invitations/{invitation}/", "feedback:read"),
    Endpoint(
        "POST", "invitations/{invitation}/response/", "feedback:write", lambda w: {"score": 10, "words": "Rất tốt"}, 201
    ),
    Endpoint("GET", "responses/", "feedback:read"),
    Endpoint("GET", "responses/export/", "feedback:export"),
    Endpoint("GET", "responses/{response}/", "feedback:read"),
    Endpoint("GET", "metrics/?metric=nps", "feedback:read"),
    Endpoint("GET", "gaps/", "feedback:read"),
    Endpoint("GET", "brand-match/", "feedback:read"),
    Endpoint("GET", "beliefs/", "feedback:read", None, 403, 200),  # a key believes nothing
    Endpoint(
        "POST",
        "beliefs/",
        "feedback:write",
        lambda w: {"answers": [{"question": w["question"], "value": 4}]},
        403,
        400,  # not asked of staff
    ),
    Endpoint("GET", "forecasts/", "feedback:write", None, 200, 200, 403),
    Endpoint(
        "POST",
        "forecasts/",
        "feedback:write",
        lambda w: {"metric": "nps", "month": NEXT_MONTH, "value": 40},
        403,
        201,
        403,
    ),
    Endpoint("GET", "complaints/", "feedback:read"),
    Endpoint("GET", "complaints/export/", "feedback:export"),
    Endpoint("GET", "complaints/{complaint}/", "feedback:read"),
    Endpoint(
        "POST",
        "complaints/",
        "feedback:write",
        lambda w: {"customer": w["customer"], "description": "Cà phê nguội"},
        201,
    ),
    Endpoint("POST", "complaints/{complaint}/assess/", "feedback:write", lambda w: {"severity": "S2"}),
    Endpoint("POST", "complaints/{complaint}/assign/", "feedback:write", lambda w: {"owner": w["user"]}),
    Endpoint("POST", "complaints/{complaint}/start/", "feedback:write"),
    Endpoint("POST", "complaints/{complaint}/choose-remedy/", "feedback:write", lambda w: {"remedy": w["remedy"]}),
    Endpoint(
        "POST",
        "complaints/{complaint}/resolve/",
        "feedback:write",
        lambda w: {"root_cause": w["root_cause"], "action_taken": "Đã hoàn tiền"},
    ),
    Endpoint("POST", "complaints/{complaint}/reopen/", "feedback:write", None, 409),
    Endpoint("POST", "complaints/{complaint}/refer/", "feedback:write", lambda w: {"note": "Hội bảo vệ NTD"}),
    Endpoint("POST", "complaints/{complaint}/tag/", "feedback:write", lambda w: {"add": ["hoàn tiền"]}),
    Endpoint("POST", "complaints/bulk/", "feedback:write", lambda w: {"do": "start", "complaints": [w["complaint"]]}),
    Endpoint("GET", "desk/", "feedback:read"),
    Endpoint("GET", "complaints/{complaint}/notes/", "feedback:read"),
    Endpoint("POST", "complaints/{complaint}/notes/", "feedback:write", lambda w: {"body": "Hẹn gọi lại"}, 201),
    Endpoint("GET", "complaints/{complaint}/perspective/", "feedback:read"),
    Endpoint("POST", "complaints/{complaint}/perspective/", "feedback:write", lambda w: {"trying": "Mua sáng"}, 201),
    Endpoint("GET", "complaints/{complaint}/pauses/", "feedback:read"),
    Endpoint("POST", "complaints/{complaint}/pauses/", "feedback:write", lambda w: {"reason": w["pause_reason"]}, 201),
    Endpoint("POST", "complaints/{complaint}/pauses/end/", "feedback:write"),
    Endpoint("GET", "complaints/{complaint}/segments/", "feedback:read"),
    Endpoint("GET", "complaints/{complaint}/ready-replies/", "feedback:read"),
    Endpoint(
        "POST",
        "complaints/{complaint}/ready-replies/promises/",
        "feedback:read",
        lambda w: {"text": "Em gọi trước 17h"},
    ),
    Endpoint("GET", "reply-templates/", "feedback:read"),
    Endpoint("GET", "reply-templates/{reply_template}/", "feedback:read"),
    Endpoint("POST", "reply-templates/", "feedback:manage", lambda w: {"name": "Mới", "text": "Chào"}, 201),
    Endpoint("PATCH", "reply-templates/{reply_template}/", "feedback:manage", lambda w: {"text": "Chào {{customer}}"}),
    Endpoint("DELETE", "reply-templates/{reply_template}/", "feedback:manage", None, 204),
    Endpoint("GET", "promises/", "feedback:read"),
    Endpoint("GET", "promises/{promise}/", "feedback:read"),
    Endpoint(
        "POST",
        "promises/",
        "feedback:write",
        lambda w: {"complaint": w["complaint"], "text": "Gọi lại", "due_at": SOON, "owner": w["user"]},
        201,
    ),
    Endpoint("POST", "promises/{promise}/keep/", "feedback:write", lambda w: {"evidence": "Đã gọi"}),
    Endpoint("POST", "promises/{promise}/withdraw/", "feedback:write", lambda w: {"evidence": "Không cần nữa"}),
    Endpoint("GET", "compensations/", "feedback:read"),
    Endpoint("GET", "compensations/{compensation}/", "feedback:read"),
    # A person's to grant: the scope opens the door, a key is turned away behind it.
    Endpoint(
        "POST",
        "compensations/",
        "feedback:write",
        lambda w: {"complaint": w["complaint"], "amount": "5000", "reason": "Bù ly"},
        403,
        201,
    ),
    Endpoint("POST", "compensations/{compensation}/approve/", "feedback:write", None, 403, 409, 403),
    Endpoint(
        "POST", "compensations/{compensation}/decline/", "feedback:write", lambda w: {"note": "Không"}, 403, 409, 403
    ),
    Endpoint("POST", "compensations/{compensation}/withdraw/", "feedback:write", None, 403, 409),
    # Decided and told by a person; the scope opens the door, a key is turned away behind it.
    Endpoint("GET", "cause-proposals/", "feedback:read"),
    Endpoint("GET", "cause-proposals/{cause_proposal}/", "feedback:read"),
    Endpoint("POST", "cause-proposals/{cause_proposal}/take-up/", "feedback:write", None, 403, 200, 403),
    Endpoint(
        "POST",
        "cause-proposals/{cause_proposal}/leave/",
        "feedback:write",
        lambda w: {"because": "Chưa phải lúc"},
        403,
        200,
        403,
    ),
    Endpoint("GET", "we-did/", "journeys:read"),
    Endpoint("GET", "we-did/{we_did}/", "journeys:read"),
    Endpoint(
        "POST",
        "we-did/",
        "journeys:write",
        lambda w: {"initiative": w["initiative"], "said_vi": "Đã thêm quầy"},
        403,
        409,
        403,
    ),
    Endpoint("GET", "root-causes/", "feedback:read"),
    Endpoint("POST", "root-causes/{root_cause}/merge/", "feedback:manage", lambda w: {"into": w["other_cause"]}),
    Endpoint("GET", "root-causes/{root_cause}/", "feedback:read"),
    Endpoint("POST", "root-causes/", "feedback:manage", lambda w: {"name": "Thời tiết"}, 201),
    Endpoint("PATCH", "root-causes/{root_cause}/", "feedback:manage", lambda w: {"is_active": False}),
    Endpoint("GET", "remedies/", "feedback:read"),
    Endpoint("GET", "remedies/{remedy}/", "feedback:read"),
    Endpoint("POST", "remedies/", "feedback:manage", lambda w: {"name": "Tặng bánh", "cost": "30000.00"}, 201),
    Endpoint("PATCH", "remedies/{remedy}/", "feedback:manage", lambda w: {"cost": "45000"}),
    # workflows
    Endpoint("GET", "reports/promises-kept/", "workflows:read"),
    Endpoint("GET", "reports/compensations/?by=month", "workflows:read"),
    Endpoint("GET", "reports/time-spent/", "workflows:read"),
    Endpoint("GET", "pause-reasons/", "workflows:read"),
    Endpoint("GET", "pause-reasons/{pause_reason}/", "workflows:read"),
    Endpoint("POST", "pause-reasons/", "workflows:manage", lambda w: {"name": "Chờ ảnh"}, 201),
    Endpoint("PATCH", "pause-reasons/{pause_reason}/", "workflows:manage", lambda w: {"position": 4}),
    Endpoint("GET", "complaints/{complaint}/clocks/", "workflows:read"),
    Endpoint("GET", "complaints/{complaint}/ladders/", "workflows:read"),
    Endpoint("GET", "complaints/{complaint}/decisions/", "workflows:read"),
    # A person's to make: the scope opens the door, a key is turned away behind it.
    Endpoint("POST", "complaints/{complaint}/decisions/", "workflows:read", lambda w: {"kind": "take"}, 403, 410),
    Endpoint("GET", "events/", "workflows:read"),
    Endpoint("GET", "events/{event}/", "workflows:read"),
    Endpoint("GET", "messages/", "workflows:read"),
    Endpoint("GET", "messages/{message}/", "workflows:read"),
    Endpoint("GET", "alerts/", "workflows:read"),
    Endpoint("GET", "alerts/{alert}/", "workflows:read"),
    Endpoint("POST", "alerts/{alert}/settle/", "workflows:write"),
    Endpoint("GET", "calendars/", "workflows:read"),
    Endpoint("GET", "calendars/{calendar}/", "workflows:read"),
    Endpoint(
        "POST",
        "calendars/",
        "workflows:manage",
        lambda w: {"name": "Ca đêm", "windows": {"0": [["18:00", "24:00"]]}},
        201,
    ),
    Endpoint("PATCH", "calendars/{calendar}/", "workflows:manage", lambda w: {"name": "Giờ hành chính"}),
    Endpoint("GET", "calendars/{calendar}/days/", "workflows:read"),
    Endpoint("GET", "calendars/{calendar}/days/{day}/", "workflows:read"),
    Endpoint("POST", "calendars/{calendar}/days/", "workflows:manage", lambda w: {"day": "2031-01-02"}, 201),
    Endpoint("PATCH", "calendars/{calendar}/days/{day}/", "workflows:manage", lambda w: {"name": "Nghỉ bù"}),
    Endpoint("DELETE", "calendars/{calendar}/days/{day}/", "workflows:manage", None, 204),
    Endpoint("GET", "sla-policies/", "workflows:read"),
    Endpoint("GET", "sla-policies/{sla_policy}/", "workflows:read"),
    Endpoint("PATCH", "sla-policies/{sla_policy}/", "workflows:manage", lambda w: {"first_contact": "PT2H"}),
    Endpoint("GET", "escalation-policies/", "workflows:read"),
    Endpoint("GET", "escalation-policies/{policy}/", "workflows:read"),
    Endpoint("POST", "escalation-policies/", "workflows:manage", lambda w: {"name": "Gấp"}, 201),
    Endpoint("PATCH", "escalation-policies/{policy}/", "workflows:manage", lambda w: {"name": "Chuẩn"}),
    Endpoint("GET", "escalation-policies/{policy}/levels/", "workflows:read"),
    Endpoint("GET", "escalation-policies/{policy}/levels/{level}/", "workflows:read"),
    Endpoint(
        "POST",
        "escalation-policies/{policy}/levels/",
        "workflows:manage",
        lambda w: {"position": 5, "audience": "chief", "after_breach": "PT16H"},
        201,
    ),
    Endpoint(
        "PATCH", "escalation-policies/{policy}/levels/{level}/", "workflows:manage", lambda w: {"after_breach": "PT9H"}
    ),
    Endpoint("DELETE", "escalation-policies/{policy}/levels/{level}/", "workflows:manage", None, 204),
]
