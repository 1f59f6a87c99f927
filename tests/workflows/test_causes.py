"""Root causes that come back: asked once of the right person, taken up or left, and told back to who raised them."""

from datetime import timedelta

import pytest

from customers.models import Customer, Interaction
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from customers.services.erasure import erase_customer
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.ids import new_id
from feedback.models import Complaint, RootCause
from feedback.services.complaints import open_complaint, resolve_complaint
from journeys.models import Initiative, InitiativeQuote
from journeys.services.initiatives import cite_for, decline_initiative, draft_initiative
from tenants.staff.models import Absence, User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services.accounts import create_user
from tests.support.race import race
from workflows import errors
from workflows.mails import compose
from workflows.mails.base import Skip
from workflows.models import Alert, CauseCase, CauseProposal, Event, Message, WeDid
from workflows.selectors.causes import cases_of, counts_by_cause, in_hand, waiting_for
from workflows.selectors.people import may_act_for
from workflows.selectors.we_did import audience_of, is_done, reached_by
from workflows.services.causes import leave_cause, look_at_cause, look_at_cause_of, look_at_causes, take_up_cause
from workflows.services.we_did import tell_raisers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def as_person(user):
    return acting_as(Actor("user", user.pk, user.full_name))


@pytest.fixture
def met(crew, cause):
    """One more case with the cause, of a customer of its own."""
    numbers = iter(range(100))

    def make(*, language="vi", emails=True, root_cause=cause, touchpoint=crew.touchpoint, **fields):
        number = next(numbers)
        person = create_customer(
            full_name=f"Nguyễn Thị {number}",
            emails=[f"k{number}@khach.example"] if emails else [],
            salutation="chi",
            salutation_source="staff",
            language=language,
        )
        made = open_complaint(
            customer_id=person.pk, description="Chờ lâu quá", channel="page", owner_id=crew.owner.pk,
            touchpoint_id=touchpoint.pk if touchpoint else None, severity="S3",
        )  # fmt: skip
        Complaint.objects.filter(pk=made.pk).update(root_cause=root_cause, **fields)
        return made

    return make


@pytest.fixture
def proposal(met, cause):
    for _number in range(3):
        met()
    return look_at_cause(root_cause_id=cause.pk)


def _others(one, count):
    """So many cases more without a cause, as rows only: nobody is told of them."""
    fields = {field.attname: getattr(one, field.attname) for field in Complaint._meta.concrete_fields}
    told = {**fields, "root_cause_id": None}
    Complaint.objects.bulk_create(
        Complaint(**{**told, "id": ident, "number": f"KN-{place}"})
        for place, ident in enumerate(new_id() for _number in range(count))
    )


def test_the_third_case_asks_whoever_answers_for_the_place_once(met, cause, crew, run_agenda, mailoutbox):
    first = met()
    _others(first, 60)  # two of sixty-two are no five percent
    second, third = met(), met(touchpoint=None)
    Complaint.objects.filter(pk=third.pk).update(root_cause=None)
    assert look_at_cause(root_cause_id=cause.pk) is None
    with as_person(crew.owner):
        resolve_complaint(complaint_id=third.pk, root_cause_id=cause.pk, action_taken="Đã hoàn tiền")
    mailoutbox.clear()
    run_agenda()
    proposal = CauseProposal.objects.get()
    assert (proposal.owner, proposal.touchpoint, proposal.rule) == (crew.executive, crew.touchpoint, "cases")
    assert (proposal.counted, proposal.everything, proposal.state, proposal.percent) == (3, 63, "waiting", 5)
    assert {case.complaint_id for case in proposal.cases.all()} == {first.pk, second.pk, third.pk}
    mail = next(mail for mail in mailoutbox if mail.to == [crew.executive.email])
    assert mail.subject == f"3 vụ việc cùng một nguyên nhân: {cause}"
    assert f"/admin/workflows/causeproposal/{proposal.pk}/change/" in mail.body
    assert "Nguyễn Thị" not in mail.body
    fourth = met()
    assert look_at_causes() == 0
    assert look_at_cause_of(complaint_id=fourth.pk) is None
    assert (CauseProposal.objects.count(), proposal.cases.count()) == (1, 4)
    assert Message.objects.filter(kind="cause_proposed").count() == 1
    assert Event.objects.filter(name="workflows.cause_proposed").count() == 1


def test_two_of_few_are_five_percent_and_old_or_sample_cases_do_not_count(met, cause, crew):
    met()
    met(received_at=now() - timedelta(days=30))
    met(is_sample=True)
    assert look_at_cause(root_cause_id=cause.pk) is None
    met(touchpoint=None)
    assert look_at_causes() == 1
    assert (CauseProposal.objects.get().rule, CauseCase.objects.count()) == ("share", 2)


def test_nobody_answers_for_the_place(met, cause, crew):
    for _number in range(2):
        met(touchpoint=None)
    assert look_at_cause(root_cause_id=cause.pk).owner == crew.spare
    other = RootCause.objects.filter(parent__isnull=False).exclude(pk=cause.pk).first()
    case, uncaused = met(root_cause=other), met(root_cause=None)
    met(root_cause=other)
    User.objects.update(is_active=False)
    assert look_at_cause_of(complaint_id=case.pk) is None
    assert Alert.objects.get(kind="nobody_found").ref == other.pk
    assert look_at_cause_of(complaint_id=uncaused.pk) is None
    with pytest.raises(NotFound):
        look_at_cause(root_cause_id=new_id())


def test_one_tap_makes_a_draft_that_rests_on_its_quotes(proposal, crew, cause):
    case = proposal.cases.first().complaint
    said = Interaction.objects.get(what="complaint.opened", subject_id=case.pk)
    quote = take_quote(interaction_id=said.pk)
    with as_person(crew.executive):
        taken = take_up_cause(proposal_id=proposal.pk)
    made = taken.initiative
    assert (made.state, made.owner, made.touchpoint) == ("draft", crew.executive, crew.touchpoint)
    assert made.name == f"Chấm dứt: {cause.name}"
    assert list(made.quotes.values_list("quote", flat=True)) == [quote.pk]
    assert (taken.state, taken.decided_by) == ("taken", crew.executive)
    for again in (
        lambda: take_up_cause(proposal_id=proposal.pk),
        lambda: leave_cause(proposal_id=proposal.pk, because="x"),
    ):
        with as_person(crew.executive), pytest.raises(errors.CauseDecided):
            again()
    assert Initiative.objects.count() == 1
    message = Message.objects.get(kind="cause_proposed")
    assert compose(message) == Skip("cause_decided")


def test_what_is_under_way_takes_further_cases_and_what_is_over_does_not(proposal, crew, cause, met):
    with as_person(crew.executive):
        taken = take_up_cause(proposal_id=proposal.pk)
    met()
    assert look_at_cause(root_cause_id=cause.pk) is None
    assert (taken.cases.count(), in_hand(cause.pk)) == (4, taken)
    with as_person(crew.executive):
        decline_initiative(initiative_id=taken.initiative_id, because="Chưa phải lúc")
    assert in_hand(cause.pk) is None
    for _number in range(2):
        met()
        assert look_at_cause(root_cause_id=cause.pk) is None
    met()
    assert look_at_cause(root_cause_id=cause.pk).counted == 3
    assert taken.cases.count() == 4


def test_left_until_it_has_come_back_another_three_times(proposal, crew, cause, met):
    with as_person(crew.executive):
        with pytest.raises(InvalidInput):
            leave_cause(proposal_id=proposal.pk, because="  ")
        left = leave_cause(proposal_id=proposal.pk, because="Máy mới về tuần sau")
    assert (left.state, left.because, left.decided_by) == ("rejected", "Máy mới về tuần sau", crew.executive)
    met()
    met()
    assert look_at_causes() == 0
    met()
    assert look_at_causes() == 1
    assert list(CauseProposal.objects.order_by("created_at").values_list("state", "counted")) == [
        ("rejected", 3), ("waiting", 3),
    ]  # fmt: skip


def test_who_decides(proposal, crew):
    agent = create_user(email="x@alpha.example", full_name="Người Khác", role="agent")
    for actor in (Actor("user", agent.pk, "x"), Actor("api_key", new_id(), "k")):
        with acting_as(actor), pytest.raises(errors.CauseIsPersonal):
            take_up_cause(proposal_id=proposal.pk)
    assert not Initiative.objects.exists()
    with as_person(crew.executive), pytest.raises(NotFound):
        take_up_cause(proposal_id=new_id())
    User.objects.filter(pk=crew.executive.pk).update(role="agent")
    assert (may_act_for(agent, proposal.owner_id), list(waiting_for(agent))) == (False, [])
    today = firm_today()
    Absence.objects.create(user=crew.executive, deputy=agent, starts_on=today, ends_on=today)
    assert (may_act_for(agent, proposal.owner_id), list(waiting_for(agent))) == (True, [proposal])
    agent.role = "read_only"
    assert not may_act_for(agent, proposal.owner_id)


def test_the_deputy_gets_the_mail_the_accountable_one_keeps_the_question(met, cause, crew):
    today = firm_today()
    Absence.objects.create(user=crew.executive, deputy=crew.manager, starts_on=today, ends_on=today)
    met()
    met()
    proposal = look_at_cause(root_cause_id=cause.pk)
    message = Message.objects.get(kind="cause_proposed")
    assert (proposal.owner, message.user) == (crew.executive, crew.manager)
    assert "Lê Thị Mỹ Duyên (Ops)" in compose(message).render()[1]


def test_cases_are_shown_within_reach_only(proposal, crew):
    agent = create_user(email="x@alpha.example", full_name="Người Khác", role="agent")
    agent.reach = "own"
    assert (cases_of(proposal, agent).count(), cases_of(proposal, crew.chief).count()) == (0, 3)
    (count,) = counts_by_cause(crew.chief, now())
    assert (count.n, count.of, count.percent, count.standing) == (3, 3, 100, proposal)
    assert counts_by_cause(agent, now()) == []


@pytest.mark.django_db(transaction=True)
def test_looked_at_by_everybody_at_once(alpha, met, cause):
    for _number in range(3):
        met()
    outcomes = race(alpha, *[lambda: look_at_cause(root_cause_id=cause.pk)] * 4)
    assert sorted(str(type(one).__name__) for one in outcomes) == ["CauseProposal", *["NoneType"] * 3]
    assert (CauseProposal.objects.count(), CauseCase.objects.count()) == (1, 3)


@pytest.fixture
def done(proposal, crew):
    """The initiative that came of it runs."""
    with as_person(crew.executive):
        taken = take_up_cause(proposal_id=proposal.pk)
    Initiative.objects.filter(pk=taken.initiative_id).update(state="running", launched_on=firm_today())
    return Initiative.objects.get(pk=taken.initiative_id)


SAID = "Từ tuần này có quầy lấy nhanh riêng."


def test_told_once_to_everybody_who_raised_it(done, met, cause, crew, run_agenda, mailoutbox):
    met(language="en")
    met(emails=False)
    erased, sample = met(), met()
    look_at_cause(root_cause_id=cause.pk)
    closed = {"state": "closed_confirmed", "action_taken": "Đã xin lỗi", "closed_at": now()}
    Complaint.objects.filter(pk=erased.pk).update(**closed)
    erase_customer(customer_id=erased.customer_id)
    Customer.objects.filter(pk=sample.customer_id).update(is_sample=True)
    audience = audience_of(done.pk)
    assert (len(audience.customers), audience.unreachable, audience.languages) == (4, 1, {"vi": 3, "en": 1})
    with as_person(crew.executive):
        with pytest.raises(InvalidInput) as refused:
            tell_raisers(initiative_id=done.pk, said_vi=SAID)
        assert refused.value.data["field"] == "said_en"
        assert not WeDid.objects.exists()
        told = tell_raisers(initiative_id=done.pk, said_vi=SAID, said_en="There is a fast lane now.")
        with pytest.raises(errors.AlreadyTold):
            tell_raisers(initiative_id=done.pk, said_vi=SAID, said_en="Again")
    assert (told.meant_for, told.written_by, reached_by(told)) == (4, crew.executive, 0)
    mailoutbox.clear()
    run_agenda()
    mails = [mail for mail in mailoutbox if SAID in mail.body or "fast lane" in mail.body]
    assert len(mails) == len({mail.to[0] for mail in mails}) == reached_by(told) == 4
    vietnamese = next(mail for mail in mails if mail.to == ["k0@khach.example"])
    assert vietnamese.body.startswith("Kính gửi chị") or "chị" in vietnamese.body.splitlines()[0]
    assert SAID in vietnamese.body
    english = next(mail for mail in mails if "fast lane" in mail.body)
    assert SAID not in english.body
    on_timeline = Interaction.objects.filter(what="initiative.told")
    assert on_timeline.count() == 4
    assert {row.body for row in on_timeline} == {SAID, "There is a fast lane now."}
    assert on_timeline.first().data == {"initiative": done.name}


def test_who_was_only_quoted_and_said_no_gets_nothing(in_alpha, crew):
    made = draft_initiative(name="Làn nhanh", what="x", owner_id=crew.executive.pk)
    people = [create_customer(full_name=f"Khách {n}", emails=[f"q{n}@khach.example"]) for n in range(2)]
    for person in people:
        said = open_complaint(customer_id=person.pk, description="Chờ lâu", channel="staff")
        entry = Interaction.objects.get(what="complaint.opened", subject_id=said.pk)
        cite_for(initiative_id=made.pk, quote_id=take_quote(interaction_id=entry.pk).pk)
    state_consent(customer_id=people[0].pk, purpose="survey", granted=False, method="page")
    state_consent(customer_id=people[1].pk, purpose="survey", granted=False, method="page")
    state_consent(customer_id=people[1].pk, purpose="survey", granted=True, method="page")
    Initiative.objects.filter(pk=made.pk).update(state="running")
    assert [one.pk for one in audience_of(made.pk).customers] == [people[1].pk]
    with as_person(crew.executive):
        told = tell_raisers(initiative_id=made.pk, said_vi=SAID)
    message = Message.objects.get(ref=told.pk)
    state_consent(customer_id=people[1].pk, purpose="survey", granted=False, method="page")
    assert compose(message) == Skip("opted_out")
    InitiativeQuote.objects.all().delete()
    Customer.objects.filter(pk=people[1].pk).update(erased_at=now())
    message.customer.refresh_from_db()
    assert compose(message) == Skip("erased")


def test_what_cannot_be_told(done, crew):
    agent = create_user(email="x@alpha.example", full_name="Người Khác", role="agent")
    reader = create_user(email="y@alpha.example", full_name="Người Đọc", role="read_only")
    assert [may_act_for(one, done.owner_id) for one in (agent, reader, crew.executive)] == [False, False, True]
    with as_person(agent), pytest.raises(errors.TellingIsPersonal):
        tell_raisers(initiative_id=done.pk, said_vi=SAID)
    with as_person(crew.executive):
        with pytest.raises(NotFound):
            tell_raisers(initiative_id=new_id(), said_vi=SAID)
        for state, verdict in (("draft", ""), ("ended", "stop")):
            Initiative.objects.filter(pk=done.pk).update(
                state=state, verdict=verdict, ended_on=firm_today() if verdict else None
            )
            with pytest.raises(errors.NotDoneYet):
                tell_raisers(initiative_id=done.pk, said_vi=SAID)
        Initiative.objects.filter(pk=done.pk).update(state="ended", verdict="keep")
        assert is_done(Initiative.objects.get(pk=done.pk))
        CauseCase.objects.all().delete()
        with pytest.raises(errors.NobodyToTell):
            tell_raisers(initiative_id=done.pk, said_vi=SAID)
    assert not WeDid.objects.exists()
    assert not Message.objects.filter(kind="we_did").exists()
