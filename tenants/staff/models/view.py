"""Lists as people keep coming back to them: narrowed, sorted and named."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class SavedView(TenantModel):
    """One list with its filters under a name; its owner's alone unless shared with the firm."""

    owner = models.ForeignKey("staff.User", models.CASCADE, related_name="+", verbose_name=_("owner"))
    # The list, as app.model: never a content-type number, those differ between schemas.
    model = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    is_shared = models.BooleanField(_("shared with the firm"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["position", "created_at"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["owner", "model", "name"], name="view_name_once_per_list")]
        indexes = [models.Index(fields=["model", "position"], name="view_of_list")]

    def __str__(self) -> str:
        return self.name
