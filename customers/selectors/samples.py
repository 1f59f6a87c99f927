"""Which customers are invented."""

from uuid import UUID

from django.db.models import QuerySet

from customers.models import Customer


def sample_customers() -> list[UUID]:
    """Ids of the sample customers."""
    return list(Customer.objects.filter(is_sample=True).order_by("pk").values_list("pk", flat=True))


def is_sample(customer_id: UUID) -> bool:
    return Customer.objects.filter(pk=customer_id, is_sample=True).exists()


def customers(*, is_sample: bool) -> QuerySet[Customer]:
    """Invented or real ones, for a room above to ask whether there are any."""
    return Customer.objects.filter(is_sample=is_sample).order_by()
