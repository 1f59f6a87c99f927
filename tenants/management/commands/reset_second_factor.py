"""``reset_second_factor``: for the only owner of a firm who lost phone and recovery codes."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.management.base import TenantCommand
from tenants.models import Tenant
from tenants.staff.models import User
from tenants.staff.services.second_factors import reset_second_factors


class Command(TenantCommand):
    help = "Takes away all second factors of a person, who then logs in with the password alone. Be sure who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("email", help="the person's e-mail address")

    def handle_in_tenant(self, tenant: Tenant, **options: Any) -> None:
        user = User.objects.working().filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody at “{tenant.slug}” logs in as {options['email']}.")
        reset_second_factors(user_id=user.pk)
        self.stdout.write(f"{user.full_name} logs in with the password alone now.")
