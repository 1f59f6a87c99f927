"""What is sent to each writing endpoint of the API: bodies that would be accepted in one's own firm."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.customers.files import png
from tests.isolation.world import World
from tests.support.days import A_COMING_MONTH

TEXT = "xin chào"
IN_A_WHILE = (datetime.now(UTC) + timedelta(days=30)).isoformat()
LATER = (datetime.now(UTC) + timedelta(days=33)).isoformat()
_WEEK = {"0": [["08:00", "12:00"]]}

# "POST <pattern>" → body. "@model" stands for the id of a row, "@model#2" for the third newest, "#-1" for the oldest,
# "#fit" for one on which most may be done.
BODIES: dict[str, dict[str, Any]] = {
    "POST absences/": {
        "user": "@staff.user", "deputy": "@staff.user#1", "starts_on": "2031-01-01", "ends_on": "2031-01-02",
    },
    "POST customers/": {
        "full_name": TEXT, "organization": "@customers.customer#organization", "owner": "@staff.user",
        "branch": "@staff.branch", "referred_by": "@customers.customer#1",
    },
    "PATCH customers/<uuid:pk>/": {
        "organization": "@customers.customer#organization", "owner": "@staff.user", "branch": "@staff.branch",
        "referred_by": "@customers.customer#1",
    },
    "POST customers/<uuid:pk>/erase/": {},
    "POST customers/<uuid:customer_id>/consents/": {"purpose": "marketing", "granted": True},
    "POST customers/<uuid:customer_id>/interactions/": {"kind": "note", "body": TEXT},
    "POST customers/<uuid:customer_id>/files/": {"file": "a file"},
    "DELETE customers/<uuid:customer_id>/files/<uuid:pk>/": {},
    "POST custom-fields/": {"label_vi": TEXT, "kind": "text"},
    "PATCH custom-fields/<uuid:pk>/": {"label_vi": TEXT},
    "DELETE custom-fields/<uuid:pk>/": {},
    "POST quotes/": {"interaction": "@customers.interaction#fit"},
    "POST facts/": {"customer": "@customers.customer", "kind": "need", "text": TEXT},
    "POST facts/from-entry/": {"interaction": "@customers.interaction#fit", "kind": "need"},
    "POST facts/<uuid:pk>/confirm/": {},
    "POST data-requests/": {"customer": "@customers.customer", "kind": "copy"},
    "POST data-requests/<uuid:pk>/answer/": {"reply": TEXT},
    "POST data-requests/<uuid:pk>/settle/": {"outcome": "done", "reply": TEXT},
    "POST facts/<uuid:pk>/withdraw/": {},
    "POST customers/<uuid:customer_id>/understanding/": {"item": "place"},
    "POST churn-models/train/": {},
    "POST understanding/believe/": {"share": 50},
    "POST understanding/recount/": {},
    "POST merges/": {"survivor": "@customers.customer", "merged": "@customers.customer#1"},
    "POST merges/<uuid:pk>/undo/": {},
    "POST duplicates/keep-apart/": {"first": "@customers.customer", "second": "@customers.customer#1"},
    "POST imports/": {"file": "a file"},
    "PATCH imports/<uuid:pk>/": {"mapping": {"0": "full_name"}},
    "POST imports/<uuid:pk>/discard/": {},
    "POST imports/<uuid:pk>/start/": {},
    "POST imports/<uuid:pk>/pause/": {},
    "POST imports/<uuid:pk>/resume/": {},
    "POST imports/<uuid:pk>/stop/": {},
    "POST imports/<uuid:pk>/undo/": {},
    "PATCH imports/<uuid:import_id>/rows/<uuid:pk>/": {"cells": {"0": TEXT}},
    "POST purchases/": {"customer": "@customers.customer", "amount": "59000", "branch": "@staff.branch"},
    "PATCH purchases/<uuid:pk>/": {"branch": "@staff.branch"},
    "POST purchase-batches/": {"purchases": [{"external_id": "HD2", "phone": "+84982111222"}]},
    "POST segments/": {"name": TEXT, "condition": {"field": "tags", "op": "any_of", "value": [TEXT]}},
    "PATCH segments/<uuid:pk>/": {"description": TEXT},
    "POST segments/<uuid:pk>/refresh/": {},
    "POST segments/<uuid:pk>/add/": {"customers": ["@customers.customer"]},
    "POST segments/<uuid:pk>/remove/": {"customers": ["@customers.customer"]},
    "POST segments/count/": {"condition": {"field": "tags", "op": "filled"}},
    "POST segments/preview/": {"condition": {"field": "tags", "op": "filled"}},
    "POST personas/": {"segment": "@customers.segment"},
    "PATCH personas/<uuid:pk>/": {"who": TEXT, "sentence": "@customers.quote"},
    "DELETE personas/<uuid:pk>/": {},
    "POST personas/<uuid:pk>/publish/": {},
    "POST personas/<uuid:pk>/retire/": {},
    "POST personas/<uuid:persona_id>/citations/": {"quote": "@customers.quote"},
    "DELETE personas/<uuid:persona_id>/citations/<uuid:pk>/": {},
    "POST persona-quizzes/": {"persona": "@customers.persona"},
    "POST persona-quizzes/<uuid:pk>/close/": {},
    "POST persona-quizzes/<uuid:pk>/answer/": {"answers": [{"ask": "need", "option": "@customers.quizoption"}]},
    "POST persona-assignments/": {"customer": "@customers.customer", "persona": "@customers.persona"},
    "POST journeys/": {"name": TEXT},
    "PATCH journeys/<uuid:pk>/": {"name": TEXT},
    "POST stages/": {"journey": "@journeys.journey", "name": TEXT},
    "PATCH stages/<uuid:pk>/": {"name": TEXT},
    "POST touchpoints/": {"stage": "@journeys.stage", "department": "@staff.department", "name": TEXT},
    "PATCH touchpoints/<uuid:pk>/": {"stage": "@journeys.stage", "department": "@staff.department"},
    "DELETE stages/<uuid:pk>/": {},
    "POST stages/<uuid:pk>/ways/": {"to": ["@journeys.stage#1"]},
    "POST touchpoints/<uuid:pk>/move/": {"stage": "@journeys.stage", "position": 1},
    "POST journeys/<uuid:pk>/submit/": {},
    "POST journeys/<uuid:pk>/send-back/": {},
    "POST journeys/<uuid:pk>/publish/": {},
    "POST journeys/<uuid:pk>/draw/": {"points": [{"point": TEXT, "valence": 1}]},
    "POST stage-quotes/": {"stage": "@journeys.stage", "quote": "@customers.quote"},
    "DELETE stage-quotes/<uuid:pk>/": {},
    "POST standards/": {"touchpoint": "@journeys.touchpoint", "text": TEXT},
    "POST standards/<uuid:pk>/acknowledge/": {},
    "POST reported-emotions/": {
        "stage": "@journeys.stage#1", "touchpoint": "@journeys.touchpoint", "customer": "@customers.customer",
        "quote": "@customers.quote", "valence": 1, "source": "stated",
    },
    "POST stage-visit-batches/": {
        "visits": [
            {
                "customer_number": "KH-1", "stage": "01932b0e-0000-7000-8000-000000000001", "external_id": "1",
                "visited_at": "2026-01-02T03:04:05Z",
            }
        ]
    },
    "POST visit-rules/": {"kind": "survey", "stage": "@journeys.stage", "touchpoint": "@journeys.touchpoint"},
    "PATCH visit-rules/<uuid:pk>/": {"kind": "delivery", "stage": "@journeys.stage"},
    "DELETE visit-rules/<uuid:pk>/": {},
    "POST accountabilities/": {
        "executive": "@staff.user", "deputy": "@staff.user#1", "touchpoint": "@journeys.touchpoint",
        "from_day": "2031-01-01",
    },
    "POST brand/": {"positioning": TEXT, "majority": TEXT, "traits": [{"name": name} for name in ("a", "b", "c")]},
    "POST insights/": {"want": TEXT, "but": TEXT, "because": TEXT, "quote": "@customers.quote"},
    "PATCH insights/<uuid:pk>/": {"want": TEXT},
    "POST insights/<uuid:pk>/validate/": {},
    "POST insights/<uuid:pk>/retire/": {"why": TEXT},
    "POST insights/<uuid:insight_id>/evidence/": {"quote": "@customers.quote"},
    "DELETE insights/<uuid:insight_id>/evidence/<uuid:pk>/": {},
    "POST decisions/": {
        "topic": TEXT, "basis": "customer_evidence", "quotes": ["@customers.quote"], "insight": "@journeys.insight",
        "decider": "@staff.user",
    },
    "POST initiatives/": {
        "name": TEXT, "what": TEXT, "owner": "@staff.user", "touchpoint": "@journeys.touchpoint",
        "insight": "@journeys.insight",
    },
    "PATCH initiatives/<uuid:pk>/": {"owner": "@staff.user", "touchpoint": "@journeys.touchpoint"},
    "POST environments/": {
        "name": TEXT, "accountable": "@staff.user", "branch": "@staff.branch", "touchpoint": "@journeys.touchpoint",
    },
    "PATCH environments/<uuid:pk>/": {"department": "@staff.department", "stage": "@journeys.stage"},
    "POST journey-walks/": {
        "journey": "@journeys.journey", "how": "order",
        "steps": [{"stage": "@journeys.stage", "valence": 1, "note": TEXT}],
    },
    "POST environment-walks/": {
        "environment": "@journeys.environment", "found": [{"text": TEXT, "result": "ok"}],
    },
    "POST environment-walks/<uuid:pk>/points/<uuid:point_id>/photo/": {"file": "a picture"},
    "DELETE environment-walks/<uuid:pk>/points/<uuid:point_id>/photo/": {},
    "POST environment-walks/<uuid:pk>/propose/": {"point": "@journeys.audititem"},
    "POST initiatives/<uuid:pk>/effects/": {"effects": [{"persona": None, "expected": 0}]},
    "POST initiatives/<uuid:pk>/answers/": {"insight": "@journeys.insight"},
    "POST initiatives/<uuid:pk>/cites/": {"quote": "@customers.quote"},
    "POST initiatives/<uuid:pk>/sign/": {"marks": [4, 4, 4, 4, 4]},
    "POST initiatives/<uuid:pk>/propose/": {},
    "POST initiatives/<uuid:pk>/send-back/": {"because": TEXT},
    "POST proposed-standards/": {"touchpoint": "@journeys.touchpoint", "text": TEXT},
    "POST reviews/<uuid:pk>/approve/": {},
    "POST change-requests/": {
        "subject": TEXT,
        "hurts": TEXT,
        "to_department": "@staff.department",
        "complaints": ["@feedback.complaint"],
        "insight": "@journeys.insight",
        "touchpoint": "@journeys.touchpoint",
    },
    "POST change-requests/<uuid:pk>/answer/": {"answer": "declined", "words": TEXT},
    "POST change-requests/<uuid:pk>/accept/": {},
    "POST change-requests/<uuid:pk>/refuse/": {},
    "POST change-requests/<uuid:pk>/withdraw/": {},
    "POST change-requests/<uuid:pk>/propose-day/": {"due_on": "2026-12-31", "words": TEXT},
    "POST change-requests/<uuid:pk>/accept-day/": {},
    "POST change-requests/<uuid:pk>/refuse-day/": {"words": TEXT},
    "POST change-requests/<uuid:pk>/hand-over/": {
        "from_person": "@staff.user", "to_person": "@staff.user#1", "words": TEXT,
    },
    "POST change-requests/<uuid:pk>/finish/": {"words": TEXT},
    "POST change-requests/<uuid:pk>/judge/": {"has_helped": True},
    "POST reviews/<uuid:pk>/send-back/": {"note": TEXT},
    "POST initiatives/<uuid:pk>/approve/": {"because": TEXT},
    "POST initiatives/<uuid:pk>/decline/": {"because": TEXT},
    "POST initiatives/<uuid:pk>/launch/": {},
    "POST initiatives/<uuid:pk>/measured/": {"effects": [{"persona": None, "measured": 0}]},
    "POST initiatives/<uuid:pk>/end/": {"verdict": "keep", "learning": TEXT},
    "POST initiatives/<uuid:initiative_id>/guardrails/": {
        "metric": "nps", "stop_at": "10", "touchpoint": "@journeys.touchpoint",
    },
    "POST decisions/<uuid:pk>/look-back/": {"outcome": "better", "learning": TEXT},
    "POST surveys/": {"name": TEXT, "metric": "nps", "touchpoint": "@journeys.touchpoint"},
    "PATCH surveys/<uuid:pk>/": {"touchpoint": "@journeys.touchpoint"},
    "POST surveys/<uuid:pk>/preview/": {"customers": ["@customers.customer"]},
    "POST surveys/<uuid:pk>/send/": {"customers": ["@customers.customer"], "touchpoint": "@journeys.touchpoint"},
    "POST surveys/<uuid:survey_id>/questions/": {"position": 9, "kind": "text", "text_vi": TEXT, "text_en": TEXT},
    "PATCH surveys/<uuid:survey_id>/questions/<uuid:pk>/": {"text_vi": TEXT},
    "DELETE surveys/<uuid:survey_id>/questions/<uuid:pk>/": {},
    "POST invitations/<uuid:pk>/response/": {"score": 5, "touchpoint": "@journeys.touchpoint"},
    "POST contexts/": {
        "name": TEXT, "kind": "storm", "starts_at": IN_A_WHILE, "ends_at": LATER, "accountable": "@staff.user",
        "segment": "@customers.segment",
    },
    "PATCH contexts/<uuid:pk>/": {"segment": "@customers.segment", "accountable": "@staff.user"},
    "POST contexts/<uuid:pk>/end/": {},
    "POST community-questions/": {"text": TEXT, "customer": "@customers.customer", "topic": "@feedback.communitytopic"},
    "PATCH community-questions/<uuid:pk>/": {"topic": "@feedback.communitytopic"},
    "POST community-questions/<uuid:question_id>/answers/": {"text": TEXT},
    "POST community-questions/<uuid:question_id>/answers/<uuid:pk>/judge/": {"judgement": "show"},
    "POST community-topics/": {"name": TEXT, "known_by": ["@staff.user"], "accountable": "@staff.user"},
    "PATCH community-topics/<uuid:pk>/": {"known_by": ["@staff.user"], "accountable": "@staff.user"},
    "POST community-impacts/": {
        "activity": TEXT, "held_on": "2026-01-01", "beneficiaries": TEXT, "evidence": TEXT,
    },
    "PATCH community-impacts/<uuid:pk>/": {"place": TEXT},
    "POST beliefs/": {"answers": [{"question": "01a22a40-c8e8-73ca-91d8-746c3b991c25", "value": 4}]},
    "POST questionnaires/": {"questionnaire": "pillars", "answers": {"people_1": 4}, "words": TEXT},
    "POST forecasts/": {"metric": "csat", "month": A_COMING_MONTH, "value": 70},
    "POST complaints/": {
        "customer": "@customers.customer", "description": TEXT, "touchpoint": "@journeys.touchpoint",
        "branch": "@staff.branch", "owner": "@staff.user",
    },
    "POST complaints/<uuid:pk>/assess/": {"severity": "S2"},
    "POST complaints/<uuid:pk>/assign/": {"owner": "@staff.user"},
    "POST complaints/<uuid:complaint_id>/pauses/": {"reason": "@workflows.pausereason"},
    "POST complaints/<uuid:complaint_id>/pauses/end/": {},
    "POST complaints/<uuid:complaint_id>/perspective/": {"trying": TEXT},
    "POST complaints/<uuid:complaint_id>/ready-replies/promises/": {"text": TEXT},
    "POST reply-templates/": {"name": TEXT, "text": TEXT, "touchpoint": "@journeys.touchpoint"},
    "PATCH reply-templates/<uuid:pk>/": {"touchpoint": "@journeys.touchpoint"},
    "DELETE reply-templates/<uuid:pk>/": {},
    "POST promises/": {
        "text": TEXT, "due_at": IN_A_WHILE, "owner": "@staff.user", "complaint": "@feedback.complaint",
    },
    "POST promises/<uuid:pk>/keep/": {"evidence": TEXT},
    "POST promises/<uuid:pk>/withdraw/": {"evidence": TEXT},
    "POST responses/<uuid:pk>/set-aside/": {"because": TEXT},
    "POST responses/<uuid:pk>/count-again/": {},
    "POST conduct-policies/": {"criteria": TEXT, "thanks": TEXT, "follows": TEXT, "decides": TEXT},
    "POST conduct-policies/<uuid:pk>/acknowledge/": {},
    "POST thanks/": {"quote": "@customers.quote", "department": "@staff.department", "note": TEXT},
    "POST coachings/": {
        "complaint": "@feedback.complaint", "colleague": "@staff.user", "behaviour": "hidden", "seen": TEXT,
    },
    "POST coachings/<uuid:pk>/reply/": {"reply": TEXT},
    "POST coachings/<uuid:pk>/decide/": {"outcome": "coaching", "because": TEXT},
    "POST budgets/": {"quarter": IN_A_WHILE[:10], "training_planned": "5000000", "note": TEXT},
    "POST brand-promises/": {
        "text": TEXT, "said_where": TEXT, "due_at": IN_A_WHILE, "owner": "@staff.user#-1",
        "touchpoint": "@journeys.touchpoint",
    },
    "POST brand-promises/<uuid:pk>/settle/": {"outcome": "kept", "evidence": TEXT},
    "POST brand-promises/<uuid:pk>/withdraw/": {"evidence": TEXT},
    "POST cause-proposals/<uuid:pk>/take-up/": {},
    "POST cause-proposals/<uuid:pk>/leave/": {"because": TEXT},
    "POST we-did/": {"initiative": "@journeys.initiative", "said_vi": TEXT, "said_en": TEXT},
    "POST compensations/": {"complaint": "@feedback.complaint", "amount": "5", "reason": TEXT},
    "POST compensations/<uuid:pk>/approve/": {"note": TEXT},
    "POST compensations/<uuid:pk>/decline/": {"note": TEXT},
    "POST compensations/<uuid:pk>/withdraw/": {},
    "POST pause-reasons/": {"name": TEXT},
    "PATCH pause-reasons/<uuid:pk>/": {"name": TEXT},
    "POST root-causes/<uuid:pk>/merge/": {"into": "@feedback.rootcause"},
    "POST complaints/<uuid:pk>/choose-remedy/": {"remedy": "@feedback.remedy"},
    "POST complaints/<uuid:pk>/refer/": {"note": TEXT},
    "POST complaints/<uuid:pk>/reopen/": {"words": TEXT},
    "POST complaints/<uuid:pk>/resolve/": {"root_cause": "@feedback.rootcause", "action_taken": TEXT},
    "POST complaints/<uuid:pk>/start/": {},
    "POST complaints/<uuid:pk>/tag/": {"add": [TEXT]},
    "POST complaints/bulk/": {"do": "start", "complaints": ["@feedback.complaint"]},
    "POST complaints/<uuid:complaint_id>/notes/": {"body": TEXT},
    "POST complaints/<uuid:complaint_id>/decisions/": {"kind": "take"},
    "POST root-causes/": {"name": TEXT, "parent": "@feedback.rootcause"},
    "PATCH root-causes/<uuid:pk>/": {"name": TEXT},
    "POST remedies/": {"name": TEXT, "touchpoint": "@journeys.touchpoint"},
    "PATCH remedies/<uuid:pk>/": {"touchpoint": "@journeys.touchpoint"},
    "POST alerts/<uuid:pk>/settle/": {},
    "POST calendars/": {"name": TEXT, "windows": _WEEK},
    "PATCH calendars/<uuid:pk>/": {"name": TEXT},
    "POST calendars/<uuid:calendar_id>/days/": {"day": "2031-01-01", "name": TEXT},
    "PATCH calendars/<uuid:calendar_id>/days/<uuid:pk>/": {"name": TEXT},
    "DELETE calendars/<uuid:calendar_id>/days/<uuid:pk>/": {},
    "PATCH sla-policies/<uuid:pk>/": {"calendar": "@workflows.calendar"},
    "POST escalation-policies/": {"name": TEXT},
    "PATCH escalation-policies/<uuid:pk>/": {"name": TEXT},
    "POST escalation-policies/<uuid:policy_id>/levels/": {"position": 9, "audience": "chief", "after_breach": "PT8H"},
    "PATCH escalation-policies/<uuid:policy_id>/levels/<uuid:pk>/": {"position": 9},
    "DELETE escalation-policies/<uuid:policy_id>/levels/<uuid:pk>/": {},
}  # fmt: skip


def body_for(method: str, pattern: str, world: World) -> dict[str, Any]:
    """A body whose ids are ``world``'s own. Raises KeyError for an endpoint nobody described."""
    template = BODIES[f"{method.upper()} {pattern.removeprefix('api/v1/')}"]
    return {name: _filled(value, world) for name, value in template.items()}


def references(method: str, pattern: str) -> dict[str, str]:
    """Field → label of the model whose id it takes."""
    template = BODIES[f"{method.upper()} {pattern.removeprefix('api/v1/')}"]
    return {name: label for name, value in template.items() if (label := _label(value))}


def with_reference(body: dict[str, Any], name: str, ident: UUID) -> dict[str, Any]:
    """The body with another id in the place of one."""
    return {**body, name: [str(ident)] if isinstance(body[name], list) else str(ident)}


def _label(value: Any) -> str:
    marker = value[0] if isinstance(value, list) else value
    return marker[1:].partition("#")[0] if isinstance(marker, str) and marker.startswith("@") else ""


def _filled(value: Any, world: World) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [{name: _filled(one, world) for name, one in row.items()} for row in value]
    if isinstance(value, list) and _label(value):
        return [_filled(value[0], world)]
    if value == "a file":  # made anew for each request: it is read once
        return SimpleUploadedFile("a.csv", f"Họ và tên,Điện thoại\n{TEXT},+84912345678\n".encode())
    if value == "a picture":
        return SimpleUploadedFile("a.png", png())
    if not _label(value):
        return value
    place = value.partition("#")[2]
    if place == "fit":
        return str(world.fit[_label(value)])
    found = world.ids[_label(value)]
    return str(world.organization_id if place == "organization" else found[int(place or 0)])
