"""What the lists are measured against shows the same columns, or the figures would compare two things."""

import pytest
from django.db import connection
from rest_framework.serializers import BaseSerializer

from benchmarks.api_list import HOT, Floor
from customers.api.serializers import CustomerOut
from cxcrm.core.context import TenantRef
from feedback.api.answers import ResponseOut
from feedback.api.complaints import ComplaintOut

SHAPES: dict[str, type[BaseSerializer]] = {
    "customers": CustomerOut,
    "complaints": ComplaintOut,
    "responses": ResponseOut,
}


@pytest.mark.django_db
def test_the_floor_asks_for_what_the_lists_show(in_alpha: TenantRef) -> None:
    assert set(HOT) == set(SHAPES)
    for name, shape in SHAPES.items():
        with connection.cursor() as cursor:
            cursor.execute(Floor.QUERIES[name].replace("%", "%%"), [])
            assert [column.name for column in cursor.description] == list(shape().fields), name
