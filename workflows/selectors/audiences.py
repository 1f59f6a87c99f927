"""Who a rung means today: the person, whoever stands in, or the one who gets what finds nobody."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from feedback.models import Complaint
from journeys.selectors.accountability import accountable_for
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import the_firm
from tenants.staff.selectors.people import absences_on
from workflows.logic.ladder import skip_to_deputy
from workflows.models import EscalationLevel

_Audience = EscalationLevel.Audience


@dataclass(frozen=True)
class Found:
    """Whom a rung reaches; ``deputy_for`` is the person meant, ``is_fallback`` says that nobody was."""

    user: User
    deputy_for: User | None = None
    is_fallback: bool = False


def find(audience: str, complaint: Complaint, on: date) -> Found | None:
    """The person to tell on the local date ``on``.

    Each person meant is tried in turn, then their deputies; when all are away or gone, the firm's default executive,
    its chief, then any owner account. None only when nobody at all is left.
    """
    presence = _Presence(on)
    for meant, deputy_id in _meant(audience, complaint, on):
        present = presence.of(meant.id) if deputy_id is None else presence.of_executive(meant.id, deputy_id)
        if present is not None:
            return Found(present, deputy_for=None if present.id == meant.id else meant)
    for spare in _spare():
        present = presence.of(spare.id)
        if present is not None:
            return Found(present, deputy_for=None if present.id == spare.id else spare, is_fallback=True)
    return None


def stand_in(user_id: UUID, on: date) -> User | None:
    """Who is there for ``user_id`` on the local date ``on``: the person, the nearest deputy present, or None."""
    return _Presence(on).of(user_id)


def first_present(meant: Iterable[User], on: date, *, but: UUID | None = None) -> User | None:
    """Who is there for the first of ``meant`` who, or whose deputy, is present on ``on``; never the person ``but``."""
    presence = _Presence(on)
    found = (presence.of(person.id) for person in meant)
    return next((person for person in found if person is not None and person.id != but), None)


def heads() -> Iterator[User]:
    """Who stands above everybody: the firm's chief, then its owner accounts, the oldest first."""
    chief = the_firm().chief
    if chief is not None:
        yield chief
    yield from User.objects.working().filter(role=Role.OWNER).order_by("created_at")


class _Presence:
    """Who is at work on one day; accounts that were closed count as away."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.absences = absences_on(on)
        for closed in User.objects.filter(is_active=False).values_list("id", flat=True):
            self.absences.setdefault(closed, [(on, on, None)])

    def of(self, user_id: UUID) -> User | None:
        present = skip_to_deputy(user_id, self.absences, self.on)
        return User.objects.working().filter(pk=present).first() if present else None

    def of_executive(self, executive_id: UUID, deputy_id: UUID) -> User | None:
        """The deputy named in the accountability goes before the one of the absence."""
        if executive_id not in self.absences:
            return self.of(executive_id)
        return self.of(deputy_id) or self.of(executive_id)


def _meant(audience: str, complaint: Complaint, on: date) -> Iterator[tuple[User, UUID | None]]:
    """Whom the rung means, the first choice first, with the deputy named for them."""
    if audience == _Audience.OWNER:
        yield complaint.owner, None
    elif audience == _Audience.MANAGER:
        yield from ((manager, None) for manager in _managers(complaint))
    elif audience == _Audience.EXECUTIVE:
        accountability = accountable_for(complaint.touchpoint, on)
        if accountability is not None:
            yield accountability.executive, accountability.deputy_id
    else:
        chief = the_firm().chief
        if chief is not None:
            yield chief, None


def _managers(complaint: Complaint) -> Iterator[User]:
    """The owner's manager, else the branch's, else the head of the touchpoint's department; never the owner."""
    owner, branch, touchpoint = complaint.owner, complaint.branch, complaint.touchpoint
    department = touchpoint.department if touchpoint else None
    for manager in (owner.manager, branch.manager if branch else None, department.lead if department else None):
        if manager is not None and manager.id != owner.id:
            yield manager


def _spare() -> Iterator[User]:
    default = the_firm().default_executive
    if default is not None:
        yield default
    yield from heads()
