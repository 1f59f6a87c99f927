"""Two records become one customer, and can become two again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from customers.errors import (
    AlreadyMerged,
    CustomerIsErased,
    CustomerNotFound,
    MergeInvalid,
    MergeNotFound,
    MergeNotUndoable,
    MergeOfErased,
)
from customers.events import CustomerChanged, CustomersMerged, MergeUndone
from customers.models import ContactPoint, Customer, Interaction, MergeRecord, NotDuplicate
from customers.selectors.merging import COMPANIONS, arrows, chosen_fields, default_side, survivor_of
from customers.services import fields
from customers.services.customers import reindex
from customers.services.health import rescore_customers
from customers.services.interactions import record_interaction
from customers.services.locks import CONTACTS, lock
from customers.services.referrals import untie
from customers.services.understanding import recount_customers
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish

_POINTS: Final = "customers.contactpoint.customer"
# Kept by the row itself, or made anew.
_NEVER_BACK: Final = frozenset({"id", "version", "updated_at", "search_text", "sort_key", "merged_into_id"})
SURVIVOR, MERGED = "survivor", "merged"


@transaction.atomic
def merge_customers(*, survivor_id: UUID, merged_id: UUID, choices: Mapping[str, str] | None = None) -> MergeRecord:
    """Make ``merged_id`` part of ``survivor_id``; everything that points to it points to the survivor from now on.

    ``choices`` names, field by field, the side whose value stays ("survivor" or "merged"); without a choice the
    survivor's stays unless it is empty. Rows that a unique key allows only once (a sending both were asked in) stay
    with the merged record. Raises MergeInvalid, CustomerNotFound, AlreadyMerged, CustomerIsErased.
    """
    if survivor_id == merged_id:
        raise MergeInvalid(field="merged")
    lock(CONTACTS)  # imports and forms that ask who somebody is wait until the answer is clear
    survivor, merged = _both(survivor_id, merged_id)
    if survivor.kind != merged.kind:
        raise MergeInvalid(field="merged")
    chosen = _checked(choices or {}, survivor, merged)
    actor = current_actor()
    record = MergeRecord(
        survivor=survivor,
        merged=merged,
        merged_name=merged.full_name,
        merged_by_id=actor.user_id,
        choices=chosen,
        survivor_before=_state(survivor),
        merged_state=_state(merged),
    )
    record.dropped, record.no_longer_preferred = _join_points(survivor, merged)
    record.moved, record.stayed = _move_all(merged, survivor)
    _take_values(survivor, merged, chosen)
    record.survivor_after = _state(survivor)
    merged.merged_into = survivor
    _save(merged, ["merged_into"])
    reindex(survivor)
    _save(survivor)
    record.save(force_insert=True)
    record_interaction(
        customer_id=survivor.id,
        kind=Interaction.Kind.NOTE,
        what="customer.merged",
        data={"name": merged.full_name},
        subject=record,
    )
    recount_customers(customer_ids=[survivor.id, merged.id])
    rescore_customers(customer_ids=[survivor.id, merged.id])
    publish(CustomersMerged(customer_id=survivor.id, merged_id=merged.id, merge_id=record.id))
    publish(CustomerChanged(customer_id=survivor.id))
    return record


@transaction.atomic
def gather_late(*, merge_id: UUID) -> int:
    """Move what came to the merged record while it was being merged, as a survey answered meanwhile; returns rows."""
    record = MergeRecord.objects.select_for_update().filter(pk=merge_id, undone_at=None).first()
    if record is None or not Customer.everyone.filter(pk=record.merged_id).exists():
        return 0
    merged = Customer.everyone.get(pk=record.merged_id)
    target = survivor_of(merged.id)
    if target is None or target == merged.id:
        return 0
    moved, _stayed = _move_all(merged, Customer.everyone.get(pk=target), but=record.stayed)
    for label, ids in moved.items():
        record.moved[label] = [*record.moved.get(label, []), *ids]
    if moved:
        record.save(update_fields=["moved"])
        recount_customers(customer_ids=[target])
        rescore_customers(customer_ids=[target])
    return sum(map(len, moved.values()))


@transaction.atomic
def undo_merge(*, merge_id: UUID) -> MergeRecord:
    """Make two customers of one again. What changed since stays with the survivor and is listed in ``left``.

    Raises MergeNotFound, MergeNotUndoable, MergeOfErased.
    """
    lock(CONTACTS)
    record = MergeRecord.objects.select_for_update().filter(pk=merge_id).first()
    if record is None:
        raise MergeNotFound
    survivor, merged = _take_apart(record)
    for one, other in ((survivor, merged), (merged, survivor)):
        record_interaction(
            customer_id=one.id,
            kind=Interaction.Kind.NOTE,
            what="customer.merge_undone",
            data={"name": other.full_name},
            subject=record,
        )
        publish(CustomerChanged(customer_id=one.id))
    publish(MergeUndone(customer_id=survivor.id, merged_id=merged.id, merge_id=record.id))
    return record


@transaction.atomic
def undo_quietly(*, customer_id: UUID) -> None:
    """Undo every merge this customer is part of, the latest first, telling nobody.

    For erasing again what a backup brought back: whoever was merged when it was made may have been apart since.
    """
    lock(CONTACTS)
    while (whole := survivor_of(customer_id)) is not None:
        latest = MergeRecord.objects.filter(survivor_id=whole, undone_at=None, merged__erased_at=None)
        record = latest.filter(survivor__erased_at=None).order_by("-created_at", "-id").select_for_update().first()
        if record is None:
            return
        _take_apart(record)


def _take_apart(record: MergeRecord) -> tuple[Customer, Customer]:
    rows = {
        one.id: one
        for one in Customer.everyone.select_for_update(no_key=True)
        .filter(pk__in=[record.survivor_id, record.merged_id])
        .order_by("pk")
    }
    survivor, merged = rows[record.survivor_id], rows[record.merged_id]
    if survivor.erased_at or merged.erased_at:
        raise MergeOfErased
    if record.undone_at or merged.merged_into_id != survivor.id or survivor.merged_into_id is not None:
        raise MergeNotUndoable
    left: dict[str, Any] = {}
    merged.merged_into = None
    for label, ids in record.moved.items():
        gone = _move_back(label, ids, survivor, merged)
        if gone:
            left[label] = gone
    _points_back(record, merged)
    if changed := _values_back(record, survivor):
        left["fields"] = changed
    for one in (survivor, merged):
        reindex(one)
        _save(one)
    record.undone_at, record.left = now(), left
    actor = current_actor()
    record.undone_by_id = actor.user_id
    # What either side was like is theirs alone again.
    record.survivor_before, record.survivor_after, record.merged_state, record.dropped = {}, {}, {}, []
    record.save()
    recount_customers(customer_ids=[survivor.id, merged.id])
    rescore_customers(customer_ids=[survivor.id, merged.id])
    return survivor, merged


@transaction.atomic
def keep_apart(*, first_id: UUID, second_id: UUID) -> NotDuplicate:
    """Remember that these are two customers. Raises MergeInvalid, CustomerNotFound."""
    if first_id == second_id:
        raise MergeInvalid(field="second")
    if Customer.objects.filter(pk__in=[first_id, second_id]).count() != 2:
        raise CustomerNotFound
    first, second = sorted([first_id, second_id])
    pair, _made = NotDuplicate.objects.get_or_create(first_id=first, second_id=second)
    return pair


def _both(survivor_id: UUID, merged_id: UUID) -> tuple[Customer, Customer]:
    """Both rows, locked in one order so that two merges of overlapping pairs wait instead of blocking each other.

    The lock lets rows that point to them be added: whoever answers a survey just now need not wait.
    """
    found = Customer.everyone.select_for_update(no_key=True).filter(pk__in=[survivor_id, merged_id]).order_by("pk")
    rows = {one.id: one for one in found}
    if len(rows) < 2:
        raise CustomerNotFound
    for one in rows.values():
        if one.merged_into_id is not None:
            raise AlreadyMerged(customer=str(one.merged_into_id))
        if one.erased_at is not None:
            raise CustomerIsErased
    return rows[survivor_id], rows[merged_id]


def _checked(choices: Mapping[str, str], survivor: Customer, merged: Customer) -> dict[str, str]:
    known = {field.name: field for field in chosen_fields()}
    if set(choices) - set(known) or set(choices.values()) - {SURVIVOR, MERGED}:
        raise MergeInvalid(field="choices")
    return {name: choices.get(name) or default_side(field, survivor, merged) for name, field in known.items()}


def _state(customer: Customer) -> dict[str, Any]:
    return {field.attname: field.value_from_object(customer) for field in Customer._meta.concrete_fields}


def _take_values(survivor: Customer, merged: Customer, chosen: Mapping[str, str]) -> None:
    own = survivor.custom
    for name, side in chosen.items():
        if side == MERGED:
            for one in (name, *COMPANIONS.get(name, ())):
                attname = Customer._meta.get_field(one).attname  # type: ignore[union-attr]
                setattr(survivor, attname, getattr(merged, attname))
    if survivor.organization_id in (survivor.id, merged.id):
        survivor.organization, survivor.contact_role = None, ""
    untie(survivor, merged.id)
    # Fields of the firm's own that only one side filled in are kept; the side chosen decides about the others.
    survivor.custom = {**own, **merged.custom} if chosen["custom"] == MERGED else {**merged.custom, **own}
    had = {tag.casefold() for tag in survivor.tags}
    survivor.tags = [*survivor.tags, *(tag for tag in merged.tags if tag.casefold() not in had)][: fields.MAX_TAGS]
    if merged.note and merged.note not in survivor.note:
        survivor.note = "\n".join(part for part in (survivor.note, merged.note) if part)[: fields.MAX_NOTE]


def _join_points(survivor: Customer, merged: Customer) -> tuple[list[dict[str, Any]], list[str]]:
    """Make room for the merged customer's contact points: twins go, and a second preferred one steps back."""
    ours = list(survivor.contact_points.all())
    known = {(point.kind, point.value) for point in ours}
    preferred = {point.kind for point in ours if point.is_primary}
    dropped, stepped_back = [], []
    for point in merged.contact_points.all():
        if (point.kind, point.value) in known:
            dropped.append({field.attname: field.value_from_object(point) for field in point._meta.concrete_fields})
            point.delete()
        elif point.is_primary and point.kind in preferred:
            stepped_back.append(str(point.pk))
            ContactPoint.objects.filter(pk=point.pk).update(is_primary=False)
    return dropped, stepped_back


def _move_all(
    merged: Customer, survivor: Customer, but: Mapping[str, Sequence[str]] | None = None
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Point every arrow at ``merged`` to ``survivor``: by arrow, the rows that moved and those that could not."""
    moved, stayed = {}, {}
    for label, field in arrows().items():
        rows = field.model._base_manager.filter(**{field.name: merged.pk}).exclude(pk__in=(but or {}).get(label, []))
        if field.model is Customer:
            rows = rows.exclude(pk=survivor.pk)
        ids = list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        if not ids:
            continue
        gone = _point(field, ids, survivor.pk)
        if gone:
            moved[label] = [str(pk) for pk in gone]
        if kept := set(ids) - set(gone):
            stayed[label] = sorted(str(pk) for pk in kept)
    return moved, stayed


def _point(field: Any, ids: Sequence[UUID], target: UUID) -> list[UUID]:
    """Set ``field`` of the rows to ``target``: all at once, else one by one; returns those the database let go."""
    rows = field.model._base_manager
    try:
        with transaction.atomic():
            rows.filter(pk__in=ids).update(**{field.attname: target})
    except IntegrityError:
        return [pk for pk in ids if _point_one(field, pk, target)]
    return list(ids)


def _point_one(field: Any, pk: UUID, target: UUID) -> bool:
    try:
        with transaction.atomic():
            return bool(field.model._base_manager.filter(pk=pk).update(**{field.attname: target}))
    except IntegrityError:
        return False


def _move_back(label: str, ids: Iterable[str], survivor: Customer, merged: Customer) -> list[str]:
    """Point the rows back; returns the ids of those that are gone, or belong to somebody else by now."""
    field = arrows().get(label)
    if field is None:  # of a release that is gone
        return sorted(ids)
    still = field.model._base_manager.filter(pk__in=list(ids), **{field.name: survivor.pk})
    back = _point(field, list(still.order_by("pk").values_list("pk", flat=True)), merged.pk)
    return sorted(set(ids) - {str(pk) for pk in back})


def _points_back(record: MergeRecord, merged: Customer) -> None:
    known = {(point.kind, point.value) for point in merged.contact_points.all()}
    for state in record.dropped:
        if (state["kind"], state["value"]) not in known:
            values = {
                field.attname: field.to_python(state[field.attname])
                for field in ContactPoint._meta.concrete_fields
                if field.attname in state
            }
            ContactPoint(**values).save(force_insert=True)
    preferred = set(merged.contact_points.filter(is_primary=True).values_list("kind", flat=True))
    for point in merged.contact_points.filter(pk__in=record.no_longer_preferred):
        if point.kind not in preferred:
            preferred.add(point.kind)
            ContactPoint.objects.filter(pk=point.pk).update(is_primary=True)


def _values_back(record: MergeRecord, survivor: Customer) -> list[str]:
    """Give the survivor its own values again; returns the names of fields somebody changed since.

    Fields that belong together, as the parts of an address, go back together or not at all.
    """
    leaders = {follower: name for name, followers in COMPANIONS.items() for follower in followers}
    brought: dict[str, dict[str, Any]] = {}
    touched = set()
    for field in Customer._meta.concrete_fields:
        attname, leader = field.attname, leaders.get(field.name, field.name)
        if attname in _NEVER_BACK or attname not in record.survivor_before:
            continue
        before, after = (
            field.to_python(state.get(attname)) for state in (record.survivor_before, record.survivor_after)
        )
        if field.value_from_object(survivor) != after:
            touched.add(leader)
        if before != after:
            brought.setdefault(leader, {})[attname] = before
    for leader in brought.keys() - touched:
        for attname, before in brought[leader].items():
            setattr(survivor, attname, before)
    if "tags" in brought and "tags" in touched:  # what others added stays
        came = set(record.survivor_after["tags"]) - set(record.survivor_before["tags"])
        survivor.tags = [tag for tag in survivor.tags if tag not in came]
    return [name for name in brought if name in touched and name != "tags"]


def _save(customer: Customer, names: Sequence[str] = ()) -> None:
    customer.version += 1
    customer.updated_at = now()
    customer.save(update_fields=[*names, "version", "updated_at"] if names else None)
