"""What a new firm gets on this floor, and the welcome mail to its owner."""

from tenants.models import Tenant
from tenants.services.provisioning import lays_defaults
from tenants.staff.models import User
from workflows.services import standards
from workflows.services.digests import start_digests
from workflows.services.notifications import welcome


@lays_defaults(floor=5)
def lay_workflows(tenant: Tenant) -> None:
    """Opening hours, promises and a ladder; then the owner is mailed a link to choose a password."""
    standards.lay_calendar(country=tenant.country, language=tenant.language, time_zone=tenant.time_zone)
    standards.lay_promises()
    standards.ensure_ladder_policy(tenant.language)
    start_digests()
    owner = User.objects.get(email__iexact=tenant.owner_email)
    if not owner.has_usable_password():
        welcome(user_id=owner.id)
