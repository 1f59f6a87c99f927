"""Who is taken for which persona because of the segments they belong to: in one statement for everybody."""

from typing import Final

from django.db import connection, transaction

from customers.events import PersonasReassigned
from customers.logic.personas import BY_RULE
from customers.models import Customer, CustomerPersona, Persona, SegmentMember
from customers.services.locks import lock
from cxcrm.core.events import publish

PERSONAS: Final = "customers.personas"
_ASSIGN: Final = f"""
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT ON (m.customer_id) m.customer_id, p.id AS persona_id
        FROM {SegmentMember._meta.db_table} m
        JOIN {Persona._meta.db_table} p ON p.segment_id = m.segment_id AND p.state = 'live'
        JOIN {Customer._meta.db_table} c
            ON c.id = m.customer_id AND c.merged_into_id IS NULL AND c.erased_at IS NULL
        ORDER BY m.customer_id, p.position, p.name, p.id),
    gone AS (
        DELETE FROM {CustomerPersona._meta.db_table} a WHERE a.by = 'rule'
        AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.customer_id = a.customer_id) RETURNING 1),
    come AS (
        INSERT INTO {CustomerPersona._meta.db_table} AS a
            (id, created_at, customer_id, persona_id, confidence, by, assigned_at)
        SELECT uuidv7(), statement_timestamp(), w.customer_id, w.persona_id, %s, 'rule', statement_timestamp()
        FROM wanted w
        WHERE NOT EXISTS (
            SELECT 1 FROM {CustomerPersona._meta.db_table} b WHERE b.customer_id = w.customer_id
            AND (b.by = 'hand' OR b.persona_id = w.persona_id))
        ON CONFLICT (customer_id) DO UPDATE
            SET persona_id = EXCLUDED.persona_id, confidence = EXCLUDED.confidence, assigned_at = EXCLUDED.assigned_at
            WHERE a.by = 'rule'
        RETURNING 1)
    SELECT (SELECT count(*) FROM come) + (SELECT count(*) FROM gone)"""  # noqa: S608 - the models' own names


@transaction.atomic
def assign_by_rule() -> int:
    """Give everybody the live persona of their segments, the first of several; returns how many changed.

    What was assigned by hand stays. Two at once wait for each other.
    """
    lock(PERSONAS)
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN, [BY_RULE])
        (changed,) = cursor.fetchone()
    if changed:
        publish(PersonasReassigned(changed=changed))
    return int(changed)
