"""What feelings, insights and decisions tell of how well customers are understood (domain page §2.9)."""

from typing import Final
from uuid import UUID

from customers.logic.understanding import KNOW
from customers.selectors.quotes import quotes
from customers.selectors.understanding import limits_the_firm
from customers.services.understanding import recount_customers
from customers.services.understanding_sources import derives
from journeys.models import InsightQuote, ReportedEmotion
from journeys.selectors.decisions import customer_based_rate
from tenants.staff.selectors.firm import firm_today

# Below this share of decisions that rest on customers' words the firm goes by its own taste, whatever it knows.
RATE: Final = 30.0
_INSIGHT: Final = """
SELECT q.customer_id, 'insight', max(n.validated_at), 1.0::float8
FROM asked a
JOIN customers_quote q ON q.customer_id = a.customer_id
JOIN journeys_insightquote e ON e.quote_id = q.id
JOIN journeys_insight n ON n.id = e.insight_id
WHERE n.state = 'validated' AND n.validated_at IS NOT NULL
GROUP BY q.customer_id
"""

_EMOTION: Final = """
SELECT e.customer_id, 'emotion', max(e.felt_at), 1.0::float8
FROM journeys_reportedemotion e JOIN asked a USING (customer_id)
GROUP BY e.customer_id
"""

derives("journeys.insight", "insight", sql=_INSIGHT)
derives("journeys.emotion", "emotion", sql=_EMOTION)


@limits_the_firm
def decided_without_customers() -> int | None:
    """A firm whose decisions of a year rest on customers' evidence too seldom is at Know at most; None without any."""
    rate = customer_based_rate(firm_today()).value
    return KNOW if rate is not None and rate < RATE else None


def recount_borne_out(*, insight_id: UUID) -> None:
    """Count whose words bear this insight out."""
    cited = InsightQuote.objects.filter(insight_id=insight_id)
    recount_customers(customer_ids=cited.values_list("quote__customer_id", flat=True))


def recount_feeling(*, emotion_id: UUID) -> None:
    """Count whoever felt this, where it is known who did."""
    felt = ReportedEmotion.objects.filter(pk=emotion_id, customer__isnull=False)
    recount_customers(customer_ids=felt.values_list("customer_id", flat=True))


def recount_quoted(*, quote_id: UUID) -> None:
    """Count whoever said this quote."""
    recount_customers(customer_ids=quotes().filter(pk=quote_id).values_list("customer_id", flat=True))
