"""Whose good something is for: what is good for the company alone is looked at twice."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Viewpoint(models.TextChoices):
    """Domain.md §1, 0.6: nothing said is nothing said, and never guessed for what was written before."""

    CUSTOMER = "customer", _("the customer's")
    EMPLOYEE = "employee", _("the staff's")
    COMPANY = "company", _("the company's alone")


class SeenFrom(models.Model):
    """Base of what says whose good it is for."""

    viewpoint = models.CharField(
        _("whose good is it for?"), max_length=8, choices=Viewpoint, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True

    @property
    def is_one_sided(self) -> bool:
        return self.viewpoint == Viewpoint.COMPANY
