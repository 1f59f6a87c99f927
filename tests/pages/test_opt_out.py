"""Leaving the surveys: by page and by one click."""

from collections.abc import Callable
from typing import Any

from customers.models import Consent, Customer
from customers.selectors.consents import standing
from cxcrm.core.context import TenantRef
from tests.conftest import FirmClient


def _may_be_asked(customer: Customer) -> bool:
    return standing([customer.id], "survey")[customer.id]


def test_one_click(customer: Customer, link: Callable[..., str], alpha: TenantRef) -> None:
    provider = FirmClient(alpha, enforce_csrf_checks=True)  # a mail provider's server: no cookies, no page before
    path = link("opt-out", customer.id)
    for _ in range(3):
        response = provider.post(path, b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (response.status_code, response.content) == (200, b"OK")
    assert not _may_be_asked(customer)
    assert Consent.objects.filter(customer=customer, granted=False).count() == 1


def test_a_page_with_a_button(customer: Customer, link: Callable[..., str], client_alpha: Any) -> None:
    path = link("opt-out", customer.id)
    assert client_alpha.post(path, {}).status_code == 303
    assert client_alpha.post(path, {"List-Unsubscribe": "no"}).status_code == 303
    assert _may_be_asked(customer)
    assert client_alpha.post(path, {"choice": "stop"}).status_code == 303
    assert not _may_be_asked(customer)
    assert 'value="resume"' in client_alpha.get(path).content.decode()
    assert client_alpha.post(path, {"choice": "resume"}).status_code == 303
    assert _may_be_asked(customer)
