"""What the OpenAPI document says of every operation without being told: scopes, refusals, inputs."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.permissions import SAFE_METHODS

from cxcrm.core.api.fields import ErrorSerializer
from cxcrm.core.api.permissions import EXPORT, level_of
from cxcrm.core.api.viewsets import RoomView, RoomViewSet
from cxcrm.core.exports.files import CONTENT_TYPES

_REFUSALS = {
    400: "What was sent is not right; `data.fields` says where.",
    401: "No API key, or not one of this firm.",
    403: "The scope is missing; `data.needs` names it.",
    404: "There is none with this id, or it is not yours to see.",
    409: "The state does not allow it, or somebody was faster.",
    413: "Too large.",
    415: "Not a type of body this address reads.",
}


# What an action without words of its own does to the rows of its list.
_SUMMARIES = {
    "list": "List them",
    "retrieve": "Show one",
    "create": "Add one",
    "partial_update": "Change one",
    "destroy": "Remove one",
}


class Schema(AutoSchema):
    """Reads the declarations of ``RoomViewSet``; ``extend_schema`` still wins where a view uses it."""

    def get_description(self) -> str:
        text = super().get_description() or ""
        if isinstance(self.view, RoomView) and self.view.room:
            text = f"{text}\n\nScope: `{self.view.room}:{level_of(self.view, self.method)}`.".strip()
        return text

    def get_summary(self) -> str | None:
        action = getattr(self.view, "action", None) or self.method.lower()
        words = getattr(self.view, action).__doc__ or _SUMMARIES.get(action) or self.view.__doc__ or ""
        return " ".join(re.split(r"[.:;]", words, maxsplit=1)[0].split())

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        return super().get_serializer_name(serializer, direction).removesuffix("Out")

    def get_request_serializer(self) -> Any:
        if isinstance(self.view, RoomViewSet):
            return None if self.method in SAFE_METHODS else self.view.inputs.get(self.view.action)
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if not isinstance(self.view, RoomView):
            return super().get_response_serializers()
        found = {200: super().get_response_serializers()}
        if isinstance(self.view, RoomViewSet):
            found = self._success(self.view)
        return found

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        """The answers, also those an endpoint describes itself, and what it may refuse."""
        bodies = super()._get_response_bodies(direction)
        refusals = self.refusals() if isinstance(self.view, RoomView) else {}
        for code, refusal in refusals.items():
            bodies.setdefault(str(code), self._get_response_for_code(refusal, str(code), direction=direction))
        return bodies

    def _success(self, view: RoomViewSet) -> dict[Any, Any]:
        if view.action == "destroy":
            return {204: OpenApiResponse(description="Gone.")}
        if view.action == EXPORT:
            return {(200, content_type): OpenApiTypes.BINARY for content_type in CONTENT_TYPES.values()}
        return {201 if view.action in view.creates else 200: view.get_serializer_class()}

    def refusals(self) -> dict[int, OpenApiResponse]:
        """Each refusal this operation can answer with, in the one shape."""
        codes = [401, 403] if self.view.room else [401]
        reads_body = self.method not in SAFE_METHODS
        if (reads_body and self.method != "DELETE") or getattr(self.view, "action", "list") in {"list", EXPORT}:
            codes.append(400)
        if "{" in self.path:
            codes.append(404)
        if reads_body:
            codes += [409] if self.method == "DELETE" else [409, 413, 415]
        return {code: OpenApiResponse(ErrorSerializer, _REFUSALS[code]) for code in sorted(codes)}


def share_refusals(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Say each refusal once in the document and point to it: a postprocessing hook."""
    shared: dict[str, Any] = {}
    for path in result["paths"].values():
        for operation in path.values():
            for code in set(operation["responses"]) & {str(code) for code in _REFUSALS}:
                name = f"Refused{code}"
                shared[name] = operation["responses"][code]
                operation["responses"][code] = {"$ref": f"#/components/responses/{name}"}
    result["components"]["responses"] = dict(sorted(shared.items()))
    return result
