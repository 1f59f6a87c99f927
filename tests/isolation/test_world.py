"""The walls are tested with something behind them: every table has rows, every free text names its firm."""

import pytest
from django.apps import apps
from django.db import connection, models

from cxcrm.core.models import TenantModel
from tenants.context import in_tenant

MODELS = [
    model for model in apps.get_models() if issubclass(model, TenantModel) or model._meta.label == "admin.LogEntry"
]
# Why a table has no free text of the firm's own.
WITHOUT_CANARY = {
    "customers.AttachmentContent": "bytes only",
    "customers.ChurnModel": "numbers and codes only",
    "customers.ContactPoint": "phones and addresses are the same in both firms on purpose",
    "customers.CustomerHealth": "numbers and codes only",
    "customers.CustomerPersona": "ids and a number only",
    "customers.NotDuplicate": "ids only",
    "customers.PersonaQuote": "ids only",
    "customers.PersonaQuiz": "ids and times only",
    "customers.QuizAnswer": "ids only",
    "customers.RiskSpell": "ids and times only",
    "customers.SegmentMember": "ids only",
    "customers.SegmentSize": "days and numbers only",
    "customers.ExternalId": "numbers are the same in both firms on purpose",
    "customers.ImportMapping": "names of columns only",
    "customers.Understanding": "numbers only",
    "customers.UnderstandingBelief": "numbers and people only",
    "customers.UnderstandingDay": "numbers only",
    "customers.UnderstandingItem": "codes and times only",
    "journeys.DecisionQuote": "ids only",
    "journeys.Guardrail": "numbers only",
    "journeys.InitiativeInsight": "ids only",
    "journeys.InitiativeQuote": "ids only",
    "journeys.InsightQuote": "ids only",
    "workflows.CauseCase": "ids only",
    "workflows.ChangeCase": "ids only",
    "feedback.ComplaintCounter": "numbers only",
    "feedback.Dispatch": "numbers only",
    "feedback.AnswerMark": "ids and codes only",
    "feedback.ReputationPoint": "ids and numbers only",
    "feedback.ImpactPhoto": "the same picture in both firms",
    "feedback.QuestionAsk": "ids only",
    "feedback.TopicExpert": "ids only",
    "feedback.HeldInvitation": "ids only",
    "feedback.NoteMention": "people and times only",
    "feedback.Invitation": "addresses are the same in both firms on purpose",
    "feedback.Belief": "ids and values only",
    "feedback.Forecast": "ids and values only",
    "feedback.StaffTurn": "people and days only",
    "feedback.RealGap": "ids and dates only",
    "journeys.AuditPhoto": "the same picture in both firms",
    "journeys.EnvironmentAudit": "ids, days and numbers only",
    "journeys.AssumedEmotion": "ids and values only",
    "journeys.JourneyWalk": "ids, days and codes only",
    "journeys.JourneyFlow": "ids and numbers only",
    "journeys.ReportedEmotion": "ids and values only",
    "journeys.StageLink": "ids only",
    "journeys.StageQuote": "ids only",
    "journeys.StandardAcknowledgement": "ids only",
    "journeys.VisitReading": "days and times only",
    "staff.Absence": "days and people only",
    "staff.AuthenticatorApp": "sealed, not readable",
    "staff.Identity": "ids only",
    "staff.RecoveryCode": "digests only",
    "staff.Session": "signed, not readable",
    "staff.Tries": "digests only",
    "workflows.ConductAcknowledgement": "ids only",
    "workflows.ClockSegment": "times and people only",
    "workflows.CompensationAsk": "times and people only",
    "workflows.EscalationLevel": "times only",
    "workflows.EscalationStep": "times and people only",
    "workflows.Ladder": "ids only",
    "workflows.Receipt": "names of handlers only",
    "workflows.SlaClock": "times only",
    "workflows.SlaPolicy": "times only",
    "workflows.ReplyAudit": "a yes or a no to a reply, which is looked at itself",
}


@pytest.mark.parametrize("firm", ["alpha", "beta"])
def test_every_table_has_rows_that_name_their_firm(firm, worlds, db):
    world = worlds[firm]
    other = worlds["beta" if firm == "alpha" else "alpha"]
    for model in MODELS:
        with in_tenant(world.tenant), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), count(*) FILTER (WHERE t::text ILIKE %s), count(*) FILTER (WHERE t::text ILIKE %s) "
                f"FROM {model._meta.db_table} t",
                [f"%{world.canary}%", f"%{other.canary}%"],
            )
            rows, named, foreign = cursor.fetchone()
        assert rows > 0, model
        assert foreign == 0, model
        assert (named > 0) is (model._meta.label not in WITHOUT_CANARY), model


def test_the_firms_share_contacts_and_no_ids(worlds, db):
    alpha, beta = worlds["alpha"], worlds["beta"]
    assert not alpha.all_ids & beta.all_ids
    values = []
    for world in (alpha, beta):
        with in_tenant(world.tenant):
            points = apps.get_model("customers.ContactPoint").objects.filter(undeliverable_at=None)
            values.append(set(points.values_list("value", flat=True)))
    assert values[0] == values[1]
    assert len(values[0]) >= 9


def test_every_model_is_a_firms_the_registrys_or_named_here():
    """A new model belongs to one of three kinds; Django's own are named."""
    django = {"admin.LogEntry", "auth.Group", "auth.Permission", "contenttypes.ContentType"}
    for model in apps.get_models():
        ours = issubclass(model, TenantModel) or model._meta.app_label == "tenants"
        assert ours or model._meta.label in django, f"{model._meta.label} is behind no wall"
        assert isinstance(model._meta.pk, models.UUIDField) or not ours
