"""Customers, how to reach them, what they agreed to, bought, and everything that happened with them."""

from customers.models.attachment import Attachment, AttachmentContent
from customers.models.consent import Consent
from customers.models.contact import ContactPoint, ExternalId
from customers.models.custom_field import CustomField
from customers.models.customer import Customer
from customers.models.data_request import DataRequest
from customers.models.fact import Fact
from customers.models.health import ChurnModel, CustomerHealth, RiskSpell
from customers.models.importing import ImportChange, ImportJob, ImportMapping, ImportRow
from customers.models.interaction import Interaction
from customers.models.merging import MergeRecord, NotDuplicate
from customers.models.persona import CustomerPersona, Persona, PersonaQuote
from customers.models.purchase import Purchase
from customers.models.quiz import PersonaQuiz, QuizAnswer, QuizOption
from customers.models.quote import Quote
from customers.models.segment import Segment, SegmentMember, SegmentSize
from customers.models.understanding import Understanding, UnderstandingBelief, UnderstandingDay, UnderstandingItem

__all__ = [
    "Attachment",
    "AttachmentContent",
    "ChurnModel",
    "Consent",
    "ContactPoint",
    "CustomField",
    "Customer",
    "CustomerHealth",
    "CustomerPersona",
    "DataRequest",
    "ExternalId",
    "Fact",
    "ImportChange",
    "ImportJob",
    "ImportMapping",
    "ImportRow",
    "Interaction",
    "MergeRecord",
    "NotDuplicate",
    "Persona",
    "PersonaQuiz",
    "PersonaQuote",
    "Purchase",
    "QuizAnswer",
    "QuizOption",
    "Quote",
    "RiskSpell",
    "Segment",
    "SegmentMember",
    "SegmentSize",
    "Understanding",
    "UnderstandingBelief",
    "UnderstandingDay",
    "UnderstandingItem",
]
