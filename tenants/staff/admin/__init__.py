"""Set-up pages of the firm itself: people, units, absences, partners' keys."""

from collections.abc import Callable
from typing import Any

from cxcrm.core.admin.site import Site
from tenants.staff.admin.firm import AbsenceAdmin, BranchAdmin, DepartmentAdmin, FirmAdmin
from tenants.staff.admin.keys import ApiKeyAdmin
from tenants.staff.admin.people import OperatorAdmin, UserAdmin
from tenants.staff.admin.providers import ProviderAdmin
from tenants.staff.models import Absence, ApiKey, Branch, Department, Firm, IdentityProvider, User


def register(site: Site, *, welcome: Callable[..., Any]) -> None:
    """``welcome`` mails a new person the link to choose a password; it comes from a floor above, given by the roof."""
    site.register(Firm, FirmAdmin)
    site.register(User, UserAdmin, welcome=staticmethod(welcome))
    site.register(Department, DepartmentAdmin)
    site.register(Branch, BranchAdmin)
    site.register(Absence, AbsenceAdmin)
    site.register(ApiKey, ApiKeyAdmin)
    site.register(IdentityProvider, ProviderAdmin)


def register_operators(site: Site) -> None:
    """The platform's own staff."""
    site.register(User, OperatorAdmin)
