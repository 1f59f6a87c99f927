"""The REST API put together: every room's endpoints, the OpenAPI document and its reader."""

from django.urls import include, path, re_path

from cxcrm.core.api.docs import DocsView, SchemaView
from cxcrm.core.api.exceptions import no_such_address

rooms = ["tenants.staff", "customers", "journeys", "feedback", "workflows"]

urlpatterns = [
    path("v1/", include([path("", include(f"{room}.api.urls")) for room in rooms])),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    re_path(r"^(?P<rest>.*)$", no_such_address),
]
