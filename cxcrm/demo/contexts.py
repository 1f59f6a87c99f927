"""A storm the demo firms' customers went through, with what was held back in it, and the coming new year."""

from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction

from customers.models import Customer, CustomerHealth, Segment
from customers.selectors.customers import emails_of
from customers.services.customers import update_customer
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from feedback.models import Complaint, ContextEvent, Dispatch, HeldInvitation, Invitation, Survey
from feedback.selectors.contexts import TOO_LONG
from feedback.services.contexts import declare_context
from tenants.staff.models import Branch, User
from tenants.staff.selectors.firm import firm_today, firm_zone

THERE: Final = "48"
DECLARES: Final = {"suongmai": "duyen", "kestrel": "marcus"}
# Name, and words of care in Vietnamese and English.
STORMS: Final = {
    "suongmai": (
        "Bão số 13",
        "{brand} mong {xh} và gia đình bình an qua cơn bão. Quán Hải Châu và An Hải nhận sạc nhờ điện thoại.",
        "{brand} hopes that you and your family come through the storm safely. Charge your phone at our shops.",
    ),
    "kestrel": (
        "Flash floods, first week of the monsoon",
        "{brand} mong {xh} an toàn. Xe ngập nước đừng bật pin: mang tới, chúng tôi kiểm tra miễn phí.",
        "Stay safe. If your e-bike stood in water, do not switch it on: bring it in, the check is on us.",
    ),
}
NEW_YEAR: Final = {"suongmai": "Tết {}", "kestrel": "Chinese New Year {}"}
PEOPLE, HELD, TOO_LATE = 60, 46, 6
# The 29th of the last lunar month to the 6th of the first (domain.md §3.3).
TET: Final = ((date(2027, 2, 4), date(2027, 2, 11)), (date(2028, 1, 24), date(2028, 1, 31)))


@transaction.atomic
def lay_contexts(demo: DemoFirm) -> None:
    """Once; whoever lives in Đà Nẵng is known before."""
    if demo.slug not in DECLARES or ContextEvent.objects.exists():
        return
    operations = User.objects.get(email=demo.email(DECLARES[demo.slug]))
    people = _there() if demo.country == "VN" else _anywhere()
    with acting_as(Actor("user", operations.pk, operations.full_name)):
        _storm(demo, people, operations)
        _tet(demo, operations)


def _there() -> list[Customer]:
    """Customers of the two shops in Đà Nẵng: some of those at risk and with open cases among them."""
    people = Customer.objects.filter(kind=Customer.Kind.PERSON, contact_points__kind="email").distinct()
    risky = CustomerHealth.objects.filter(band=CustomerHealth.Band.AT_RISK).order_by("-spent")
    cases = Complaint.objects.filter(state__in=Complaint.OPEN_STATES)
    chosen = [
        *people.filter(pk__in=risky.values("customer")[:200]).order_by("sort_key", "id")[:9],
        *people.filter(pk__in=cases.values("customer")).order_by("-sort_key", "id")[:2],
        *people.order_by("created_at", "id")[200 : 200 + PEOPLE],
    ]
    shops = list(Branch.objects.filter(province="Đà Nẵng"))
    wards = ("Phường Hải Châu", "Phường An Hải", "Phường Thanh Khê")
    for number, customer in enumerate(dict.fromkeys(chosen)):
        update_customer(
            customer_id=customer.pk, street_line=f"{number + 3} Lê Duẩn", ward=wards[number % 3], province_code=THERE,
            branch=shops[number % len(shops)],
        )  # fmt: skip
    return list(dict.fromkeys(chosen))


def _anywhere() -> list[Customer]:
    people = Customer.objects.filter(kind=Customer.Kind.PERSON, contact_points__kind="email").distinct()
    return list(people.order_by("created_at", "id")[:PEOPLE])


def _storm(demo: DemoFirm, people: list[Customer], operations: User) -> None:
    """Four days three weeks ago, ended half a day early; most of what waited left then."""
    begun = datetime.combine(firm_today() - timedelta(days=24), time(6), firm_zone())
    over = begun + timedelta(days=3, hours=2)
    name, care_vi, care_en = STORMS[demo.slug]
    storm = ContextEvent.objects.create(
        name=name, kind=ContextEvent.Kind.STORM, starts_at=begun, ends_at=begun + timedelta(days=3, hours=12),
        ended_at=over, provinces=[THERE] if demo.country == "VN" else [], declared_by=operations, accountable=operations, version=2,
        created_at=begun - timedelta(hours=9),
        care_vi=care_vi, care_en=care_en,
    )  # fmt: skip
    survey = Survey.objects.filter(metric="csat").order_by("created_at").first()
    emails = emails_of([customer.pk for customer in people])
    asked = [customer for customer in people if customer.pk in emails][:HELD]
    if survey is None:
        return
    at = begun + timedelta(hours=5)
    dispatch = Dispatch.objects.create(
        survey=survey, sent_by=operations, matched=len(asked), invited=len(asked), created_at=at
    )  # fmt: skip
    rows = []
    for number, customer in enumerate(asked):
        late = number < TOO_LATE
        left = None if late else over + timedelta(seconds=20 * number)
        rows.append(
            Invitation(
                dispatch=dispatch,
                survey=survey,
                customer=customer,
                email=emails[customer.pk],
                created_at=at,
                state=Invitation.State.SKIPPED if late else Invitation.State.SENT,
                skip_reason=TOO_LONG if late else "",
                sent_at=left,
                expires_at=over - timedelta(hours=6) if late else over + timedelta(days=survey.expires_after_days),
            )
        )
    Invitation.objects.bulk_create(rows)
    HeldInvitation.objects.bulk_create(HeldInvitation(context=storm, invitation=row, version=2) for row in rows)


def _tet(demo: DemoFirm, operations: User) -> None:
    """The next one; the segment named is reached in any case."""
    today = firm_today()
    first, last = next((pair for pair in TET if pair[0] > today), (today + timedelta(60), today + timedelta(67)))
    declare_context(
        name=NEW_YEAR[demo.slug].format(last.year), kind=ContextEvent.Kind.TET,
        starts_at=datetime.combine(first, time.min, firm_zone()),
        ends_at=datetime.combine(last + timedelta(days=1), time.min, firm_zone()),
        segment_id=Segment.objects.filter(kind=Segment.Kind.STATIC, is_active=True).order_by("created_at").first().pk,
    )  # fmt: skip
