"""What customers look like from outside, and what may be sent about them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from customers.models import Consent, Customer, Interaction
from customers.selectors.details import DETAILS
from customers.selectors.hiding import covered
from customers.services.contacts import ContactOutcome
from customers.timeline import describe
from cxcrm.core.api.fields import InputSerializer, MomentField, OutputSerializer
from tenants.staff.models import User

_PURPOSES = {purpose: {"type": "boolean"} for purpose in Consent.Purpose.values}

_SENT = {
    "full_name": "Nguyễn Thị Hương",
    "salutation": "chi",
    "phones": ["0912 345 678"],
    "emails": ["huong@example.com"],
    "external_ids": {"pos": "KH-00042"},
    "tags": ["vip"],
    "language": "vi",
}


@extend_schema_field({"type": "object", "properties": _PURPOSES})
class ConsentsField(serializers.DictField):
    """Purpose → whether it was agreed to."""


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A customer",
            value={
                "id": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d10",
                "kind": "person",
                **_SENT,
                "given_name": "Hương",
                "name_order": "family_first",
                "salutation_source": "staff",
                "formal_title": "",
                "contact_channel": "zalo",
                "contact_hours": "evening",
                "surveys_seldom": False,
                "organization": None,
                "contact_role": "",
                "referred_by": None,
                "owner": None,
                "branch": None,
                "address": "12 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh",
                "street_line": "12 Lê Lợi",
                "ward": "Phường Bến Thành",
                "province_code": "79",
                "legacy_address": "",
                "note": "",
                "custom": {"level": "gold"},
                "phones": ["+84912345678"],
                "undeliverable": [],
                "consents": {"survey": True},
                "version": 1,
                "created_at": "2026-11-22T02:30:00Z",
                "updated_at": "2026-11-22T02:30:00Z",
            },
            response_only=True,
        )
    ]
)
class CustomerOut(OutputSerializer):
    """Phones (E.164) and e-mail addresses have the preferred one first; ``undeliverable`` addresses refused mail.

    Without ``contacts:read`` both are masked, and numbers and addresses in any text. ``consents`` holds the latest
    answer per purpose; a purpose that is missing was never asked.
    """

    phones = serializers.ListField(child=serializers.CharField(), read_only=True)
    emails = serializers.ListField(child=serializers.CharField(), read_only=True)
    undeliverable = serializers.ListField(child=serializers.CharField(), read_only=True)
    external_ids = serializers.DictField(child=serializers.CharField(), source="numbers", read_only=True)
    consents = ConsentsField(child=serializers.BooleanField(), source="standing", read_only=True)

    class Meta:
        model = Customer
        fields = [
            "id", "kind", "full_name", "given_name", "name_order", "salutation", "salutation_source", "formal_title",
            "language", "contact_channel", "contact_hours", "surveys_seldom", "organization", "contact_role",
            "referred_by", "owner", "branch", "tags", "address", "street_line", "ward",
            "province_code", "legacy_address", "note", "custom", "phones", "emails",
            "undeliverable", "external_ids", "consents", "version", "created_at", "updated_at",
        ]  # fmt: skip
        in_sql = DETAILS


@extend_schema_serializer(examples=[OpenApiExample("A customer", value=_SENT, request_only=True)])
class CustomerIn(InputSerializer):
    """Phones may be written as people write them; lists replace the whole list.

    An address is one line (`address`) or its parts, of which the line is then made; no district is asked for.
    """

    full_name = serializers.CharField(max_length=160)
    given_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Customer.Kind.choices, required=False)
    name_order = serializers.ChoiceField(choices=Customer.NameOrder.choices, required=False)
    salutation = serializers.ChoiceField(choices=Customer.Salutation.choices, required=False, allow_blank=True)
    salutation_source = serializers.ChoiceField(
        choices=Customer.SalutationSource.choices, required=False, allow_blank=True
    )
    formal_title = serializers.CharField(max_length=80, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=User.Language.choices, required=False)
    contact_channel = serializers.ChoiceField(choices=Customer.ContactChannel.choices, required=False, allow_blank=True)
    contact_hours = serializers.ChoiceField(choices=Customer.ContactHours.choices, required=False, allow_blank=True)
    surveys_seldom = serializers.BooleanField(required=False, help_text="At most one survey in 180 days.")
    referred_by = serializers.UUIDField(
        required=False, allow_null=True, help_text="The customer who recommended the firm to this one."
    )
    organization = serializers.UUIDField(required=False, allow_null=True)
    contact_role = serializers.ChoiceField(choices=Customer.ContactRole.choices, required=False, allow_blank=True)
    owner = serializers.UUIDField(required=False, allow_null=True)
    branch = serializers.UUIDField(required=False, allow_null=True)
    phones = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=10)
    emails = serializers.ListField(child=serializers.CharField(max_length=254), required=False, max_length=10)
    external_ids = serializers.DictField(child=serializers.CharField(max_length=120), required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=30)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    street_line = serializers.CharField(max_length=180, required=False, allow_blank=True)
    ward = serializers.CharField(max_length=80, required=False, allow_blank=True)
    province_code = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="One of the 34 codes, or a name of today or of before.",
    )
    legacy_address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    note = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    custom = serializers.DictField(
        required=False, help_text="Values of the firm's own fields by key; only those sent are changed, null empties."
    )


class CustomerChange(CustomerIn):
    """Only what is sent is changed; with ``version`` a change made by somebody else meanwhile is refused (409)."""

    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class ConsentOut(OutputSerializer):
    class Meta:
        model = Consent
        fields = ["id", "purpose", "granted", "method", "evidence", "text_version", "stated_at", "created_at"]


class ConsentIn(InputSerializer):
    """Consents are a ledger: a withdrawal is another statement with ``granted`` false."""

    purpose = serializers.ChoiceField(choices=Consent.Purpose.choices)
    granted = serializers.BooleanField()
    evidence = serializers.CharField(max_length=300, required=False, allow_blank=True)
    text_version = serializers.CharField(max_length=20, required=False, allow_blank=True)
    stated_at = MomentField(required=False)


class InteractionOut(OutputSerializer):
    """``what`` is a stable code, ``text`` the same as a sentence in the reader's language.

    Of a case out of the reader's reach the entries stay, without ``body`` and all but the number in ``data``.
    """

    text = serializers.SerializerMethodField()

    class Meta:
        model = Interaction
        fields = [
            "id", "kind", "direction", "occurred_at", "what", "text", "body", "data", "meant_for", "subject_type",
            "subject_id", "actor_kind", "actor_id", "actor_label",
        ]  # fmt: skip

    def to_representation(self, interaction: Interaction) -> Any:
        return super().to_representation(covered(interaction))

    def get_text(self, interaction: Interaction) -> str:
        return str(describe(interaction))


class InteractionIn(InputSerializer):
    """A call, a visit, a chat, a mail or a note; or an advert another system sent."""

    WHAT = {
        "call": "call.logged", "visit": "visit.logged", "chat": "chat.logged", "mail": "mail.logged", "note": "note",
        "advert": "advert.sent",
    }  # fmt: skip

    kind = serializers.ChoiceField(choices=list(WHAT))
    outcome = serializers.ChoiceField(
        choices=ContactOutcome.choices, required=False, help_text="What came of a call or a visit."
    )
    body = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    direction = serializers.ChoiceField(choices=Interaction.Direction.choices, required=False)
    meant_for = serializers.ChoiceField(
        choices=Interaction.MeantFor.choices,
        required=False,
        allow_blank=True,
        help_text="Where the firm had expected what came in, if that was somewhere else.",
    )
    occurred_at = MomentField(required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if "outcome" in data and "direction" in data:
            raise serializers.ValidationError({"direction": [_("What came of it says who began.")]})
        return data
