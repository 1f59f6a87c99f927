"""Addresses of the customers room's API."""

from customers.api import attachments, imports, views
from cxcrm.core.api.viewsets import RoomRouter

router = RoomRouter()
router.register("customers", views.CustomerViewSet)
router.register("customers/<uuid:customer_id>/consents", views.ConsentViewSet)
router.register("customers/<uuid:customer_id>/timeline", views.TimelineViewSet, basename="timeline")
router.register("customers/<uuid:customer_id>/interactions", views.InteractionViewSet, basename="interaction")
router.register("customers/<uuid:customer_id>/files", attachments.AttachmentViewSet)
router.register("imports", imports.ImportViewSet)
router.register("imports/<uuid:import_id>/rows", imports.ImportRowViewSet)

urlpatterns = router.urls
