"""What may be done to many complaints in one call, and what is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cxcrm.core.api.fields import InputSerializer, RowIdsField
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from feedback.services import complaints
from feedback.services.bulk import MOST
from feedback.services.tagging import tag_complaint

MAX_NOTE = 4000


@dataclass(frozen=True)
class Deed:
    """The service asked for each, and which fields of the body it takes; ``needs`` of them must be there."""

    change: Callable[..., Complaint]
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


BULK = {
    "assign": Deed(complaints.assign, ("owner", "note"), ("owner",)),
    "assess": Deed(complaints.assess, ("severity",), ("severity",)),
    "start": Deed(complaints.start_work),
    "tag": Deed(tag_complaint, ("add", "remove")),
}


class BulkIn(InputSerializer):
    """``assign`` needs ``owner``, ``assess`` needs ``severity``, ``tag`` takes ``add`` and ``remove``."""

    do = serializers.ChoiceField(choices=list(BULK))
    complaints = RowIdsField(queryset=Complaint.objects.all(), seen_by=visible_to, max_length=MOST)
    owner = serializers.UUIDField(required=False)
    note = serializers.CharField(max_length=MAX_NOTE, required=False, allow_blank=True)
    severity = serializers.ChoiceField(choices=Complaint.Severity.choices, required=False)
    add = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=30)
    remove = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=30)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        do, ids = data.pop("do"), data.pop("complaints")
        wrong = {name: [_("This is needed.")] for name in BULK[do].needs if name not in data}
        wrong |= {name: [_("This does not go with what is to be done.")] for name in data if name not in BULK[do].takes}
        if wrong:
            raise serializers.ValidationError(wrong)
        if "owner" in data:
            data["owner_id"] = data.pop("owner")
        return {"do": do, "complaint_ids": ids, "values": data}


class RefusedOut(serializers.Serializer):
    """One that was left as it was, and why."""

    complaint = serializers.UUIDField(source="complaint_id")
    number = serializers.CharField()
    code = serializers.CharField(source="refusal.code")
    message = serializers.CharField(source="refusal.message")


class BulkOut(serializers.Serializer):
    """What became of each."""

    done = serializers.SerializerMethodField()
    refused = RefusedOut(many=True)

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_done(self, outcome: Any) -> list[str]:
        return [str(row.pk) for row in outcome.done]
