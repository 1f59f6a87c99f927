"""Files about a customer: what staff add and what customers send in."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Attachment(TenantModel):
    """What is known of one file; its bytes stand in a row of their own, so that no list ever reads them."""

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="attachments", db_index=False, verbose_name=_("customer")
    )  # the index below begins with it
    # The object it belongs to, as app.model and id; both empty where it is the customer's own.
    subject_type = models.CharField(max_length=60, blank=True, editable=False)
    subject_id = models.UUIDField(null=True, blank=True, editable=False)
    file_name = models.CharField(_("file"), max_length=120)
    # As its first bytes say, never as somebody claims.
    content_type = models.CharField(_("kind of file"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, editable=False)
    is_from_customer = models.BooleanField(_("sent by the customer"), default=False)
    actor_kind = models.CharField(max_length=10, default="system", editable=False)
    actor_id = models.UUIDField(null=True, blank=True, editable=False)
    actor_label = models.CharField(_("by"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["customer", "-created_at", "-id"], name="attachment_of_customer"),
            models.Index(
                fields=["subject_id"], condition=models.Q(subject_id__isnull=False), name="attachment_subject"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class AttachmentContent(TenantModel):
    """The bytes of one file, in the firm's own schema: backups, archives and the end of a firm include them."""

    attachment: Any = models.OneToOneField(Attachment, models.CASCADE, related_name="content")
    content = models.BinaryField()

    class Meta:
        verbose_name = _("content of a file")
        verbose_name_plural = _("contents of files")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return str(self.attachment_id)
