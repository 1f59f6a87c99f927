"""What a new firm gets on this floor: its own row and its owner."""

from tenants.models import Tenant
from tenants.services.nights import start_nights
from tenants.services.provisioning import lays_defaults, use_entrance
from tenants.staff.models import Firm, User
from tenants.staff.roles import Role
from tenants.staff.services.accounts import create_user, password_links


@lays_defaults(floor=1)
def lay_firm(tenant: Tenant) -> None:
    """The firm's row, and the owner's account, who is also its chief and default executive until named otherwise."""
    if Firm.objects.exists():
        return
    owner = create_user(
        email=tenant.owner_email, full_name=tenant.owner_name, role=Role.OWNER, language=tenant.language
    )
    Firm.objects.create(
        name=tenant.name,
        brand=tenant.name,
        language=tenant.language,
        country=tenant.country,
        currency="VND" if tenant.country == "VN" else "SGD" if tenant.country == "SG" else "USD",
        time_zone=tenant.time_zone,
        chief=owner,
        default_executive=owner,
        self_pronoun="chúng tôi" if tenant.language == "vi" else "we",
    )
    start_nights(tenant_id=tenant.id)


@use_entrance
def owners_entrance(tenant: Tenant) -> str:
    """The page on which the owner chooses a password; once there is one, the log-in."""
    owner = User.objects.get(email__iexact=tenant.owner_email)
    if owner.has_usable_password():
        return "/admin/"
    return f"/welcome/{owner.id}/{password_links.make_token(owner)}/"
