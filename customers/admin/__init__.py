"""Pages of customers: finding them, seeing everything about one, importing many."""

from collections.abc import Callable, Sequence
from typing import Any

from customers.admin.attachments import AttachmentAdmin
from customers.admin.custom_fields import CustomFieldAdmin
from customers.admin.customers import CustomerAdmin
from customers.admin.imports import ImportJobAdmin
from customers.admin.merging import MergeRecordAdmin
from customers.admin.purchases import PurchaseAdmin, purchases_panel
from customers.admin.quotes import QuoteAdmin
from customers.models import Attachment, Customer, CustomField, ImportJob, MergeRecord, Purchase, Quote
from cxcrm.core.admin.site import Site


def register(
    site: Site,
    *,
    panels: Sequence[Callable[..., str]] = (),
    quote_panels: Sequence[Callable[..., str]] = (),
    actions: Sequence[Any] = (),
) -> None:
    """``panels`` (request, customer or quote → markup) and list ``actions`` come from the floors above, by the roof."""
    site.register(Customer, CustomerAdmin, panels=(*panels, purchases_panel), actions=tuple(actions))
    site.register(Purchase, PurchaseAdmin)
    site.register(ImportJob, ImportJobAdmin)
    site.register(Attachment, AttachmentAdmin)
    site.register(CustomField, CustomFieldAdmin)
    site.register(MergeRecord, MergeRecordAdmin)
    site.register(Quote, QuoteAdmin, panels=tuple(quote_panels))
