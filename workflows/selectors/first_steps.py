"""The first steps of a new firm, each ticked off by what is really there."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.selectors.samples import has_real_customers, sample_customers
from cxcrm.core.clock import now
from feedback.models import Dispatch
from journeys.selectors.accountability import unowned
from tenants.staff.models import Firm, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import the_firm
from workflows.models import Event
from workflows.selectors.calendars import firm_zone

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
    firm = the_firm()
    if firm.is_settled_in or user.role not in _LEADERS:
        return None
    steps = _steps(firm)
    samples = bool(sample_customers())
    if all(step.is_done for step in steps) and not samples:
        return None
    return FirstSteps(steps, has_samples=samples, may_add_samples=not samples and not has_real_customers())


def _steps(firm: Firm) -> list[Step]:
    today = now().astimezone(firm_zone()).date()
    branded = Event.objects.filter(name="core.setting_changed", payload__model="staff.firm", payload__action="changed")
    return [
        Step(
            _("Make it yours"),
            _("Name, colour and tone of your brand: customers see them on every page and mail."),
            "admin:staff_firm_changelist",
            "palette",
            branded.exists(),
        ),
        Step(
            _("Bring in your colleagues"),
            _("Each gets a mail with a link; roles decide who sees what."),
            "admin:staff_user_changelist",
            "group_add",
            User.objects.filter(is_active=True).count() > 1,
        ),
        Step(
            _("Say who answers for what"),
            _("One executive for each touchpoint: nothing a customer says is left without somebody."),
            "admin:journeys_accountability_changelist",
            "verified_user",
            not unowned(today),
        ),
        Step(
            _("Import your customers"),
            _("An Excel file as you have it; you see what would happen before anything does."),
            "admin:customers_importjob_add",
            "upload_file",
            has_real_customers(),
        ),
        Step(
            _("Ask the first question"),
            _("Choose customers and send them your first survey."),
            "admin:customers_customer_changelist",
            "send",
            Dispatch.objects.filter(invitations__customer__is_sample=False).exists(),
        ),
    ]
