"""The people of a firm and how they are organised."""

from tenants.staff.models.api_key import ApiKey
from tenants.staff.models.firm import Absence, Branch, Department, Firm
from tenants.staff.models.user import AnonymousStaff, Role, User

__all__ = ["Absence", "AnonymousStaff", "ApiKey", "Branch", "Department", "Firm", "Role", "User"]
