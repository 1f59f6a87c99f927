"""How the firm is set up: its row, its people, units and absences."""

from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cxcrm.core.colour import is_colour, seen_on_paper
from cxcrm.core.configuration import drop, keep
from cxcrm.core.context import current_tenant
from cxcrm.core.errors import Conflict, InvalidInput
from cxcrm.core.events import publish
from tenants.models import Tenant, Usage
from tenants.services import plans
from tenants.staff.events import DutiesChanged, HeadsChanged
from tenants.staff.models import Absence, Branch, Department, Firm, User
from tenants.staff.roles import Role
from tenants.staff.services.accounts import check_role
from tenants.staff.services.sessions import end_sessions


def time_zones() -> list[str]:
    """The time zones a firm may live in, by the names of the tz database."""
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))


@transaction.atomic
def save_firm(*, firm: Firm) -> Firm:
    """Keep the firm's own row.

    Raises InvalidInput when the chief or default executive no longer works here, for an unknown time zone, and for a
    new colour that cannot be seen on white.
    """
    if firm.time_zone not in available_timezones():
        raise InvalidInput(_("Choose a time zone."), code="firm.time_zone")
    for person in (firm.chief, firm.default_executive):
        if person is not None and not person.is_active:
            raise InvalidInput(_("%(name)s no longer works here.") % {"name": person}, code="staff.inactive")
    _check_colour(firm)
    # The registry counts the firm's months and days by the firm's own clock.
    registered = Tenant.objects.filter(pk=current_tenant().id)
    registered.exclude(time_zone=firm.time_zone).update(time_zone=firm.time_zone)
    return keep(firm)


@transaction.atomic
def save_look(*, colour: str | None = None, self_pronoun: str | None = None) -> Firm:
    """Change the brand's colour, or how it calls itself; None leaves it. Raises InvalidInput as ``save_firm`` does."""
    firm = Firm.objects.select_for_update(no_key=True).get()
    if colour is not None:
        firm.colour = colour.strip().lower()
    if self_pronoun is not None:
        firm.self_pronoun = " ".join(self_pronoun.split())
    return save_firm(firm=firm)


def _check_colour(firm: Firm) -> None:
    """A new colour must be one, and one that can be seen on white; text in it is made readable by itself.

    One that was stored before stays until somebody chooses another. Raises InvalidInput.
    """
    if Firm.objects.filter(pk=firm.pk, colour=firm.colour).exists():
        return
    if not is_colour(firm.colour):
        raise InvalidInput(
            _("Write the colour as # and six digits, such as #0f766e."), code="firm.colour", field="colour"
        )
    if (darker := seen_on_paper(firm.colour.lower())) != firm.colour.lower():
        message = _(
            "%(colour)s is too pale: buttons and lines in it can hardly be seen on white. "
            "Choose a darker colour, such as %(darker)s."
        )
        raise InvalidInput(
            message % {"colour": firm.colour, "darker": darker}, code="firm.colour_pale", field="colour", darker=darker
        )


@transaction.atomic
def save_department(*, department: Department) -> Department:
    before = Department.objects.select_for_update(no_key=True).filter(pk=department.pk).first()
    kept = keep(department)
    if before is not None and (before.lead_id, before.handler_id) != (kept.lead_id, kept.handler_id):
        former = HeadsChanged(department_id=kept.pk, former_lead_id=before.lead_id, former_handler_id=before.handler_id)
        publish(former)
    return kept


@transaction.atomic
def save_branch(*, branch: Branch) -> Branch:
    return keep(branch)


@transaction.atomic
def save_absence(*, absence: Absence) -> Absence:
    """Note who is away. Raises Conflict when the same person is already noted as away on one of these days."""
    User.objects.select_for_update().get(pk=absence.user_id)
    overlapping = Absence.objects.filter(
        user_id=absence.user_id, starts_on__lte=absence.ends_on, ends_on__gte=absence.starts_on
    ).exclude(pk=absence.pk)
    if overlapping.exists():
        raise Conflict(_("This person is already noted as away on one of these days."), code="absence.overlaps")
    return keep(absence)


@transaction.atomic
def remove_absence(*, absence: Absence) -> None:
    drop(absence)


@transaction.atomic
def save_user(*, user: User) -> User:
    """Keep a changed account.

    Raises Conflict when it would leave the firm without an owner who can log in, PlanLimitReached when somebody is to
    come back and the plan has no room, NoOperatorsRole for a role that does nothing on the operators' site.
    """
    check_role(user.role)
    owners = list(User.objects.select_for_update().filter(role=Role.OWNER, is_active=True).order_by("pk"))
    still_owner = user.role == Role.OWNER and user.is_active
    if not still_owner and [owner.pk for owner in owners] == [user.pk]:
        raise Conflict(_("A firm needs at least one active owner."), code="staff.last_owner")
    if user.is_active and User.objects.filter(pk=user.pk, is_active=False).exists():
        plans.allow(Usage.Metric.STAFF)
    user.email = user.email.strip().lower()
    before = User.objects.filter(pk=user.pk).values_list("role", "is_active", "email").first()
    kept = keep(user)
    if before != (user.role, user.is_active, user.email):
        end_sessions(user_id=user.pk)
    if before is not None and before[:2] != (user.role, user.is_active):
        publish(DutiesChanged(user_id=user.pk))
    return kept


@transaction.atomic
def save_profile(*, user_id: UUID, full_name: str, given_name: str, language: str) -> None:
    """What a person may change about themselves. Raises InvalidInput for a language we do not speak."""
    if language not in User.Language.values:
        raise InvalidInput(code="staff.unknown_language")
    user = User.objects.select_for_update().get(pk=user_id)
    user.full_name, user.given_name, user.language = full_name.strip(), given_name.strip(), language
    keep(user)


@transaction.atomic
def choose_language(*, user_id: UUID, language: str) -> None:
    """The language a person reads. Raises InvalidInput for one we do not speak."""
    if language not in User.Language.values:
        raise InvalidInput(code="staff.unknown_language")
    User.objects.filter(pk=user_id).update(language=language)
