"""The firm itself, its departments, branches and who is away."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


def _limit(label: Any) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


class Firm(TenantModel):
    """What is true of the whole firm; exactly one row."""

    class SecondFactor(models.TextChoices):
        NOBODY = "nobody", _("everybody decides for themselves")
        LEADERS = "leaders", _("owners, managers and executives must")
        EVERYBODY = "everybody", _("everybody must")

    class LateSurveys(models.TextChoices):
        SKIP = "skip", _("are not sent any more")
        WAIT = "wait", _("are sent in the next opening hours")

    name = models.CharField(_("name"), max_length=120)
    brand = models.CharField(_("name customers know"), max_length=120)
    language = models.CharField(_("language"), max_length=5, default="vi")
    country = models.CharField(_("country"), max_length=2, default="VN")
    currency = models.CharField(_("currency"), max_length=3, default="VND")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Ho_Chi_Minh")
    phone = models.CharField(_("phone customers may call"), max_length=20, blank=True)
    formal = models.BooleanField(_("formal tone"), default=True, help_text=_("“Kính gửi …” instead of “Chào …”."))
    self_pronoun = models.CharField(_("how the brand calls itself"), max_length=40, default="chúng tôi")
    colour = models.CharField(_("brand colour"), max_length=7, default="#0f766e")
    reply_to = models.EmailField(_("replies go to"), blank=True)
    chief = models.ForeignKey(
        "staff.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("chief executive"),
    )
    default_executive = models.ForeignKey(
        "staff.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("default executive"),
        help_text=_("Gets whatever finds nobody else."),
    )
    second_factor = models.CharField(
        _("second factor at log-in"),
        max_length=10,
        choices=SecondFactor,
        default=SecondFactor.NOBODY,
        help_text=_("Who must has one page to see after the next log-in: the one to set it up."),
    )
    late_surveys = models.CharField(
        _("late surveys"), max_length=4, choices=LateSurveys, default=LateSurveys.SKIP, db_default=LateSurveys.SKIP
    )
    late_survey_hours = models.PositiveSmallIntegerField(
        _("late after (hours)"),
        default=24,
        db_default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text=_("After a breakdown: how long after its time a survey may still arrive."),
    )
    # What somebody of each role may grant a customer alone, unless they have a limit of their own.
    manager_limit = _limit(_("managers"))
    executive_limit = _limit(_("executives"))
    brand_steward_limit = _limit(_("brand stewards"))
    agent_limit = _limit(_("agents"))
    has_community = models.BooleanField(
        _("the community's page is open"),
        default=False,
        db_default=False,
        help_text=_("Customers find answers and ask questions at /q/. While this is off, the page does not exist."),
    )
    # The guide of first steps was put away.
    is_settled_in = models.BooleanField(default=False, editable=False)
    singleton = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firm")
        constraints = [
            models.UniqueConstraint(fields=["singleton"], name="one_firm"),
            models.CheckConstraint(condition=Q(singleton=True), name="firm_is_singleton"),
        ]

    def __str__(self) -> str:
        return self.name


class Department(TenantModel):
    """A unit that owns touchpoints and works on complaints."""

    name = models.CharField(_("name"), max_length=120)
    lead = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("head")
    )
    handler = models.ForeignKey(
        "staff.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("first to handle"),
        help_text=_("New complaints of this department go to this person."),
    )
    is_customer_care = models.BooleanField(
        _("customer care"),
        default=False,
        db_default=False,
        help_text=_("Answers customers when something went wrong. A stage left to it alone is marked on the heat map."),
    )

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="department_name_once")]

    def __str__(self) -> str:
        return self.name


class Branch(TenantModel):
    """A shop, workshop or office customers come to."""

    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    province = models.CharField(_("province or city"), max_length=80, blank=True)
    manager = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("manager")
    )
    is_active = models.BooleanField(_("open"), default=True)

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="branch_name_once")]

    def __str__(self) -> str:
        return self.name


class Absence(TenantModel):
    """Somebody is away, from the first day to the last, and who stands in."""

    user = models.ForeignKey("staff.User", models.CASCADE, related_name="absences", verbose_name=_("staff member"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    deputy = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_start"),
            models.CheckConstraint(condition=~Q(user=F("deputy")), name="nobody_deputises_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_on:%d/%m/%Y} – {self.ends_on:%d/%m/%Y}"
