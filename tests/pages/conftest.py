"""What the pages are opened with: signed links of every purpose."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache

from customers.models import Customer
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from cxcrm.core.tokens import make_token
from cxcrm.demo.ageing import age
from feedback.models import Complaint, Invitation, Survey
from feedback.services import complaints
from feedback.services.dispatches import send_survey
from tests.workflows.conftest import cause, cheap, complaint, crew, customer, dear, opened
from workflows.models import EscalationStep

__all__ = ["cause", "cheap", "complaint", "crew", "customer", "dear", "opened"]


@pytest.fixture(autouse=True)
def _fresh_limits(settings: Any) -> None:
    """Limits per visitor are counted in this process, from nought for every test."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "KEY_FUNCTION": "tenants.context.cache_key",
        }
    }
    cache.clear()


@pytest.fixture
def invitation(in_alpha: TenantRef, customer: Customer) -> Invitation:
    survey = Survey.objects.get(metric="nps")
    return send_survey(survey_id=survey.id, customer_ids=[customer.id]).invitations.get()


@pytest.fixture
def link(in_alpha: TenantRef) -> Callable[[str, UUID], str]:
    """The address of an object's page, by purpose."""
    letters = {"survey": "s", "opt-out": "u", "track": "t", "solved": "r", "decide": "d", "my-page": "m"}

    def make(purpose: str, ident: UUID) -> str:
        return f"/{letters[purpose]}/{make_token(purpose, ident)}/"

    return make


@pytest.fixture
def answered(complaint: Complaint, cause: Any, scene: Callable[..., Any]) -> Complaint:
    """A complaint that was answered; the customer is asked whether it is solved."""
    words = {"root_cause_id": cause.id, "action_taken": "Đã hoàn 59.000 ₫ và gọi xin lỗi."}
    return scene("answered", lambda: complaints.resolve_complaint(complaint_id=complaint.id, **words))


@pytest.fixture
def step(
    complaint: Complaint, in_alpha: TenantRef, run_agenda: Callable[..., int], scene: Callable[..., Any]
) -> EscalationStep:
    """The step that told the accountable executive, after everybody below let it lie."""

    def climb() -> EscalationStep:
        steps = EscalationStep.objects.filter(ladder__complaint=complaint)
        while not (told := steps.filter(state="told", audience="executive").first()):
            age(in_alpha, steps.filter(state="waiting").earliest("position").due_at - now())
            run_agenda()
        return told

    return scene("step", climb)
