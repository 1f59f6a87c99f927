"""Forms of working pages, dressed like the rest of the admin."""

from typing import Any

from django import forms
from unfold import widgets

_DRESS: list[tuple[type[forms.Widget], list[str]]] = [
    (forms.Textarea, widgets.TEXTAREA_CLASSES),
    # Django puts a choice's classes on its outer element too, so these are dressed by our own style sheet.
    (forms.CheckboxSelectMultiple, []),
    (forms.RadioSelect, []),
    (forms.Select, widgets.SELECT_CLASSES),
    (forms.CheckboxInput, widgets.CHECKBOX_CLASSES),
    (forms.widgets.Input, widgets.INPUT_CLASSES),
]


class WorkForm(forms.Form):
    """A plain form with the admin's widgets; text is stripped of NUL bytes by Django's own validators."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field.widget)


def dress(widget: forms.Widget) -> None:
    """Give ``widget`` the look of unfold's own."""
    for kind, classes in _DRESS:
        if isinstance(widget, kind):
            widget.attrs["class"] = " ".join([*classes, widget.attrs.get("class", "")]).strip()
            break
    if isinstance(widget, forms.Textarea):
        widget.attrs.setdefault("rows", 4)
