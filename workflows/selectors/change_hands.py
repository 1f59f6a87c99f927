"""Through whose hands a change request goes: who may hand it over, to whom, and in whose place somebody has it."""

from django.db.models import QuerySet

from tenants.staff.models import User
from tenants.staff.roles import Level, Role, role_allows
from tenants.staff.selectors.people import in_the_place_of
from workflows.logic.superiors import above
from workflows.models import ChangeRequest, ChangeStep
from workflows.selectors import change_requests as found


def may_hand_over(user: User, change: ChangeRequest) -> bool:
    """Is somebody accountable for it, standing in for who is, above them, or an owner of the firm?

    Whoever asked does not choose who answers them by standing in for who does; from above they may.
    """
    if change.state not in found.UNDER_WAY or not found.may_speak(user):
        return False
    if user.role == Role.OWNER or (user.pk != change.asked_by_id and found.does(user, change)):
        return True
    superiors = above(change.accountable_id, found.superiors())
    return bool(superiors) and in_the_place_of(user.pk).filter(pk__in=superiors).exists()


def who_may_take(change: ChangeRequest) -> QuerySet[User]:
    """Everybody at work who may answer, but who has it and who asked; by name."""
    roles = [role for role in Role if role_allows(role, "journeys", Level.WRITE)]
    people = User.objects.working().filter(role__in=roles)
    return people.exclude(pk__in=[change.accountable_id, change.asked_by_id]).order_by("full_name", "pk")


def last_hand_over(change: ChangeRequest) -> ChangeStep | None:
    """How whoever is accountable came to it, where that was not at first."""
    steps = change.steps.filter(kind=ChangeStep.Kind.ANSWER_PASSED, to_person=change.accountable_id)
    return steps.select_related("from_person", "person").last()
