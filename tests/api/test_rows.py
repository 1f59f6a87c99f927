"""The database's words are the serializer's: every list, whatever its rows hold."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Count, F
from django.test import Client
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

import cxcrm.urls
from customers.models import Customer, ExternalId
from cxcrm.core.api import rows
from cxcrm.core.api.fields import OutputSerializer
from cxcrm.core.api.viewsets import ListViewSet
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from cxcrm.core.db.json import Listing, RowAsText, _concat
from cxcrm.core.errors import CrossTenantError
from feedback.models import Complaint, Perspective, Remedy
from tenants.context import in_tenant
from tenants.staff.models import User
from tests.api.conftest import World, results
from workflows.models import EscalationStep, LadderDecision, SlaClock
from workflows.services.pauses import pause

# Why these lists are not answered by the database: what Python must say.
ORDINARY = {
    "AtRiskViewSet": "reasons, sentences in the reader's language",
    "ChurnModelViewSet": "a report in words of the reader's language",
    "CommunityTopicViewSet": "known_by, people in a table in between",
    "BrandViewSet": "voice, sentences in both languages",
    "CaseWordsViewSet": "no rows: templates with the values of a case in them",
    "TimelineViewSet": "text, a sentence in the reader's language",
}

pytestmark = pytest.mark.django_db

TEXTS = [
    "",
    "Nguyễn Thị Hương",
    'nói "được" \\ rồi',
    "dòng\nmột\r\tba",
    "\U0001f469\u200d\U0001f467 ơi",
    "</script>&amp;'\u2028\u2029",
    "\x01\x1f\x7f",
    "%s {} %(a)s",
]
MOMENTS = [
    datetime(2026, 11, 22, 2, 30, tzinfo=UTC),
    datetime(2026, 11, 22, 2, 30, 0, 1, tzinfo=UTC),
    datetime(2026, 11, 22, 2, 30, 0, 120_000, tzinfo=UTC),
    datetime(999, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC),
]
SPANS = [
    timedelta(),
    timedelta(hours=8),
    timedelta(days=400, microseconds=1),
    -timedelta(days=1, hours=2, microseconds=120_000),
    timedelta(seconds=59, microseconds=999_999),
    -timedelta(microseconds=1),
]
JSONS: list[Any] = [
    [],
    {},
    [["08:00", "12:00"]],
    {"a": {"b": [1, -2.5, None, True, "é\u2028"]}},
    {"lớn": 12345678901234567890, "nhỏ": 1e-9},
]


def lists() -> Iterator[type[ListViewSet]]:
    """Every list there is, through all its bases."""
    waiting = [ListViewSet]
    while waiting:
        waiting += (found := waiting.pop()).__subclasses__()
        if getattr(found, "serializer_class", None):
            yield found


assert cxcrm.urls.urlpatterns  # loads every view there is
LISTS = sorted(lists(), key=lambda view: view.__name__)


def test_only_these_lists_go_the_ordinary_way() -> None:
    ordinary = {view.__name__ for view in LISTS if rows.listing(view.serializer_class, ("id",)) is None}
    assert ordinary == set(ORDINARY)
    assert len(LISTS) > 25


@pytest.fixture
def busy(alpha: TenantRef, world: World, run_agenda: Callable[..., int]) -> World:
    """What happened was also told: clocks run and stood still, ladders stand, and somebody decided."""
    run_agenda()
    with in_tenant(alpha):
        step = EscalationStep.objects.select_related("ladder").first()
        LadderDecision.objects.create(
            ladder=step.ladder,
            step=step,
            decided_by_id=world.ids["user"],
            kind="more_time",
            until=now(),
            note="Chờ hàng",
        )
        owner = User.objects.get(pk=world.ids["user"])
        Perspective.objects.create(complaint_id=world.ids["complaint"], feeling="worried", written_by=owner)
        pause(complaint_id=world.ids["complaint"], reason_id=world.ids["pause_reason"], by=owner)
    return world


def values_for(column: models.Field) -> list[Any]:
    """Nasty values this column may hold as far as its type says."""
    if column.primary_key or column.is_relation or column.choices or column.unique:
        return []
    if isinstance(column, (models.CharField, models.TextField)):
        return [text[: column.max_length] for text in TEXTS]
    if isinstance(column, models.DecimalField):
        most = Decimal(10) ** (column.max_digits - column.decimal_places)
        return [Decimal("0.01"), Decimal("0.10"), most - 1, -most + 1, Decimal(0)]
    if isinstance(column, ArrayField):
        return [[text[:20] for text in TEXTS], [], ["a,b", "{}", "NULL"]]
    kinds: dict[type, list[Any]] = {
        models.DateTimeField: MOMENTS, models.DurationField: SPANS, models.JSONField: JSONS,
        models.IntegerField: [0, 32767], models.BooleanField: [True, False],
    }  # fmt: skip
    return next((values for kind, values in kinds.items() if isinstance(column, kind)), [])


@pytest.fixture
def spoiled(alpha: TenantRef, busy: World) -> set[str]:
    """Every row of every list holds something nasty wherever the database lets it; the columns' names."""
    found = set()
    with in_tenant(alpha):
        for view in LISTS:
            if not issubclass(view.serializer_class, OutputSerializer):  # shows no rows of its own
                continue
            model = view.serializer_class.Meta.model
            for number, pk in enumerate(model.objects.order_by("pk").values_list("pk", flat=True)):
                for column in model._meta.concrete_fields:
                    values = values_for(column)
                    for turn in range(len(values)):
                        value = values[(turn + number) % len(values)]
                        if _spoil(model.objects.filter(pk=pk), column, value):
                            found.add(f"{model.__name__}.{column.name}")
                            break
    return found


def _spoil(row: models.QuerySet, column: models.Field, value: Any) -> bool:
    # What serializers promise of a JSON column's shape is for its service to keep; only free ones are spoiled.
    if isinstance(column, models.JSONField) and column.name not in {"payload", "values", "cells", "problems", "data"}:
        return False
    if isinstance(column, ArrayField) and isinstance(column.base_field, models.FloatField):
        return False
    try:
        with transaction.atomic():
            row.update(**{column.attname: value})
    except DatabaseError:  # a constraint says no
        return False
    return True


def both_ways(shape: Any, queryset: models.QuerySet) -> tuple[list[Any], list[Any]]:
    """What the database says and what the serializer says of the same rows."""
    queryset = queryset.order_by("pk")
    said = rows.listing(shape, ("id",)).page(queryset, after=None, limit=1_000)
    fast = [json.loads(row[0]) for row in said]
    ordinary = shape(rows.with_details(shape, queryset), many=True).data
    return fast, json.loads(JSONRenderer().render(ordinary))


def test_the_database_says_what_the_serializer_says(alpha: TenantRef, busy: World) -> None:
    nothing_to_compare = []
    with in_tenant(alpha):
        for view in LISTS:
            if view.__name__ not in ORDINARY:
                fast, ordinary = both_ways(view.serializer_class, view.serializer_class.Meta.model.objects.all())
                assert fast == ordinary, view.__name__
                if not fast:
                    nothing_to_compare.append(view.__name__)
                assert all(list(one) == list(other) for one, other in zip(fast, ordinary, strict=True))
    assert nothing_to_compare == []


def test_it_also_does_of_nasty_values(alpha: TenantRef, spoiled: set[str]) -> None:
    assert len(spoiled) > 80
    assert {"Customer.note", "Remedy.cost", "SlaPolicy.resolve", "Event.payload", "Customer.tags"} <= spoiled
    with in_tenant(alpha):
        for view in LISTS:
            if view.__name__ not in ORDINARY:
                fast, ordinary = both_ways(view.serializer_class, view.serializer_class.Meta.model.objects.all())
                assert fast == ordinary, view.__name__


@pytest.mark.parametrize("value", [*MOMENTS, None])
def test_every_moment(value: Any, alpha: TenantRef, world: World) -> None:
    with in_tenant(alpha):
        Complaint.objects.update(acknowledged_at=value)
        fast, ordinary = both_ways(_shape("ComplaintViewSet"), Complaint.objects.all())
        assert fast == ordinary


@pytest.mark.parametrize("value", [*SPANS, None])
def test_every_span(value: Any, alpha: TenantRef, busy: World) -> None:
    with in_tenant(alpha):
        SlaClock.objects.update(late_by=value)
        fast, ordinary = both_ways(_shape("ClockViewSet"), SlaClock.objects.all())
        assert fast == ordinary
        assert fast


@pytest.mark.parametrize("value", TEXTS)
def test_every_text(value: str, alpha: TenantRef, api: Client, world: World) -> None:
    """Through the address itself, also where it stands in a nested row."""
    with in_tenant(alpha):
        Customer.objects.update(note=value, tags=[value[:40]])
        Remedy.objects.update(cost=Decimal("-999999999999.99"))
    row = results(api.get("/api/v1/customers/"))[0]
    assert (row["note"], row["tags"]) == (value, [value[:40]])
    assert results(api.get("/api/v1/remedies/"))[0]["cost"] == "-999999999999.99"


def test_details_of_a_customer_are_the_same_in_list_and_detail(api: Client, world: World) -> None:
    [listed] = results(api.get("/api/v1/customers/?tag=vip"))
    assert listed == api.get(f"/api/v1/customers/{world['customer']}/").json()
    assert (listed["phones"], listed["external_ids"], listed["consents"]) == (
        ["+84912345678"], {"pos": "KH-1"}, {"survey": True},
    )  # fmt: skip


def _shape(name: str) -> Any:
    return next(view.serializer_class for view in LISTS if view.__name__ == name)


class TestWhatCannotBeSaid:
    def said(self, **fields: Any) -> bool:
        meta = type("Meta", (), {"model": Customer, "fields": list(fields)})
        return rows.listing(type("Out", (OutputSerializer,), {**fields, "Meta": meta}), ("id",)) is not None

    def test_a_method(self) -> None:
        assert not self.said(note=serializers.SerializerMethodField())

    def test_a_way_of_ones_own(self) -> None:
        class Loud(serializers.CharField):
            def to_representation(self, value: str) -> str:
                return value.upper()

        assert self.said(note=serializers.CharField())
        assert not self.said(note=Loud())
        assert not self.said(tags=serializers.ListField(child=Loud()))

    def test_a_path_to_another_row_and_a_moment_in_local_time(self) -> None:
        assert not self.said(note=serializers.CharField(source="organization.note"))
        assert not self.said(created_at=serializers.DateTimeField())
        assert not self.said(created_at=serializers.CharField())

    def test_a_serializer_with_a_way_of_its_own(self) -> None:
        class Out(OutputSerializer):
            class Meta:
                model = Customer
                fields = ["id"]

            def to_representation(self, row: Any) -> Any:
                return {"id": "hidden"}

        assert rows.listing(Out, ("id",)) is None

    def test_words_that_would_join_are_refused_at_once(self, in_alpha: TenantRef) -> None:
        with pytest.raises(ImproperlyConfigured, match="join"):
            Listing(Customer, RowAsText({"note": F("organization__note")}), ("id",))


def test_of_several_numbers_in_one_system_the_highest_is_shown(alpha: TenantRef, api: Client, world: World) -> None:
    with in_tenant(alpha):
        ExternalId.objects.create(customer_id=world.ids["customer"], source="pos", value="KH-9")
    text = api.get("/api/v1/customers/").content.decode()
    assert text.count('"pos"') == 1
    assert api.get(f"/api/v1/customers/{world['customer']}/").json()["external_ids"] == {"pos": "KH-9"}


def test_a_row_may_have_more_columns_than_a_function_arguments(in_alpha: TenantRef) -> None:
    parts = [f"'{number},'" for number in range(250)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_concat(parts)}")
        assert cursor.fetchone()[0] == "".join(f"{number}," for number in range(250))


def test_rows_of_another_firm_are_out_of_reach(alpha: TenantRef, beta: TenantRef, world: World) -> None:
    """The text that is kept names no schema, and the guard of querysets holds on this way too."""
    customers = rows.listing(_shape("CustomerViewSet"), ("id",))
    with in_tenant(alpha):
        made_in_alpha = Customer.objects.filter(pk=world["customer"])
        assert len(customers.page(made_in_alpha, after=None, limit=9)) == 1
    with in_tenant(beta):
        assert customers.page(Customer.objects.all(), after=None, limit=9) == []
        with pytest.raises(CrossTenantError):
            customers.page(made_in_alpha, after=None, limit=9)


def test_what_is_not_plain_rows_goes_the_ordinary_way(in_alpha: TenantRef) -> None:
    customers = rows.listing(_shape("CustomerViewSet"), ("id",))
    everybody = Customer.objects.all()
    assert customers.fits(everybody.filter(owner__email="x"))
    for other in (
        everybody.distinct(),
        everybody.annotate(n=Count("people")),
        everybody.union(everybody),
        everybody[:3],
    ):
        assert not customers.fits(other)
    assert customers.page(everybody.none(), after=None, limit=9) == []


def test_filters_permissions_and_search_narrow_what_the_database_says(api: Client, world: World) -> None:
    assert len(results(api.get("/api/v1/customers/?tag=vip&search=huong"))) == 1
    assert results(api.get("/api/v1/customers/?tag=other")) == []
    assert results(api.get("/api/v1/complaints/?open=true&severity=S3&severity=S4&limit=200"))
