"""Workers killed at any moment: no escalation is lost, no survey is sent twice, what is uncertain says so."""

import json
import time
from collections import Counter

import pytest
from django.db.models import Q

from feedback.models import Invitation
from tests.support.smtp import Sink
from workflows.models import Alert, Message

pytestmark = pytest.mark.django_db(transaction=True)
ESCALATIONS, SURVEYS, KILLS = 12_000, 4_000, 200


def check(sink: Sink, killed: int) -> dict[str, int]:
    """Compare what the server took with what our rows say; returns the figures."""
    time.sleep(0.3)  # the last accepted message reaches the list after its sender was killed
    taken = Counter(entry.message_id for entry in sink.script.taken)
    escalations = list(Message.objects.filter(kind="escalation"))
    surveys = list(Message.objects.filter(kind="invitation"))
    assert all(message.state == "sent" and taken[message.message_id] >= 1 for message in escalations)
    repeats = sum(taken[message.message_id] - 1 for message in escalations)
    assert repeats <= killed
    assert {message.state for message in surveys} <= {"sent", "uncertain"}
    assert max((taken[message.message_id] for message in surveys), default=0) <= 1
    assert all(taken[message.message_id] == 1 for message in surveys if message.state == "sent")
    uncertain = {message.id for message in surveys if message.state == "uncertain"}
    assert set(Alert.objects.filter(kind="uncertain", settled_at=None).values_list("ref", flat=True)) == uncertain
    assert Invitation.objects.filter(state="uncertain").count() == len(uncertain)
    assert Invitation.objects.filter(state="sent").count() == len(surveys) - len(uncertain)
    return {"repeats": repeats, "uncertain": len(uncertain)}


def report(**figures: object) -> None:
    """One line for whoever keeps the figures: ``make faults ARGS="-s -k storm"``."""
    print(json.dumps({"test": "T3", **figures}))  # noqa: T201


def waiting() -> int:
    """Mails whose fate is not known yet, or not yet known to the rest of the firm."""
    ours = Message.objects.filter(kind__in=["escalation", "invitation"])
    return ours.filter(Q(state__in=["queued", "sending"]) | Q(state="sent", followed_up=False)).count()


def is_done(invited: int) -> bool:
    return Message.objects.filter(kind="invitation").count() == invited and not waiting()


def test_a_short_storm(escalations, invitations, storm, sink):
    sink.script.latency = 0.05
    asked = invitations(6)
    told = escalations(6, cases=1)
    killed = storm(kills=5, is_done=lambda: is_done(len(asked)))
    assert (Message.objects.filter(kind="invitation").count(), len(told), waiting()) == (6, 6, 0)
    assert killed > 0
    check(sink, killed)


@pytest.mark.faults
def test_a_long_storm_on_escalations(escalations, storm, sink):
    sink.script.latency = 0.1
    told = escalations(300, cases=20)
    killed = storm(kills=120, workers=3, is_done=lambda: is_done(0), patience=600)
    figures = check(sink, killed)
    assert (len(told), waiting()) == (300, 0)
    assert killed >= 60, "the work was done before the storm had begun"
    assert 0 < figures["repeats"] <= killed


@pytest.mark.faults
def test_a_long_storm_on_surveys(invitations, storm, sink):
    sink.script.latency = 0.1
    asked = invitations(300)
    killed = storm(kills=120, workers=3, is_done=lambda: is_done(len(asked)), patience=600)
    figures = check(sink, killed)
    assert (Message.objects.filter(kind="invitation").count(), waiting()) == (300, 0)
    assert killed >= 60, "the work was done before the storm had begun"
    assert 0 < figures["uncertain"] <= killed


@pytest.mark.faults
def test_two_hundred_kills_among_escalations_and_surveys_together(many_escalations, many_invitations, storm, sink):
    """At full speed: the server takes mails as fast as it can, workers die at any moment while both kinds leave."""
    many_invitations(SURVEYS)
    many_escalations(ESCALATIONS)
    started = time.monotonic()
    killed = storm(
        kills=KILLS, workers=3, lease=5, aim=False, every=(0.5, 5), is_done=lambda: is_done(SURVEYS), patience=2400
    )
    seconds = round(time.monotonic() - started, 1)
    figures = check(sink, killed)
    report(escalations=ESCALATIONS, surveys=SURVEYS, kills=killed, seconds=seconds, **figures)
    counts = {kind: Message.objects.filter(kind=kind).count() for kind in ("escalation", "invitation")}
    assert (counts, waiting()) == ({"escalation": ESCALATIONS, "invitation": SURVEYS}, 0)
    assert killed >= KILLS // 2, "the work was done before the storm had begun"
    assert figures["repeats"] <= 20
    assert figures["uncertain"] <= 10
