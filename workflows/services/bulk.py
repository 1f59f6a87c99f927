"""Survey invitations leave by the hundred: built once, filled per reader, at most once each.

As for a single mail the fence is committed before a message is handed over and whoever finds it knows that a worker
died in between; only the transactions are shared. One marks a group as sent and fences the next. How far it is with a
group a worker writes down before every few mails (``tenants.HandOver``), so that a killed one leaves about a
millisecond's worth of mails uncertain, not the group. What decides whether somebody may be asked is looked at for a few
groups at once, at most about ``CHECK_SECONDS`` ahead.

What differs between two readers is filled into bytes encoded beforehand, and the envelope of the next mail travels with
the mail before: together with the database's few statements per group that is all one mail costs.
"""

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate
from time import monotonic
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from customers.selectors.salutations import addresses_of
from cxcrm.core import mail
from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from cxcrm.core.db.arrays import uuid_array
from cxcrm.core.ids import new_id
from feedback.logic.contexts import Context, nearest, pausing
from feedback.models import Survey
from feedback.selectors.audience import Waiting, reasons_against
from feedback.selectors.contexts import contexts_of
from feedback.services import invitations as invitation_services
from tenants.services import routes
from tenants.services.agenda import Later, NotYet, Outcome, agenda_batch
from tenants.services.hand_overs import Progress, close_hand_over, open_hand_over
from tenants.tasking import is_draining
from workflows.mails import invitation as wording
from workflows.mails.base import answer_address
from workflows.models import Message, SharedText
from workflows.selectors.calendars import late_rule
from workflows.services import delivery, holding
from workflows.services.outbox import BULK

_State = Message.State
BATCH: Final = 500
# A crash of the database, which forgets positions, leaves so many uncertain for each worker; a killed worker does not.
LARGEST_GROUP: Final = 100
GROUP_SECONDS: Final = 0.25
# So many mails, and so many seconds of them, may be under way beyond the last one written down.
MOST_AHEAD: Final = 4
AHEAD_SECONDS: Final = 0.001
# The rules are looked at again this long before a mail leaves, at most about.
CHECK_SECONDS: Final = 2.0
# A batch that takes longer hands back what it has not begun, so that others get their turn.
BATCH_SECONDS: Final = 10.0


@dataclass
class _Pace:
    """How long the server takes for one mail, as this process last saw it; a new one begins with groups of one."""

    seconds: float = GROUP_SECONDS

    def group(self) -> int:
        return max(1, min(LARGEST_GROUP, round(GROUP_SECONDS / self.seconds)))

    def ahead(self) -> int:
        return max(1, min(MOST_AHEAD, round(AHEAD_SECONDS / self.seconds)))


_pace = _Pace()


class _Copy(NamedTuple):
    """One reader's mail, ready to be fenced."""

    message_id: UUID
    invitation_id: UUID
    dedupe_key: str
    header_id: str
    to: str
    filled: mail.Filled
    shared_text: UUID
    filled_in: dict[str, str]


class _Fenced(NamedTuple):
    """A copy behind its fence, and its place in the group."""

    place: int
    copy: _Copy


# The mails of the last sendings as this process knows them, by all they are made of.
_patterns: dict[Hashable, mail.Pattern] = {}
_MOST_PATTERNS: Final = 40


@agenda_batch(BULK, size=BATCH, lane="normal", priority=7, by_mail=True, on_dead=delivery.given_up)
def deliver_many(message_ids: Sequence[UUID]) -> Mapping[UUID, Outcome]:
    """Send these invitations if they are still to be sent; what the answer leaves out was not begun."""
    if not mail.by_smtp():
        return _one_by_one(message_ids)
    run = _Run(mail.route_name())
    until = monotonic() + BATCH_SECONDS
    waiting = list(message_ids)
    while waiting and monotonic() < until and not is_draining() and not run.is_blocked:
        rest = routes.admit(run.route)
        if rest is not None:
            return {**run.outcomes, **dict.fromkeys(waiting, Later(rest))}
        chunk = max(1, round(CHECK_SECONDS / _pace.seconds))
        checked, waiting = run.check(waiting[:chunk]), waiting[chunk:]
        while checked and monotonic() < until and not is_draining() and not run.is_blocked:
            size = _pace.group()
            group, checked = checked[:size], checked[size:]
            run.send(run.turn(group))
        run.turn([])
    run.turn([])
    return run.outcomes


def _one_by_one(message_ids: Sequence[UUID]) -> Mapping[UUID, Outcome]:
    """A provider's service takes one mail per request."""
    outcomes: dict[UUID, Outcome] = {}
    until = monotonic() + BATCH_SECONDS
    for message_id in message_ids:
        if monotonic() > until or is_draining():
            break
        outcomes[message_id] = _alone(message_id)
    return outcomes


def _alone(message_id: UUID) -> Outcome:
    """What is out of the ordinary goes the way of single mails."""
    try:
        return delivery.deliver(message_id)
    except NotYet as error:
        return error


class _Run:
    """One batch on its way; ``outcomes`` grows as the fate of each message is known."""

    def __init__(self, route: str) -> None:
        self.route = route
        self.outcomes: dict[UUID, Outcome] = {}
        self.is_blocked = False
        self._sent: list[_Copy] = []
        self._group: UUID | None = None
        self._works = False
        self._known: dict[tuple[UUID, str, Context | None], tuple[mail.Pattern, UUID]] = {}

    def check(self, message_ids: Sequence[UUID]) -> list[_Copy]:
        """Look at everything again; the copies to send. What is not plain is dealt with at once, one by one."""
        copies, held = self._copies(message_ids)
        if held:  # where a storm is, thousands wait: together, not one by one
            waiting = holding.hold_back(messages=held)
            self.outcomes |= {message_id: Later(waiting.get(message_id, now())) for message_id in held}
        plain = {copy.message_id for copy in copies}
        for message_id in message_ids:
            if message_id not in plain and message_id not in held:
                self.outcomes[message_id] = _alone(message_id)
        return copies

    def turn(self, group: Sequence[_Copy]) -> list[_Fenced]:
        """Mark what was sent and fence the next group, in one transaction; returns those behind their fence."""
        if not self._sent and not self._group and not group:
            return []
        next_group = new_id() if group else None
        with transaction.atomic(), connection.cursor() as cursor:
            marked = _mark(cursor, self._sent) if self._sent else set()
            if self._group:
                close_hand_over(cursor, self._group)
            fenced = _fence(cursor, group, next_group) if next_group else set()
        self._group = next_group
        if self._sent and not self.is_blocked and not self._works:
            self._works = True
            routes.report_success(self.route)
        for copy in self._sent:
            if copy.message_id not in marked:  # given up by another worker meanwhile, but it was accepted
                delivery.accepted_after_all(copy.message_id)
            self.outcomes[copy.message_id] = None
        self._sent = []
        for copy in group:
            if copy.message_id not in fenced:  # another worker was faster
                self.outcomes[copy.message_id] = _alone(copy.message_id)
        return [_Fenced(place, copy) for place, copy in enumerate(group) if copy.message_id in fenced]

    def send(self, fenced: Sequence[_Fenced]) -> None:
        """Hand the fenced copies over one after another; when the server fails, the rest stays."""
        if not self._group or not fenced:
            return
        size, started = fenced[-1].place + 1, monotonic()
        progress = Progress(self._group, ahead=_pace.ahead())
        for number, (place, copy) in enumerate(fenced):
            if monotonic() - started > BATCH_SECONDS:
                mail.break_off()
                _unfence([held.copy.message_id for held in fenced[number:]])
                return
            if not progress.about_to_begin(place, size):  # held for dead: what was not begun is another's by now
                mail.break_off()
                self.is_blocked, self._group = True, None
                return
            following = fenced[number + 1].copy.to if number + 1 < len(fenced) else ""
            try:
                mail.send_filled(copy.filled, copy.to, following)
            except mail.MailError as error:
                self.outcomes[copy.message_id] = delivery.failed(copy.message_id, error)
                if error.route_at_fault:
                    routes.report_failure(self.route, error.reason, hopeless=error.hopeless)
                    _unfence([held.copy.message_id for held in fenced[number + 1 :]])
                    self.is_blocked = True
                    return
            else:
                self._sent.append(copy)
        progress.all_answered(size)
        took = max((monotonic() - started) / len(fenced), 0.0001)
        _pace.seconds = (_pace.seconds + took) / 2

    def _copies(self, message_ids: Sequence[UUID]) -> tuple[list[_Copy], dict[UUID, UUID]]:
        """What may leave now, and what a context holds back (message → invitation)."""
        rows = _waiting(message_ids)
        sent_before = _in_ledger([row.dedupe_key for row in rows])
        surveys = Survey.objects.in_bulk({row.asked.survey_id for row in rows})
        reasons = reasons_against([row.asked for row in rows], surveys)
        contexts = contexts_of(row.asked.customer_id for row in rows)
        addresses = addresses_of(row.asked.customer_id for row in rows)
        late, at, held = late_rule(), now(), {}
        date, tenant_id, values_of, copies = formatdate(), current_tenant().id, wording.filler(), []
        for message_id, to, key, attempts, is_open, due_at, asked in rows:
            may = asked.id not in reasons and is_open and asked.customer_id in addresses
            around = contexts.get(asked.customer_id, [])
            if may and key not in sent_before and pausing(around, surveys[asked.survey_id].cadence):
                held[message_id] = asked.id
                continue
            may = may and late.departure(due_at, at) == at
            if key in sent_before or not to.isascii() or not may:
                continue
            language, address = addresses[asked.customer_id]
            pattern, shared_text = self._pattern(surveys[asked.survey_id], language, nearest(around))
            values = values_of(asked.id, asked.customer_id, address, language)
            header_id = mail.message_id(tenant_id, key)
            own = {
                "Date": date,
                "Message-ID": header_id,
                "X-Cxcrm-Delivery": f"{Message.Kind.INVITATION}; attempt={attempts + 1}",
            }
            if settings.INBOUND_DOMAIN and (answers := answer_address(Message.Kind.INVITATION, message_id)):
                own["Reply-To"] = answers
            filled = pattern.fill(values, to=to, headers=own)
            kept = wording.kept_values(values)
            copies.append(_Copy(message_id, asked.id, key, header_id, to, filled, shared_text, kept))
        return copies, held

    def _pattern(self, survey: Survey, language: str, context: Context | None) -> tuple[mail.Pattern, UUID]:
        """The survey's mail in a language, with the words of the context it is sent in, and where its text is kept."""
        known = survey.pk, language, context
        if known not in self._known:
            made_of = wording.fingerprint(survey, language, context)
            if made_of not in _patterns:
                if len(_patterns) >= _MOST_PATTERNS:
                    del _patterns[next(iter(_patterns))]
                _patterns[made_of] = wording.pattern(survey, language, context)
            text = wording.kept_text(_patterns[made_of])
            digest = hashlib.sha256(text.encode()).hexdigest()
            shared, _created = SharedText.objects.get_or_create(digest=digest, defaults={"text": text})
            self._known[known] = _patterns[made_of], shared.pk
        return self._known[known]


class _Waiting(NamedTuple):
    """A message that is still to be sent, when it should have left, and the invitation it carries."""

    message_id: UUID
    to: str
    dedupe_key: str
    attempts: int
    is_open: bool
    due_at: datetime
    asked: Waiting


def _waiting(message_ids: Sequence[UUID]) -> list[_Waiting]:
    rows = Message.objects.all().read(
        """SELECT m.id, m.email, m.dedupe_key, m.attempts, i.expires_at > %s, coalesce(m.due_at, i.created_at),
                  i.id, i.customer_id, i.survey_id, i.state
           FROM workflows_message m JOIN feedback_invitation i ON i.id = m.ref
           WHERE m.id = ANY(%s::uuid[]) AND m.state = 'queued' ORDER BY m.id""",
        [now(), uuid_array(message_ids)],
    )
    return [
        _Waiting(message_id, to, key, attempts, is_open, due_at, Waiting(*asked))
        for message_id, to, key, attempts, is_open, due_at, *asked in rows
    ]


def _in_ledger(keys: list[str]) -> set[str]:
    """Those that have left the house before, whatever our own rows say (they may be from a backup)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dedupe_key FROM public.tenants_sentrecord WHERE tenant_id = %s AND dedupe_key = ANY(%s)",
            [current_tenant().id, keys],
        )
        return {row[0] for row in cursor.fetchall()}


def _fence(cursor: Any, copies: Sequence[_Copy], group: UUID) -> set[UUID]:
    """Write "being sent" on each message that is still waiting, as one group; returns these."""
    open_hand_over(cursor, group)
    rows = [
        {
            "id": str(copy.message_id),
            "subject": copy.filled.subject[:300],
            "message_id": copy.header_id,
            "shared_text": str(copy.shared_text),
            "filled_in": copy.filled_in,
            "place": place,
        }
        for place, copy in enumerate(copies)
    ]
    cursor.execute(
        """UPDATE workflows_message m
           SET state = 'sending', reason = '', attempts = m.attempts + 1, text = '', subject = v.subject,
               message_id = v.message_id, shared_text = v.shared_text, filled_in = v.filled_in,
               handover = %s, place = v.place
           FROM json_to_recordset(%s::json)
                v(id uuid, subject text, message_id text, shared_text uuid, filled_in jsonb, place smallint)
           WHERE m.id = v.id AND m.state = 'queued' RETURNING m.id""",
        [group, json.dumps(rows, ensure_ascii=False)],
    )
    return {row[0] for row in cursor.fetchall()}


def _unfence(message_ids: Sequence[UUID]) -> None:
    """These were fenced by this very process and never handed over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE workflows_message SET state = 'queued', attempts = attempts - 1
               WHERE id = ANY(%s::uuid[]) AND state = 'sending'""",
            [uuid_array(message_ids)],
        )


def _mark(cursor: Any, copies: Sequence[_Copy]) -> set[UUID]:
    """The server took them: messages, ledger and what it means to the other rooms; returns those marked."""
    cursor.execute(
        """UPDATE workflows_message SET state = 'sent', sent_at = statement_timestamp(), followed_up = true
           WHERE id = ANY(%s::uuid[]) AND state = 'sending' RETURNING id""",
        [uuid_array(copy.message_id for copy in copies)],
    )
    marked = {row[0] for row in cursor.fetchall()}
    cursor.execute(
        """INSERT INTO public.tenants_sentrecord (id, created_at, sent_at, tenant_id, dedupe_key, message_id)
           SELECT uuidv7(), statement_timestamp(), statement_timestamp(), %s, v.key, v.message_id
           FROM json_to_recordset(%s::json) v(key text, message_id text)
           ON CONFLICT (tenant_id, dedupe_key) DO NOTHING""",
        [
            current_tenant().id,
            json.dumps([{"key": copy.dedupe_key, "message_id": copy.header_id} for copy in copies]),
        ],
    )
    told = [copy.invitation_id for copy in copies if copy.message_id in marked]
    invitation_services.mark_many_sent(invitation_ids=told)
    return marked
