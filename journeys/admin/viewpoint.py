"""Asking whose good something is for, and marking what is good for the company alone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.html import pill
from journeys.models import Viewpoint
from journeys.models.viewpoint import SeenFrom


def viewpoint_field() -> forms.ChoiceField:
    """A choice that may be left open."""
    return forms.ChoiceField(
        label=_("Whose good is it for?"), choices=[("", _("not said")), *Viewpoint.choices], required=False
    )


def one_sided(row: SeenFrom) -> str:
    """The amber mark, or nothing."""
    return pill(_("company only"), "warn") if row.is_one_sided else ""
