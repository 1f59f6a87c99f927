"""The customer's journey and who answers for each part of it."""

from journeys.models.accountability import Accountability
from journeys.models.brand import BrandProfile
from journeys.models.decision import Decision, DecisionQuote
from journeys.models.insight import Insight, InsightQuote
from journeys.models.journey import Journey, Stage, Touchpoint

__all__ = [
    "Accountability", "BrandProfile", "Decision", "DecisionQuote", "Insight", "InsightQuote", "Journey", "Stage",
    "Touchpoint",
]  # fmt: skip
