"""The command door: a management command that works inside one firm."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxcrm.core.context import SYSTEM, acting_as
from tenants.context import enter, leave, ref_of
from tenants.models import Tenant


class TenantCommand(BaseCommand):
    """Takes ``--firm <address>`` and calls ``handle_in_tenant`` inside that firm."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--firm", required=True, help="address of the firm: the part before the base domain")

    def handle(self, *args: Any, **options: Any) -> str | None:
        tenant = Tenant.objects.filter(slug=options["firm"], state=Tenant.State.ACTIVE).first()
        if tenant is None:
            raise CommandError(f"There is no active firm at “{options['firm']}”.")
        enter(ref_of(tenant))
        try:
            with acting_as(SYSTEM):
                return self.handle_in_tenant(tenant, **options)
        finally:
            leave()

    def handle_in_tenant(self, tenant: Tenant, **options: Any) -> str | None:
        raise NotImplementedError
