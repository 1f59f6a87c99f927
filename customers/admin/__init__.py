"""Pages of customers: finding them, seeing everything about one, importing many."""

from collections.abc import Callable, Sequence
from typing import Any

from customers.admin.attachments import AttachmentAdmin
from customers.admin.customers import CustomerAdmin
from customers.admin.imports import ImportJobAdmin
from customers.models import Attachment, Customer, ImportJob
from cxcrm.core.admin.site import Site


def register(site: Site, *, panels: Sequence[Callable[..., str]] = (), actions: Sequence[Any] = ()) -> None:
    """``panels`` (request, customer → markup) and list ``actions`` come from the floors above, given by the roof."""
    site.register(Customer, CustomerAdmin, panels=tuple(panels), actions=tuple(actions))
    site.register(ImportJob, ImportJobAdmin)
    site.register(Attachment, AttachmentAdmin)
