"""Endpoints for the files of a customer."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.imports import FileField
from customers.api.masking import MaskingViews
from customers.api.views import OfCustomer
from customers.logic.files import MAX_BYTES
from customers.models import Attachment
from customers.selectors.attachments import attachments_of_customer, content_of, may_remove
from customers.services.attachments import attach_file, remove_attachment
from cxcrm.core.api.exceptions import TooLarge
from cxcrm.core.api.fields import KnownFieldsOnly, OutputSerializer
from cxcrm.core.api.parsers import FileParser, SafeJSONParser
from cxcrm.core.api.viewsets import ReadViewSet
from cxcrm.core.downloads import file_response
from cxcrm.core.errors import NotAllowed


class AttachmentOut(OutputSerializer):
    """``subject_type`` and ``subject_id`` name what the file belongs to; empty where it is the customer's own."""

    class Meta:
        model = Attachment
        fields = [
            "id", "file_name", "content_type", "size", "sha256", "is_from_customer", "subject_type", "subject_id",
            "actor_kind", "actor_label", "created_at",
        ]  # fmt: skip


class AttachmentIn(KnownFieldsOnly, serializers.Serializer):
    """A picture, PDF, office document, text, sound or MP4 video of up to 10 MiB, as multipart form data."""

    file = FileField(max_length=500, allow_empty_file=True)
    is_from_customer = serializers.BooleanField(required=False)

    def validate_file(self, file: Any) -> Any:
        if file.size > MAX_BYTES:
            raise TooLarge
        return file


class LargeFileParser(FileParser):
    max_bytes = MAX_BYTES


class AttachmentViewSet(MaskingViews, OfCustomer, ReadViewSet):
    """The files of one customer, the latest first: their own and those of their complaints."""

    queryset = Attachment.objects.all()
    serializer_class = AttachmentOut
    inputs = {"create": AttachmentIn}
    parser_classes = [SafeJSONParser, LargeFileParser]
    http_method_names = ["get", "head", "post", "delete"]

    def get_parsers(self) -> list[Any]:
        """A file comes as a form, everything else as JSON; never the other way round."""
        uploads = getattr(self, "action_map", {}).get("post") == "create"
        return [LargeFileParser() if uploads else SafeJSONParser()]

    def get_queryset(self) -> Any:
        return attachments_of_customer(self.customer, self.request.user)

    def retrieve(self, request: Request, customer_id: Any, pk: Any) -> Response:
        """What is known of one file; its bytes are at `content/`."""
        return super().retrieve(request)

    def create(self, request: Request, customer_id: Any) -> Response:
        """Add a file. What it is, is read from its bytes; files that pretend are refused."""
        told = self.parsed()
        file = told.pop("file")
        made = attach_file(customer_id=self.customer.pk, file_name=file.name, content=file.read(), **told)
        return self.answer(made)

    def destroy(self, request: Request, customer_id: Any, pk: Any) -> Response:
        """Remove a file for good. What a customer sent may only be removed with `customers:manage`."""
        attachment = self.get_object()
        if not may_remove(request.user, attachment):
            raise NotAllowed(needs="customers:manage")
        remove_attachment(attachment_id=attachment.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def content(self, request: Request, customer_id: Any, pk: Any) -> Any:
        """The bytes of one file, as a download."""
        attachment = get_object_or_404(self.get_queryset(), pk=pk)
        return file_response(
            content_of(attachment), file_name=attachment.file_name, content_type=attachment.content_type
        )
