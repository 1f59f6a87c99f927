"""What working pages share: asking a service and turning its refusal into one sentence."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest

from cxcrm.core.errors import DomainError


def ask(form: forms.Form, call: Callable[..., Any]) -> Any:
    """Run ``call`` with the form's cleaned data; a DomainError becomes the form's error and None is returned."""
    try:
        return call(**form.cleaned_data)
    except DomainError as refusal:
        show_refusal(form, refusal)
        return None


def show_refusal(form: forms.Form, refusal: DomainError) -> None:
    """Put a service's refusal on the form, at the field it names where the form has it."""
    name = str(refusal.data.get("field", ""))
    field = next((one for one in (name, name.removesuffix("_id")) if one in form.fields), None)
    form.add_error(field, str(refusal))


def id_asked(request: HttpRequest, name: str) -> UUID | None:
    """The id the address gives as ``name``; None for none and for what is no id."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def row_asked(request: HttpRequest, name: str, among: Any) -> Any:
    """The row the address names by its id, where it is ``among`` a queryset; None where it is not."""
    ident = id_asked(request, name)
    return among.filter(pk=ident).first() if ident else None


def page_number(request: HttpRequest, name: str = "page") -> int:
    """The page asked for, at least 1; nonsense is 1."""
    text = request.GET.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
