"""Answers of the API with the contacts of customers masked, for keys and roles that may not see them."""

from typing import Any, ClassVar

from rest_framework.serializers import BaseSerializer

from customers.logic.masks import mask_email
from customers.logic.phones import mask_phone
from customers.selectors.contacts import may_see_contacts

_LISTS = {"phones": mask_phone, "emails": mask_email, "undeliverable": mask_email}


class Masked:
    """Before an output serializer among the bases: phones and addresses in its rows are masked."""

    def to_representation(self, row: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(row)
        for name, mask in _LISTS.items():
            if name in shown:
                shown[name] = [mask(value) for value in shown[name]]
        if shown.get("email"):
            shown["email"] = mask_email(shown["email"])
        return shown


class MaskingViews:
    """Before a view set among the bases: ``masked`` names, for a serializer, the one for readers without the right."""

    masked: ClassVar[dict[type[BaseSerializer], type[BaseSerializer]]] = {}

    def get_serializer_class(self) -> Any:
        shape = super().get_serializer_class()
        user = getattr(getattr(self, "request", None), "user", None)
        return shape if user is None or may_see_contacts(user) else self.masked.get(shape, shape)
