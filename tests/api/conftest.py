"""What the API's tests share: keys with everything, and one row of each kind to ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from customers.models import ChurnModel, CustomerPersona, CustomField, ImportChange, Persona, Segment
from customers.services.attachments import attach_file
from customers.services.consents import state_consent
from customers.services.custom_fields import save_custom_field
from customers.services.customers import create_customer
from customers.services.data_requests import ask_about_data
from customers.services.facts import note_fact
from customers.services.health import tend, train_forecast
from customers.services.imports import check_file
from customers.services.interactions import record_interaction
from customers.services.merging import merge_customers
from customers.services.personas import cite_quote, draft_persona
from customers.services.purchases import record_purchase
from customers.services.quizzes import open_quiz
from customers.services.quotes import take_quote
from customers.services.segments import add_to_segment, create_segment
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from feedback.models import CommunityTopic, Invitation, Question, ReplyTemplate, RootCause, Survey
from feedback.services.community_answers import answer_question
from feedback.services.community_impacts import keep_impact, keep_topic
from feedback.services.community_questions import ask_question
from feedback.services.complaints import add_note, open_complaint
from feedback.services.contexts import declare_context
from feedback.services.dispatches import send_survey
from feedback.services.responses import record_response
from journeys.models import Journey, JourneyVersion, Stage, StageLink, Touchpoint
from journeys.services.accountability import hand_over
from journeys.services.brand import save_brand
from journeys.services.decisions import log_decision
from journeys.services.emotions import report_emotion
from journeys.services.environments import Found, add_environment, record_walk
from journeys.services.evidence import cite_at_stage
from journeys.services.initiatives import add_guardrail, draft_initiative, set_effects
from journeys.services.insights import write_insight
from journeys.services.journeys import set_ways
from journeys.services.standards import acknowledge_standard, propose_standard, set_standard
from journeys.services.visits import add_visit_rule, tell_visits
from journeys.services.walks import Felt, log_walk
from tenants.context import in_tenant
from tenants.staff.models import Absence, Branch, Department, User
from tenants.staff.roles import SCOPES
from tenants.staff.services.accounts import create_user
from tenants.staff.services.configuration import save_absence, save_branch, save_department
from tests.customers.files import png
from workflows.models import (
    Calendar,
    CalendarDay,
    CauseCase,
    CauseProposal,
    ChangeCase,
    ChangeRequest,
    Coaching,
    Compensation,
    ConductPolicy,
    EscalationLevel,
    EscalationPolicy,
    Event,
    Message,
    PauseReason,
    Recognition,
    SlaPolicy,
    WeDid,
)
from workflows.services.alerts import raise_alert
from workflows.services.brand_promises import make_brand_promise
from workflows.services.budgets import save_budget
from workflows.services.promises import make_promise
from workflows.services.reviews import open_review

_VIP = {"field": "tags", "op": "any_of", "value": ["vip"]}
EVERYTHING = [scope for scope in SCOPES if scope.endswith(":manage") or scope == "contacts:read"]
JSON = "application/json"


@pytest.fixture
def api(api_alpha: Callable[..., Client]) -> Client:
    """A partner's client that may do everything at alpha."""
    return api_alpha(EVERYTHING)


@dataclass
class World:
    """Ids of one row of each kind in one firm, by the name the address uses for it."""

    ids: dict[str, UUID]

    def __getitem__(self, name: str) -> str:
        return str(self.ids[name])


def counted() -> ChurnModel:
    """A forecast as a night leaves it."""
    model = train_forecast()
    tend(model_id=model.pk)
    return model


def build_world(tenant: TenantRef, *, merges: bool = True) -> World:
    """One row of everything the API can show, made by the services that make it in life.

    Without ``merges`` there is one customer only.
    """
    with in_tenant(tenant), transaction.atomic():
        owner = User.objects.order_by("created_at").first()
        customer = create_customer(
            full_name="Nguyễn Thị Hương",
            phones=["+84 912 345 678"],
            emails=["huong@example.com"],
            tags=["vip"],
            external_ids={"pos": "KH-1"},
        )
        consent = state_consent(customer_id=customer.id, purpose="survey", granted=True, method="staff")
        custom_field = save_custom_field(field=CustomField(label_vi="Hạng thẻ", label_en="Level"))
        file = attach_file(customer_id=customer.id, file_name="hoa-don.txt", content="Hóa đơn 42".encode())
        job = check_file(data="Tên,Điện thoại\nTrần Văn Nam,0987654321\n".encode(), file_name="khach.csv")
        purchase, _new = record_purchase(customer_id=customer.id, external_id="HD1", amount="59000")
        record_purchase(customer_id=customer.id, occurred_at=now() - timedelta(days=30), silent=True)
        ImportChange.objects.create(
            job=job, number=2, model="customers.customer", record_id=customer.id, field="note", before="", after="mới"
        )
        entry = record_interaction(
            customer_id=customer.id, kind="chat", what="note", direction="in", body="Bánh giòn lắm"
        )
        quote = take_quote(interaction_id=entry.id)
        by_rule = create_segment(name="Khách VIP", condition=_VIP, reader=owner)
        by_hand = create_segment(name="Mời thử món", kind="static", reader=owner)
        add_to_segment(segment_id=by_hand.id, customers=[customer.id])
        persona = draft_persona(segment_id=by_rule.id, name="Chị Hà")
        citation = cite_quote(persona_id=persona.id, quote_id=quote.id)
        live_persona = Persona.objects.create(segment=by_hand, number=1, name="Anh Khôi", state="live")
        words = {"need": "Ổ cắm", "emotion": "thoải mái", "channel": "Zalo", "expectation": "wifi", "sentence": quote}
        Persona.objects.filter(pk=live_persona.pk).update(**words)
        other = Segment.objects.create(name="Gia đình", kind="static")
        heard = record_interaction(customer_id=customer.id, kind="chat", what="note", direction="in", body="Hết chỗ")
        words = {name: f"{value} khác" for name, value in words.items()} | {
            "sentence": take_quote(interaction_id=heard.id)
        }
        Persona.objects.create(segment=other, number=1, name="Cô Loan", state="live", **words)
        quiz = open_quiz(persona_id=live_persona.id)
        CustomerPersona.objects.create(customer=customer, persona=live_persona, confidence="0.8", by="rule")
        data_request = ask_about_data(customer_id=customer.id, kind="copy")
        fact = note_fact(customer_id=customer.id, kind="preference", text="Ít đá")
        department = save_department(department=Department(name="Thu ngân", lead=owner))
        branch = save_branch(branch=Branch(name="Quận 1", manager=owner))
        absence = save_absence(absence=Absence(user=owner, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 2)))
        journey = Journey.objects.get(is_default=True)
        stage = Stage.objects.filter(journey=journey).order_by("position").first()
        touchpoint = Touchpoint.objects.order_by("code").first()
        accountability = hand_over(executive_id=owner.id, touchpoint_id=touchpoint.id, from_day=date(2026, 1, 1))
        brand = save_brand(positioning="Cà phê tử tế", majority="Người đi làm", traits=[{"name": n} for n in "abc"])
        insight = write_insight(want="nhanh", but="phải chờ", because="sợ trễ", quote_id=quote.id)
        initiative = draft_initiative(name="Làn lấy nhanh", what="Không xếp hàng", owner_id=owner.id)
        set_effects(initiative_id=initiative.id, effects=[{"persona_id": None, "expected": 0}])
        add_guardrail(initiative_id=initiative.id, metric="csat", stop_at="70")
        environment = add_environment(name="Quán 1", accountable_id=owner.id, items=["Wifi", "Sạch"])
        unwalked = add_environment(name="Quán 2", accountable_id=owner.id, items=["Wifi"])
        found = [Found("Wifi", "fail", "Rớt hoài", png()), Found("Sạch", "ok")]
        walk = record_walk(environment_id=environment.id, found=found)
        point, unseen_point = walk.items.order_by("position")
        decision = log_decision(topic="Mở thêm quầy", basis="cost", decider_id=owner.id)
        stage_quote = cite_at_stage(stage_id=stage.id, quote_id=quote.id)
        standard = set_standard(touchpoint_id=touchpoint.id, text="Nói thời gian chờ", behaviours=["Chào khách"])
        acknowledgement = acknowledge_standard(standard_id=standard.id, user_id=owner.id)
        proposed = propose_standard(touchpoint_id=touchpoint.id, text="Nói còn mấy phút")
        review = open_review(kind="touchpoint", ref=touchpoint.id)
        last = Stage.objects.filter(journey=journey).order_by("position").last()
        set_ways(stage_id=last.id, to_ids=[stage.id])
        reported = report_emotion(stage_id=stage.id, valence=1, source="coded", quote_id=quote.id)
        rule = add_visit_rule(kind="survey", stage_id=stage.id)
        (visit,) = tell_visits(
            visits=[
                {
                    "customer_id": customer.id, "stage_id": stage.id, "visited_at": now(), "source": "pos",
                    "external_id": "1",
                }
            ],
            reader=owner,
        )  # fmt: skip
        version = JourneyVersion.objects.create(journey=journey, number=1, snapshot={"stages": []}, digest="x")
        survey = Survey.objects.get(metric="nps")
        dispatch = send_survey(survey_id=survey.id, customer_ids=[customer.id], touchpoint_id=touchpoint.id)
        invitation = Invitation.objects.get(dispatch=dispatch)
        context = declare_context(
            name="Bão số 5", kind="storm", starts_at=now() + timedelta(days=1), ends_at=now() + timedelta(days=3),
            provinces=["48"], accountable_id=owner.id,
        )  # fmt: skip
        community_topic = keep_topic(topic=CommunityTopic(name="Bánh", accountable=owner), known_by=[owner.pk])
        asked = ask_question(
            text="Có bánh chay không? Gọi 0912 345 678", customer_id=customer.id, may_publish=True,
            topic_id=community_topic.id,
        )  # fmt: skip
        answered = answer_question(question_id=asked.id, text="Có ạ", user_id=owner.id)
        impact = keep_impact(
            activity="Áo ấm", held_on=date(2026, 1, 1), beneficiaries="Trẻ em", evidence="100 áo", is_published=True
        )
        response = record_response(invitation_id=invitation.id, score=9, words="Tốt")
        complaint = open_complaint(
            customer_id=customer.id, description="Chờ lâu", channel="staff", touchpoint_id=touchpoint.id
        )
        note = add_note(complaint_id=complaint.id, body="Đã gọi")
        alert = raise_alert(kind="nobody_found", ref=complaint.id, complaint_id=complaint.id)
        message = Message.objects.create(
            kind="reply", ref=note.id, dedupe_key=f"reply:{note.id}", customer=customer, email="huong@example.com"
        )
        promise = make_promise(
            complaint_id=complaint.id, text="Gọi lại", due_at=now() + timedelta(days=2), owner_id=owner.id
        )
        brand_promise = make_brand_promise(
            text="5 phút có nước", said_where="Biển ở quầy", due_at=now() + timedelta(days=20), owner_id=owner.id,
            renews_months=3, touchpoint_id=touchpoint.id,
        )  # fmt: skip
        budget = save_budget(quarter=now().date(), listening_planned=9_000_000, note="Thêm khảo sát")
        compensation = Compensation.objects.create(
            complaint=complaint, amount=5000, reason="Bù ly", state="granted", asked_by=owner, decided_by=owner
        )
        proposal = CauseProposal.objects.create(
            root_cause=RootCause.objects.filter(parent=None).order_by("name").first(), touchpoint=touchpoint,
            owner=owner, rule="cases", counted=3, everything=9,
        )  # fmt: skip
        CauseCase.objects.create(proposal=proposal, complaint=complaint)
        keeper = create_user(email="kho@example.com", full_name="Phạm Kho", role="executive")
        journey_walk = log_walk(
            journey_id=journey.id, walker_id=keeper.id, how="order", felt=[Felt(stage.id, 1, "Biển dễ thấy")]
        )
        other_department = save_department(department=Department(name="Kho", lead=keeper))
        change = ChangeRequest.objects.create(
            subject="Đổi nắp ly", hurts="Ly đổ", asked_by=owner, from_department=department,
            to_department=other_department, accountable=keeper, answer_by=now() + timedelta(days=3),
        )  # fmt: skip
        ChangeCase.objects.create(change=change, complaint=complaint)
        change.steps.create(kind="raised", to_person=owner, words="Gọi 0912 345 678")
        we_did = WeDid.objects.create(
            initiative=draft_initiative(name="Đã xong", what="x", owner_id=owner.id), said_vi="Đã thêm quầy",
            written_by=owner, meant_for=1,
        )  # fmt: skip
        conduct = ConductPolicy.objects.create(version=1, criteria="a", thanks="b", follows="c", decides="d")
        thanks = Recognition.objects.create(quote=quote, branch=branch, note="Cả quán giỏi", given_by=owner)
        absent = User.objects.create(email="nghi@example.com", full_name="Đã nghỉ", role="agent", is_active=False)
        coaching = Coaching.objects.create(
            complaint=complaint, colleague=absent, behaviour="rude", seen="Gọi 0912 345 678", written_by=owner,
            reply_by=now() + timedelta(days=3),
        )  # fmt: skip
        policy = EscalationPolicy.objects.get(is_default=True)
        calendar = Calendar.objects.get(is_default=True)
        day, _created = CalendarDay.objects.get_or_create(calendar=calendar, day=date(2030, 5, 4))
        return World(
            {
                "customer": customer.id,
                **(_merge() if merges else {}),
                "consent": consent.id,
                "custom_field": custom_field.id,
                "file": file.id,
                "import": job.id,
                "row": job.rows.get().id,
                "purchase": purchase.id,
                "entry": entry.id,
                "quote": quote.id,
                "segment": by_rule.id,
                "segment_by_hand": by_hand.id,
                "persona": persona.id,
                "live_persona": live_persona.id,
                "quiz": quiz.id,
                "environment": environment.id,
                "unwalked": unwalked.id,
                "walk": walk.id,
                "point": point.id,
                "unseen_point": unseen_point.id,
                "citation": citation.id,
                "fact": fact.id,
                "data_request": data_request.id,
                "churn_model": counted().id,
                "user": owner.id,
                "department": department.id,
                "branch": branch.id,
                "absence": absence.id,
                "journey": journey.id,
                "stage": stage.id,
                "touchpoint": touchpoint.id,
                "accountability": accountability.id,
                "brand": brand.id,
                "insight": insight.id,
                "evidence": insight.evidence.latest("created_at").id,
                "initiative": initiative.id,
                "decision": decision.id,
                "stage_quote": stage_quote.id,
                "stage_link": StageLink.objects.get().id,
                "standard": standard.id,
                "proposed_standard": proposed.id,
                "review": review.id,
                "acknowledgement": acknowledgement.id,
                "reported_emotion": reported.id,
                "visit_rule": rule.id,
                "stage_visit": visit.visit_id,
                "version": version.id,
                "survey": survey.id,
                "question": Question.objects.get(survey=survey, position=2).id,
                "dispatch": dispatch.id,
                "context": context.id,
                "community_topic": community_topic.id,
                "community_question": asked.id,
                "community_answer": answered.id,
                "community_impact": impact.id,
                "invitation": invitation.id,
                "response": response.id,
                "complaint": complaint.id,
                "root_cause": RootCause.objects.filter(parent=None).order_by("name").first().id,
                "other_cause": RootCause.objects.filter(parent=None).order_by("name").last().id,
                "remedy": _remedy(),
                "reply_template": ReplyTemplate.objects.order_by("name").first().id,
                "promise": promise.id,
                "brand_promise": brand_promise.id,
                "budget": budget.id,
                "conduct_policy": conduct.id,
                "thanks": thanks.id,
                "coaching": coaching.id,
                "journey_walk": journey_walk.id,
                "compensation": compensation.id,
                "cause_proposal": proposal.id,
                "we_did": we_did.id,
                "change_request": change.id,
                "other_department": other_department.id,
                "pause_reason": PauseReason.objects.order_by("position").first().id,
                "event": Event.objects.order_by("occurred_at").first().id,
                "message": message.id,
                "alert": alert.id,
                "calendar": calendar.id,
                "day": day.id,
                "sla_policy": SlaPolicy.objects.get(severity="S3").id,
                "policy": policy.id,
                "level": EscalationLevel.objects.get(policy=policy, position=4).id,
            }
        )


def _merge() -> dict[str, UUID]:
    twins = [create_customer(full_name=f"Song Sinh {number}") for number in range(3)]
    merge = merge_customers(survivor_id=twins[0].id, merged_id=twins[1].id)
    return {"merge": merge.id, "other_customer": twins[2].id}


def _remedy() -> UUID:
    from feedback.models import Remedy

    return Remedy.objects.order_by("position", "name").first().id


@pytest.fixture
def world(alpha: TenantRef, scene: Callable[..., Any]) -> World:
    return scene("world", lambda: build_world(alpha))


@pytest.fixture
def foreign_world(beta: TenantRef, scene: Callable[..., Any]) -> World:
    return scene("foreign world", lambda: build_world(beta))


def soon(days: int = 1) -> str:
    return (now() + timedelta(days=days)).isoformat()


def results(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    return response.json()["results"]
