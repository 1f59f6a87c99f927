"""Customers, how to reach them, what they agreed to and everything that happened with them."""

from customers.models.attachment import Attachment, AttachmentContent
from customers.models.consent import Consent
from customers.models.contact import ContactPoint, ExternalId
from customers.models.customer import Customer
from customers.models.importing import ImportJob, ImportRow
from customers.models.interaction import Interaction

__all__ = [
    "Attachment", "AttachmentContent", "Consent", "ContactPoint", "Customer", "ExternalId", "ImportJob", "ImportRow",
    "Interaction",
]  # fmt: skip
