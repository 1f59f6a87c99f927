"""When the firm is open: several windows a day, holidays, swapped working days."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Calendar(TenantModel):
    """Weekly opening windows in the firm's time zone; exactly one calendar is the default."""

    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Ho_Chi_Minh")
    # {"0": [["08:00", "12:00"], ["13:00", "17:00"]], …}, Monday is 0; "24:00" ends a day.
    windows = models.JSONField(_("opening hours"), default=dict)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["name"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_calendar")
        ]

    def __str__(self) -> str:
        return self.name


class CalendarDay(TenantModel):
    """A day unlike the week: closed, or open at hours of its own (a swapped working day)."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days", verbose_name=_("calendar"))
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    windows = models.JSONField(_("opening hours"), default=list, blank=True, help_text=_("Empty: closed all day."))

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["day"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="special_day_once")]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"
