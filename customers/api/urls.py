"""Addresses of the customers room's API."""

from django.urls import path

from customers.api import (
    attachments,
    custom_fields,
    data_requests,
    facts,
    finding,
    health,
    imports,
    merging,
    personas,
    purchases,
    quizzes,
    quotes,
    reports,
    segments,
    understanding,
    views,
)
from cxcrm.core.api.viewsets import RoomRouter

router = RoomRouter()
router.register("customers", views.CustomerViewSet)
router.register("customers/<uuid:customer_id>/consents", views.ConsentViewSet)
router.register("customers/<uuid:customer_id>/timeline", views.TimelineViewSet, basename="timeline")
router.register("customers/<uuid:customer_id>/interactions", views.InteractionViewSet, basename="interaction")
router.register("customers/<uuid:customer_id>/files", attachments.AttachmentViewSet)
router.register("custom-fields", custom_fields.CustomFieldViewSet)
router.register("customers/<uuid:customer_id>/purchase-figures", purchases.FiguresViewSet, basename="purchase-figures")
router.register("purchases", purchases.PurchaseViewSet)
router.register("purchase-batches", purchases.PurchaseBatchViewSet, basename="purchase-batch")
router.register("merges", merging.MergeViewSet)
router.register("quotes", quotes.QuoteViewSet)
router.register("segments", segments.SegmentViewSet)
router.register("segments/<uuid:segment_id>/members", segments.SegmentMemberViewSet)
router.register("segments/<uuid:segment_id>/sizes", segments.SegmentSizeViewSet)
router.register("personas", personas.PersonaViewSet)
router.register("personas/<uuid:persona_id>/citations", personas.PersonaQuoteViewSet)
router.register("persona-quizzes", quizzes.PersonaQuizViewSet)
router.register("persona-assignments", personas.AssignmentViewSet)
router.register("facts", facts.FactViewSet)
router.register("data-requests", data_requests.DataRequestViewSet)
router.register(
    "customers/<uuid:customer_id>/understanding",
    understanding.CustomerUnderstandingViewSet,
    basename="customer-understanding",
)
router.register("understanding", understanding.FirmUnderstandingViewSet, basename="understanding")
router.register("customers/<uuid:customer_id>/health", health.CustomerHealthViewSet, basename="customer-health")
router.register("at-risk", health.AtRiskViewSet, basename="at-risk")
router.register("churn-models", health.ChurnModelViewSet, basename="churn-model")
router.register("duplicates", merging.DuplicateViewSet, basename="duplicate")
router.register("imports", imports.ImportViewSet)
router.register("imports/<uuid:import_id>/rows", imports.ImportRowViewSet)
router.register("imports/<uuid:import_id>/changes", imports.ImportChangeViewSet)

urlpatterns = [
    path("how-found/", finding.FoundView.as_view()),
    path("channel-drift/", finding.DriftView.as_view()),
    path("usage-modes/", reports.UsageView.as_view()),
    path("changed-habits/", reports.HabitsView.as_view()),
    path("records/", reports.RecordsView.as_view()),
    *router.urls,
]
