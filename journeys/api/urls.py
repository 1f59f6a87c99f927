"""Addresses of the journeys room's API."""

from cxcrm.core.api.viewsets import RoomRouter
from journeys.api import views

router = RoomRouter()
router.register("journeys", views.JourneyViewSet)
router.register("stages", views.StageViewSet)
router.register("touchpoints", views.TouchpointViewSet)
router.register("accountabilities", views.AccountabilityViewSet)

urlpatterns = router.urls
