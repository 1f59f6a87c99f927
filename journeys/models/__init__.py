"""The customer's journey and who answers for each part of it."""

from journeys.models.accountability import Accountability
from journeys.models.journey import Journey, Stage, Touchpoint

__all__ = ["Accountability", "Journey", "Stage", "Touchpoint"]
