"""What staff say when they are asked once a period, and, apart from it, who has answered."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Unjoined(TenantModel):
    """A row without a time, under an id that tells none: nothing joins who answered to what was said."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created_at = None  # type: ignore[assignment] # Django takes the field away

    class Meta:
        abstract = True


class StaffTurn(Unjoined):
    """That somebody has answered a questionnaire this period, and nothing of what they said."""

    class Questionnaire(models.TextChoices):
        PULSE = "pulse", _("How it is to work here")
        ASSUMED = "assumed", _("What I assume staff feel")
        PILLARS = "pillars", _("Five pillars of empathy")
        ORIENTATION = "orientation", _("Whom we look at")

    # The key below begins with it.
    user = models.ForeignKey(
        "staff.User", models.CASCADE, related_name="+", db_index=False, verbose_name=_("staff member")
    )
    questionnaire = models.CharField(_("questionnaire"), max_length=11, choices=Questionnaire)
    period = models.DateField(_("first day of the period"))

    class Meta:
        verbose_name = _("turn of answering")
        verbose_name_plural = _("Our people")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["user", "questionnaire", "period"], name="staff_asked_once_a_period")
        ]

    def __str__(self) -> str:
        return f"{self.get_questionnaire_display()} {self.period:%m/%Y}"


class StaffAnswer(Unjoined):
    """One answer to one item: a number, or words. It hangs together with no other answer and with nobody.

    The branch or, for who has none, the department is kept where five or more work there; never both.
    """

    questionnaire = models.CharField(_("questionnaire"), max_length=11, choices=StaffTurn.Questionnaire)
    period = models.DateField(_("first day of the period"))
    branch = models.ForeignKey(
        "staff.Branch", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("branch")
    )
    department = models.ForeignKey(
        "staff.Department", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    item = models.CharField(_("item"), max_length=20)
    value = models.SmallIntegerField(_("value"), null=True, blank=True)
    # Without phone numbers and e-mail addresses: they are taken out before it is kept.
    words = models.CharField(_("in their words"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("answer of staff")
        verbose_name_plural = _("answers of staff")
        base_manager_name = "objects"
        indexes = [models.Index(fields=["questionnaire", "period", "item"], include=["value"], name="staff_answers_of")]
        constraints = [
            models.CheckConstraint(condition=Q(branch=None) | Q(department=None), name="staff_answer_of_one_unit"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, words="") | (Q(value=None) & ~Q(words="")),
                name="staff_answer_number_or_words",
            ),
        ]

    def __str__(self) -> str:
        return self.item
