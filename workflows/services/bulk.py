"""Survey invitations leave by the hundred: built once, filled per reader, at most once each.

As for a single mail the fence is committed before a message is handed over and whoever finds it knows that a worker
died in between; only the transactions are shared. One marks a group as sent and fences the next. Groups are as small
as the server is slow, so that a killed worker leaves a moment's worth of mails uncertain, not hundreds. What decides
whether somebody may be asked is looked at for a few groups at once, at most about ``CHECK_SECONDS`` ahead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from customers.selectors.salutations import addresses_of
from cxcrm.core import mail
from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from feedback.models import Invitation, Survey
from feedback.selectors.audience import Waiting, reasons_against
from feedback.services import invitations as invitation_services
from tenants.models import SentRecord
from tenants.services import routes
from tenants.services.agenda import Later, NotYet, Outcome, agenda_batch
from tenants.tasking import is_draining
from workflows.mails import invitation as wording
from workflows.mails.base import answer_address
from workflows.models import Message
from workflows.services import delivery
from workflows.services.outbox import BULK

_State = Message.State
BATCH: Final = 200
LARGEST_GROUP: Final = 50
GROUP_SECONDS: Final = 0.1
# The rules are looked at again this long before a mail leaves, at most about.
CHECK_SECONDS: Final = 2.0
# A batch that takes longer hands back what it has not begun, so that others get their turn.
BATCH_SECONDS: Final = 10.0


@dataclass
class _Pace:
    """How long the server takes for one mail, as this process last saw it."""

    seconds: float = 0.005


_pace = _Pace()


@dataclass(frozen=True)
class _Copy:
    """One reader's mail behind its fence: only whoever holds this may hand it over."""

    message_id: UUID
    invitation_id: UUID
    dedupe_key: str
    header_id: str
    to: str
    filled: mail.Filled
    kept_text: str


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
            size = max(1, min(LARGEST_GROUP, round(GROUP_SECONDS / _pace.seconds)))
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
        self._patterns: dict[tuple[UUID, str], mail.Pattern] = {}

    def check(self, message_ids: Sequence[UUID]) -> list[_Copy]:
        """Look at everything again; the copies to send. What is not plain is dealt with at once, one by one."""
        copies = self._copies(message_ids)
        plain = {copy.message_id for copy in copies}
        for message_id in message_ids:
            if message_id not in plain:
                self.outcomes[message_id] = _alone(message_id)
        return copies

    def turn(self, group: Sequence[_Copy]) -> list[_Copy]:
        """Mark what was sent and fence the next group, in one transaction; returns those behind their fence."""
        if not self._sent and not group:
            return []
        with transaction.atomic():
            late = _mark(self._sent) if self._sent else set()
            fenced = _fence(group) if group else set()
        if self._sent and not self.is_blocked:
            routes.report_success(self.route)
        for copy in self._sent:
            if copy.message_id in late:  # given up by another worker meanwhile, but it was accepted
                delivery.accepted_after_all(copy.message_id)
            self.outcomes[copy.message_id] = None
        self._sent = []
        for copy in group:
            if copy.message_id not in fenced:  # another worker was faster
                self.outcomes[copy.message_id] = _alone(copy.message_id)
        return [copy for copy in group if copy.message_id in fenced]

    def send(self, copies: Sequence[_Copy]) -> None:
        """Hand the fenced copies over one after another; when the server fails, the rest stays."""
        started = monotonic()
        for number, copy in enumerate(copies):
            try:
                mail.send_filled(copy.filled, copy.to)
            except mail.MailError as error:
                self.outcomes[copy.message_id] = delivery.failed(copy.message_id, error)
                if error.route_at_fault:
                    routes.report_failure(self.route, error.reason, hopeless=error.hopeless)
                    _unfence([held.message_id for held in copies[number + 1 :]])
                    self.is_blocked = True
                    return
            else:
                self._sent.append(copy)
        if copies:
            took = max((monotonic() - started) / len(copies), 0.0001)
            _pace.seconds = (_pace.seconds + took) / 2

    def _copies(self, message_ids: Sequence[UUID]) -> list[_Copy]:
        rows = list(
            Message.objects.filter(pk__in=message_ids, state=_State.QUEUED)
            .order_by("pk")
            .values_list("pk", "ref", "customer_id", "email", "dedupe_key", "attempts")
        )
        keys = [row[4] for row in rows]
        ledger = SentRecord.objects.filter(tenant_id=current_tenant().id, dedupe_key__in=keys)
        sent_before = set(ledger.values_list("dedupe_key", flat=True))
        asked, surveys = _invitations([row[1] for row in rows])
        reasons = reasons_against([waiting for waiting, _expires in asked.values()], surveys)
        addresses = addresses_of(row[2] for row in rows)
        at, tenant_id, copies = now(), current_tenant().id, []
        for message_id, ref, customer_id, to, key, attempts in rows:
            may = ref in asked and ref not in reasons and asked[ref][1] > at and customer_id in addresses
            if key in sent_before or not to.isascii() or not may:
                continue
            language, address = addresses[customer_id]
            pattern = self._pattern(surveys[asked[ref][0].survey_id], language)
            values = wording.values(ref, customer_id, address)
            header_id = mail.message_id(tenant_id, key)
            own = {"Message-ID": header_id, "X-Cxcrm-Delivery": f"{Message.Kind.INVITATION}; attempt={attempts + 1}"}
            if answers := answer_address(Message.Kind.INVITATION, message_id):
                own["Reply-To"] = answers
            filled = pattern.fill(values, to=to, headers=own)
            kept = pattern.text_with(wording.without_links(values))
            copies.append(_Copy(message_id, ref, key, header_id, to, filled, kept))
        return copies

    def _pattern(self, survey: Survey, language: str) -> mail.Pattern:
        if (survey.pk, language) not in self._patterns:
            self._patterns[survey.pk, language] = wording.pattern(survey, language)
        return self._patterns[survey.pk, language]


def _invitations(ids: Sequence[UUID]) -> tuple[dict[UUID, tuple[Waiting, datetime]], dict[UUID, Survey]]:
    rows = Invitation.objects.filter(pk__in=ids).values_list(
        "pk", "customer_id", "survey_id", "state", "created_at", "expires_at"
    )
    found = {row[0]: (Waiting(*row[:5]), row[5]) for row in rows}
    return found, Survey.objects.in_bulk({waiting.survey_id for waiting, _expires in found.values()})


def _fence(copies: Sequence[_Copy]) -> set[UUID]:
    """Write "being sent" on each message that is still waiting; returns these."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE workflows_message m
               SET state = 'sending', reason = '', attempts = m.attempts + 1,
                   subject = v.subject, text = v.text, message_id = v.message_id
               FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) v(id, subject, text, message_id)
               WHERE m.id = v.id AND m.state = 'queued' RETURNING m.id""",
            [
                [copy.message_id for copy in copies],
                [copy.filled.subject[:300] for copy in copies],
                [copy.kept_text for copy in copies],
                [copy.header_id for copy in copies],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def _unfence(message_ids: Sequence[UUID]) -> None:
    """These were fenced by this very process and never handed over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE workflows_message SET state = 'queued', attempts = attempts - 1
               WHERE id = ANY(%s::uuid[]) AND state = 'sending'""",
            [list(message_ids)],
        )


def _mark(copies: Sequence[_Copy]) -> set[UUID]:
    """The server took them: messages, ledger and what it means to the other rooms; returns those another had marked."""
    ids = [copy.message_id for copy in copies]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE workflows_message SET state = 'sent', sent_at = statement_timestamp(), followed_up = true
               WHERE id = ANY(%s::uuid[]) AND state = 'sending' RETURNING id""",
            [ids],
        )
        mine = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            """INSERT INTO public.tenants_sentrecord (id, created_at, sent_at, tenant_id, dedupe_key, message_id)
               SELECT uuidv7(), statement_timestamp(), statement_timestamp(), %s, v.key, v.message_id
               FROM unnest(%s::text[], %s::text[]) v(key, message_id)
               ON CONFLICT (tenant_id, dedupe_key) DO NOTHING""",
            [current_tenant().id, [copy.dedupe_key for copy in copies], [copy.header_id for copy in copies]],
        )
    told = [copy.invitation_id for copy in copies if copy.message_id in mine]
    invitation_services.mark_many_sent(invitation_ids=told)
    return set(ids) - mine
