"""What somebody may grant a customer without asking."""

from decimal import Decimal

from tenants.staff.models import Firm, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import the_firm

# The firm's column of each role that may have a limit: owners have none, and who only reads grants nothing.
ROLE_LIMITS: dict[str, str] = {
    Role.MANAGER: "manager_limit",
    Role.EXECUTIVE: "executive_limit",
    Role.BRAND_STEWARD: "brand_steward_limit",
    Role.AGENT: "agent_limit",
}


def limit_of(user: User, firm: Firm | None = None) -> Decimal:
    """The largest amount ``user`` may grant alone: a limit of their own, else that of their role.

    Owners and the chief have no limit, which is not looked at here.
    """
    if user.authority_limit or user.may_grant_nothing:
        return user.authority_limit
    return role_limit(user.role, firm)


def role_limit(role: str, firm: Firm | None = None) -> Decimal:
    """What somebody of ``role`` may grant who has no limit of their own."""
    column = ROLE_LIMITS.get(role)
    return (getattr(firm or the_firm(), column) if column else None) or Decimal(0)
