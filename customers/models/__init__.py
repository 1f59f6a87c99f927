"""Customers, how to reach them, what they agreed to, bought, and everything that happened with them."""

from customers.models.attachment import Attachment, AttachmentContent
from customers.models.consent import Consent
from customers.models.contact import ContactPoint, ExternalId
from customers.models.custom_field import CustomField
from customers.models.customer import Customer
from customers.models.importing import ImportChange, ImportJob, ImportMapping, ImportRow
from customers.models.interaction import Interaction
from customers.models.merging import MergeRecord, NotDuplicate
from customers.models.purchase import Purchase
from customers.models.quote import Quote

__all__ = [
    "Attachment", "AttachmentContent", "Consent", "ContactPoint", "CustomField", "Customer", "ExternalId",
    "ImportChange", "ImportJob", "ImportMapping", "ImportRow", "Interaction", "MergeRecord", "NotDuplicate", "Purchase",
    "Quote",
]  # fmt: skip
