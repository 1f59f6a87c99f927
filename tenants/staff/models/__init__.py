"""The people of a firm, how they are organised and how they log in."""

from tenants.staff.models.api_key import ApiKey
from tenants.staff.models.credential import AuthenticatorApp, Passkey, RecoveryCode
from tenants.staff.models.firm import Absence, Branch, Department, Firm
from tenants.staff.models.provider import Identity, IdentityProvider
from tenants.staff.models.repeat import RepeatableCall
from tenants.staff.models.session import Session, Tries
from tenants.staff.models.user import AnonymousStaff, Role, User
from tenants.staff.models.view import SavedView

__all__ = [
    "Absence",
    "AnonymousStaff",
    "ApiKey",
    "AuthenticatorApp",
    "Branch",
    "Department",
    "Firm",
    "Identity",
    "IdentityProvider",
    "Passkey",
    "RecoveryCode",
    "RepeatableCall",
    "Role",
    "SavedView",
    "Session",
    "Tries",
    "User",
]
