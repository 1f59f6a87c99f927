"""Planted faults in claiming, fencing and marking: each is seen by an everyday test of the agenda or of delivery."""

import secrets
from typing import Any

import pytest

from cxcrm.core import mail
from tenants.models import HandOver
from tenants.services import agenda, claims
from tests.faults.test_planted import Fault, Patch, must_see, name_of
from tests.tenants import test_agenda
from tests.tenants.test_agenda import _fresh
from tests.workflows import test_bulk, test_delivery
from tests.workflows.test_bulk import asked, fast
from tests.workflows.test_delivery import escalation, invitation, sink
from workflows.models import Message
from workflows.services import bulk, delivery

__all__ = ["_fresh", "asked", "escalation", "fast", "invitation", "sink"]
pytestmark = pytest.mark.django_db

_FIFO = """
WITH picked AS MATERIALIZED (
    SELECT a.id FROM public.tenants_agendaitem a
    WHERE a.lane = %(lane)s AND a.kind = ANY(%(kinds)s) AND a.state = 'pending' AND a.due_at <= statement_timestamp()
    ORDER BY a.due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)"""


def claim_first_come_first_served(patch: Patch) -> None:
    patch.setattr(claims, "_CLAIM", _FIFO + claims._LEASED)


def claim_of_firms_on_hold(patch: Patch) -> None:
    patch.setattr(claims, "_CLAIM", claims._CLAIM.replace("NOT t.paused AND ", ""))


def forget_dead_workers(patch: Patch) -> None:
    patch.setattr(claims, "_CLAIM", claims._CLAIM.replace("a.lease_until < statement_timestamp()", "false"))


def hand_out_what_is_out(patch: Patch) -> None:
    patch.setattr(claims, "_CLAIM", claims._CLAIM.replace("a.lease_until < statement_timestamp()", "true"))


def settle_without_the_token(patch: Patch) -> None:
    def settle(items: Any, changes: str, values: Any = None) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE public.tenants_agendaitem SET {changes} WHERE id = ANY(%s::uuid[])",
                [*(values or []), [item.id for item in items]],
            )

    patch.setattr(claims, "_settle", settle)


def count_no_attempts(patch: Patch) -> None:
    begin = agenda.begin

    def begun(items: Any) -> Any:
        found = begin(items)
        agenda.AgendaItem.objects.filter(pk__in=[item.id for item in found]).update(attempts=1)
        return [claims.replace(item, attempts=1) for item in found]

    patch.setattr(agenda, "begin", begun)


def drop_the_unique_key(patch: Patch) -> None:
    def enqueue_always(kind: str, ref: Any, *, dedupe_key: str = "", **how: Any) -> None:
        before(kind, ref, dedupe_key=f"{dedupe_key}{secrets.token_hex(4)}", **how)

    before = agenda.enqueue
    patch.setattr(agenda, "enqueue", enqueue_always)


def mark_before_sending(patch: Patch) -> None:
    fence = delivery._fence

    def fence_and_mark(message: Any, composed: Any) -> Any:
        fenced = fence(message, composed)
        delivery._mark_sent(message)
        return fenced

    patch.setattr(delivery, "_fence", fence_and_mark)


def send_without_a_fence(patch: Patch) -> None:
    fence = delivery._fence

    def none(message: Any, composed: Any) -> Any:
        fenced = fence(message, composed)
        Message.objects.filter(pk=message.pk).update(state="queued")
        return fenced

    patch.setattr(delivery, "_fence", none)


def send_surveys_again(patch: Patch) -> None:
    patch.setattr(delivery, "_AT_MOST_ONCE", frozenset())


def hold_escalations(patch: Patch) -> None:
    patch.setattr(delivery, "_AT_MOST_ONCE", frozenset({Message.Kind.INVITATION, Message.Kind.ESCALATION}))


def ignore_the_ledger(patch: Patch) -> None:
    patch.setattr(delivery, "_in_ledger", lambda _message: False)


def write_no_ledger(patch: Patch) -> None:
    patch.setattr(delivery.SentRecord.objects, "bulk_create", lambda *_rows, **_how: [])


def name_each_try_anew(patch: Patch) -> None:
    patch.setattr(mail, "message_id", lambda *_of: f"<{secrets.token_hex(16)}@localhost>")


def write_no_positions(patch: Patch) -> None:
    patch.setattr(bulk.Progress, "_write", lambda *_position: True)


def look_without_closing(patch: Patch) -> None:
    rows = HandOver.objects.values_list("answered", "begun")
    patch.setattr(delivery, "close_and_look", lambda ident: rows.filter(pk=ident).first())


def believe_a_lost_position(patch: Patch) -> None:
    look = delivery.close_and_look
    patch.setattr(delivery, "close_and_look", lambda ident: look(ident) or (0, 0))


positions = test_bulk.test_a_dead_workers_group_ends_as_its_position_says
died = test_delivery.test_a_worker_dies
FAULTS = [
    Fault("first come, first served", claim_first_come_first_served,
          test_agenda.test_a_giant_does_not_delay_a_small_firm),
    Fault("firms on hold are claimed", claim_of_firms_on_hold, test_agenda.test_a_paused_firm_is_not_claimed),
    Fault("dead workers forgotten", forget_dead_workers,
          test_agenda.test_an_expired_lease_is_claimed_again_and_the_first_holder_cannot_settle, loud=True),
    Fault("handed out twice", hand_out_what_is_out,
          test_agenda.test_an_expired_lease_is_claimed_again_and_the_first_holder_cannot_settle),
    Fault("settled without the token", settle_without_the_token,
          test_agenda.test_an_expired_lease_is_claimed_again_and_the_first_holder_cannot_settle),
    Fault("attempts not counted", count_no_attempts,
          test_agenda.test_a_failure_backs_off_and_ends_dead_after_the_last_attempt,
          {"error": ValueError("kaputt")}),
    Fault("the unique key dropped", drop_the_unique_key,
          test_agenda.test_the_same_key_is_written_once_and_reschedule_moves_it),
    Fault("marked before sent", mark_before_sending, died,
          {"point": "after the fence", "kind": "survey"}),
    Fault("no fence", send_without_a_fence, died, {"point": "after the server took it", "kind": "survey"}),
    Fault("surveys sent again", send_surveys_again, died, {"point": "after the server took it", "kind": "survey"}),
    Fault("escalations held", hold_escalations, died, {"point": "after the fence", "kind": "escalation"}),
    Fault("another Message-ID each time", name_each_try_anew, died,
          {"point": "after the server took it", "kind": "escalation"}),
    Fault("positions not written", write_no_positions, positions,
          {"is_known": True, "fates": ["sent", "sent", "uncertain", "uncertain", "sent", "sent"]}),
    Fault("positions not closed", look_without_closing,
          test_bulk.test_a_worker_held_for_dead_begins_no_mail_any_more),
    Fault("a lost position believed", believe_a_lost_position, positions,
          {"is_known": False, "fates": ["uncertain"] * 6}),
    Fault("the ledger ignored", ignore_the_ledger, test_delivery.test_the_ledger_prevents_sending_again_from_a_backup),
    Fault("the ledger not written", write_no_ledger, test_delivery.test_accepted_is_sent_once_and_in_the_ledger),
]  # fmt: skip


@pytest.mark.matrix(4)
@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
def test_a_planted_fault_is_seen(fault: Fault, request: pytest.FixtureRequest) -> None:
    must_see(fault, request)
