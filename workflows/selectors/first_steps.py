"""The first steps of a new firm, each ticked off by what is really there."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists
from django.utils.translation import gettext as _

from customers.selectors.samples import customers
from feedback.models import Dispatch
from journeys.selectors.accountability import unowned_touchpoints
from tenants.staff.models import Firm, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_today, the_firm
from workflows.models import Event

_LEADERS = (Role.OWNER, Role.MANAGER)


@dataclass(frozen=True)
class Step:
    """``url`` is the name of the page where it is done."""

    title: str
    why: str
    url: str
    icon: str
    is_done: bool


@dataclass(frozen=True)
class FirstSteps:
    """Shown until all are done or somebody puts the guide away."""

    steps: list[Step]
    has_samples: bool
    may_add_samples: bool

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)


def first_steps_for(user: User) -> FirstSteps | None:
    """The guide for those who set the firm up; None for everybody else, and once it is not needed."""
    if user.role not in _LEADERS or the_firm().is_settled_in:
        return None
    found = _what_is_there()
    steps = _steps(found)
    if all(step.is_done for step in steps) and not found.has_samples:
        return None
    return FirstSteps(
        steps, has_samples=found.has_samples, may_add_samples=not (found.has_samples or found.has_customers)
    )


def _what_is_there() -> Any:
    """The firm's row with everything the steps are ticked off by, in one query."""
    changed = {"name": "core.setting_changed", "payload__model": "staff.firm", "payload__action": "changed"}
    today = firm_today()
    return Firm.objects.annotate(
        is_branded=Exists(Event.objects.filter(**changed)),
        has_colleagues=Exists(User.objects.filter(is_active=True)[1:2]),
        has_unowned=Exists(unowned_touchpoints(today)),
        has_customers=Exists(customers(is_sample=False)),
        has_samples=Exists(customers(is_sample=True)),
        has_asked=Exists(Dispatch.objects.filter(invitations__customer__is_sample=False)),
    ).get()


def _steps(found: Any) -> list[Step]:
    return [
        Step(
            _("Make it yours"),
            _("Name, colour and tone of your brand: customers see them on every page and mail."),
            "admin:staff_firm_changelist",
            "palette",
            found.is_branded,
        ),
        Step(
            _("Bring in your colleagues"),
            _("Each gets a mail with a link; roles decide who sees what."),
            "admin:staff_user_changelist",
            "group_add",
            found.has_colleagues,
        ),
        Step(
            _("Say who answers for what"),
            _("One executive for each touchpoint: nothing a customer says is left without somebody."),
            "admin:journeys_accountability_changelist",
            "verified_user",
            not found.has_unowned,
        ),
        Step(
            _("Import your customers"),
            _("An Excel file as you have it; you see what would happen before anything does."),
            "admin:customers_importjob_add",
            "upload_file",
            found.has_customers,
        ),
        Step(
            _("Ask the first question"),
            _("Choose customers and send them your first survey."),
            "admin:customers_customer_changelist",
            "send",
            found.has_asked,
        ),
    ]
