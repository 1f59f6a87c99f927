"""Environments and their checklists are kept here, walks recorded, and what is not in order made an initiative."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.errors import FileNotTaken
from customers.logic.files import MAX_BYTES, FileProblemError, is_drawable, kind_of
from cxcrm.core.clock import now
from cxcrm.core.configuration import record
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from cxcrm.core.language import speaking
from journeys.errors import (
    ChecklistChanged,
    ChecklistEmpty,
    EnvironmentNameTaken,
    EnvironmentNotInUse,
    PhotoThere,
    PhotoTooLate,
    PictureOnly,
    PointInOrder,
    WalkedToday,
    WalkIncomplete,
)
from journeys.events import EnvironmentWalked
from journeys.logic.environments import ITEM_LENGTH, MAX_ITEMS, tally
from journeys.logic.months import same_day_after
from journeys.models import AuditItem, AuditPhoto, Environment, EnvironmentAudit, Initiative, Stage, Touchpoint
from journeys.services.initiatives import draft_initiative
from journeys.services.naming import choice, line, row, rows
from tenants.models import Usage
from tenants.services import plans
from tenants.staff.models import Branch, Department, User
from tenants.staff.selectors.firm import firm_today, the_firm

NOTE: Final = 200
# How long after a walk its photos may still come: a phone in a cellar sends them later.
PHOTO_WITHIN: Final = timedelta(days=1)
_MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Found:
    """What was found at one point: ``result`` of AuditItem.Result, and in a few words what is wrong."""

    text: str
    result: str
    note: str = ""
    photo: bytes = b""
    # What the file is called, for a refusal.
    photo_name: str = ""


def usual_items(kind: str) -> list[str]:
    """What one looks at in a place of this ``kind``, in the firm's language, to begin with."""
    with speaking(the_firm().language):
        if kind == Environment.Kind.WEB:
            return [
                _("The first page is there within three seconds"),
                _("Opening hours, prices and addresses are right"),
                _("Ordering works to the end, on a phone too"),
                _("What we ask for is clear and little"),
            ]
        if kind == Environment.Kind.PHONE:
            return [
                _("Somebody answers within 20 seconds"),
                _("The greeting names the firm"),
                _("The first person can help or calls back"),
                _("The line is clear"),
            ]
        return [
            _("Clean: floor, tables, toilets"),
            _("Noise: one can talk"),
            _("Temperature is pleasant"),
            _("Seats are free and whole"),
            _("Parking is easy to find"),
            _("The queue is short, and one knows how long"),
            _("The wifi works"),
        ]


@transaction.atomic
def add_environment(*, name: str, accountable_id: UUID, kind: str = Environment.Kind.PLACE, **told: Any) -> Environment:
    """Add a place, due to be walked today. ``told``: name_en, branch_id, department_id, items (texts), and where it
    stands on the journey: stage_id or touchpoint_id.

    Left out, the items are the usual ones of its kind. Raises InvalidInput, ChecklistEmpty, EnvironmentNameTaken.
    """
    place = Environment(due_on=firm_today())
    kind = choice(kind, Environment.Kind, "kind")
    items = told.pop("items", None)
    _put(
        place,
        {"name": name, "accountable_id": accountable_id, "kind": kind, "items": items or usual_items(kind), **told},
    )
    return _kept(place, "added")


@transaction.atomic
def change_environment(*, environment_id: UUID, **changes: Any) -> Environment:
    """Change what is said of a place; walks of the past keep the words they were asked in.

    Fields: name, name_en, kind, branch_id, department_id, accountable_id, items, is_active, and stage_id or
    touchpoint_id, of which the later said replaces the other. Raises NotFound, InvalidInput, ChecklistEmpty,
    EnvironmentNameTaken.
    """
    place = _locked(environment_id)
    _put(place, changes)
    return _kept(place, "changed")


@transaction.atomic
def record_walk(*, environment_id: UUID, found: Sequence[Found]) -> EnvironmentAudit:
    """Keep what was found today at each point of the checklist; the next walk is due in a month.

    With all its photos or not at all. Raises NotFound, EnvironmentNotInUse, ChecklistChanged, WalkIncomplete,
    WalkedToday, InvalidInput, FileNotTaken and PictureOnly for what is no picture (``data``: file, its name),
    PlanLimitReached.
    """
    place = _locked(environment_id)
    if not place.is_active:
        raise EnvironmentNotInUse
    told = {one.text: one for one in found}
    if not set(told) <= set(place.items):
        raise ChecklistChanged
    left = [text for text in place.items if text not in told or told[text].result not in AuditItem.Result.values]
    notes = {text: line(one.note, "note", NOTE) for text, one in told.items()}
    lacking = [text for text, one in told.items() if one.result == AuditItem.Result.FAIL and not notes[text]]
    if left or lacking:
        raise WalkIncomplete(fields=left, lacking=lacking)
    day = firm_today()
    passed, rated = tally(told[text].result for text in place.items)
    audit = EnvironmentAudit(
        environment=place, done_on=day, done_by_id=current_actor().user_id, passed=passed, rated=rated
    )
    if EnvironmentAudit.objects.filter(environment=place, done_on=day).exists():  # its place is locked
        raise WalkedToday
    audit.save(force_insert=True)
    rows = AuditItem.objects.bulk_create(
        AuditItem(audit=audit, position=position, text=text, result=told[text].result, note=notes[text])
        for position, text in enumerate(place.items, start=1)
    )
    for item in rows:
        one = told[item.text]
        if one.photo or one.photo_name:
            _keep_photo_of_walk(item, one)
    place.due_on = same_day_after(day, 1)
    place.save(update_fields=["due_on"])
    publish(EnvironmentWalked(environment_id=place.pk, audit_id=audit.pk, failed=rated - passed))
    return audit


@transaction.atomic
def add_photo(*, item_id: UUID, content: bytes) -> AuditItem:
    """Keep the photo of a point within a day of its walk, one a point; the same one sent again changes nothing.

    Raises NotFound, PhotoThere, PhotoTooLate, FileNotTaken for what is no picture, PlanLimitReached.
    """
    item = AuditItem.objects.select_for_update(of=("self",), no_key=True).select_related("audit").filter(pk=item_id)
    point = item.first()
    if point is None:
        raise NotFound
    there = AuditPhoto.objects.filter(item=point).first()
    if there is not None:
        if bytes(there.content) == content:
            return point
        raise PhotoThere
    if now() - point.audit.done_at > PHOTO_WITHIN:
        raise PhotoTooLate
    record(_keep_photo(point, content), "added")
    return point


@transaction.atomic
def remove_photo(*, item_id: UUID) -> None:
    """Remove a photo for good, as when somebody can be recognised on it; repeating it changes nothing."""
    photo = AuditPhoto.objects.select_for_update(of=("self",)).filter(item_id=item_id).first()
    if photo is not None:
        record(photo, "removed")
        photo.delete()


@transaction.atomic
def propose_from_point(*, item_id: UUID) -> Initiative:
    """Begin an initiative to put right a point that is not in order, for whoever answers for the place; once.

    Raises NotFound, PointInOrder.
    """
    item = (
        AuditItem.objects.select_for_update(of=("self",), no_key=True)
        .select_related("audit__environment", "initiative")
        .filter(pk=item_id)
        .first()
    )
    if item is None:
        raise NotFound
    if item.result != AuditItem.Result.FAIL:
        raise PointInOrder
    if item.initiative is not None:
        return item.initiative
    place = item.audit.environment
    initiative = draft_initiative(
        name=f"{place.name}: {item.text}"[:120],
        what=item.note,
        owner_id=place.accountable_id,
        foundation=Initiative.Foundation.ERROR,
    )
    item.initiative = initiative
    item.save(update_fields=["initiative"])
    return initiative


def _keep_photo_of_walk(item: AuditItem, one: Found) -> None:
    """One of several: a refusal says which."""
    try:
        _keep_photo(item, one.photo)
    except (FileNotTaken, PictureOnly) as error:
        name = one.photo_name or one.text
        told = _("Nothing was kept, because of the photo “%(file)s”. %(why)s") % {"file": name, "why": error}
        raise type(error)(told, code=error.code, **error.data, file=name) from error


def _keep_photo(item: AuditItem, content: bytes) -> AuditPhoto:
    try:
        kind = kind_of(content, "")
    except FileProblemError as error:
        raise FileNotTaken.because(error.problem, limit=MAX_BYTES // _MEGABYTE) from error
    if not is_drawable(content, kind.media_type):
        raise PictureOnly(field="file")
    plans.allow(Usage.Metric.STORAGE, -(-len(content) // _MEGABYTE))
    return AuditPhoto.objects.create(item=item, content_type=kind.media_type, content=content)


def _put(place: Environment, told: Mapping[str, Any]) -> None:
    for name in ("name", "name_en"):
        if name in told:
            setattr(place, name, line(told[name], name, required=name == "name"))
    if "kind" in told:
        place.kind = choice(told["kind"], Environment.Kind, "kind")
    for name, among in (("branch", Branch.objects), ("department", Department.objects)):
        if f"{name}_id" in told:
            setattr(place, name, row(among, told[f"{name}_id"], name))
    _stand(place, told)
    if "accountable_id" in told:
        place.accountable = rows(User.objects.working(), [told["accountable_id"]], "accountable")[0]
    if "items" in told:
        place.items = _items(told["items"])
    if "is_active" in told:
        place.is_active = told["is_active"]


def _stand(place: Environment, told: Mapping[str, Any]) -> None:
    """Put a place to a stage or to a touchpoint; saying the one forgets the other."""
    if told.get("stage_id") and told.get("touchpoint_id"):
        raise InvalidInput(_("Choose a stage or a touchpoint, not both."), field="touchpoint")
    for name, among, other in (("stage", Stage.objects, "touchpoint"), ("touchpoint", Touchpoint.objects, "stage")):
        if f"{name}_id" in told:
            setattr(place, name, row(among, told[f"{name}_id"], name))
            if told[f"{name}_id"] is not None:
                setattr(place, other, None)


def _items(texts: Sequence[str]) -> list[str]:
    items = list(dict.fromkeys(line(text, "items", ITEM_LENGTH) for text in texts))
    items = [text for text in items if text]
    if not 1 <= len(items) <= MAX_ITEMS:
        raise ChecklistEmpty(field="items")
    return items


def _kept(place: Environment, action: str) -> Environment:
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError as error:
        raise EnvironmentNameTaken(field="name") from error
    record(place, action)
    return place


def _locked(environment_id: UUID) -> Environment:
    place = Environment.objects.select_for_update(of=("self",), no_key=True).filter(pk=environment_id).first()
    if place is None:
        raise NotFound
    return place
