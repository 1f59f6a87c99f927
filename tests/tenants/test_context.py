"""A tenant is entered at the doors only, and rows and queries stay in theirs."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection

from cxcrm.core.context import current_tenant
from cxcrm.core.errors import CrossTenantError, NoTenant
from tenants.context import in_tenant
from tenants.staff.models import Department, Firm, User

pytestmark = pytest.mark.django_db


def test_without_a_tenant_nothing_answers(db):
    with pytest.raises(NoTenant):
        current_tenant()
    with pytest.raises(ProgrammingError, match='relation "staff_user" does not exist'):
        list(User.objects.all())


def test_each_firm_sees_its_own_row(alpha, beta):
    with in_tenant(alpha):
        assert Firm.objects.get().name == "Cà phê Alpha"
    with in_tenant(beta):
        assert Firm.objects.get().name == "Beta Cycles"
    assert connection.schema_name == "public"


def test_a_queryset_made_in_one_firm_refuses_to_run_in_another(alpha, beta):
    with in_tenant(alpha):
        people = User.objects.all()
    with in_tenant(beta):
        for use in (
            list,
            lambda q: q.count(),
            lambda q: q.exists(),
            lambda q: q.update(full_name="x"),
            lambda q: q.first(),
        ):
            with pytest.raises(CrossTenantError):
                use(people.filter())


def test_an_object_of_one_firm_refuses_to_be_saved_followed_or_deleted_in_another(alpha, beta):
    with in_tenant(alpha):
        user = User.objects.get()
        user.department = Department.objects.create(name="Quầy")
        user.save()
        user = User.objects.get()
    with in_tenant(beta):
        before = list(User.objects.values_list("full_name", flat=True))
        for use in (
            user.save,
            user.delete,
            user.refresh_from_db,
            lambda: user.department,
            lambda: list(user.absences.all()),
        ):
            with pytest.raises(CrossTenantError):
                use()
        assert list(User.objects.values_list("full_name", flat=True)) == before


def test_content_type_ids_differ_and_are_never_mixed_up(alpha, beta):
    ids = {}
    for tenant in (alpha, beta, alpha, beta):
        with in_tenant(tenant):
            found = ContentType.objects.get_for_model(User).id
            assert ids.setdefault(tenant.slug, found) == found
    assert ids["beta"] >= 1000 > ids["alpha"]
