"""Two firms full of rows, made by the services, every free text of which names its firm."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID, uuid4

from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client

from customers.models import Customer, CustomField, ImportJob, ImportRow, Persona, Quote
from customers.services.attachments import attach_file
from customers.services.beliefs import state_belief
from customers.services.consents import state_consent
from customers.services.custom_fields import save_custom_field
from customers.services.customers import create_customer
from customers.services.data_requests import ask_about_data
from customers.services.facts import note_fact
from customers.services.health import tend, train_forecast
from customers.services.imports import check_file, start_import
from customers.services.interactions import record_interaction
from customers.services.merging import keep_apart, merge_customers
from customers.services.personas import change_persona, cite_quote, draft_persona, publish_persona
from customers.services.purchases import record_purchase
from customers.services.quizzes import answer_quiz, open_quiz
from customers.services.quotes import take_quote
from customers.services.segments import add_to_segment, create_segment
from customers.services.understanding_nights import recount_everybody
from cxcrm.core.api.idempotency import Answer
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, TenantRef, acting_as
from cxcrm.core.models import TenantModel
from cxcrm.core.tokens import make_token
from cxcrm.demo.ageing import age
from feedback.models import (
    Complaint,
    HeldInvitation,
    Invitation,
    Question,
    RealGap,
    Remedy,
    ReplyTemplate,
    RootCause,
    Survey,
)
from feedback.services import complaints
from feedback.services.configuration import save_question, save_remedy, save_root_cause, save_survey
from feedback.services.contexts import declare_context
from feedback.services.dispatches import send_survey
from feedback.services.gaps import seal_forecast, state_beliefs
from feedback.services.perspectives import take_perspective
from feedback.services.reply_templates import save_reply_template
from feedback.services.responses import record_response
from feedback.services.staff_voice import answer_questionnaire
from journeys.models import Initiative
from journeys.services.accountability import hand_over
from journeys.services.brand import save_brand
from journeys.services.decisions import log_decision
from journeys.services.emotions import draw_assumed_curve, report_emotion
from journeys.services.environments import Found, add_environment, record_walk
from journeys.services.evidence import cite_at_stage
from journeys.services.initiatives import add_guardrail, cite_for, draft_initiative, set_effects
from journeys.services.insights import write_insight
from journeys.services.journeys import add_stage, add_touchpoint, create_journey, set_ways
from journeys.services.publishing import publish_journey
from journeys.services.standards import acknowledge_standard, propose_standard, set_standard
from journeys.services.visit_reading import count_flows
from journeys.services.visits import add_visit_rule, tell_visits
from journeys.services.walks import Felt, log_walk
from tenants import tasks
from tenants.context import in_tenant
from tenants.models import Lane
from tenants.services import agenda
from tenants.staff.logic.waiting import PASSWORD
from tenants.staff.models import Absence, Branch, Department, Firm, Identity, IdentityProvider, Passkey, User
from tenants.staff.roles import SCOPES
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services import repeats
from tenants.staff.services.accounts import create_user, password_links
from tenants.staff.services.api_keys import create_api_key
from tenants.staff.services.configuration import save_absence, save_branch, save_department, save_firm
from tenants.staff.services.tries import claim_try
from tenants.staff.services.views import save_view
from tests.customers.files import png
from tests.isolation.community import lay_community
from tests.support.phone import Phone
from tests.support.staff_voice import PULSE_ITEMS
from workflows.models import (
    Calendar,
    CalendarDay,
    CauseCase,
    CauseProposal,
    ChangeCase,
    ChangeRequest,
    ChangeStep,
    EscalationPolicy,
    EscalationStep,
    IncomingMail,
    PauseReason,
    SharedText,
    WeDid,
)
from workflows.selectors.contradictions import open_contradictions
from workflows.services.alerts import raise_alert
from workflows.services.brand_promises import make_brand_promise
from workflows.services.budgets import save_budget
from workflows.services.coaching import open_coaching
from workflows.services.compensations import compensate
from workflows.services.conduct import acknowledge_policy, pass_on_thanks, publish_policy
from workflows.services.configuration import save_calendar, save_calendar_day, save_escalation_policy
from workflows.services.contradictions import dismiss_contradiction
from workflows.services.decisions import decide
from workflows.services.incoming import take_in
from workflows.services.pauses import end_pause, pause, save_pause_reason
from workflows.services.promises import make_promise
from workflows.services.reviews import open_review, send_back_review
from workflows.services.supervision import audit_reply

PHONE, OTHER_PHONE = "+84912345678", "+84987654321"
EMAIL = "{}@khach.example"
# Purpose of a link → the label of the model whose id it carries.
LINKS = {
    "survey": "feedback.invitation",
    "opt-out": "customers.customer",
    "my-page": "customers.customer",
    "track": "feedback.complaint",
    "solved": "feedback.complaint",
    "decide": "workflows.escalationstep",
    "grant": "workflows.compensationask",
    "community-own": "customers.customer",
    "community-photo": "feedback.communityimpact",
}


@dataclass
class World:
    """One populated firm and everything an attacker of the other could wish to know of it."""

    tenant: TenantRef
    canary: str
    key: str = ""
    owner_id: UUID | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    password_link: tuple[UUID, str] | None = None
    organization_id: UUID | None = None

    @cached_property
    def ids(self) -> dict[str, list[UUID]]:
        """Ids of all rows by model label, newest first."""
        with in_tenant(self.tenant):
            return {
                model._meta.label_lower: list(model._base_manager.order_by("-pk").values_list("pk", flat=True))
                for model in apps.get_models()
                if issubclass(model, TenantModel)
            }

    @cached_property
    def all_ids(self) -> set[str]:
        """Every id of every row, as text, and the firm's own."""
        return {str(ident) for found in self.ids.values() for ident in found} | {str(self.tenant.id)}

    # Rows on which most may be done: an open complaint, an invitation not expired.
    fit: dict[str, UUID] = field(default_factory=dict)

    def id_of(self, label: str) -> UUID:
        return self.fit.get(label) or self.ids[label][0]


def build(tenant: TenantRef) -> World:
    """Play the firm's life: staff, customers, a survey, complaints in every stage, an escalation and its decision."""
    # Letters only: a run of digits would look like somebody's number and be starred.
    letters = uuid4().hex[:12].translate(str.maketrans("0123456789", "ghijklmnop"))
    world = World(tenant, f"CANARY-{tenant.slug}-{letters}")
    with in_tenant(tenant):
        _Builder(world).build()
    return world


class _Builder:
    def __init__(self, world: World) -> None:
        self.world, self.mark = world, world.canary

    def build(self) -> None:
        self.staff()
        self.journey()
        self.set_up()
        self.customers()
        self.map()
        self.places()
        self.segments()
        self.survey()
        self.complaints()
        self.escalation()
        self.desk()
        self.leftovers()
        self.credentials()
        self.keys()

    def run_agenda(self) -> None:
        for _round in range(60):
            items = [item for lane in Lane.values for item in agenda.claim(lane, limit=200, share=200)]
            if not items:
                return
            with in_tenant(self.world.tenant):
                for item in items:
                    tasks.carry_out(item)
            connection.set_tenant(self.world.tenant)
        raise AssertionError("the agenda did not come to rest")

    def staff(self) -> None:
        mark, slug = self.mark, self.world.tenant.slug
        self.owner = User.objects.get(role="owner")
        self.world.owner_id = self.owner.id
        self.manager, self.executive, self.deputy, self.agent = (
            create_user(
                email=f"{name}@{slug}.example", full_name=f"{name} {mark}", role=role, job_title=mark,
                language=self.owner.language, authority_limit=1_000_000_000,
            )
            for name, role in (("mana", "manager"), ("exec", "executive"), ("depu", "executive"), ("agen", "agent"))
        )  # fmt: skip
        User.objects.filter(pk=self.agent.pk).update(manager=self.manager)
        self.agent.refresh_from_db()
        self.branch = save_branch(
            branch=Branch(name=f"Quận 1 {mark}", address=mark, province=mark, manager=self.manager)
        )
        self.department = save_department(
            department=Department(name=f"Kỹ thuật {mark}", lead=self.manager, handler=self.agent)
        )
        save_absence(
            absence=Absence(
                user=self.deputy, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2), deputy=self.executive
            )
        )
        firm = Firm.objects.get()
        firm.name, firm.brand, firm.reply_to = f"{firm.name} {mark}", mark, f"{slug}@{mark.lower()}.example"
        save_firm(firm=firm)

    def journey(self) -> None:
        mark = self.mark
        journey = create_journey(name=f"Hành trình {mark}", name_en=mark)
        stage = add_stage(journey_id=journey.id, name=f"Mua {mark}", name_en=mark)
        self.touchpoint = add_touchpoint(
            stage_id=stage.id, name=f"Thanh toán {mark}", name_en=mark, department_id=self.department.id
        )
        yesterday = now().date() - timedelta(days=1)
        hand_over(
            executive_id=self.executive.id, touchpoint_id=self.touchpoint.id, deputy_id=self.deputy.id,
            from_day=yesterday, note=mark,
        )  # fmt: skip
        hand_over(executive_id=self.executive.id, stage_id=stage.id, from_day=yesterday, note=mark)
        self.stages = [stage, add_stage(journey_id=journey.id, name=f"Dùng {mark}", customer_goal=mark)]

    def set_up(self) -> None:
        mark = self.mark
        self.cause = save_root_cause(root_cause=RootCause(name=f"Chậm {mark}"))
        self.remedy = save_remedy(remedy=Remedy(name=f"Hoàn tiền {mark}", touchpoint=self.touchpoint, cost=59_000))
        calendar = save_calendar(calendar=Calendar(name=mark, windows={"0": [["08:00", "12:00"]]}, is_default=False))
        save_calendar_day(day=CalendarDay(calendar=calendar, day=date(2030, 1, 1), name=mark))
        save_escalation_policy(policy=EscalationPolicy(name=mark, is_default=False))
        self.nps = save_survey(survey=Survey(name=f"NPS {mark}", metric="nps", touchpoint=self.touchpoint))
        save_question(question=_question(self.nps, 1, "nps", mark))
        self.text = save_question(question=_question(self.nps, 2, "text", mark))
        mirror = _question(self.nps, 3, "csat", mark)
        mirror.is_mirror, mirror.touchpoint = True, self.touchpoint
        save_question(question=mirror)
        state_beliefs(user_id=self.owner.pk, values={mirror.pk: 4})
        answer_questionnaire(
            user_id=self.owner.pk, questionnaire="pulse", values=dict.fromkeys(PULSE_ITEMS, 1), words=mark
        )
        month = firm_today().replace(day=1) + timedelta(days=45)
        seal_forecast(user_id=self.owner.pk, metric="nps", month=month, value=40)
        RealGap.objects.create(question=mirror, quarter=month.replace(day=1), executive=self.executive)

    def customers(self) -> None:
        """The same phones and addresses in every firm: nothing but the firm tells these people apart."""
        self.people: list[Customer] = []
        save_custom_field(field=CustomField(key="mark", label_vi=self.mark))
        twins = [create_customer(full_name=f"Sinh đôi {self.mark}", parse_name=False) for _turn in range(2)]
        keep_apart(first_id=twins[0].id, second_id=twins[1].id)
        merge_customers(survivor_id=twins[0].id, merged_id=twins[1].id)
        for number in range(6):
            person = create_customer(
                full_name=f"Hương {self.mark}" if number else f"Công ty {self.mark}",
                kind="person" if number else "organization",
                phones=[PHONE, OTHER_PHONE] if number < 2 else [f"+8498{number}111222"],
                emails=[EMAIL.format(number)],
                organization=self.people[0] if number else None,
                owner=self.agent, branch=self.branch, tags=["vip", self.mark], external_ids={"pos": f"KH-{number}"},
                custom={"mark": self.mark}, address=self.mark, note=self.mark, formal_title=self.mark, parse_name=False,
            )  # fmt: skip
            state_consent(
                customer_id=person.id, purpose="survey", granted=True, method="staff", evidence=self.mark,
                text_version="1",
            )  # fmt: skip
            self.people.append(person)
        self.world.organization_id = self.people[0].id
        called = record_interaction(customer_id=self.people[1].id, kind="call", what="call.logged", body=self.mark)
        self.published(take_quote(interaction_id=called.id, text=self.mark))
        note_fact(customer_id=self.people[1].id, kind="need", text=self.mark, about=self.mark)
        ask_about_data(customer_id=self.people[1].id, kind="correct", words=self.mark)
        state_belief(share=80, stated_by_id=self.owner.id)
        recount_everybody()
        record_purchase(
            customer_id=self.people[1].id, external_id="HD1", amount=59_000, items=self.mark, branch=self.branch
        )
        record_purchase(customer_id=self.people[1].id, occurred_at=now() - timedelta(days=30), silent=True)
        tend(model_id=train_forecast(asked_by_id=self.owner.id).pk)
        good, bad = f"Trần {self.mark},+84933444555,b@khach.example,{self.mark}", f",,,{self.mark}"
        known = f"Hương {self.mark},+84982111222,,{self.mark} mới"
        rows = f"Họ và tên,Điện thoại,Email,Ghi chú\n{good}\n{bad}\n{known}\n"
        for person in self.people[:2]:
            attach_file(customer_id=person.id, file_name=f"{self.mark}.txt", content=self.mark.encode())
        job = check_file(data=rows.encode(), file_name=f"{self.mark}.csv", uploaded_by=self.agent)
        start_import(job_id=job.id)
        self.run_agenda()
        assert ImportRow.objects.filter(job=job, outcome="created").count() == 1
        check_file(
            data=rows.replace("Trần", "Lý").replace("+84933444555", "+84933444556").encode(),
            file_name=f"{self.mark}-2.csv",
        )

    def published(self, quote: Quote) -> None:
        """What the firm says of itself and its customers, and what that rests on."""
        mark = self.mark
        save_brand(positioning=mark, majority=mark, traits=[{"name": f"{mark}{n}", "do": mark} for n in range(3)])
        insight = write_insight(want=mark, but=mark, because=mark, quote_id=quote.id)
        initiative = draft_initiative(
            name=mark, what=mark, owner_id=self.executive.id, touchpoint_id=self.touchpoint.id, insight_id=insight.id,
            harms=[mark],
        )  # fmt: skip
        set_effects(initiative_id=initiative.id, effects=[{"persona_id": None, "expected": 0, "mitigation": mark}])
        cite_for(initiative_id=initiative.id, quote_id=quote.id)
        add_guardrail(initiative_id=initiative.id, metric="csat", stop_at="70", touchpoint_id=self.touchpoint.id)
        log_decision(
            topic=mark, basis="customer_evidence", quote_ids=[quote.id], insight_id=insight.id,
            decider_id=self.owner.id, who_they_are=mark, what_they_need=mark,
        )  # fmt: skip

    def segments(self) -> None:
        """One by rule with a persona that is being drafted anew, and one by hand."""
        condition = {"field": "tags", "op": "any_of", "value": [self.mark]}
        by_rule = create_segment(name=self.mark, description=self.mark, condition=condition, reader=self.owner)
        words = dict.fromkeys(("name", "who", "need", "expectation", "emotion", "channel"), self.mark)
        draft = draft_persona(segment_id=by_rule.id, **words)
        # Staff choose between portraits; the drafted one's quotes come last, since tests take the newest of each.
        by_hand = create_segment(name=f"Tay {self.mark}", kind="static", reader=self.owner)
        said = record_interaction(customer_id=self.people[1].id, kind="call", what="call.logged", body=self.mark)
        other = {**dict.fromkeys(words, f"{self.mark} 2"), "sentence": take_quote(interaction_id=said.id)}
        Persona.objects.create(segment=by_hand, number=1, state="live", **other)
        for number in range(5):
            said = record_interaction(
                customer_id=self.people[1].id, kind="call", what="call.logged", body=f"{self.mark} {number}"
            )
            quote = take_quote(interaction_id=said.id)
            cite_quote(persona_id=draft.id, quote_id=quote.id)
        change_persona(persona_id=draft.id, sentence=quote.id)
        publish_persona(persona_id=draft.id)
        quiz = open_quiz(persona_id=draft.id)
        chosen = dict(quiz.options.filter(is_right=True).values_list("ask", "pk"))
        answer_quiz(quiz_id=quiz.pk, user_id=self.owner.pk, options=chosen)
        draft_persona(segment_id=by_rule.id)
        add_to_segment(segment_id=by_hand.id, customers=[person.id for person in self.people])

    def places(self) -> None:
        """A place that was walked, with something to be put right."""
        place = add_environment(
            name=self.mark, name_en=self.mark, accountable_id=self.executive.id, items=[self.mark, f"{self.mark} 2"],
            stage_id=self.stages[0].id,
        )  # fmt: skip
        found = [Found(self.mark, "fail", self.mark, png()), Found(f"{self.mark} 2", "fail", self.mark)]
        record_walk(environment_id=place.pk, found=found)

    def map(self) -> None:
        """What a published map rests on, how it feels, and the standard of its touchpoint."""
        first, second = self.stages
        set_ways(stage_id=second.id, to_ids=[first.id])
        for number in range(3):
            said = record_interaction(
                customer_id=self.people[1].id, kind="call", what="call.logged", body=f"{self.mark} {number}"
            )
            quote = take_quote(interaction_id=said.id, text=f"{self.mark} {number}")
            for stage in self.stages:
                cite_at_stage(stage_id=stage.id, quote_id=quote.id)
            report_emotion(stage_id=first.id, valence=-1, feeling="annoyed", source="coded", quote_id=quote.id)
        standard = set_standard(touchpoint_id=self.touchpoint.id, text=self.mark, behaviours=[self.mark])
        acknowledge_standard(standard_id=standard.id, user_id=self.owner.id)
        draw_assumed_curve(
            journey_id=first.journey_id, user_id=self.owner.id, valences={str(one.id): 1 for one in self.stages}
        )
        publish_journey(journey_id=first.journey_id)
        log_walk(
            journey_id=first.journey_id, walker_id=self.executive.id, how="order", felt=[Felt(first.id, 1, self.mark)]
        )
        with acting_as(Actor("user", self.owner.id, self.owner.full_name)):
            propose_standard(touchpoint_id=self.touchpoint.id, text=f"{self.mark} 1")
            review = open_review(kind="touchpoint", ref=self.touchpoint.id)
            send_back_review(review_id=review.id, note=self.mark)
            propose_standard(touchpoint_id=self.touchpoint.id, text=f"{self.mark} 2")
            open_review(kind="touchpoint", ref=self.touchpoint.id)
        add_visit_rule(kind="order", channel=self.mark, stage_id=first.id)
        tell_visits(
            visits=[
                {
                    "customer_id": self.people[1].id, "stage_id": first.id, "visited_at": now(),
                    "source": self.mark, "external_id": "1",
                }
            ],
            reader=self.owner,
        )  # fmt: skip
        count_flows()

    def survey(self) -> None:
        send_survey(
            survey_id=self.nps.id, customer_ids=[person.id for person in self.people], sent_by=self.owner,
            touchpoint_id=self.touchpoint.id,
        )  # fmt: skip
        self.run_agenda()
        sent = {row.customer_id: row for row in Invitation.objects.filter(state="sent")}
        assert len(sent) == len(self.people)
        for number, score in ((0, 10), (1, 2), (2, 3)):
            record_response(
                invitation_id=sent[self.people[number].id].id, score=score, words=self.mark,
                answers={self.text.id: self.mark}, contact_me=score < 7, language="vi",
            )  # fmt: skip
        self.run_agenda()

    def complaints(self) -> None:
        """One resolved and confirmed, one reopened, one referred; the survey's own stay open and climb."""
        first, second, third = (
            complaints.open_complaint(
                customer_id=person.id, description=self.mark, channel="staff", touchpoint_id=self.touchpoint.id,
                branch_id=self.branch.id, remedy_sought=self.mark, subject=self.mark, severity="S3",
            )
            for person in self.people[3:6]
        )  # fmt: skip
        with acting_as(Actor("user", self.owner.id, self.owner.full_name)):
            complaints.add_note(complaint_id=first.id, body=f"@{self.agent.full_name} {self.mark}")
        take_perspective(complaint_id=first.id, trying=self.mark)
        complaints.add_note(complaint_id=first.id, body=self.mark, is_internal=False)
        with acting_as(Actor("user", self.owner.id, self.owner.full_name)):
            audit_reply(note_id=first.notes.filter(is_internal=False).first().id, fits=True)
        complaints.choose_remedy(complaint_id=first.id, remedy_id=self.remedy.id, note=self.mark)
        for complaint in (first, second):
            complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=self.cause.id, action_taken=self.mark)
        self.run_agenda()
        complaints.confirm(complaint_id=first.id)
        self.conduct(first)
        complaints.reopen(complaint_id=second.id, words=self.mark)
        complaints.refer(complaint_id=third.id, note=self.mark)
        self.run_agenda()

    def conduct(self, solved: Complaint) -> None:
        """A policy somebody has read, a customer's thanks, and something seen in a case."""
        with acting_as(Actor("user", self.owner.id, self.owner.full_name)):
            policy = publish_policy(criteria=self.mark, thanks=self.mark, follows=self.mark, decides=self.mark)
            acknowledge_policy(policy_id=policy.id)
            pass_on_thanks(complaint_id=solved.id, colleague_id=self.agent.id, note=self.mark)
            open_coaching(complaint_id=solved.id, colleague_id=self.agent.id, behaviour="rude", seen=self.mark)

    def desk(self) -> None:
        """Words to reply with, a pause, a promise, money granted and money asked for."""
        complaint = Complaint.objects.filter(state__in=Complaint.OPEN_STATES).latest("pk")
        save_reply_template(template=ReplyTemplate(name=self.mark, text=self.mark))
        odd = f"{self.mark} hoàn tiền trong 2 ngày. {self.mark} hoàn tiền trong 5 ngày."
        save_reply_template(template=ReplyTemplate(name=f"{self.mark} 2", text=odd))
        with acting_as(Actor("user", self.owner.id, self.owner.full_name)):
            dismiss_contradiction(key=open_contradictions()[0].key, why=self.mark)
        reason = save_pause_reason(reason=PauseReason(name=self.mark))
        pause(complaint_id=complaint.id, reason_id=reason.id, by=self.owner, note=self.mark)
        end_pause(complaint_id=complaint.id)
        promise = make_promise(
            complaint_id=complaint.id, text=self.mark, due_at=now() + timedelta(hours=1), owner_id=self.agent.id
        )
        save_budget(quarter=now().date(), fixing_planned=Decimal(9_000_000), note=self.mark)
        of_brand = make_brand_promise(
            text=self.mark, said_where=self.mark, due_at=now() + timedelta(days=200), owner_id=self.owner.id
        )
        self.world.fit |= {"workflows.promise": promise.id, "workflows.promise#brand": of_brand.id}
        User.objects.filter(pk=self.agent.pk).update(authority_limit=0)
        with acting_as(Actor("user", self.agent.id, self.agent.full_name)):
            compensate(complaint_id=complaint.id, amount=Decimal(50_000), reason=self.mark)
        self.run_agenda()

    def escalation(self) -> None:
        age(self.world.tenant, timedelta(days=40))
        self.run_agenda()
        told = EscalationStep.objects.filter(state="told", audience="executive").order_by("-pk")
        held = next(step for step in told if step.ladder.state == "climbing")
        decide(step_id=held.id, kind="choose", remedy_id=self.remedy.id, note=self.mark)
        self.run_agenda()

    def causes(self, complaint: Complaint) -> None:
        """A cause that came back, and what was told of it."""
        proposal = CauseProposal.objects.filter(state="waiting").first() or CauseProposal.objects.create(
            root_cause=self.cause, touchpoint=self.touchpoint, owner=self.executive, rule="cases", counted=3,
            everything=9,
        )  # fmt: skip
        CauseProposal.objects.filter(pk=proposal.pk).update(because=self.mark)
        CauseCase.objects.get_or_create(complaint=complaint, defaults={"proposal": proposal})
        WeDid.objects.create(
            initiative=Initiative.objects.earliest("pk"), said_vi=self.mark, said_en=self.mark,
            written_by=self.executive, meant_for=1,
        )  # fmt: skip

    def leftovers(self) -> None:
        """What only comes about when something goes wrong, and Django's own rows."""
        complaint = Complaint.objects.order_by("pk").last()
        raise_alert(kind="undelivered", ref=uuid4(), complaint_id=complaint.id, detail=self.mark)
        take_in(f"From: {self.mark}@khach.example\nSubject: {self.mark}\n\n{self.mark}".encode(), uuid4())
        self.causes(complaint)
        change = ChangeRequest.objects.create(
            subject=self.mark, hurts=self.mark, asked_by=self.agent, from_department=self.department,
            to_department=save_department(department=Department(name=f"{self.mark} 2", lead=self.executive)),
            accountable=self.executive, answer_by=now() + timedelta(days=3), words=self.mark, proposal=self.mark,
            helped_words=self.mark,
        )  # fmt: skip
        ChangeCase.objects.create(change=change, complaint=complaint)
        ChangeStep.objects.create(change=change, kind="day_kept", day=now().date(), words=self.mark)
        begins = now() + timedelta(days=30)
        context = declare_context(
            name=self.mark, kind="other", starts_at=begins, ends_at=begins + timedelta(days=1), care_vi=self.mark,
            care_en=self.mark, accountable_id=self.executive.id,
        )  # fmt: skip
        HeldInvitation.objects.create(context=context, invitation=Invitation.objects.earliest("pk"))
        lay_community(self)
        SharedText.objects.create(digest=self.mark, text=self.mark)
        if not IncomingMail.objects.exists():
            IncomingMail.objects.create(
                message_id=self.mark, sender="a@khach.example", subject=self.mark, text=self.mark
            )
        save_view(
            owner_id=self.owner.id, model="customers.customer", name=self.mark, query=f"q={self.mark}", is_shared=True
        )
        LogEntry.objects.create(
            user=self.owner, content_type=ContentType.objects.get_for_model(Complaint), object_id=complaint.id,
            object_repr=self.mark, action_flag=CHANGE, change_message=self.mark,
        )  # fmt: skip

    def keys(self) -> None:
        world = self.world
        survey = send_survey(survey_id=Survey.objects.get(metric="csat").id, customer_ids=[self.people[0].id])
        self.run_agenda()
        world.fit |= {
            "feedback.complaint": Complaint.objects.filter(state__in=Complaint.OPEN_STATES).latest("pk").id,
            "feedback.invitation": survey.invitations.get().id,
            "customers.interaction": Quote.objects.earliest("pk").interaction_id,
            "customers.importjob": ImportJob.objects.get(state="checked").id,
        }
        # The newest entry of a timeline is one that words may be taken from.
        record_interaction(customer_id=self.people[1].id, kind="call", what="call.logged", body=self.mark)
        key, world.key = create_api_key(name=self.mark, scopes=list(SCOPES), created_by=self.owner)
        repeats.claim(caller=key.pk, key=self.mark, fingerprint="0" * 64)
        repeats.keep(caller=key.pk, key=self.mark, answer=Answer(201, json.dumps({"full_name": self.mark})))
        browser = Client(HTTP_HOST=world.tenant.host)
        browser.force_login(self.owner)
        world.cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        world.tokens = {purpose: make_token(purpose, world.id_of(label)) for purpose, label in LINKS.items()}
        world.password_link = (self.agent.id, password_links.make_token(self.agent))

    def credentials(self) -> None:
        """What staff prove themselves with; the provider is nobody who answers."""
        Phone(self.agent)
        Passkey.objects.create(
            user=self.agent, name=self.mark, host=self.world.tenant.host, credential_id=self.mark, public_key=b"x"
        )
        provider = IdentityProvider.objects.create(
            name=self.mark[:40], issuer="https://id.example", client_id=self.mark, email_domains=["id.example"]
        )
        Identity.objects.create(provider=provider, subject=str(uuid4()), user=self.agent)
        claim_try(keys={self.mark: PASSWORD})


def _question(survey: Survey, position: int, kind: str, mark: str) -> Question:
    return Question(
        survey=survey, position=position, kind=kind, text_vi=mark, text_en=mark, low_vi="a", low_en="a", high_vi="z",
        high_en="z",
    )  # fmt: skip
