"""Declaring, changing and ending a context; whom it concerns, and whom to reach out to."""

from datetime import timedelta
from uuid import uuid4

import pytest

from customers.models import ChurnModel, Customer, CustomerHealth, SegmentMember
from customers.services.customers import update_customer
from customers.services.segments import create_segment
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import DomainError, NotFound
from feedback.errors import ContextChangedMeanwhile, ContextOver
from feedback.models import ContextEvent, HeldInvitation
from feedback.selectors.asking import reason_to_wait
from feedback.selectors.audience import preview
from feedback.selectors.contexts import contexts_of, held_by
from feedback.selectors.outreach import reached
from feedback.services.contexts import change_context, declare_context, end_context, hold_invitations
from tenants.staff.models import User
from workflows.models import Event

pytestmark = pytest.mark.django_db
HERE, THERE = "48", "79"


@pytest.fixture
def declared(in_alpha, owner_alpha):
    def make(**told) -> ContextEvent:
        values = {
            "name": "Bão số 5", "kind": "storm", "starts_at": now() - timedelta(hours=1),
            "ends_at": now() + timedelta(days=3), "provinces": [HERE], "accountable_id": owner_alpha.pk,
        }  # fmt: skip
        return declare_context(**values | told)

    return make


def events() -> list[str]:
    return list(Event.objects.filter(name__startswith="feedback.context").order_by("pk").values_list("name", flat=True))


def test_it_is_declared_changed_and_ended(declared, owner_alpha):
    with acting_as(Actor("user", owner_alpha.pk, "Chủ")):
        context = declared(provinces=[THERE, HERE, HERE], accountable_id=None, name="  Bão   số 5 ")
    assert (context.name, context.provinces, context.pauses) == ("Bão số 5", [HERE, THERE], "all")
    assert context.declared_by_id == context.accountable_id == owner_alpha.pk
    changed = change_context(context_id=context.pk, version=1, provinces=[], pauses="relationship")
    assert (changed.provinces, changed.pauses, changed.name, changed.version) == ([], "relationship", "Bão số 5", 2)
    ended = end_context(context_id=context.pk)
    assert (ended.version, ended.ended_at <= now()) == (3, True)
    assert events() == ["feedback.context_declared", "feedback.context_changed", "feedback.context_ended"]
    for again in (lambda: end_context(context_id=context.pk), lambda: change_context(context_id=context.pk, name="x")):
        with pytest.raises(ContextOver):
            again()
    with pytest.raises(NotFound):
        end_context(context_id=uuid4())
    assert (len(events()), ContextEvent.objects.get().name) == (3, "Bão số 5")


def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_is_kept(declared):
    gone = User.objects.create(email="cu@alpha.example", full_name="Người Cũ", is_active=False)
    for told, code in (
        ({"name": " "}, "invalid"),
        ({"kind": "earthquake"}, "invalid"),
        ({"ends_at": now() - timedelta(minutes=1)}, "context.times_invalid"),
        ({"starts_at": now() + timedelta(days=4)}, "context.times_invalid"),
        ({"ends_at": now() + timedelta(days=92)}, "context.too_long"),
        ({"provinces": ["00"]}, "context.province_unknown"),
        ({"accountable_id": None}, "context.accountable_unfit"),
        ({"accountable_id": gone.pk}, "context.accountable_unfit"),
        ({"segment_id": uuid4()}, "invalid"),
        ({"care_vi": "x" * 301}, "invalid"),
    ):
        with pytest.raises(DomainError) as refused:
            declared(**told)
        assert (told, refused.value.code) == (told, code)
    assert (ContextEvent.objects.count(), events()) == (0, [])
    context = declared()
    with pytest.raises(ContextChangedMeanwhile):
        change_context(context_id=context.pk, version=9, name="Khác")
    assert ContextEvent.objects.get().name == "Bão số 5"


def test_whom_it_concerns_one_query_for_all(declared, make_customer, django_assert_num_queries):
    there, here, unknown = make_customer(province_code=THERE), make_customer(province_code=HERE), make_customer()
    firm = make_customer(kind="organization", province_code=HERE)
    works_there, moved_away = make_customer(), make_customer(province_code=THERE)
    Customer.objects.filter(pk__in=[works_there.pk, moved_away.pk]).update(organization=firm)
    everybody = [one.pk for one in (there, here, unknown, firm, works_there, moved_away)]
    local = declared()
    assert set(contexts_of(everybody)) == {here.pk, firm.pk, works_there.pk}
    tet = declared(name="Tết", kind="tet", provinces=[], pauses="nothing")
    declared(name="Mai", starts_at=now() + timedelta(days=1))
    with django_assert_num_queries(1):
        found = contexts_of(everybody)
    assert {one.id for one in found[here.pk]} == {local.pk, tet.pk}
    assert [one.id for one in found[unknown.pk]] == [tet.pk]
    assert (held_by(local).customers, held_by(local).unknown, held_by(tet).unknown) == (3, 1, 0)
    # Somebody moves, and another's province becomes known: looked at as it is now.
    update_customer(customer_id=here.pk, version=here.version, province_code=THERE)
    update_customer(customer_id=unknown.pk, version=unknown.version, province_code=HERE)
    assert [one.id for one in contexts_of(everybody)[here.pk]] == [tet.pk]
    assert local.pk in {one.id for one in contexts_of(everybody)[unknown.pk]}
    end_context(context_id=local.pk)
    end_context(context_id=tet.pk)
    assert contexts_of(everybody) == {}


def test_a_sending_says_who_will_wait_and_invites_all(declared, make_customer, nps, csat):
    declared(pauses="relationship")
    ids = [make_customer(province_code=HERE).pk, make_customer(province_code=THERE).pk, make_customer().pk]
    found = preview(nps, ids)
    assert (found.sendable, found.held, found.skipped) == (ids, {"Bão số 5": 1}, {})
    csat.cadence = "transactional"
    assert preview(csat, ids).held == {}


def test_nobody_is_asked_in_a_talk_either(declared, make_customer):
    here, there = make_customer(province_code=HERE), make_customer(province_code=THERE)
    declared()
    assert reason_to_wait(here.pk) == "Nơi khách ở đang có “Bão số 5”: lúc này đừng hỏi gì thêm."
    assert reason_to_wait(there.pk) == ""


def test_what_is_held_is_noted_once_for_each_context(
    declared, invite, make_customer, nps, django_assert_max_num_queries
):
    here, there = (invite(nps, make_customer(province_code=code)) for code in (HERE, THERE))
    short, long = declared(), declared(name="Lũ", ends_at=now() + timedelta(days=9))
    with django_assert_max_num_queries(4):  # a savepoint and its end among them
        found = hold_invitations(invitation_ids=[here.pk, there.pk])
    assert set(found) == {here.pk}
    assert (found[here.pk].over_at, found[here.pk].expires_at) == (long.ends_at, here.expires_at)
    hold_invitations(invitation_ids=[here.pk, there.pk])
    rows = set(HeldInvitation.objects.values_list("context", "invitation", "version"))
    assert rows == {(short.pk, here.pk, 1), (long.pk, here.pk, 1)}
    change_context(context_id=short.pk, name="Bão số 5 (yếu dần)")
    hold_invitations(invitation_ids=[here.pk])
    assert HeldInvitation.objects.get(context=short).version == 2
    assert (held_by(short).waiting, held_by(short).total) == (1, 1)


def test_whom_to_reach_out_to_within_the_readers_reach(
    declared, make_customer, make_complaint, make_user, owner_alpha, in_alpha, django_assert_num_queries
):
    ill, risky, loyal, plain, away = (make_customer(province_code=HERE) for _number in range(5))
    elsewhere = make_customer(province_code=THERE)
    case = make_complaint(customer_id=ill.pk, owner_id=owner_alpha.pk)
    make_complaint(customer_id=elsewhere.pk)
    model = ChurnModel.objects.create(stage="done")
    for customer, spent, held_out in ((risky, 10, False), (ill, 5, False), (away, 900, True)):
        CustomerHealth.objects.create(
            customer=customer, model=model, band="at_risk", spent=spent, is_held_out=held_out, health=10
        )
    segment = create_segment(name="Khách thân", kind="static", reader=owner_alpha)
    SegmentMember.objects.create(segment=segment, customer=loyal)
    context = declared(segment_id=segment.pk)
    with django_assert_num_queries(2):
        people = reached(owner_alpha, context)
    told = [(one.customer.pk, one.at_risk, one.in_segment, [found.pk for found in one.cases]) for one in people]
    assert told == [
        (ill.pk, True, False, [case.pk]), (risky.pk, True, False, []), (loyal.pk, False, True, []),
    ]  # fmt: skip
    assert plain.pk not in {one.customer.pk for one in people}
    narrow = make_user(role="agent", reach=User.Reach.OWN)
    seen = {one.customer.pk: one.cases for one in reached(narrow, context)}
    assert seen == {ill.pk: [], risky.pk: [], loyal.pk: []}  # at risk, but no word of the case
