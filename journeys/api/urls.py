"""Addresses of the journeys room's API."""

from django.urls import path

from cxcrm.core.api.viewsets import RoomRouter
from journeys.api import (
    emotions,
    environments,
    initiatives,
    maps,
    needs,
    standards,
    understanding,
    views,
    visits,
    walks,
)

router = RoomRouter()
router.register("journeys", views.JourneyViewSet)
router.register("stages", views.StageViewSet)
router.register("touchpoints", views.TouchpointViewSet)
router.register("accountabilities", views.AccountabilityViewSet)
router.register("brand", understanding.BrandViewSet)
router.register("insights", understanding.InsightViewSet)
router.register("insights/<uuid:insight_id>/evidence", understanding.EvidenceViewSet)
router.register("decisions", understanding.DecisionViewSet)
router.register("journeys/<uuid:journey_id>/versions", maps.VersionViewSet)
router.register("stage-links", maps.StageLinkViewSet)
router.register("stage-quotes", maps.StageQuoteViewSet)
router.register("standards", standards.StandardViewSet)
router.register("proposed-standards", standards.ProposedStandardViewSet)
router.register("standard-acknowledgements", standards.AcknowledgementViewSet)
router.register("reported-emotions", emotions.ReportedEmotionViewSet)
router.register("stage-visits", visits.StageVisitViewSet)
router.register("stage-visit-batches", visits.VisitBatchViewSet, basename="stage-visit-batch")
router.register("visit-rules", visits.VisitRuleViewSet)
router.register("initiatives", initiatives.InitiativeViewSet)
router.register("initiatives/<uuid:initiative_id>/personas", initiatives.InitiativeEffectViewSet)
router.register("initiatives/<uuid:initiative_id>/guardrails", initiatives.GuardrailViewSet)

router.register("journey-walks", walks.JourneyWalkViewSet)
router.register("environments", environments.EnvironmentViewSet)
router.register("environment-walks", environments.EnvironmentWalkViewSet)

urlpatterns = [path("common-needs/", needs.CommonNeedsView.as_view()), *router.urls]
