"""Endpoints for complaints, their notes, and what is chosen from when they are solved."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.imports import FileField
from customers.api.masking import MaskingViews
from customers.api.ranking import BestFirst
from customers.logic.files import MAX_BYTES
from customers.models import Customer
from cxcrm.core.api.exceptions import TooLarge
from cxcrm.core.api.exporting import ExportingViewSet
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.parsers import FileParser, SafeJSONParser
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet
from feedback.api.bulk import BULK, BulkIn, BulkOut
from feedback.exports import COMPLAINT_COLUMNS, COMPLAINT_RELATED
from feedback.models import Complaint, ComplaintNote
from feedback.selectors import complaints as selectors
from feedback.services import complaints as services
from feedback.services.bulk import change_each
from feedback.services.note_files import MOST_FILES, NewFile
from feedback.services.tagging import tag_complaint
from journeys.models import Touchpoint
from tenants.staff.models import Branch

MAX_TEXT = 4000


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A complaint",
            value={
                "id": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d14",
                "number": "KN-2026-00042",
                "customer": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d10",
                "response": None,
                "touchpoint": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d15",
                "branch": None,
                "channel": "api",
                "state": "received",
                "severity": "S3",
                "severity_reasons": [],
                "subject": "Chờ quét mã QR mười phút",
                "description": "Chờ quét mã QR mười phút không được.",
                "remedy_sought": "",
                "owner": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d16",
                "remedy": None,
                "root_cause": None,
                "action_taken": "",
                "is_open": True,
                "received_at": "2026-11-22T02:30:00Z",
                "acknowledged_at": None,
                "first_contact_at": None,
                "resolved_at": None,
                "closed_at": None,
                "reopened_count": 0,
                "tags": ["hoàn tiền"],
                "version": 1,
            },
            response_only=True,
        )
    ]
)
class ComplaintOut(OutputSerializer):
    is_open = serializers.BooleanField(help_text="The firm owes the next step.")

    class Meta:
        model = Complaint
        fields = [
            "id", "number", "customer", "response", "touchpoint", "branch", "channel", "state", "severity",
            "severity_reasons", "subject", "description", "remedy_sought", "owner", "remedy", "root_cause",
            "action_taken", "is_open", "received_at", "acknowledged_at", "first_contact_at", "resolved_at",
            "closed_at", "reopened_count", "tags", "version",
        ]  # fmt: skip
        in_sql = {"is_open": Q(state__in=Complaint.OPEN_STATES)}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A complaint",
            value={
                "customer": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d10",
                "description": "Chờ quét mã QR mười phút không được.",
                "touchpoint": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d15",
            },
            request_only=True,
        )
    ]
)
class ComplaintIn(InputSerializer):
    """Severity and owner are found by the firm's rules unless given."""

    customer = RowIdField(queryset=Customer.objects.all(), source="customer_id")
    description = serializers.CharField(max_length=MAX_TEXT)
    touchpoint = RowIdField(
        queryset=Touchpoint.objects.filter(is_active=True),
        source="touchpoint_id",
        required=False,
        allow_null=True,
    )
    branch = RowIdField(queryset=Branch.objects.all(), source="branch_id", required=False, allow_null=True)
    remedy_sought = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    severity = serializers.ChoiceField(choices=Complaint.Severity.choices, required=False)
    subject = serializers.CharField(max_length=160, required=False, allow_blank=True)
    owner = serializers.UUIDField(source="owner_id", required=False, allow_null=True)


class AssessIn(InputSerializer):
    severity = serializers.ChoiceField(choices=Complaint.Severity.choices)


class AssignIn(InputSerializer):
    """To a person (``owner``), or to a ``department``: to whoever handles first there, else its head."""

    owner = serializers.UUIDField(source="owner_id", required=False)
    department = serializers.UUIDField(source="department_id", required=False)
    note = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "owner_id" not in attrs and "department_id" not in attrs:
            missing = self.fields["owner"].error_messages["required"]
            raise serializers.ValidationError({"owner": missing}, code="required")
        return attrs


class ChooseRemedyIn(InputSerializer):
    remedy = serializers.UUIDField(source="remedy_id")
    note = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)


class ResolveIn(InputSerializer):
    """Both are required: nothing is solved without knowing why it happened and what was done."""

    root_cause = serializers.UUIDField(source="root_cause_id")
    action_taken = serializers.CharField(max_length=MAX_TEXT)


class ReopenIn(InputSerializer):
    words = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)


class ReferIn(InputSerializer):
    note = serializers.CharField(max_length=MAX_TEXT)


class TagIn(InputSerializer):
    """Words to put on and to take off; one that is there already, or was never there, changes nothing."""

    add = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=30)
    remove = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=30)


class NoteOut(OutputSerializer):
    class Meta:
        model = ComplaintNote
        fields = ["id", "author", "author_label", "body", "is_internal", "from_customer", "created_at"]


class NoteIn(InputSerializer):
    """With ``is_internal`` false it is mailed to the customer as a reply, with its files.

    As JSON, or with up to ten ``files`` as multipart form data.
    """

    body = serializers.CharField(max_length=MAX_TEXT)
    is_internal = serializers.BooleanField(required=False, default=True)
    files = serializers.ListField(
        child=FileField(max_length=500, allow_empty_file=True), required=False, max_length=MOST_FILES
    )

    def validate_files(self, files: list[Any]) -> list[NewFile]:
        if any(file.size > MAX_BYTES for file in files):
            raise TooLarge
        return [NewFile(file.name, file.read()) for file in files]


class ComplaintFilter(filters.FilterSet):
    number = filters.CharFilter()
    state = filters.MultipleChoiceFilter(choices=Complaint.State.choices)
    severity = filters.MultipleChoiceFilter(choices=Complaint.Severity.choices)
    channel = filters.ChoiceFilter(choices=Complaint.Channel.choices)
    owner = filters.UUIDFilter(field_name="owner_id")
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    branch = filters.UUIDFilter(field_name="branch_id")
    customer = filters.UUIDFilter(field_name="customer_id")
    tag = filters.CharFilter(method="tagged", label="Exactly this tag")
    open = YesNoFilter(method="still_open", label="The firm owes the next step")
    received_since = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_until = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")

    class Meta:
        model = Complaint
        fields: list[str] = []

    def tagged(self, queryset: Any, name: str, tag: str) -> Any:
        return queryset.filter(tags__contains=[tag])

    def still_open(self, queryset: Any, name: str, wanted: bool) -> Any:
        states = {"state__in": Complaint.OPEN_STATES}
        return queryset.filter(**states) if wanted else queryset.exclude(**states)


class ComplaintViewSet(BestFirst, MaskingViews, ExportingViewSet, ReadViewSet):
    """Complaints from receipt to the customer's own yes. An action the state does not allow is refused with 409."""

    room = "feedback"
    queryset = Complaint.objects.all()
    serializer_class = ComplaintOut
    inputs = {
        "create": ComplaintIn,
        "assess": AssessIn,
        "assign": AssignIn,
        "choose_remedy": ChooseRemedyIn,
        "resolve": ResolveIn,
        "reopen": ReopenIn,
        "refer": ReferIn,
        "tag": TagIn,
        "bulk": BulkIn,
    }
    outputs = {"bulk": BulkOut}
    from_customers = frozenset({"create"})
    filterset_class = ComplaintFilter
    export_columns = COMPLAINT_COLUMNS
    export_related = COMPLAINT_RELATED
    ordering = ("-received_at", "-id")

    def get_queryset(self) -> Any:
        return selectors.visible_to(self.request.user)

    def search_queryset(self, queryset: Any, text: str) -> Any:
        """Part of the number or the subject, or the customer as customers are searched for; accents do not matter.

        Of few hits those come first that have the accents as typed.
        """
        found = selectors.search(queryset, text, self.request.user)
        return self.best_first(found, text, "subject", "customer__full_name")

    def create(self, request: Request) -> Response:
        """Open a complaint. It gets a number, a severity, an owner and its clocks; the customer is told it arrived."""
        return self.answer(services.open_complaint(channel=Complaint.Channel.API, **self.parsed()))

    def _do(self, service: Any) -> Response:
        return self.answer(service(complaint_id=self.get_object().pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def assess(self, request: Request, pk: Any) -> Response:
        """Set how serious it is; the promised times follow."""
        return self._do(services.assess)

    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: Any) -> Response:
        """Give it to another owner, who is told by mail."""
        return self._do(services.transfer)

    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: Any) -> Response:
        """Somebody looks into it now."""
        return self._do(services.start_work)

    @action(detail=True, methods=["post"], url_path="choose-remedy")
    def choose_remedy(self, request: Request, pk: Any) -> Response:
        """Decide what is done for the customer."""
        return self._do(services.choose_remedy)

    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: Any) -> Response:
        """Answer the customer, who is then asked whether it is solved."""
        return self._do(services.resolve_complaint)

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: Any) -> Response:
        """It is not solved after all: it climbs again, one rung higher."""
        return self._do(services.reopen)

    @action(detail=True, methods=["post"])
    def refer(self, request: Request, pk: Any) -> Response:
        """Hand it to an outside body, which ends it here."""
        return self._do(services.refer)

    @action(detail=True, methods=["post"])
    def tag(self, request: Request, pk: Any) -> Response:
        """Put words on it to find it again, or take them off."""
        return self._do(tag_complaint)

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """The same done to up to 200 complaints, each for itself: one refused stops no other."""
        asked = self.parsed()
        outcome = change_each(
            complaint_ids=asked["complaint_ids"],
            visible=self.get_queryset(),
            change=BULK[asked["do"]].change,
            **asked["values"],
        )
        return self.show(outcome)


class NoteViewSet(MaskingViews, ListViewSet):
    """Remarks on one complaint: kept inside, sent to the customer, or written by the customer."""

    room = "feedback"
    queryset = ComplaintNote.objects.all()
    serializer_class = NoteOut
    inputs = {"create": NoteIn}
    parser_classes = [SafeJSONParser, FileParser]
    ordering = ("created_at", "id")

    def get_queryset(self) -> Any:
        return ComplaintNote.objects.filter(complaint=self._complaint())

    def _complaint(self) -> Complaint:
        visible = selectors.visible_to(self.request.user)
        return get_object_or_404(visible, pk=self.kwargs["complaint_id"])

    def create(self, request: Request, complaint_id: Any) -> Response:
        """Write something down, or reply to the customer by mail (`is_internal` false); files come as a form."""
        return self.show(services.add_note(complaint_id=self._complaint().pk, **self.parsed()))
