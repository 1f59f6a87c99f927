"""Start-up of customers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from customers import handlers, tasks  # noqa: F401 - registers the handlers and the agenda kinds
        from customers.services import (  # noqa: F401 - what files may hold, what holds segments
            erasure,
            import_customers,
            import_purchases,
            personas,
        )
