"""Who raised what an initiative mended, who of them can be told, and whom it reached."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from customers.models import Consent, Customer
from customers.selectors.customers import emails_query
from journeys.models import Initiative, InitiativeQuote, InsightQuote
from workflows.models import CauseCase, Message, WeDid


def is_done(initiative: Initiative) -> bool:
    """Was something done that customers can see: does it run, or was it ended and kept?"""
    if initiative.state == Initiative.State.ENDED:
        return initiative.verdict != Initiative.Verdict.STOP
    return initiative.state == Initiative.State.RUNNING


def raisers(initiative_id: UUID) -> QuerySet[Customer]:
    """Customers whose complaints or quotes an initiative rests on and who may be told what came of it.

    A complaint is answered as every case mail answers it. Who was only quoted has said no to being written to when
    they said no to surveys, since most quotes come from there. Nobody whose data was erased, no sample data.
    """
    complained = CauseCase.objects.filter(proposal__initiative_id=initiative_id).values("complaint__customer_id")
    cited = InitiativeQuote.objects.filter(initiative_id=initiative_id).values("quote__customer_id")
    borne = InsightQuote.objects.filter(insight__initiatives__initiative_id=initiative_id).values("quote__customer_id")
    latest = Consent.objects.filter(customer=OuterRef("pk"), purpose=Consent.Purpose.SURVEY)
    says = Subquery(latest.order_by("-stated_at", "-id").values("granted")[:1])
    quoted = (Q(pk__in=cited) | Q(pk__in=borne)) & (Q(agrees=None) | Q(agrees=True))
    rows = Customer.objects.annotate(agrees=says)
    return rows.filter(Q(pk__in=complained) | quoted, erased_at=None, is_sample=False).order_by("pk")


@dataclass(frozen=True)
class Audience:
    """Who can be written to, and how many more raised it and have no address that takes mail."""

    customers: list[Customer]
    emails: dict[UUID, str]
    unreachable: int

    @property
    def languages(self) -> dict[str, int]:
        """Language → how many read it."""
        found: dict[str, int] = {}
        for one in self.customers:
            found[one.language] = found.get(one.language, 0) + 1
        return found


def audience_of(initiative_id: UUID) -> Audience:
    """Two queries, however many they are."""
    everybody = list(raisers(initiative_id))
    emails = dict(emails_query([one.pk for one in everybody]))
    reached = [one for one in everybody if one.pk in emails]
    return Audience(reached, emails, len(everybody) - len(reached))


def told_about(initiative_id: UUID) -> WeDid | None:
    return WeDid.objects.filter(initiative_id=initiative_id).select_related("written_by").first()


def reached_by(told: WeDid) -> int:
    """How many mails really left."""
    return Message.objects.filter(ref=told.pk, kind=Message.Kind.WE_DID, state=Message.State.SENT).count()
