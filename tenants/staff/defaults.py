"""What a new firm gets on this floor: its own row and its owner."""

from cxcrm.core.clock import now
from tenants.models import Tenant
from tenants.services.defaults import Answers, lays_defaults, opens_firm
from tenants.services.nights import start_nights
from tenants.services.provisioning import use_entrance
from tenants.staff.models import Firm, User
from tenants.staff.roles import Role
from tenants.staff.services.accounts import create_user, password_links

_CURRENCIES = {"VN": "VND", "SG": "SGD"}


@lays_defaults(floor=1)
def lay_firm(answers: Answers) -> None:
    """The firm's row, which is nobody's yet."""
    if Firm.objects.exists():
        return
    Firm.objects.create(
        language=answers.language,
        country=answers.country,
        currency=_CURRENCIES.get(answers.country, "USD"),
        time_zone=answers.time_zone,
        self_pronoun="chúng tôi" if answers.language == "vi" else "we",
    )


@opens_firm(floor=1)
def open_firm(tenant: Tenant) -> None:
    """Its name, and the owner's account, who is also its chief and default executive until named otherwise."""
    if User.objects.exists():
        return
    owner = create_user(
        email=tenant.owner_email, full_name=tenant.owner_name, role=Role.OWNER, language=tenant.language
    )
    Firm.objects.update(name=tenant.name, brand=tenant.name, chief=owner, default_executive=owner, created_at=now())
    start_nights(tenant_id=tenant.id)


@use_entrance
def owners_entrance(tenant: Tenant) -> str:
    """The page on which the owner chooses a password; once there is one, the log-in."""
    owner = User.objects.get(email__iexact=tenant.owner_email)
    if owner.has_usable_password():
        return "/admin/"
    return f"/welcome/{owner.id}/{password_links.make_token(owner)}/"
