"""Every column that could hold what tells who a customer is says what becomes of it when they are erased."""

from typing import Final

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from customers.models import Customer
from customers.services.erasure import traces

ROOMS: Final = ("customers", "journeys", "feedback", "workflows")
COULD_HOLD_ANYTHING: Final = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)
# Columns that never hold anything of a customer: words of the set-up, codes, digests, names of staff and files.
NOTHING_OF_CUSTOMERS: Final = {
    "customers.Consent": {"text_version"},
    "customers.CustomField": {"choices", "help_text", "key", "label_en", "label_vi"},
    "customers.ImportChange": {"field", "model"},
    "customers.ImportJob": {"file_name", "headers", "kind", "looks_like", "mapping", "warnings"},
    "customers.ChurnModel": {"coefficients", "means", "ranked", "report"},
    "customers.ImportMapping": {"columns", "headers_key", "kind", "options"},
    "customers.Interaction": {"actor_kind", "subject_type", "what"},
    # A persona is a portrait staff draw of many; whose words it cites stands in the quotes.
    "customers.Persona": {"channel", "emotion", "expectation", "name", "need", "who"},
    # The words of portraits; a customer's own stand in the quote an option names.
    "customers.QuizOption": {"text"},
    "customers.Purchase": {"branch_name", "channel", "currency", "source"},
    "customers.Segment": {"condition", "description", "name"},
    # Keyed hashes; codes; and what the firm did, on which a photo of somebody is taken away by hand.
    "feedback.AnswerMark": {"visitor"},
    "feedback.CommunityImpact": {"activity", "beneficiaries", "evidence", "place"},
    "feedback.CommunityTopic": {"name"},
    "feedback.ImpactPhoto": {"content", "content_type"},
    "feedback.Complaint": {"number", "severity_reasons"},
    "feedback.ContextEvent": {"care_en", "care_vi", "name", "provinces"},
    "feedback.Dispatch": {"skipped"},
    "feedback.Question": {"choices", "high_en", "high_vi", "low_en", "low_vi", "text_en", "text_vi"},
    "feedback.Remedy": {"name", "name_en"},
    "feedback.ReplyTemplate": {"name", "proposed_text", "text"},
    "feedback.Response": {"language", "odd"},
    "feedback.RootCause": {"name", "name_en"},
    # Of staff, who are nobody's customers; told which item they speak of.
    "feedback.StaffAnswer": {"item", "words"},
    "feedback.Survey": {"name"},
    "journeys.Accountability": {"note"},
    "journeys.BrandProfile": {"majority", "meaning", "positioning", "traits"},
    # Of customers as a whole; what one of them said stands in the quotes.
    "journeys.Decision": {
        "effect_on_customers",
        "effect_on_staff",
        "learning",
        "marks",
        "topic",
        "what_they_need",
        "who_they_are",
    },
    # Of places and not of people; a photo on which somebody can be known is removed by hand.
    "journeys.AuditItem": {"note", "text"},
    # What our own people felt when they went the customer's way.
    "journeys.WalkStep": {"note"},
    "journeys.AuditPhoto": {"content", "content_type"},
    "journeys.Environment": {"items", "name", "name_en"},
    "journeys.Insight": {"because", "but", "good_end", "want", "why_retired"},
    "journeys.Initiative": {
        "decided_because",
        "failed",
        "harms",
        "learning",
        "marks",
        "name",
        "need",
        "notice",
        "price",
        "what",
    },
    "journeys.InitiativeEffect": {"mitigation"},
    "journeys.Journey": {"name", "name_en"},
    "journeys.JourneyVersion": {"digest", "snapshot"},  # customers' words by their ids only
    "journeys.Stage": {"code", "customer_goal", "name", "name_en"},
    "journeys.JourneyFlow": {"ways"},
    "journeys.Standard": {"behaviours", "text"},
    "journeys.StandardProposal": {"behaviours", "text"},
    # The system that tells of visits, as the till's name of a channel.
    "journeys.StageVisit": {"source"},
    "journeys.VisitRule": {"channel"},
    "journeys.Touchpoint": {"code", "customer_outcome", "name", "name_en"},
    "workflows.Calendar": {"name", "time_zone", "windows"},
    "workflows.CalendarDay": {"name", "windows"},
    "workflows.CauseProposal": {"because"},
    # Of standards and words for replies, and why two of them go together.
    "workflows.DismissedContradiction": {"first", "key", "second", "why"},
    # Of how colleagues treat customers, not of one of them.
    "workflows.ConductPolicy": {"criteria", "decides", "follows", "thanks"},
    "workflows.CxBudget": {"note"},
    "workflows.EscalationPolicy": {"name"},
    "workflows.Event": {"actor_kind", "name", "payload"},
    "workflows.IncomingMail": {"message_id"},
    "workflows.Message": {"dedupe_key", "message_id"},
    "workflows.PauseReason": {"name", "name_en", "told", "told_en"},
    # Where the brand says what it promises everybody.
    "workflows.Promise": {"said_where"},
    "workflows.Receipt": {"handler"},
    "workflows.Review": {"note"},
    "workflows.SharedText": {"digest", "text"},
    "workflows.SlaPolicy": {"severity"},
    "workflows.WeDid": {"said_en", "said_vi"},
}


def columns() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, COULD_HOLD_ANYTHING) and not field.choices
    }


def test_every_text_is_erased_or_says_nothing_about_customers():
    """A new column belongs into its room's services/erasure.py, or here when no customer can ever stand in it."""
    erased = {column for trace in traces() for column in trace.columns}
    own = {f"{Customer._meta.label}.{field.name}" for field in Customer._meta.concrete_fields}
    harmless = {f"{model}.{name}" for model, names in NOTHING_OF_CUSTOMERS.items() for name in names}
    assert columns() - erased - own == harmless
    assert not harmless & erased
