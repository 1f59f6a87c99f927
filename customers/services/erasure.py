"""Forgetting a person: what tells who they are goes, wherever it stands; that something happened, and when, stays.

Each room says with ``Trace`` where it keeps such things. Counts, scores, states and times are left, so reports do not
change. What is erased here is put on a list outside the firm's schema, and erased again after every restore.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import Field, JSONField, Model, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from customers.errors import CustomerNotFound
from customers.events import CustomerErased
from customers.models import (
    Attachment,
    AttachmentContent,
    Consent,
    ContactPoint,
    Customer,
    CustomerHealth,
    CustomerPersona,
    DataRequest,
    ExternalId,
    Fact,
    ImportChange,
    ImportRow,
    Interaction,
    MergeRecord,
    Purchase,
    Quote,
    RiskSpell,
    SegmentMember,
    Understanding,
    UnderstandingItem,
)
from customers.services.customers import reindex
from customers.services.data_requests import settle_all_of
from customers.services.interactions import record_interaction
from customers.services.merging import undo_quietly
from cxcrm.core.clock import now
from cxcrm.core.events import publish
from cxcrm.core.language import speaking
from tenants.services.erasures import erases_again, remember_erasure
from tenants.staff.models import RepeatableCall
from tenants.staff.selectors.firm import the_firm


@dataclass(frozen=True)
class Person:
    """Who is being forgotten. ``names`` and ``contacts`` are what they are called and reached by, as it is stored."""

    id: UUID
    names: tuple[str, ...]
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class Trace:
    """Where a room keeps something that tells who somebody is, or what they said.

    ``of`` finds the person's rows; rows that name one of the person's addresses or numbers in the columns ``naming``
    are theirs as well. Columns in ``emptied`` end empty, those in ``replaced`` say that they were erased, those in
    ``put`` get a value. With ``removed`` the rows go.
    """

    model: type[Model]
    of: Callable[[Person], Q]
    emptied: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    put: dict[str, Any] = field(default_factory=dict)
    naming: tuple[str, ...] = ()
    removed: bool = False

    @property
    def columns(self) -> Iterator[str]:
        """Every column this takes care of, as app.Model.column."""
        concerned = self.model._meta.concrete_fields if self.removed else ()
        for name in (*self.emptied, *self.replaced, *self.put, *(column.name for column in concerned)):
            yield f"{self.model._meta.label}.{name}"


Check = Callable[[UUID], None]
_traces: list[Trace] = []
_checks: list[Check] = []


def leaves_traces(*traces: Trace) -> None:
    """Register where a room keeps what tells who a customer is."""
    _traces.extend(trace for trace in traces if trace not in _traces)


def may_hold_up(check: Check) -> Check:
    """Register a check that raises a Conflict while a customer cannot be forgotten yet."""
    if check not in _checks:
        _checks.append(check)
    return check


def traces() -> tuple[Trace, ...]:
    """All that is registered."""
    return tuple(_traces)


@transaction.atomic
def erase_customer(*, customer_id: UUID) -> Customer:
    """Forget who a customer is, for good; repeating it changes nothing.

    Raises CustomerNotFound, and a Conflict of a room that still needs to reach them.
    """
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise CustomerNotFound
    if customer.erased_at is not None:
        return customer
    for check in _checks:
        check(customer.id)
    # Whoever became part of this customer is the same person; such records lead straight to the last of a chain.
    settle_all_of(customer_id=customer.id)
    for one in [*Customer.everyone.select_for_update().filter(merged_into=customer).order_by("pk"), customer]:
        _forget(one)
        remember_erasure(subject=one.id)
    record_interaction(customer_id=customer.id, kind=Interaction.Kind.NOTE, what="customer.erased")
    publish(CustomerErased(customer_id=customer.id))
    return customer


@erases_again
@transaction.atomic
def forget_again(customer_id: UUID) -> None:
    """After a backup brought somebody back who was erased: whatever state it brought, they are forgotten.

    Merges of theirs are undone first: the backup may be older than a way back, and those who were not erased stay.
    """
    undo_quietly(customer_id=customer_id)
    customer = Customer.everyone.select_for_update().filter(pk=customer_id).first()
    if customer is not None:
        _forget(customer)


def _forget(customer: Customer) -> None:
    person = _person(customer)
    with speaking(the_firm().language):
        erased, nobody = _("(erased)"), _("Erased customer")
    for trace in _traces:
        _clean(trace, person, erased)
    for name in _OWN_EMPTIED:
        setattr(customer, name, _empty(Customer._meta.get_field(name)))
    customer.full_name, customer.erased_at = nobody, customer.erased_at or now()
    customer.version += 1
    customer.updated_at = now()
    reindex(customer)
    customer.save()


# Of the customer's own row; the name is replaced, the keys made of it follow.
_OWN_EMPTIED: Final = (
    "raw_name", "given_name", "salutation", "salutation_source", "formal_title", "organization", "contact_role", "tags",
    "address", "street_line", "ward", "province_code", "legacy_address", "note", "custom", "contact_channel",
    "contact_hours", "referred_by",
)  # fmt: skip


def _person(customer: Customer) -> Person:
    points = [text for row in customer.contact_points.values_list("value", "raw") for text in row if text]
    return Person(
        id=customer.id,
        names=tuple({name for name in (customer.full_name, customer.raw_name) if name}),
        contacts=tuple(dict.fromkeys([*points, *customer.external_ids.values_list("value", flat=True)])),
    )


def _clean(trace: Trace, person: Person, erased: str) -> None:
    rows = trace.model._default_manager.filter(pk__in=list(_rows(trace, person)))
    if trace.removed:
        rows.delete()
        return
    values = {name: _empty(trace.model._meta.get_field(name)) for name in trace.emptied}
    rows.update(**values, **dict.fromkeys(trace.replaced, erased), **trace.put)


def _rows(trace: Trace, person: Person) -> Any:
    found = trace.model._default_manager.filter(trace.of(person)).values_list("pk", flat=True)
    # Short numbers and names are in many texts by chance.
    words = [word for word in person.contacts if len(word) >= _TELLING]
    if not (trace.naming and words):
        return found
    casts = {f"{name}_as_text": Cast(name, TextField()) for name in trace.naming}
    named = Q()
    for word in words:
        for name in casts:
            named |= Q(**{f"{name}__icontains": word})
    others = trace.model._default_manager.annotate(**casts).filter(named).values_list("pk", flat=True)
    return {*found, *others}


_TELLING: Final = 6


def _empty(column: Any) -> Any:
    """What the column holds when it says nothing."""
    if isinstance(column, Field) and column.null:
        return None
    if isinstance(column, JSONField | ArrayField):
        return column.get_default()
    return b"" if column.get_internal_type() == "BinaryField" else ""


_OF_MERGES: Final = (
    "choices", "moved", "stayed", "dropped", "no_longer_preferred", "left", "survivor_before", "survivor_after",
    "merged_state",
)  # fmt: skip


def _merges(who: Person) -> Any:
    return MergeRecord.objects.filter(Q(survivor_id=who.id) | Q(merged_id=who.id))


leaves_traces(
    Trace(ContactPoint, lambda who: Q(customer_id=who.id), removed=True),
    Trace(ExternalId, lambda who: Q(customer_id=who.id), removed=True),
    Trace(AttachmentContent, lambda who: Q(attachment__customer_id=who.id), removed=True),
    Trace(Attachment, lambda who: Q(customer_id=who.id), removed=True),
    # What was agreed to, how and when is the proof; what was written beside it may tell more.
    Trace(Consent, lambda who: Q(customer_id=who.id), emptied=("evidence",)),
    Trace(Interaction, lambda who: Q(customer_id=who.id), emptied=("body", "data"), naming=("body", "data")),
    # On the other one's timeline, once they are two again.
    Trace(Interaction, lambda who: Q(subject_id__in=_merges(who).values("pk")), emptied=("data",)),
    Trace(
        MergeRecord,
        lambda who: Q(pk__in=_merges(who).values("pk")),
        emptied=_OF_MERGES,
        replaced=("merged_name",),
    ),
    Trace(Interaction, lambda who: Q(customer_id=who.id, actor_kind="customer"), emptied=("actor_label",)),
    Trace(
        ImportRow,
        lambda who: Q(customer_id=who.id),
        emptied=("cells", "values", "problems"),
        naming=("cells", "values"),
    ),
    Trace(
        ImportChange, lambda who: Q(record_id=who.id), emptied=("before", "after", "found"), naming=("before", "after")
    ),
    # How much was spent, when and where stays; what exactly, and the number others know it by, goes.
    Trace(Purchase, lambda who: Q(customer_id=who.id), emptied=("external_id", "items", "note"), naming=("note",)),
    # That somebody said something stays where it is cited; what it was goes.
    Trace(Quote, lambda who: Q(customer_id=who.id), replaced=("text",), naming=("text",)),
    # Being in a group says something of somebody.
    Trace(SegmentMember, lambda who: Q(customer_id=who.id), removed=True),
    Trace(CustomerPersona, lambda who: Q(customer_id=who.id), removed=True),
    # That something was known, of which kind and since when, stays in the reports; what it was goes.
    Trace(
        Fact,
        lambda who: Q(customer_id=who.id),
        emptied=("about", "mode"),
        replaced=("text",),
        naming=("text", "about", "mode"),
    ),
    Trace(UnderstandingItem, lambda who: Q(customer_id=who.id), removed=True),
    Trace(Understanding, lambda who: Q(customer_id=who.id), removed=True),
    # Whom they brought came by themselves, as far as anybody knows.
    Trace(Customer, lambda who: Q(referred_by_id=who.id), emptied=("referred_by",)),
    # That something was asked and answered in time stays.
    Trace(DataRequest, lambda who: Q(customer_id=who.id), emptied=("words", "reply")),
    Trace(CustomerHealth, lambda who: Q(customer_id=who.id), removed=True),
    Trace(RiskSpell, lambda who: Q(customer_id=who.id), removed=True),
    # What the API answered to a call about them, kept for a repetition.
    Trace(RepeatableCall, lambda who: Q(body__contains=str(who.id)), emptied=("body",), naming=("body",)),
)
