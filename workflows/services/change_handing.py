"""One change request is handed over by hand: to somebody who works here, with a reason; its clock goes on."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.errors import InvalidInput, NotFound
from journeys.services.naming import line
from tenants.staff.models import User
from workflows.errors import ChangeOver, HandedOver, NotYourTurn
from workflows.models import ChangeRequest
from workflows.selectors import change_requests as found
from workflows.selectors.change_hands import may_hand_over, who_may_take
from workflows.services.change_passing import pass_answer, tell_heirs
from workflows.services.change_turns import WORDS, acting_person, locked


@transaction.atomic
def hand_over_change(*, change_id: UUID, from_person_id: UUID, to_person_id: UUID, words: str) -> ChangeRequest:
    """Another person is accountable from now on; until when something is to be said or done stays as it is.

    ``from_person_id`` is who had it when it was looked at, ``words`` (500 characters) say why. Whoever is accountable,
    or stands in for them, is above them or owns the firm may, while something is still to be answered or done. Raises
    NotFound, ChangeIsPersonal, ChangeOver, HandedOver, NotYourTurn, InvalidInput.
    """
    change = locked(change_id)
    if change is None:
        raise NotFound
    person = acting_person()
    # State before permission, as everywhere with change requests: who was a moment too late hears who has it now.
    if change.state not in found.UNDER_WAY:
        raise ChangeOver(state=change.state)
    if change.accountable_id != from_person_id:
        raise HandedOver(str(change.accountable), change.accountable_id)
    if not may_hand_over(person, change):
        raise NotYourTurn
    heir = _heir(change, to_person_id)
    steps = pass_answer(change, heir, by=person, words=line(words, "words", WORDS, required=True))
    tell_heirs(steps, but=person)
    return change


def _heir(change: ChangeRequest, ident: UUID) -> User:
    if ident == change.accountable_id:
        raise InvalidInput(_("They have it already. Choose somebody else."), field="to_person")
    if ident == change.asked_by_id:
        raise InvalidInput(_("They asked for it themselves. Choose somebody else."), field="to_person")
    heir = who_may_take(change).filter(pk=ident).first()
    if heir is None:
        raise InvalidInput(_("Choose somebody who works here and may answer for it."), field="to_person")
    return heir
