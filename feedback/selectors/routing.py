"""Whose case it is: the first person in a fixed order who works here."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from customers.models import Customer
from cxcrm.core.errors import NotFound
from journeys.models import Touchpoint
from tenants.staff.models import Branch, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import the_firm


@dataclass(frozen=True)
class Route:
    """Who gets a new complaint and where it happened."""

    owner: User
    branch: Branch | None


def route(*, customer_id: UUID, touchpoint: Touchpoint | None, branch_id: UUID | None) -> Route:
    """The owner of a new complaint and its branch, which is the customer's home branch unless given.

    Order: the customer's own contact, first to handle and then head of the touchpoint's department, manager of the
    branch, the firm's default executive, its chief, any owner of the firm. Raises NotFound for an unknown customer or
    branch.
    """
    customer = Customer.objects.filter(pk=customer_id).select_related("owner", "branch__manager").first()
    if customer is None:
        raise NotFound(field="customer_id")
    branch = customer.branch
    if branch_id is not None and branch_id != customer.branch_id:
        branch = Branch.objects.filter(pk=branch_id).select_related("manager").first()
        if branch is None:
            raise NotFound(field="branch_id")
    candidates = _candidates(customer, touchpoint, branch)
    return Route(next(person for person in candidates if person is not None and person.is_active), branch)


def _candidates(customer: Customer, touchpoint: Touchpoint | None, branch: Branch | None) -> Iterator[User | None]:
    yield customer.owner
    department = touchpoint.department if touchpoint else None
    if department is not None:
        yield department.handler
        yield department.lead
    if branch is not None:
        yield branch.manager
    firm = the_firm()
    yield firm.default_executive
    yield firm.chief
    yield from User.objects.working().filter(role=Role.OWNER).order_by("created_at")
    # Somebody always answers: a case without an owner is a case nobody sees.
    yield User.objects.working().order_by("created_at").first()
