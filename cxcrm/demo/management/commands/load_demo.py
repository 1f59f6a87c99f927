"""``load_demo``: the two demo firms, their logins and keys, written to demo.json."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cxcrm.demo import loader
from cxcrm.demo.firms import FIRMS, PASSWORD, DemoFirm
from cxcrm.demo.loader import Size
from tenants.context import in_tenant, ref_of
from tenants.models import Tenant
from tenants.services.domains import host_for, url_for
from tenants.staff.models import ApiKey, User
from tenants.staff.roles import ROOMS
from tenants.staff.services.api_keys import create_api_key

# Customers by import and in all, answers, complaints; what nobody looks at one by one is laid straight into the tables.
SIZES = {
    "suongmai": Size(imported=600, customers=9_400, answers=2_300, complaints=310, purchases=41_000),
    "kestrel": Size(imported=150, customers=1_150, answers=320, complaints=40, purchases=3_000),
}
KEY_NAME = "Demo"


class Command(BaseCommand):
    help = "Loads the demo firms where they are missing and writes $CXCRM_HOME/demo.json."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.HOME) / "demo.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        firms = {}
        for demo in FIRMS:
            tenant = loader.load(demo, SIZES[demo.slug], say=self.stdout.write)
            firms[demo.slug] = self._describe(demo, tenant, known.get("firms", {}).get(demo.slug, {}))
        known |= {"firms": firms, "platform": self._platform()}
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(known, ensure_ascii=False, indent=2))
        draft.chmod(0o600)
        draft.replace(path)
        self.stdout.write("Demo firms are ready.")

    def _describe(self, demo: DemoFirm, tenant: Tenant, known: dict[str, Any]) -> dict[str, Any]:
        host = host_for(demo.slug)
        with in_tenant(ref_of(tenant)):
            key = known.get("api_key", "")
            if not key or not ApiKey.objects.filter(name=KEY_NAME, revoked_at=None).exists():
                _row, key = create_api_key(name=KEY_NAME, scopes=[f"{room}:manage" for room in ROOMS])
        return {
            "name": demo.brand,
            "host": host,
            "admin": url_for(host, "/admin/"),
            "complain": url_for(host, "/c/"),
            "api": url_for(host, "/api/v1/"),
            "api_key": key,
            "logins": [
                {
                    "email": demo.email(person.key),
                    "password": PASSWORD,
                    "name": person.full_name,
                    "role": person.role,
                    "job_title": person.job_title,
                }
                for person in demo.people
            ],
        }

    def _platform(self) -> dict[str, Any]:
        tenant = Tenant.objects.get(is_platform=True)
        with in_tenant(ref_of(tenant)):
            operator = User.objects.get(email=tenant.owner_email)
            if not operator.has_usable_password():
                operator.set_password(PASSWORD)
                operator.save(update_fields=["password"])
        return {
            "admin": url_for(host_for(tenant.slug), "/admin/"),
            "logins": [{"email": operator.email, "password": PASSWORD, "role": "operator"}],
        }
