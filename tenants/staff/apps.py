"""Start-up of the staff room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "tenants.staff"
    label = "staff"
    verbose_name = _("Organisation")

    def ready(self) -> None:
        from cxcrm.core.api.idempotency import use_store
        from tenants.staff import defaults  # noqa: F401 - registers what a new firm gets
        from tenants.staff.services import repeats

        use_store(repeats)
