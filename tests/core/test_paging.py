"""Long lists of the admin are counted up to a cap, and say so."""

import pytest
from django.utils import translation

from customers.models import Customer
from customers.services.customers import create_customer
from cxcrm.core.admin import paging
from cxcrm.core.context import TenantRef


@pytest.mark.parametrize(("there", "count", "said"), [(2, 2, "2"), (3, 3, "3"), (4, 3, "3+")])
def test_beyond_the_cap_there_is_a_plus(
    in_alpha: TenantRef, monkeypatch: pytest.MonkeyPatch, there: int, count: int, said: str
) -> None:
    monkeypatch.setattr(paging, "CAP", 3)
    Customer.objects.all().delete()
    for number in range(there):
        create_customer(full_name=f"Trần Thị Lan {number}")
    paginator = paging.CappedPaginator(Customer.objects.order_by("pk"), 2)
    assert (paginator.count, paginator.said, paginator.num_pages) == (count, said, -(-count // 2))


@pytest.mark.parametrize(("language", "said"), [("vi", "10.000+"), ("en", "10,000+")])
def test_thousands_are_grouped_as_people_read_them(language: str, said: str) -> None:
    paginator = paging.CappedPaginator([], 50)
    paginator._counted = paging.CAP + 1
    with translation.override(language):
        assert paginator.said == said
