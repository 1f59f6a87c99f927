"""Invented customers for a firm that has none yet; marked, without any address, and removable as if never there."""

from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from customers.models import Customer
from customers.services.customers import create_customer


class Sample(NamedTuple):
    """An invented person: what they are called and how they are addressed."""

    name: str
    salutation: str
    tag: str


SAMPLES = {
    "vi": (
        Sample("Nguyễn Thị Thu Hà", "chi", "mẫu"),
        Sample("Trần Minh Khôi", "ban", "mẫu"),
        Sample("Lê Hoàng Việt", "anh", "mẫu"),
        Sample("Phạm Thị Hạnh", "chi", "mẫu"),
        Sample("Đặng Văn Phúc", "chu", "mẫu"),
        Sample("Võ Ngọc Loan", "co", "mẫu"),
    ),
    "en": (
        Sample("Hui Min Tan", "", "sample"),
        Sample("Oliver Grant", "", "sample"),
        Sample("Aminah Yusof", "", "sample"),
        Sample("Rajesh Kumar", "", "sample"),
        Sample("Emma Clarke", "", "sample"),
        Sample("Lucas Meyer", "", "sample"),
    ),
}


@transaction.atomic
def add_sample_customers(*, language: str) -> list[UUID]:
    """Six invented customers in ``language`` (vi, else English); nobody can be written to or called."""
    return [
        create_customer(
            full_name=one.name,
            salutation=one.salutation,
            salutation_source=Customer.SalutationSource.STAFF if one.salutation else "",
            name_order="family_first" if language == "vi" else "given_first",
            language="vi" if language == "vi" else "en",
            tags=[one.tag],
            parse_name=False,
            silent=True,
            is_sample=True,
            beyond_plan=True,
        ).pk
        for one in SAMPLES["vi" if language == "vi" else "en"]
    ]


@transaction.atomic
def remove_sample_customers() -> int:
    """Remove every sample customer and what hangs on them here; returns how many. Rooms above go first."""
    customers = Customer.objects.filter(is_sample=True)
    count = customers.count()
    customers.delete()
    return count
