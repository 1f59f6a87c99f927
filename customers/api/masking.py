"""Answers of the API with phones and addresses masked, for keys and roles that may not see them."""

from functools import cache
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework.serializers import BaseSerializer

from customers.errors import MaskedSent
from customers.exports import masked_columns
from customers.logic.masks import all_without_contacts, mask_email, stars_of
from customers.logic.phones import mask_phone
from customers.selectors.contacts import may_see_contacts
from cxcrm.core.exports.columns import Column

_LISTS = {"phones": mask_phone, "emails": mask_email, "undeliverable": mask_email}
# What people wrote, whatever it is called: a number may stand in the middle of it.
FREE_TEXTS = frozenset(
    {
        "about", "action_taken", "after", "answers", "before", "body", "cells", "custom", "data", "decision_note",
        "description", "detail", "done_words", "evidence", "file_name", "found", "good_end", "happened",
        "helped_words", "history", "hurts", "items", "new_day_because", "note", "problems", "proposal", "quote",
        "reason", "remedy_sought", "reply", "subject", "text", "trying", "values", "words",
    }
)  # fmt: skip


class Masked:
    """Before an output serializer among the bases: phones and addresses in its rows are masked."""

    def to_representation(self, row: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(row)
        for name, value in shown.items():
            if name in _LISTS:
                shown[name] = [_LISTS[name](one) for one in value]
            elif name == "email" and value:
                shown[name] = mask_email(value)
            elif name in FREE_TEXTS:
                shown[name] = all_without_contacts(value)
        return shown


@cache
def masked(shape: type[BaseSerializer]) -> type[BaseSerializer]:
    """``shape`` for who may not see how customers are reached; in the contract it is the same."""
    bases = (Masked, shape)
    meta = getattr(shape, "Meta", None)
    told = {"__doc__": shape.__doc__, "__module__": shape.__module__}
    if meta is not None:
        told["Meta"] = type("Meta", (meta,), {"ref_name": getattr(meta, "ref_name", shape.__name__)})
    return type(f"{shape.__name__}Masked", bases, told)


class MaskingViews:
    """Before a view set among the bases: readers without the right get every answer, and every file, masked."""

    export_columns: ClassVar[tuple[Column, ...]]

    def get_serializer_class(self) -> Any:
        shape = super().get_serializer_class()
        return masked(shape) if self.is_masking() else shape

    def parsed(self) -> dict[str, Any]:
        """What comes back as it was shown changes nothing; a text changed around what is masked is refused."""
        told: dict[str, Any] = super().parsed()
        if self.action == "partial_update" and self.is_masking():
            row = get_object_or_404(self.detailed(self.get_queryset()), pk=self.pk)
            shape = super().get_serializer_class()
            said, shown = (one(row, context=self.get_serializer_context()).data for one in (shape, masked(shape)))
            for name in [name for name in told if said.get(name) != shown.get(name)]:
                if self.request.data.get(name) == shown[name]:
                    del told[name]
                elif stars_of(self.request.data.get(name)) & (stars_of(shown[name]) - stars_of(said[name])):
                    raise MaskedSent(field=name)
        return told

    def columns_for(self) -> tuple[Column, ...]:
        return masked_columns(self.export_columns) if self.is_masking() else self.export_columns

    def is_masking(self) -> bool:
        user = getattr(getattr(self, "request", None), "user", None)
        return user is not None and not may_see_contacts(user)
