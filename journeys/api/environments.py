"""Endpoints of environments: places with their checklists, and what was found when somebody walked them."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.attachments import LargeFileParser
from customers.api.imports import FileField
from customers.api.masking import MaskingViews
from customers.logic.files import MAX_BYTES
from cxcrm.core.api.exceptions import TooLarge
from cxcrm.core.api.fields import InputSerializer, KnownFieldsOnly, OutputSerializer, RowIdField
from cxcrm.core.api.parsers import FileParser, SafeJSONParser
from cxcrm.core.api.permissions import MANAGE
from cxcrm.core.api.viewsets import ReadViewSet
from cxcrm.core.downloads import file_response
from cxcrm.core.errors import NotFound
from journeys.api.initiatives import InitiativeOut
from journeys.logic.environments import ITEM_LENGTH, MAX_ITEMS
from journeys.models import AuditItem, Environment, EnvironmentAudit, Stage, Touchpoint
from journeys.selectors.environments import photo_of, point_of, points_of
from journeys.services import environments as services
from tenants.staff.models import Branch, Department, User


class EnvironmentOut(OutputSerializer):
    """``items`` is the checklist in the firm's words; ``due_on`` the day by which it is to be walked again."""

    items = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Environment
        fields = [
            "id", "name", "name_en", "kind", "branch", "department", "accountable", "stage", "touchpoint", "items",
            "due_on", "is_active", "created_at",
        ]  # fmt: skip


class EnvironmentChange(InputSerializer):
    """Left out of a new one, ``items`` are the usual points of its kind.

    A place stands at a ``stage`` or at a ``touchpoint`` of the journey, or at neither; one forgets the other.
    """

    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Environment.Kind.choices, required=False)
    branch = RowIdField(queryset=Branch.objects.all(), source="branch_id", required=False, allow_null=True)
    department = RowIdField(queryset=Department.objects.all(), source="department_id", required=False, allow_null=True)
    accountable = RowIdField(queryset=User.objects.all(), source="accountable_id")
    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id", required=False, allow_null=True)
    touchpoint = RowIdField(queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False, allow_null=True)
    items = serializers.ListField(
        child=serializers.CharField(max_length=ITEM_LENGTH), min_length=1, max_length=MAX_ITEMS, required=False
    )
    is_active = serializers.BooleanField(required=False)


class EnvironmentIn(EnvironmentChange):
    is_active = None


class EnvironmentFilter(filters.FilterSet):
    accountable = filters.UUIDFilter(field_name="accountable_id")
    stage = filters.UUIDFilter(field_name="stage_id")
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    due_by = filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Environment
        fields: list[str] = []


class EnvironmentViewSet(ReadViewSet):
    """Places around the experience, each walked once a month. Keeping them takes `journeys:manage`."""

    room = "journeys"
    write_level = MANAGE
    queryset = Environment.objects.all()
    serializer_class = EnvironmentOut
    inputs = {"create": EnvironmentIn, "partial_update": EnvironmentChange}
    filterset_class = EnvironmentFilter
    ordering = ("due_on", "id")

    def create(self, request: Request) -> Response:
        """Add a place; it is due to be walked today."""
        return self.answer(services.add_environment(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change a place; walks of the past keep the words they were asked in."""
        return self.answer(services.change_environment(environment_id=self.seen_pk, **self.parsed()))


class WalkOut(OutputSerializer):
    """``passed`` of ``rated`` points were in order; those that do not apply are in neither."""

    class Meta:
        model = EnvironmentAudit
        fields = ["id", "environment", "done_on", "done_at", "done_by", "passed", "rated"]


class WalkedPointOut(OutputSerializer):
    """A point as it read that day; ``note`` says what is wrong. Its photo, if it has one, is at `photo/`."""

    has_photo = serializers.BooleanField()

    class Meta:
        model = AuditItem
        fields = ["id", "position", "text", "result", "note", "has_photo", "initiative"]


class PhotoIn(KnownFieldsOnly, serializers.Serializer):
    """A JPEG, PNG or WebP picture of up to 10 MiB, as multipart form data."""

    file = FileField(max_length=500, allow_empty_file=True)

    def validate_file(self, file: Any) -> bytes:
        if file.size > MAX_BYTES:
            raise TooLarge
        content: bytes = file.read()
        return content


class WalkedPointIn(InputSerializer):
    """``photo`` is the name of one of the ``photos`` sent in the same call."""

    text = serializers.CharField(max_length=ITEM_LENGTH)
    result = serializers.ChoiceField(choices=AuditItem.Result.choices)
    note = serializers.CharField(max_length=services.NOTE, required=False, allow_blank=True)
    photo = serializers.CharField(max_length=500, required=False, allow_blank=True)


class WalkIn(InputSerializer):
    """Every point of the checklist, word for word, with what was found today.

    As JSON, or with ``photos`` as multipart form data, ``found`` being JSON there too: up to 20 JPEG, PNG or WebP
    pictures of up to 10 MiB each and 20 MiB together. All of it is kept, or nothing.
    """

    environment = RowIdField(queryset=Environment.objects.all(), source="environment_id")
    found = WalkedPointIn(many=True, allow_empty=False)
    photos = serializers.ListField(
        child=FileField(max_length=500, allow_empty_file=True), required=False, max_length=MAX_ITEMS
    )

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(_of_form(data) if isinstance(data, QueryDict) else data)

    def validate_photos(self, photos: list[Any]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for file in photos:
            if file.size > MAX_BYTES:
                told = _("The photo “%(file)s” is too large: a photo may have at most %(limit)s MB.")
                raise TooLarge(told % {"file": file.name, "limit": MAX_BYTES // 1024**2})
            if file.name in found:
                raise serializers.ValidationError(
                    _("Two photos are named “%(file)s”. Name each differently.") % {"file": file.name}
                )
            found[file.name] = file.read()
        return found

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        photos = attrs.pop("photos", {})
        named = {one["photo"] for one in attrs["found"] if one.get("photo")}
        for name in sorted(named - set(photos)):
            told = _("No photo named “%(file)s” was sent. Send it among the photos of this call.")
            raise serializers.ValidationError({"found": told % {"file": name}})
        for name in sorted(set(photos) - named):
            told = _("The photo “%(file)s” belongs to no point. Name it as the photo of one, or leave it out.")
            raise serializers.ValidationError({"photos": told % {"file": name}})
        return {**attrs, "found": [_found(one, photos) for one in attrs["found"]]}


def _of_form(form: QueryDict) -> dict[str, Any]:
    """The fields of a form, ``found`` read as the JSON it is."""
    told: dict[str, Any] = form.dict()
    if "photos" in form:
        told["photos"] = form.getlist("photos")
    if isinstance(told.get("found"), str):
        told["found"] = SafeJSONParser().parse(BytesIO(told["found"].encode()))
    return told


def _found(one: dict[str, Any], photos: dict[str, bytes]) -> services.Found:
    name = one.get("photo", "")
    return services.Found(one["text"], one["result"], one.get("note", ""), photos.get(name, b""), name)


class ProposeIn(InputSerializer):
    """``point`` is a point of this walk that is not in order."""

    point = serializers.UUIDField()


class WalkFilter(filters.FilterSet):
    environment = filters.UUIDFilter(field_name="environment_id")
    since = filters.DateFilter(field_name="done_on", lookup_expr="gte")

    class Meta:
        model = EnvironmentAudit
        fields: list[str] = []


class EnvironmentWalkViewSet(MaskingViews, ReadViewSet):
    """What was found when somebody walked a place; once a day each, and never changed."""

    room = "journeys"
    queryset = EnvironmentAudit.objects.all()
    serializer_class = WalkOut
    inputs = {"create": WalkIn, "propose": ProposeIn, "send_photo": PhotoIn}
    outputs = {"points": WalkedPointOut, "propose": InitiativeOut, "send_photo": WalkedPointOut}
    creates = frozenset({"create", "propose", "send_photo"})
    levels = {"remove_photo": MANAGE}
    parser_classes = [SafeJSONParser, FileParser]
    filterset_class = WalkFilter
    ordering = ("-done_on", "-id")
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[EnvironmentAudit]:
        return EnvironmentAudit.objects.all()

    def get_parsers(self) -> list[Any]:
        """A photo comes as a form, a walk with its photos may, everything else as JSON; never the other way round."""
        act = getattr(self, "action_map", {}).get("post")
        if act == "send_photo":
            return [LargeFileParser()]
        return [SafeJSONParser(), FileParser()] if act == "create" else [SafeJSONParser()]

    def create(self, request: Request) -> Response:
        """Keep what was found today, with its photos if you send them along; the next walk is due in a month."""
        return self.answer(services.record_walk(**self.parsed()))

    @extend_schema(responses=WalkedPointOut(many=True))
    @action(detail=True, pagination_class=None)
    def points(self, request: Request, pk: Any) -> Response:
        """What was found at each point, in the order it was walked."""
        return Response(self.get_serializer(points_of(self.get_object()), many=True).data)

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    @action(detail=True, url_path="points/<uuid:point_id>/photo")
    def photo(self, request: Request, pk: Any, point_id: Any) -> Any:
        """The photo of a point, as a download."""
        found = photo_of(self._point(point_id))
        if found is None:
            raise NotFound
        kind = found.content_type
        name = f"{found.item_id}.{kind.partition('/')[2]}"
        return file_response(bytes(found.content), file_name=name, content_type=kind)

    @extend_schema(responses={201: WalkedPointOut})
    @photo.mapping.post
    def send_photo(self, request: Request, pk: Any, point_id: Any) -> Response:
        """Add the photo of a point within a day of the walk, one a point. Sent again, the same one changes nothing.

        What it is, is read from its bytes; what is no picture is refused.
        """
        point = self._point(point_id)
        services.add_photo(item_id=point.pk, content=self.parsed()["file"])
        return self.show(self._point(point_id))

    @extend_schema(responses={204: None})
    @photo.mapping.delete
    def remove_photo(self, request: Request, pk: Any, point_id: Any) -> Response:
        """Remove a photo for good, as when somebody can be recognised on it."""
        services.remove_photo(item_id=self._point(point_id).pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _point(self, point_id: UUID) -> AuditItem:
        """The point of this walk. Raises NotFound."""
        point = point_of(self.get_object(), point_id)
        if point is None:
            raise NotFound
        return point

    @extend_schema(responses={201: InitiativeOut})
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, pk: Any) -> Response:
        """Begin an initiative to put a point right, for whoever answers for the place. Taken twice, it is the same."""
        point = self._point(self.parsed()["point"])
        return self.show(services.propose_from_point(item_id=point.pk))
