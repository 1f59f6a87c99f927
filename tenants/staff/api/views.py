"""Endpoints of the staff room."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.filters import DayFilter, YesNoFilter
from cxcrm.core.api.viewsets import ReadViewSet, RoomView
from tenants.staff.api import serializers as out
from tenants.staff.models import Absence, Branch, Department, Role, User
from tenants.staff.roles import SCOPES
from tenants.staff.selectors.firm import the_firm
from tenants.staff.services.configuration import save_absence


class MeView(RoomView):
    """Who is calling, what they may do, and which firm this is: the first call of every integration."""

    serializer_class = out.MeOut

    def get(self, request: Request) -> Response:
        caller: Any = request.auth or request.user
        scopes = [scope for scope in SCOPES if request.user.allows(*scope.split(":"))]
        kind = "api_key" if request.auth else "user"
        me = {"kind": kind, "id": caller.pk, "name": getattr(caller, "name", str(caller)), "scopes": scopes}
        return Response(out.MeOut({**me, "firm": the_firm()}).data)


class UserFilter(filters.FilterSet):
    role = filters.ChoiceFilter(choices=Role.choices)
    department = filters.UUIDFilter(field_name="department_id")
    branch = filters.UUIDFilter(field_name="branch_id")
    is_active = YesNoFilter()

    class Meta:
        model = User
        fields: list[str] = []


class UserViewSet(ReadViewSet):
    """Members of staff. Accounts are made and changed in the admin."""

    room = "staff"
    queryset = User.objects.all()
    serializer_class = out.UserOut
    filterset_class = UserFilter


class DepartmentViewSet(ReadViewSet):
    """Departments, each with its head and the person new complaints go to."""

    room = "staff"
    queryset = Department.objects.all()
    serializer_class = out.DepartmentOut


class BranchViewSet(ReadViewSet):
    """Shops, workshops and offices."""

    room = "staff"
    queryset = Branch.objects.all()
    serializer_class = out.BranchOut


class AbsenceFilter(filters.FilterSet):
    user = filters.UUIDFilter(field_name="user_id")
    on = DayFilter(method="covering", label="Absences that cover this day")

    class Meta:
        model = Absence
        fields: list[str] = []

    def covering(self, queryset: Any, name: str, day: Any) -> Any:
        return queryset.filter(starts_on__lte=day, ends_on__gte=day)


class AbsenceViewSet(ReadViewSet):
    """Who is away from when to when, and who stands in; escalations go to the deputy meanwhile."""

    room = "staff"
    queryset = Absence.objects.all()
    serializer_class = out.AbsenceOut
    inputs = {"create": out.AbsenceIn}
    filterset_class = AbsenceFilter

    def create(self, request: Request) -> Response:
        """Note that somebody will be away."""
        return self.answer(save_absence(absence=Absence(**self.parsed())))
