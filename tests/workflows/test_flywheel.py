"""The turn of the flywheel: each figure says of how many and over which time, and what waits the longest."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import localdate

from customers.models import Interaction
from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from feedback.models import Complaint, RootCause
from feedback.services import complaints
from journeys.services.decisions import log_decision, look_back
from journeys.services.insights import add_evidence, validate_insight, write_insight
from tenants.staff.models import User
from tenants.staff.services.accounts import create_user
from workflows.selectors.flywheel import Share, turn_for
from workflows.services.promises import make_promise

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
MONDAY = "2026-11-09 09:00+07:00"


@pytest.fixture
def owner(in_alpha):
    return User.objects.get(role="owner")


@pytest.fixture
def agent(in_alpha):
    return create_user(email="thia@alpha.example", full_name="Danh Sóc Thia", role="agent", reach="own")


def complain(words: str) -> Complaint:
    person = create_customer(full_name="Thu Hà")
    return complaints.open_complaint(customer_id=person.id, description=words, channel="page")


def test_nothing_has_happened_yet(owner):
    turn = turn_for(owner, now())
    assert (turn.signals, turn.signals_before) == (0, 0)
    assert (turn.understood.percent, turn.in_time.percent) == (None, None)
    assert (turn.learned, turn.days_to_learn) == (0, None)
    assert turn.stuck == {"listen": None, "understand": None, "act": None, "learn": None}


def test_what_came_in_and_how_much_of_it_was_understood(owner):
    with time_machine.travel(MONDAY) as clock:
        quoted, coded, late, forgotten = (complain(words) for words in ("Chờ lâu", "Ly hở", "Wifi rớt", "Hết bánh"))
        take_quote(interaction_id=Interaction.objects.get(subject_id=quoted.pk, what="complaint.opened").pk)
        clock.shift(timedelta(days=1))
        complaints.resolve_complaint(
            complaint_id=coded.pk, root_cause_id=RootCause.objects.earliest("pk").pk, action_taken="Đổi nắp"
        )
        turn = turn_for(owner, now())
        assert turn.signals == 4
        # The other two have their three working days still.
        assert turn.understood == Share(2, 2)
        clock.shift(timedelta(days=6))
        take_quote(interaction_id=Interaction.objects.get(subject_id=late.pk, what="complaint.opened").pk)
        turn = turn_for(owner, now())
        assert turn.understood == Share(2, 4)
        assert (turn.signals, turn.signals_before) == (0, 1.0)
        stuck = turn.stuck["listen"]
        assert stuck is not None
        assert (stuck.kind, stuck.ident) == ("complaint", quoted.pk)
        clock.shift(timedelta(days=30))
        assert turn_for(owner, now()).understood == Share(0, 0)
        assert forgotten.pk


def test_what_was_done_in_time(owner, agent, run_agenda):
    with time_machine.travel(MONDAY) as clock:
        good, bad = complain("Chờ lâu"), complain("Ly hở")
        run_agenda()
        complaints.resolve_complaint(
            complaint_id=good.pk, root_cause_id=RootCause.objects.earliest("pk").pk, action_taken="Mở thêm quầy"
        )
        run_agenda()
        clock.shift(timedelta(days=20))
        make_promise(complaint_id=bad.pk, text="Gọi lại", due_at=now() + timedelta(days=1), owner_id=owner.pk)
        clock.shift(timedelta(days=2))
        run_agenda()
        turn = turn_for(owner, now())
        assert turn.in_time == Share(1, 3)
        # Whose reach ends short of these cases counts neither them nor what was promised in them.
        assert turn_for(agent, now()).in_time == Share(0, 0)
        stuck = turn.stuck["act"]
        assert stuck is not None
        assert (stuck.kind, stuck.name, stuck.ident) == ("late", bad.number, bad.pk)


def test_what_was_learned_and_how_long_it_took(owner):
    with time_machine.travel(MONDAY) as clock:
        insight = write_insight(
            want="đi ngay", but="phải chờ", because="trễ giờ", feeling="impatient", good_end="đi ngay"
        )
        for number in range(3):
            person = create_customer(full_name=f"Khách {number}")
            entry = record_interaction(customer_id=person.id, kind="chat", what="note", direction="in", body="Chờ lâu")
            add_evidence(insight_id=insight.pk, quote_id=take_quote(interaction_id=entry.id).pk)
        decision = log_decision(topic="Mở thêm quầy", basis="cost", decider_id=owner.pk)
        clock.shift(timedelta(days=10))
        validate_insight(insight_id=insight.pk)
        turn = turn_for(owner, now())
        assert (turn.learned, turn.due_to_learn, turn.days_to_learn) == (1, 0, pytest.approx(10, abs=0.01))
        clock.shift(timedelta(days=100))
        turn = turn_for(owner, now())
        assert turn.due_to_learn == 2
        stuck = turn.stuck["learn"]
        assert stuck is not None
        assert (stuck.kind, stuck.name, stuck.since) == ("decision", "Mở thêm quầy", decision.check_back_on)
        look_back(decision_id=decision.pk, outcome="better", learning="Khách bớt chờ")
        turn = turn_for(owner, now())
        assert (turn.learned, turn.due_to_learn, turn.stuck["learn"]) == (2, 1, None)
        loose = write_insight(want="a", but="b", because="c", review_on=localdate(now()))
        stuck = turn_for(owner, now()).stuck["understand"]
        assert stuck is not None
        assert stuck.ident == loose.pk
