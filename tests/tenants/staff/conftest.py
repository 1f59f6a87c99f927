"""Browsers at the door of a firm."""

from collections.abc import Callable
from typing import Any

import pytest

from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.services.domains import url_for
from tenants.staff.models import User
from tenants.staff.services.accounts import create_user
from tests.conftest import PASSWORD, FirmClient
from tests.support.authenticator import Authenticator
from tests.support.phone import Phone

LOG_IN = "/admin/login/"


class Visitor(FirmClient):
    """Somebody at a firm's door with one IP address."""

    def __init__(self, tenant: TenantRef, ip: str = "203.0.113.7") -> None:
        super().__init__(tenant, REMOTE_ADDR=ip, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")

    def log_in(self, email: str, password: str = PASSWORD, **data: str) -> Any:
        return self.post(LOG_IN, {"username": email, "password": password, **data})

    def is_in(self) -> bool:
        return self.get("/admin/account/").status_code == 200

    @property
    def cookie(self) -> str:
        return self.cookies["cx_session"].value

    def question(self, path: str = "/admin/login/passkey/question/") -> dict[str, Any]:
        response = self.post(path)
        assert response.status_code == 200
        return response.json()

    def add_passkey(self, name: str = "Điện thoại", *, verifies: bool = True) -> Authenticator:
        """Through the page of the account; the device is returned."""
        device = Authenticator(url_for(self.tenant.host, ""), verifies=verifies)
        answer = device.create(self.question("/admin/account/passkeys/question/"))
        self.post("/admin/account/passkeys/", {"credential": answer, "name": name})
        return device

    def use_passkey(self, device: Authenticator, **data: str) -> Any:
        return self.post("/admin/login/passkey/", {"credential": device.get(self.question()), **data})


@pytest.fixture
def visitor(alpha: TenantRef) -> Callable[..., Visitor]:
    def make(ip: str = "203.0.113.7", tenant: TenantRef = alpha) -> Visitor:
        return Visitor(tenant, ip)

    return make


@pytest.fixture
def lan(alpha: TenantRef) -> User:
    """An agent of alpha with a password."""
    with in_tenant(alpha):
        return create_user(email="lan@alpha.example", full_name="Trần Thị Lan", password=PASSWORD)


@pytest.fixture
def phone(alpha: TenantRef, lan: User) -> Phone:
    """Lan's phone with the app set up."""
    with in_tenant(alpha):
        phone = Phone(lan)
        phone.forget_last()
        return phone
