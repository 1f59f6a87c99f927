"""Every model of a firm, row and query alike, refuses to be used in another firm."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction

from cxcrm.core.errors import CrossTenantError
from cxcrm.core.ids import new_id
from cxcrm.core.models import TenantModel
from tenants.context import in_tenant
from tenants.staff.models import User
from tests.support.tables import fingerprint

MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]
pytestmark = pytest.mark.django_db


def name_of(model: type[models.Model]) -> str:
    return model._meta.label


def row_of(model: type[TenantModel]) -> Any:
    """A row as if it had been loaded in the current firm, every arrow of it pointing somewhere."""
    row = model(pk=new_id())
    row._state.adding = False
    for field in model._meta.concrete_fields:
        if field.is_relation:
            setattr(row, field.attname, new_id())
    return row


@pytest.mark.matrix(4)
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_a_row_is_neither_written_nor_reloaded_elsewhere(model, alpha, beta):
    with in_tenant(alpha):
        row = row_of(model)
    before = fingerprint(alpha, beta)
    with in_tenant(beta):
        for use in (row.save, row.delete, row.refresh_from_db, lambda: row.save(force_insert=True)):
            with pytest.raises(CrossTenantError), transaction.atomic():
                use()
    assert fingerprint(alpha, beta) == before


@pytest.mark.matrix(4)
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_no_arrow_is_followed_elsewhere(model, alpha, beta):
    with in_tenant(alpha):
        row = row_of(model)
    with in_tenant(beta):
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete:
                with pytest.raises(CrossTenantError):
                    getattr(row, field.name)
            elif field.is_relation and not field.hidden and issubclass(field.related_model, TenantModel):
                accessor = field.get_accessor_name()
                with pytest.raises(CrossTenantError):
                    _follow(row, accessor, one=field.one_to_one)


def _follow(row: Any, accessor: str, *, one: bool) -> Any:
    return getattr(row, accessor) if one else list(getattr(row, accessor).all())


def plain(model):
    """A column that is no key."""
    return next(
        field.attname for field in model._meta.concrete_fields if not field.primary_key and not field.is_relation
    )


USES: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "len": len,
    "bool": bool,
    "first": lambda rows: rows.first(),
    "get": lambda rows: rows.get(pk=new_id()),
    "values": lambda rows: list(rows.values("pk")),
    "in_bulk": lambda rows: rows.in_bulk([new_id()]),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "contains": lambda rows: rows.contains(rows.model(pk=new_id())),
    "aggregate": lambda rows: rows.aggregate(models.Max("pk")),
    "iterator": lambda rows: next(rows.iterator()),
    "update": lambda rows: rows.update(**{plain(rows.model): None}),
    "delete": lambda rows: rows.delete(),
    "create": lambda rows: rows.create(),
    "bulk_create": lambda rows: rows.bulk_create([rows.model(pk=new_id())]),
    "bulk_update": lambda rows: rows.bulk_update([rows.model(pk=new_id())], [plain(rows.model)]),
    "get_or_create": lambda rows: rows.get_or_create(pk=new_id()),
    "subquery": lambda rows: list(rows.model._base_manager.filter(pk__in=rows)),
    "slice": lambda rows: rows[0],
}


@pytest.mark.matrix(4)
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_no_query_runs_elsewhere(model, alpha, beta):
    with in_tenant(alpha):
        made_here = {use: model._base_manager.order_by("pk") for use in USES}
    before = fingerprint(alpha, beta)
    with in_tenant(beta):
        for use, run in USES.items():
            with pytest.raises(CrossTenantError), transaction.atomic():
                run(made_here[use])
    assert fingerprint(alpha, beta) == before


def test_an_iterator_begun_here_and_read_elsewhere_is_refused(alpha, beta):
    with in_tenant(alpha):
        rows = User.objects.iterator()
    with in_tenant(beta), pytest.raises(CrossTenantError):
        next(rows)


@pytest.mark.parametrize("made_in_a_firm", [True, False])
def test_an_iterator_is_not_read_on_elsewhere(made_in_a_firm, alpha, beta):
    """Rows are made as they are asked for: one of alpha's, made in beta, would be saved over beta's."""
    outside = User.objects.all()
    with in_tenant(alpha):
        User.objects.create(email="hai@alpha.example", full_name="Hai")
        rows = User.objects.iterator() if made_in_a_firm else outside.iterator()
        next(rows)
    with in_tenant(beta), pytest.raises(CrossTenantError):
        next(rows)


def test_a_thread_starts_outside_every_firm(alpha):
    """Whoever starts one all the same gets an error, neither rows of the public schema nor of another firm."""
    outcomes = []

    def work(rows: Any) -> None:
        try:
            outcomes.append(list(rows() if callable(rows) else rows))
        except Exception as error:  # noqa: BLE001 - the outcome
            outcomes.append(type(error))
        finally:
            connection.close()

    with in_tenant(alpha):
        for rows in (User.objects.all(), lambda: User.objects.all()):
            thread = threading.Thread(target=work, args=[rows])
            thread.start()
            thread.join()
    assert outcomes == [CrossTenantError, ProgrammingError]


def test_a_query_made_outside_any_firm_belongs_to_where_it_is_used(alpha, beta):
    people = User.objects.all()
    emails = set()
    for tenant in (alpha, beta):
        with in_tenant(tenant):
            emails |= {user.email for user in people.all()}
    assert emails == {"chu@alpha.example", "owner@beta.example"}


def test_a_row_made_outside_any_firm_belongs_to_where_it_is_first_saved(alpha, beta):
    user = User(email="moi@alpha.example", full_name="Người Mới")
    with in_tenant(alpha):
        user.save()
    with in_tenant(beta), pytest.raises(CrossTenantError):
        user.save()
