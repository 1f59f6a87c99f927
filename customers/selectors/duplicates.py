"""Who may be the same customer twice: by number, by address, by name and where they live."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from customers.logic.addresses import ward_as_known
from customers.logic.columns import parse_email
from customers.logic.phones import normalise_phone, split_phones
from customers.logic.text import search_key
from customers.models import ContactPoint, Customer
from tenants.staff.selectors.firm import the_firm

# A list nobody reads to its end: when the first ones are merged, the next move up.
MAX_PAIRS: Final = 200
# A number a whole street gives (a school, a firm's front desk) says nothing of who somebody is.
_SHARED_BY: Final = 6
_ALIKE: Final = 5

# Pairs by shared contact come from the index on (kind, value); pairs by name from one pass that groups equal names
# with equal wards, or with equal addresses where no ward is known. Both grow with the customers there are, not with
# the pairs among them.
_PAIRS: Final = """
WITH shared AS (
    SELECT kind, value FROM customers_contactpoint GROUP BY kind, value HAVING count(*) BETWEEN 2 AND %(shared_by)s
), contact AS (
    SELECT a.customer_id AS first, b.customer_id AS second,
           bool_or(a.kind = 'phone') AS phone, bool_or(a.kind = 'email') AS email
    FROM shared s
    JOIN customers_contactpoint a ON a.kind = s.kind AND a.value = s.value
    JOIN customers_contactpoint b ON b.kind = s.kind AND b.value = s.value AND a.customer_id < b.customer_id
    GROUP BY 1, 2
), named AS (
    SELECT id, split_part(search_text, E'\\n', 1) AS name,
           CASE WHEN ward <> '' THEN province_code || E'\\n' || lower(ward) ELSE lower(address) END AS place
    FROM customers_customer WHERE address <> '' AND merged_into_id IS NULL
), living AS (
    SELECT name, place, array_agg(id ORDER BY id) AS ids
    FROM named GROUP BY 1, 2 HAVING count(*) BETWEEN 2 AND %(shared_by)s
), place AS (
    SELECT first, second FROM living, unnest(ids) first, unnest(ids) second WHERE first < second
), pairs AS (
    SELECT first, second, coalesce(c.phone, false) AS phone, coalesce(c.email, false) AS email,
           p.first IS NOT NULL AS place
    FROM contact c FULL JOIN place p USING (first, second)
), scored AS (
    SELECT p.first, p.second, p.phone, p.email, p.place,
           split_part(x.search_text, E'\\n', 1) = split_part(y.search_text, E'\\n', 1) AS name
    FROM pairs p
    JOIN customers_customer x ON x.id = p.first AND x.merged_into_id IS NULL
    JOIN customers_customer y ON y.id = p.second AND y.merged_into_id IS NULL AND y.kind = x.kind
    WHERE NOT EXISTS (SELECT FROM customers_notduplicate n WHERE n.first_id = p.first AND n.second_id = p.second)
)
SELECT first, second, phone, email, place, name,
       4 * name::int + 3 * phone::int + 3 * email::int + 2 * place::int AS score FROM scored
ORDER BY score DESC, second DESC, first DESC
LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Pair:
    """Two customers and what they have in common; ``certainty`` is a percentage people can rank by."""

    first: Customer
    second: Customer
    phone: bool
    email: bool
    place: bool
    name: bool
    score: int

    @property
    def certainty(self) -> int:
        return min(99, 25 + 10 * self.score) if self.score else 0


def duplicate_pairs(limit: int = MAX_PAIRS) -> list[Pair]:
    """Pairs that look like one customer, the surest first; those somebody said are two are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"limit": limit, "shared_by": _SHARED_BY})
        rows = cursor.fetchall()
    wanted = {pk for row in rows for pk in row[:2]}
    found = {
        one.pk: one
        for one in Customer.objects.filter(pk__in=wanted)
        .select_related("organization", "owner")
        .prefetch_related("contact_points")
    }
    return [Pair(found[row[0]], found[row[1]], *row[2:]) for row in rows if row[0] in found and row[1] in found]


def alike(
    *,
    full_name: str,
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    address: str = "",
    ward: str = "",
    province_code: str = "",
    but: UUID | None = None,
) -> list[tuple[Customer, str]]:
    """At most five customers who may be the one described, each with why: phone, email or place.

    A ward and its province are enough of a place, since streets are written in many ways.
    """
    region = the_firm().country
    numbers = {
        number.e164 for text in phones for piece in split_phones(text) if (number := normalise_phone(piece, region))
    }
    addresses = {parsed for text in emails if (parsed := parse_email(text))}
    found: dict[UUID, str] = {}
    points = ContactPoint.objects.filter(
        Q(kind=ContactPoint.Kind.PHONE, value__in=numbers) | Q(kind=ContactPoint.Kind.EMAIL, value__in=addresses)
    )
    for customer_id, kind in points.order_by("-kind").values_list("customer_id", "kind")[: 4 * _ALIKE]:
        found.setdefault(customer_id, str(kind))
    key = search_key(full_name)
    place = (
        {"ward__iexact": ward_as_known(ward.strip(), province_code), "province_code": province_code}
        if ward.strip()
        else {"address__iexact": address.strip()}
    )
    if key and any(place.values()):
        same = Customer.objects.filter(search_text__startswith=f"{key}\n", **place)
        for customer_id in same.values_list("pk", flat=True)[:_ALIKE]:
            found.setdefault(customer_id, "place")
    rows: Any = Customer.objects.filter(pk__in=found).exclude(pk=but).prefetch_related("contact_points")[:_ALIKE]
    return [(one, found[one.pk]) for one in rows]
