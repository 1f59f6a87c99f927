"""The conduct policy: published, read; and customers' thanks passed on to whom they are due."""

from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from customers.selectors.quotes import quotes
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback.selectors.reach import answers_visible_to, within_reach
from journeys.services.naming import line
from tenants.staff.models import Branch, Department, User
from tenants.staff.selectors.people import working_user
from workflows import events
from workflows.conduct_errors import (
    ConductIsPersonal,
    NobodyThanked,
    NothingToThank,
    PolicyNotYours,
    PolicyReplaced,
    PolicyUnchanged,
    ThankedAlready,
    ThanksToOneself,
)
from workflows.models import ConductAcknowledgement, ConductPolicy, Recognition
from workflows.selectors.conduct import may_set_policy, praised_in

LIMITS: Final = {"criteria": 1000, "thanks": 1000, "follows": 1000, "decides": 400}
NOTE: Final = 300


def acting_person() -> User:
    """Whoever acts. Raises ConductIsPersonal where that is no person who works here."""
    person = working_user(current_actor().user_id)
    if person is None:
        raise ConductIsPersonal
    return person


@transaction.atomic
def publish_policy(*, criteria: str, thanks: str, follows: str, decides: str) -> ConductPolicy:
    """Put the firm's policy in force as its next version; everybody is asked to read it.

    Raises ConductIsPersonal, PolicyNotYours (only owners and executives), PolicyUnchanged, PolicyReplaced,
    InvalidInput.
    """
    person = acting_person()
    if not may_set_policy(person):
        raise PolicyNotYours
    told = {"criteria": criteria, "thanks": thanks, "follows": follows, "decides": decides}
    words = {name: line(text, name, LIMITS[name], required=True) for name, text in told.items()}
    before = ConductPolicy.objects.select_for_update().order_by("-version").first()
    if before is not None:
        if all(getattr(before, name) == text for name, text in words.items()):
            raise PolicyUnchanged
        before.replaced_at = now()
        before.save(update_fields=["replaced_at"])
    row = ConductPolicy(version=before.version + 1 if before else 1, written_by=person, **words)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # the first one ever, published twice at once
        raise PolicyReplaced from error
    publish(events.ConductPolicySet(policy_id=row.pk))
    return row


@transaction.atomic
def acknowledge_policy(*, policy_id: UUID) -> ConductAcknowledgement:
    """Note that whoever acts has read this version; again, and nothing changes.

    Raises ConductIsPersonal, NotFound, PolicyReplaced.
    """
    person = acting_person()
    policy = ConductPolicy.objects.select_for_update(no_key=True).filter(pk=policy_id).first()
    if policy is None:
        raise NotFound
    if policy.replaced_at is not None:
        raise PolicyReplaced
    row, is_new = ConductAcknowledgement.objects.get_or_create(policy=policy, user=person)
    if is_new:
        publish(events.ConductPolicyRead(policy_id=policy.pk))
    return row


@transaction.atomic
def pass_on_thanks(
    *,
    response_id: UUID | None = None,
    quote_id: UUID | None = None,
    complaint_id: UUID | None = None,
    colleague_id: UUID | None = None,
    department_id: UUID | None = None,
    branch_id: UUID | None = None,
    note: str = "",
) -> Recognition:
    """Pass a customer's thanks on: from exactly one answer, quote or case to one colleague, department or branch.

    The source is one whoever acts may read. Raises ConductIsPersonal, NothingToThank, NobodyThanked, ThanksToOneself,
    ThankedAlready, InvalidInput.
    """
    person = acting_person()
    source = _praise(person, response_id=response_id, quote_id=quote_id, complaint_id=complaint_id)
    thanked = _thanked(colleague_id=colleague_id, department_id=department_id, branch_id=branch_id)
    if thanked.get("colleague") == person:
        raise ThanksToOneself(field="colleague")
    row = Recognition(**source, **thanked, note=line(note, "note", NOTE), given_by=person)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ThankedAlready from error
    publish(events.ThanksPassedOn(recognition_id=row.pk))
    return row


def _praise(person: User, **told: UUID | None) -> dict[str, Any]:
    named = [(name.removesuffix("_id"), ident) for name, ident in told.items() if ident is not None]
    if len(named) != 1:
        raise NothingToThank(field="response")
    (name, ident) = named[0]
    among: dict[str, Any] = {
        "response": lambda: answers_visible_to(person),
        "quote": quotes,
        "complaint": lambda: within_reach(person),
    }
    source = among[name]().filter(pk=ident).first()
    if source is None or not praised_in(source):
        raise NothingToThank(field=name)
    return {name: source}


def _thanked(**told: UUID | None) -> dict[str, Any]:
    named = [(name.removesuffix("_id"), ident) for name, ident in told.items() if ident is not None]
    if len(named) != 1:
        raise NobodyThanked(field="colleague")
    (name, ident) = named[0]
    among: dict[str, Any] = {
        "colleague": User.objects.working,
        "department": Department.objects.all,
        "branch": Branch.objects.filter(is_active=True).all,
    }
    row = among[name]().filter(pk=ident).first()
    if row is None:
        raise NobodyThanked(field=name)
    return {name: row}
