"""The timeline is written here and nowhere else."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from customers.models import Interaction
from customers.services import fields
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.db.arrays import uuid_array

MAX_BODY = 10_000


@transaction.atomic
def record_interaction(
    *,
    customer_id: UUID,
    kind: str,
    what: str,
    direction: str = Interaction.Direction.INTERNAL,
    body: str = "",
    data: Mapping[str, Any] | None = None,
    subject: models.Model | None = None,
    occurred_at: datetime | None = None,
    meant_for: str = "",
) -> Interaction:
    """Append one entry, signed by the current actor.

    ``what`` is a stable code ("complaint.opened", see customers.timeline), ``data`` plain values its sentence names,
    ``body`` at most 10,000 characters of free text; ``meant_for`` is where we had expected what came in.
    Raises TextInvalid, ChoiceInvalid.
    """
    entry = new_interaction(
        customer_id=customer_id,
        kind=kind,
        what=what,
        direction=direction,
        body=body,
        data=data,
        subject=subject,
        occurred_at=occurred_at,
        meant_for=meant_for,
    )
    entry.save(force_insert=True)
    return entry


@transaction.atomic
def record_for_many(
    *,
    customer_ids: Iterable[UUID],
    kind: str,
    what: str,
    direction: str = Interaction.Direction.INTERNAL,
    data: Mapping[str, Any] | None = None,
    subject: models.Model | None = None,
    occurred_at: datetime | None = None,
) -> int:
    """Append the same entry to many timelines at once, as a survey sent to thousands needs it; returns how many."""
    entries = [
        new_interaction(
            customer_id=customer_id,
            kind=kind,
            what=what,
            direction=direction,
            data=data,
            subject=subject,
            occurred_at=occurred_at,
        )
        for customer_id in customer_ids
    ]
    return len(Interaction.objects.bulk_create(entries, batch_size=1_000))


def record_for_subjects(
    *,
    subjects: Sequence[tuple[UUID, UUID]],
    subject_type: str,
    kind: str,
    what: str,
    direction: str,
    data: Mapping[str, Any],
    occurred_at: datetime,
) -> None:
    """One entry per (subject, customer), alike but for these two; in one statement, since surveys go out by thousands.

    ``subject_type`` is an ``app.model``. Raises TextInvalid, ChoiceInvalid.
    """
    like = new_interaction(
        customer_id=subjects[0][1], kind=kind, what=what, direction=direction, data=data, occurred_at=occurred_at
    )
    values: list[Any] = [
        subject_type,
        like.kind,
        like.what,
        like.direction,
        Jsonb(like.data),
        like.occurred_at,
        like.actor_kind,
        like.actor_id,
        like.actor_label,
        uuid_array(subject for subject, _customer in subjects),
        uuid_array(customer for _subject, customer in subjects),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO customers_interaction (id, created_at, customer_id, subject_id, subject_type, kind, what,
                   direction, data, occurred_at, body, actor_kind, actor_id, actor_label)
               SELECT uuidv7(), statement_timestamp(), s.customer_id, s.subject_id, %s, %s, %s,
                      %s, %s, %s, '', %s, %s, %s
               FROM unnest(%s::uuid[], %s::uuid[]) s(subject_id, customer_id)""",
            values,
        )


def new_interaction(
    *,
    customer_id: UUID,
    kind: str,
    what: str,
    direction: str = Interaction.Direction.INTERNAL,
    body: str = "",
    data: Mapping[str, Any] | None = None,
    subject: models.Model | None = None,
    occurred_at: datetime | None = None,
    meant_for: str = "",
) -> Interaction:
    """An entry not saved yet, for services that write many rows in one go."""
    actor = current_actor()
    return Interaction(
        customer_id=customer_id,
        kind=fields.choice(kind, Interaction.Kind, "kind"),
        what=fields.line(what, "what", 60),
        direction=fields.choice(direction, Interaction.Direction, "direction"),
        body=fields.paragraphs(body, "body", MAX_BODY),
        data=dict(data or {}),
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        occurred_at=occurred_at or now(),
        meant_for=_elsewhere(meant_for, kind, direction),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:160],
    )


def _elsewhere(meant_for: str, kind: str, direction: str) -> str:
    """Only what came in, and came in elsewhere than where it was meant for, is worth keeping."""
    meant = fields.choice(meant_for, Interaction.MeantFor, "meant_for", blank=True)
    return meant if direction == Interaction.Direction.IN and meant != kind else ""
