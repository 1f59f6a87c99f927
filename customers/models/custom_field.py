"""Fields a firm adds to its customers."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel

_KEY = RegexValidator(r"\A[a-z][a-z0-9_]{0,39}\Z", _("A key has small letters a to z, digits and _ only."))


class CustomField(TenantModel):
    """One thing this firm wants to know of its customers; the values stand in ``Customer.custom`` under ``key``."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        MONEY = "money", _("amount of money")
        DATE = "date", _("date")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("one of several")
        CHOICES = "choices", _("several of several")

    class AppliesTo(models.TextChoices):
        BOTH = "both", _("persons and organisations")
        PERSON = "person", _("persons")
        ORGANIZATION = "organization", _("organisations")

    key = models.CharField(
        _("key"),
        max_length=40,
        blank=True,
        unique=True,
        validators=[_KEY],
        help_text=_("The name programs use. Left empty it is made of the label; it never changes afterwards."),
    )
    label_vi = models.CharField(_("label in Vietnamese"), max_length=60)
    label_en = models.CharField(_("label in English"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TEXT)
    # [{"value", "vi", "en", "retired"}]: a value stays when its words change.
    choices = models.JSONField(_("choices"), default=list, blank=True)
    applies_to = models.CharField(_("asked of"), max_length=12, choices=AppliesTo, default=AppliesTo.BOTH)
    help_text = models.CharField(_("help"), max_length=160, blank=True)
    is_required = models.BooleanField(
        _("must be filled in"),
        default=False,
        help_text=_("On the form for staff. What comes in by file, API or from customers is never refused for it."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(
        _("in use"), default=True, help_text=_("Out of use it is not shown; what was entered is kept.")
    )

    class Meta:
        verbose_name = _("field of your own")
        verbose_name_plural = _("fields of your own")
        ordering = ["position", "label_vi", "id"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        """The label in the reader's language."""
        return self.label_en if get_language() == "en" and self.label_en else self.label_vi
