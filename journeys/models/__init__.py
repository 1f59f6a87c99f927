"""The customer's journey, how it feels, what it rests on, and who answers for each part of it."""

from journeys.models.accountability import Accountability
from journeys.models.brand import BrandProfile
from journeys.models.decision import Decision, DecisionQuote
from journeys.models.emotion import AssumedEmotion, Feeling, ReportedEmotion
from journeys.models.initiative import Guardrail, Initiative, InitiativeEffect, InitiativeInsight, InitiativeQuote
from journeys.models.insight import Insight, InsightQuote
from journeys.models.journey import Journey, Stage, StageLink, Touchpoint
from journeys.models.map import JourneyVersion, StageQuote
from journeys.models.place import AuditItem, AuditPhoto, Environment, EnvironmentAudit
from journeys.models.standard import MAX_BEHAVIOURS, Standard, StandardAcknowledgement, StandardProposal
from journeys.models.viewpoint import Viewpoint
from journeys.models.visit import JourneyFlow, StageVisit, VisitReading, VisitRule
from journeys.models.walk import JourneyWalk, WalkStep

__all__ = [
    "MAX_BEHAVIOURS", "Accountability", "AssumedEmotion", "AuditItem", "AuditPhoto", "BrandProfile", "Decision",
    "DecisionQuote", "Environment", "EnvironmentAudit", "Feeling", "Guardrail", "Initiative", "InitiativeEffect",
    "InitiativeInsight", "InitiativeQuote", "Insight", "InsightQuote", "Journey", "JourneyFlow", "JourneyVersion",
    "JourneyWalk", "ReportedEmotion", "Stage", "StageLink", "StageQuote", "StageVisit", "Standard",
    "StandardAcknowledgement", "StandardProposal", "Touchpoint", "Viewpoint", "VisitReading", "VisitRule", "WalkStep",
]  # fmt: skip
