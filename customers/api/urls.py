"""Addresses of the customers room's API."""

from customers.api import attachments, custom_fields, imports, merging, purchases, quotes, views
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
router.register("duplicates", merging.DuplicateViewSet, basename="duplicate")
router.register("imports", imports.ImportViewSet)
router.register("imports/<uuid:import_id>/rows", imports.ImportRowViewSet)
router.register("imports/<uuid:import_id>/changes", imports.ImportChangeViewSet)

urlpatterns = router.urls
