"""What people and units look like from outside."""

from rest_framework import serializers

from cxcrm.core.api.fields import OutputSerializer, SettingSerializer
from tenants.staff.models import Absence, Branch, Department, User
from tenants.staff.roles import SCOPES


class UserOut(OutputSerializer):
    class Meta:
        model = User
        fields = [
            "id", "email", "full_name", "given_name", "salutation", "job_title", "language", "role", "department",
            "branch", "manager", "reach", "authority_limit", "is_active", "created_at",
        ]  # fmt: skip


class DepartmentOut(OutputSerializer):
    class Meta:
        model = Department
        fields = ["id", "name", "lead", "handler", "is_customer_care", "created_at"]


class BranchOut(OutputSerializer):
    class Meta:
        model = Branch
        fields = ["id", "name", "address", "province", "manager", "is_active", "created_at"]


class AbsenceOut(OutputSerializer):
    class Meta:
        model = Absence
        fields = ["id", "user", "starts_on", "ends_on", "deputy", "created_at"]


class AbsenceIn(SettingSerializer):
    class Meta:
        model = Absence
        fields = ["user", "starts_on", "ends_on", "deputy"]


class FirmBriefOut(serializers.Serializer):
    name = serializers.CharField()
    brand = serializers.CharField()
    language = serializers.CharField()
    country = serializers.CharField()
    currency = serializers.CharField()
    time_zone = serializers.CharField()


class MeOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["api_key", "user"])
    id = serializers.UUIDField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    firm = FirmBriefOut()
