"""A customer's own words, as everything the firm publishes about its customers rests on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxcrm.core.models import TenantModel


class Quote(TenantModel):
    """What one customer said, word for word, from one entry of the timeline; cited wherever it bears something out."""

    class FeedbackType(models.TextChoices):
        """The four kinds of feedback (domain.md §1, 3.8)."""

        VALUE_PROPOSITION = "value_proposition", _("Wishes and ideas")
        AWARENESS = "awareness", _("Impressions of us")
        USAGE = "usage", _("How it is used")
        COMPLAINT = "complaint", _("Complaint")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="quotes", db_index=False, verbose_name=_("customer")
    )  # the index below begins with it
    interaction = models.ForeignKey(
        "customers.Interaction", models.CASCADE, related_name="quotes", verbose_name=_("said in")
    )
    # Word for word but for phone numbers and addresses, which are starred: a quote is read by many.
    text = models.CharField(_("the customer's words"), max_length=500)
    feedback_type = models.CharField(_("kind of feedback"), max_length=20, choices=FeedbackType, blank=True)
    said_at = models.DateTimeField(_("said"))
    taken_by = models.ForeignKey(
        "staff.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["-said_at", "-id"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["customer", "-said_at", "-id"], name="quote_of_customer"),
            models.Index(fields=["-said_at", "-id"], name="quote_newest"),
        ]

    def __str__(self) -> str:
        return self.text
