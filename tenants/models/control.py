"""What operators hold back, and how the ways out of the house are doing (public schema)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import Row


class Pause(Row):
    """Something held back for all firms: everything, one kind of work, or one way out. One firm has its own switch."""

    class Scope(models.TextChoices):
        ALL = "all", _("everything")
        KIND = "kind", _("a kind of work")
        ROUTE = "route", _("a way out")

    scope = models.CharField(_("what"), max_length=8, choices=Scope)
    name = models.CharField(_("which"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    paused_by = models.CharField(_("paused by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [models.UniqueConstraint(fields=["scope", "name"], name="one_pause_each")]

    def __str__(self) -> str:
        return f"{self.scope} {self.name}".strip()


class Route(Row):
    """A way out (an SMTP server or a provider) and its circuit breaker: after failures in a row it is left alone."""

    name = models.CharField(_("way out"), max_length=120, unique=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    open_until = models.DateTimeField(_("left alone until"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)

    class Meta:
        verbose_name = _("way out")
        verbose_name_plural = _("ways out")

    def __str__(self) -> str:
        return self.name
