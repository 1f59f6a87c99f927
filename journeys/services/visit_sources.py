"""How visits are read in the timeline: the firm's rules, and which touchpoint an answer or a case is about."""

from typing import Final

_about: dict[str, str] = {}


def tells_touchpoints(name: str, *, sql: str) -> None:
    """Register at start-up a SELECT of ``subject_id, touchpoint_id``: which touchpoint a row of a floor above is about.

    It reads ``asked(customer_id)``, the customers in hand. A second registration of ``name`` replaces the first.
    """
    _about[name] = sql


_NONE: Final = "SELECT NULL::uuid AS subject_id, NULL::uuid AS touchpoint_id WHERE false"

# What tells of the same thing once more, or is no doing of the customer's.
_AGAIN: Final = "('purchase.changed', 'complaint.reopened', 'complaint.confirmed')"


def reading() -> str:
    """The statement that makes the visits read for the customers ``%(ids)s`` what the rules say of their timelines."""
    about = "\nUNION ALL\n".join([_NONE, *_about.values()])
    return f"""
WITH asked AS (SELECT unnest(%(ids)s::uuid[]) AS customer_id),
about(subject_id, touchpoint_id) AS ({about}),
found AS (
    SELECT DISTINCT i.id AS entry, coalesce(r.stage_id, t.stage_id) AS stage_id, i.customer_id, i.occurred_at
    FROM asked a
    JOIN customers_interaction i USING (customer_id)
    LEFT JOIN customers_purchase p ON p.id = i.subject_id AND i.subject_type = 'customers.purchase'
    LEFT JOIN about b ON b.subject_id = i.subject_id
    LEFT JOIN journeys_touchpoint t ON t.id = b.touchpoint_id
    JOIN journeys_visitrule r ON r.kind = i.kind
        AND (r.channel = '' OR lower(r.channel) = lower(p.channel))
        AND (r.touchpoint_id IS NULL OR r.touchpoint_id = b.touchpoint_id)
    WHERE (i.direction = 'in' OR i.what = 'complaint.opened')
        AND (i.kind <> 'complaint' OR i.what = 'complaint.opened')
        AND i.what NOT IN {_AGAIN}
        AND i.data->'changed' IS DISTINCT FROM 'true'::jsonb
        AND (p.id IS NULL OR p.state IN ('paid', 'open'))
        AND coalesce(r.stage_id, t.stage_id) IS NOT NULL
),
gone AS (
    DELETE FROM journeys_stagevisit v USING asked a
    WHERE v.customer_id = a.customer_id AND v.entry IS NOT NULL
        -- Hashed; how many a rule finds nobody can guess, and NOT EXISTS was joined row by row.
        AND (v.entry, v.stage_id) NOT IN (SELECT f.entry, f.stage_id FROM found f)
)
INSERT INTO journeys_stagevisit AS v (id, created_at, customer_id, stage_id, visited_at, entry, source, external_id)
SELECT uuidv7(), statement_timestamp(), customer_id, stage_id, occurred_at, entry, '', '' FROM found
ON CONFLICT (entry, stage_id) DO UPDATE SET customer_id = EXCLUDED.customer_id, visited_at = EXCLUDED.visited_at
WHERE (v.customer_id, v.visited_at) IS DISTINCT FROM (EXCLUDED.customer_id, EXCLUDED.visited_at)
"""  # noqa: S608 - sources registered at start-up
