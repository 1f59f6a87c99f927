"""Start-up of the registry."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("Firms")

    def ready(self) -> None:
        from tenants.services import lifecycle, mailbox  # noqa: F401 - they register kinds of work
