"""``create_firm``: a firm from the command line, ready when the command returns."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cxcrm.core.errors import DomainError
from tenants.models.country import Country, time_zone_of
from tenants.services import provisioning
from tenants.services.domains import host_for, url_for
from tenants.services.running import run_now


class Command(BaseCommand):
    help = "Creates a firm and mails its owner a link to choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the part of the address before the base domain")
        parser.add_argument("--name", required=True)
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--owner-name", required=True)
        parser.add_argument("--language", choices=["vi", "en"], default="vi")
        parser.add_argument(
            "--country", choices=Country.values, default=Country.VN, help="decides time zone and holidays"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = provisioning.request_firm(
                name=options["name"],
                slug=options["slug"],
                owner_email=options["owner_email"],
                owner_name=options["owner_name"],
                language=options["language"],
                country=options["country"],
                time_zone=time_zone_of(options["country"]),
            )
            run_now(tenant)
        except (DomainError, TimeoutError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{tenant.name} is at {url_for(host_for(tenant.slug), '/admin/')}")
