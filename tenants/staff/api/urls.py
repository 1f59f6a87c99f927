"""Addresses of the staff room's API."""

from django.urls import path

from cxcrm.core.api.viewsets import RoomRouter
from tenants.staff.api import security, views

__all__ = ["security", "urlpatterns"]

router = RoomRouter()
router.register("users", views.UserViewSet)
router.register("departments", views.DepartmentViewSet)
router.register("branches", views.BranchViewSet)
router.register("absences", views.AbsenceViewSet)

urlpatterns = [path("me/", views.MeView.as_view()), *router.urls]
