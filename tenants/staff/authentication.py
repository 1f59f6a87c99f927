"""Who calls the API: a partner by key, or staff by session."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tenants.staff.models import AnonymousStaff, ApiKey
from tenants.staff.roles import Level, scope_allows
from tenants.staff.services.api_keys import find_api_key


class PartnerUser(AnonymousStaff):
    """A partner's key in the place of a user: allowed exactly its scopes."""

    def __init__(self, key: ApiKey) -> None:
        super().__init__()
        self.key = key

    @property
    def is_authenticated(self) -> bool:  # type: ignore[override] # a key in an anonymous person's place
        return True

    def allows(self, room: str, level: Level | str) -> bool:
        return scope_allows(self.key.scopes, room, level)

    def __str__(self) -> str:
        return self.key.name


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer cx_…``; every refusal reads the same."""

    keyword = b"bearer"

    def authenticate(self, request: Request) -> tuple[PartnerUser, ApiKey] | None:
        words = request.META.get("HTTP_AUTHORIZATION", "").encode("latin-1").split()
        if not words or words[0].lower() != self.keyword:
            return None
        key = find_api_key(words[1].decode("latin-1")) if len(words) == 2 else None
        if key is None:
            raise AuthenticationFailed(_("This API key is not valid here."), code="api_key_invalid")
        return PartnerUser(key), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class StaffSessionAuthentication(SessionAuthentication):
    """The admin's session, CSRF enforced."""
