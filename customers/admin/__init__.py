"""Pages of customers: finding them, seeing everything about one, importing many."""

from collections.abc import Callable, Sequence
from typing import Any

from customers.admin.attachments import AttachmentAdmin
from customers.admin.belonging import belonging_panel, put_into_segment
from customers.admin.custom_fields import CustomFieldAdmin
from customers.admin.customers import CustomerAdmin
from customers.admin.facts import FactAdmin
from customers.admin.imports import ImportJobAdmin
from customers.admin.merging import MergeRecordAdmin
from customers.admin.personas import PersonaAdmin, quote_panel
from customers.admin.purchases import PurchaseAdmin, purchases_panel
from customers.admin.quizzes import PersonaQuizAdmin
from customers.admin.quotes import QuoteAdmin
from customers.admin.segments import SegmentAdmin
from customers.models import (
    Attachment,
    Customer,
    CustomField,
    Fact,
    ImportJob,
    MergeRecord,
    Persona,
    PersonaQuiz,
    Purchase,
    Quote,
    Segment,
)
from cxcrm.core.admin.site import Site


def register(
    site: Site,
    *,
    panels: Sequence[Callable[..., str]] = (),
    quote_panels: Sequence[Callable[..., str]] = (),
    actions: Sequence[Any] = (),
) -> None:
    """``panels`` (request, customer or quote → markup) and list ``actions`` come from the floors above, by the roof."""
    all_panels = (*panels, purchases_panel, belonging_panel)
    site.register(Customer, CustomerAdmin, panels=all_panels, actions=(*actions, put_into_segment))
    site.register(Purchase, PurchaseAdmin)
    site.register(ImportJob, ImportJobAdmin)
    site.register(Attachment, AttachmentAdmin)
    site.register(CustomField, CustomFieldAdmin)
    site.register(MergeRecord, MergeRecordAdmin)
    site.register(Quote, QuoteAdmin, panels=(*quote_panels, quote_panel))
    site.register(Segment, SegmentAdmin)
    site.register(Persona, PersonaAdmin)
    site.register(PersonaQuiz, PersonaQuizAdmin)
    site.register(Fact, FactAdmin)
