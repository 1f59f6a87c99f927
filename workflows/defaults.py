"""What a new firm gets on this floor, and the welcome mail to its owner."""

from tenants.models import Tenant
from tenants.services.defaults import Answers, lays_defaults, opens_firm
from tenants.staff.models import User
from workflows.services import standards
from workflows.services.digests import start_digests
from workflows.services.notifications import welcome


@lays_defaults(floor=5)
def lay_workflows(answers: Answers) -> None:
    """Opening hours, promises and a ladder."""
    standards.lay_calendar(country=answers.country, language=answers.language, time_zone=answers.time_zone)
    standards.lay_promises()
    standards.lay_pause_reasons()
    standards.ensure_ladder_policy(answers.language)


@opens_firm(floor=5)
def open_workflows(tenant: Tenant) -> None:
    """The mornings begin, and the owner is mailed a link to choose a password."""
    start_digests()
    owner = User.objects.get(email__iexact=tenant.owner_email)
    if not owner.has_usable_password():
        welcome(user_id=owner.id)
