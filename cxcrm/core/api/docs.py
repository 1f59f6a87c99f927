"""The OpenAPI document and its reader, served by ourselves under the strict content policy."""

from typing import Any

from django.utils import translation
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


class SchemaView(SpectacularAPIView):
    """The OpenAPI document, always in English: it is for developers, and generated code must not change by reader."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with translation.override("en"):
            return self._get_schema_response(request)


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI without one inline script or style, so that it needs no exception from the content policy."""

    template_name = "api/docs.html"
    url_name = "api-schema"
