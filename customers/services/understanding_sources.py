"""Where each item of a customer's understanding comes from, said in SQL: this room's own, and what floors above add.

A source reads ``asked(customer_id)``, the customers in hand, and may read ``heard``, what their timelines say. It
yields ``customer_id, item, confirmed_at, share``; of several rows for one item the latest and fullest counts. So the
same words keep one customer up to date after a change and count a million anew.
"""

from dataclasses import dataclass
from typing import Final

from customers.logic.personas import KNOWN_FROM
from customers.logic.understanding import BY_CODE, SEEN


@dataclass(frozen=True)
class Source:
    """A SELECT and the items it alone decides on, together with other sources of the same items."""

    items: frozenset[str]
    sql: str


_sources: dict[str, Source] = {}


def derives(name: str, *items: str, sql: str) -> None:
    """Register at start-up where ``items`` are found; what no source yields any more is forgotten at the next count.

    Raises ValueError for an item there is not. A second registration of ``name`` replaces the first.
    """
    if unknown := set(items) - set(BY_CODE) - {SEEN}:
        raise ValueError(f"no such items: {sorted(unknown)}")
    _sources[name] = Source(frozenset(items), sql)


def derived_items() -> list[str]:
    """Every item some source decides on."""
    return sorted({item for source in _sources.values() for item in source.items})


def told() -> str:
    """All sources as one SELECT."""
    return "\nUNION ALL\n".join(source.sql for source in _sources.values())


# What a customer's timeline says of them, read once. Whoever answers, calls or is reached can be reached.
HEARD: Final = """
SELECT i.customer_id,
    max(i.occurred_at) FILTER (
        WHERE (i.direction = 'in' AND i.kind NOT IN ('consent', 'import'))
            OR i.data->>'outcome' IN ('reached', 'went_there')
    ) AS seen_at,
    max(i.occurred_at) FILTER (
        WHERE (i.direction = 'in' AND i.kind IN ('call', 'chat', 'mail', 'survey')) OR i.data->>'outcome' = 'reached'
            OR (i.what = 'known.confirmed' AND i.data->>'item' = 'contact')
    ) AS reached_at,
    max(i.occurred_at) FILTER (
        WHERE (i.what = 'customer.changed' AND jsonb_exists(i.data->'fields', 'address'))
            OR (i.what = 'known.confirmed' AND i.data->>'item' = 'place')
    ) AS place_at,
    max(i.occurred_at) FILTER (
        WHERE i.what = 'customer.changed'
            AND jsonb_exists_any(i.data->'fields', ARRAY['contact_channel', 'contact_hours'])
    ) AS channel_at
FROM customers_interaction i JOIN asked a USING (customer_id)
GROUP BY i.customer_id
"""

# A customer's own file. Only a salutation they said, or staff is sure of, is known; a company has none.
_FILE: Final = """
SELECT c.id, k.item, k.at, k.share
FROM asked a
JOIN customers_customer c ON c.id = a.customer_id
LEFT JOIN heard h ON h.customer_id = c.id
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM customers_fact f
        WHERE f.customer_id = c.id AND f.kind = 'first_source' AND f.withdrawn_at IS NULL AND f.source <> 'guess'
            AND NOT f.is_sensitive
    ) AS has_source
) o
CROSS JOIN LATERAL (VALUES
    ('name', c.created_at, 1.0::float8,
        c.kind = 'organization' OR (c.salutation <> '' AND c.salutation_source IN ('declared', 'staff'))),
    ('place', greatest(c.created_at, h.place_at), 1.0::float8,
        (c.ward <> '' AND c.province_code <> '') OR c.organization_id IS NOT NULL
        OR (c.address <> '' AND (c.kind = 'organization' OR (SELECT country FROM staff_firm) <> 'VN'))),
    ('channel', greatest(c.created_at, h.channel_at), 1.0::float8, c.contact_channel <> '' OR c.contact_hours <> ''),
    ('birth', c.created_at, 1.0::float8, c.formal_title <> '' OR c.contact_role <> ''),
    ('origin', c.created_at, (c.branch_id IS NOT NULL)::int * 0.5::float8 + o.has_source::int * 0.5::float8,
        c.branch_id IS NOT NULL OR o.has_source),
    ('seen', h.seen_at, 1.0::float8, h.seen_at IS NOT NULL)
) k(item, at, share, holds)
WHERE k.holds
"""

_CONTACT: Final = """
SELECT p.customer_id, 'contact', greatest(max(p.created_at), h.reached_at), 1.0::float8
FROM asked a
JOIN customers_contactpoint p ON p.customer_id = a.customer_id AND p.undeliverable_at IS NULL
LEFT JOIN heard h ON h.customer_id = p.customer_id
GROUP BY p.customer_id, h.reached_at
"""

_CONSENT: Final = """
SELECT s.customer_id, 'consent', max(s.stated_at), 1.0::float8
FROM (
    SELECT DISTINCT ON (k.customer_id, k.purpose) k.customer_id, k.granted, k.stated_at
    FROM customers_consent k JOIN asked a USING (customer_id)
    ORDER BY k.customer_id, k.purpose, k.stated_at DESC, k.id DESC
) s
WHERE s.granted
GROUP BY s.customer_id
"""

_PURCHASES: Final = """
SELECT p.customer_id, 'purchases', max(p.occurred_at), least(count(*), 3) / 3.0::float8
FROM customers_purchase p JOIN asked a USING (customer_id)
WHERE p.state IN ('paid', 'open')
GROUP BY p.customer_id
"""

# Which item a kind of fact tells of, and how many make it whole. Guesses and sensitive ones never count.
FACT_ITEMS: Final[dict[str, tuple[str, int]]] = {
    "preference": ("preferences", 2),
    "value": ("preferences", 2),
    "usage": ("usage", 1),
    "unexpected_use": ("usage", 1),
    "why_like": ("why", 1),
    "why_dislike": ("why", 1),
    "motivation": ("why", 1),
    "need": ("need", 1),
    "expectation": ("need", 1),
    "channel_time": ("channel", 1),
    "birth": ("birth", 1),
    "nothing_to_improve": ("settled", 1),
}
_KINDS: Final = ", ".join(f"('{kind}', '{item}', {wanted})" for kind, (item, wanted) in FACT_ITEMS.items())
_FACTS: Final = f"""
SELECT f.customer_id, m.item, max(f.confirmed_at), least(count(*), m.wanted) / m.wanted::float8
FROM customers_fact f
JOIN asked a USING (customer_id)
JOIN (VALUES {_KINDS}) m(kind, item, wanted) ON m.kind = f.kind
WHERE f.withdrawn_at IS NULL AND f.source <> 'guess' AND NOT f.is_sensitive
GROUP BY f.customer_id, m.item, m.wanted
"""  # noqa: S608 - constants

# A guess of ours that the customer confirmed: a prediction that came true.
_PREDICTIONS: Final = """
SELECT f.customer_id, 'prediction', max(f.confirmed_at), 1.0::float8
FROM customers_fact f JOIN asked a USING (customer_id)
WHERE f.guessed_at IS NOT NULL AND f.source <> 'guess' AND f.withdrawn_at IS NULL AND NOT f.is_sensitive
GROUP BY f.customer_id
"""

# Whom they are taken for, surely enough (logic.personas.KNOWN_FROM).
_PERSONA: Final = f"""
SELECT p.customer_id, 'persona', p.assigned_at, 1.0::float8
FROM customers_customerpersona p JOIN asked a USING (customer_id)
WHERE p.confidence >= {KNOWN_FROM}
"""  # noqa: S608 - a constant

derives("customers.file", "name", "place", "birth", "origin", "channel", SEEN, sql=_FILE)
derives("customers.contact", "contact", sql=_CONTACT)
derives("customers.consent", "consent", sql=_CONSENT)
derives("customers.purchases", "purchases", sql=_PURCHASES)
derives("customers.facts", *sorted({item for item, _wanted in FACT_ITEMS.values()}), sql=_FACTS)
derives("customers.predictions", "prediction", sql=_PREDICTIONS)
derives("customers.persona", "persona", sql=_PERSONA)
