"""The REST API's framework and its OpenAPI document; the classes named here are in cxcrm.core.api."""

import environ

env = environ.Env()

# Calls per second and key in the long run, and at once; a rate of 0 counts no seconds. Plans limit the day.
API_RATE = env.int("CXCRM_API_RATE", default=20)
API_BURST = env.int("CXCRM_API_BURST", default=100)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tenants.staff.authentication.ApiKeyAuthentication",
        "tenants.staff.authentication.StaffSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["cxcrm.core.api.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["tenants.staff.throttling.PartnerThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cxcrm.core.api.parsers.SafeJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "cxcrm.core.api.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": [
        "cxcrm.core.api.filters.ListFilter",
        "cxcrm.core.api.filters.SearchFilter",
    ],
    "DEFAULT_SCHEMA_CLASS": "cxcrm.core.api.schema.Schema",
    "EXCEPTION_HANDLER": "cxcrm.core.api.exceptions.handle",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": "tenants.staff.models.AnonymousStaff",
    "DURATION_FORMAT": "iso-8601",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

_DESCRIPTION = """\
Customers, feedback, complaints and escalation of one firm, on the firm's own host with its own keys.

**Logging in.** An owner makes a key in the admin under API keys and chooses its scopes. Send it with every request:
`Authorization: Bearer cx_…`. `GET /api/v1/me/` says what a key may do. A scope names a room and a level
(`customers:read`, `feedback:write`, `workflows:manage`); each level includes the ones before.

**Lists** come in pages of 50, at most 200 (`?limit=`). Follow `next` until it is null; rows that come or go meanwhile
move no other. A filter the list does not know is refused, not ignored.

**Values.** Ids are UUIDs, moments ISO 8601 in UTC, durations ISO 8601, money decimal text in the firm's currency,
phone numbers E.164. A field an address does not know is refused.

**Refusals** all look alike: a stable `code`, a `message` in the language of `Accept-Language` (vi, en), and `data` for
programs. For what was sent wrongly, `data.fields` holds the problems by field.

**Limits.** A key may call some times a second (`RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset`) and a firm
as often a day as its plan says (`X-Plan-Api-Calls-Remaining`). Beyond it is 429 with `Retry-After` in seconds. What
brings a customer's own words (a complaint, an answer, a consent) is counted and never refused for it.

**Sending again.** Give a call that writes an `Idempotency-Key` of its own (a UUID, say). However often it is sent
within two days, it is carried out once and answered the same, with `Idempotency-Replayed: true`; another call under the
same key is refused with 409.

**Two people, one row.** Customers carry a `version`; send the one you read, and a change made meanwhile is answered
by 409 instead of being overwritten.
"""

SPECTACULAR_SETTINGS = {
    "TITLE": "cxcrm API",
    "VERSION": "1",
    "DESCRIPTION": _DESCRIPTION,
    "OAS_VERSION": "3.1.0",
    # In the order of the work, which is the order they are read in.
    "TAGS": [
        {"name": "me", "description": "Who is calling"},
        {"name": "customers", "description": "Customers, what they agreed to, what happened with them"},
        {"name": "purchases", "description": "What customers bought, booked or came for"},
        {"name": "purchase-batches", "description": "Many purchases at once"},
        {"name": "imports", "description": "Customer files"},
        {"name": "surveys", "description": "What is asked, and asking it"},
        {"name": "dispatches", "description": "What was sent"},
        {"name": "invitations", "description": "Who was asked"},
        {"name": "responses", "description": "What they answered"},
        {
            "name": "community-questions",
            "description": "What customers and colleagues ask; with an answer, what is known",
        },
        {"name": "community-topics", "description": "What questions are about, and which colleagues know about it"},
        {"name": "community-impacts", "description": "What the firm does for the people around it"},
        {"name": "community-figures", "description": "How fast a useful answer comes, from the page and from people"},
        {"name": "contexts", "description": "Storms, epidemics, Tết: where surveys wait, and whom to reach out to"},
        {"name": "metrics", "description": "Scores with their intervals"},
        {"name": "gaps", "description": "What the firm believes beside what its customers say"},
        {"name": "beliefs", "description": "The sentences staff answer once a quarter"},
        {
            "name": "questionnaires",
            "description": "What staff are asked once a quarter or a year; who said what is not kept",
        },
        {"name": "our-people", "description": "How it is to work here, beside what customers say"},
        {"name": "pillars", "description": "Five pillars of empathy, as staff and as customers see them"},
        {"name": "orientation", "description": "Whom the firm looks at, as those who lead it say"},
        {"name": "forecasts", "description": "What executives foretell, sealed until the month is over"},
        {"name": "experience-index", "description": "Stages, touchpoints, environments: three numbers from 0 to 100"},
        {
            "name": "customers-worth",
            "description": "What customers spend and are likely to, who buys again, who left after a complaint",
        },
        {"name": "heard-from", "description": "What was heard in a year, from which persona, from buyers and users"},
        {
            "name": "held-of-us",
            "description": "What customers hold of the firm: trust, feeling understood, coming back",
        },
        {"name": "brand-match", "description": "The words customers pick for the brand"},
        {"name": "complaints", "description": "From receipt to the customer's own yes"},
        {"name": "desk", "description": "What is open or waits for the customer, by queue, with what is due next"},
        {"name": "budgets", "description": "What is planned and spent on the experience of customers, by quarter"},
        {"name": "conduct-policies", "description": "What is thanked, what follows from what, who decides"},
        {"name": "thanks", "description": "Customers' thanks, passed on to colleagues and teams"},
        {"name": "coachings", "description": "What was seen in a reviewed case, the colleague's side, the decision"},
        {"name": "brand-promises", "description": "What the brand promises everybody, period by period"},
        {"name": "promises", "description": "What was promised to whom, by when, and whether it was kept"},
        {"name": "compensations", "description": "Money above somebody's limit: asked for, granted, declined"},
        {"name": "reports", "description": "Promises kept, requests answered, money and time, summed up over a period"},
        {"name": "reply-templates", "description": "Ready words for replies"},
        {"name": "pause-reasons", "description": "Why a clock may stand still"},
        {"name": "root-causes", "description": "Why things go wrong"},
        {"name": "remedies", "description": "What is done about it"},
        {"name": "journeys", "description": "The ways customers go"},
        {"name": "stages", "description": "Their steps"},
        {"name": "touchpoints", "description": "Where customers meet the firm"},
        {"name": "brand", "description": "What the brand stands for"},
        {"name": "insights", "description": "What customers mean, and what bears it out"},
        {"name": "common-needs", "description": "What most customers want and do not get"},
        {"name": "environments", "description": "Places around the experience, their checklists, when they are due"},
        {"name": "environment-walks", "description": "What was found when a place was walked"},
        {"name": "journey-walks", "description": "Who went the customer's way, and how each stage felt"},
        {"name": "initiatives", "description": "What changes for customers: the gates, the score, what came of it"},
        {"name": "cause-proposals", "description": "Root causes that came back, and what becomes of them"},
        {"name": "change-requests", "description": "What departments ask of each other, and what came of it"},
        {"name": "we-did", "description": "What was told to the customers who raised it"},
        {"name": "decisions", "description": "What was decided on what ground"},
        {"name": "accountabilities", "description": "Which executive answers for what"},
        {"name": "stage-links", "description": "Loops and short cuts between stages"},
        {"name": "stage-quotes", "description": "Customers' words a stage rests on"},
        {"name": "standards", "description": "What good looks like at a touchpoint"},
        {"name": "proposed-standards", "description": "Standards that wait for the brand steward"},
        {"name": "contradictions", "description": "Texts that name different numbers for the same thing"},
        {"name": "reviews", "description": "What waits for the brand steward's yes, and what became of it"},
        {"name": "stage-visits", "description": "Where customers were on their way"},
        {"name": "stage-visit-batches", "description": "Visits of stages sent in one call"},
        {"name": "visit-rules", "description": "What on the timeline counts as a visit of which stage"},
        {"name": "standard-acknowledgements", "description": "Who has read which standard"},
        {"name": "reported-emotions", "description": "How customers felt, as they said it"},
        {"name": "calendars", "description": "When the firm is open"},
        {"name": "sla-policies", "description": "What is promised by when"},
        {"name": "escalation-policies", "description": "Who is told when nobody acts"},
        {"name": "alerts", "description": "What must be seen and mended"},
        {"name": "messages", "description": "Every mail and whether it left"},
        {"name": "events", "description": "The audit log"},
        {"name": "custom-fields", "description": "What the firm wants to know of its customers"},
        {"name": "duplicates", "description": "Pairs that look like one customer"},
        {"name": "merges", "description": "Customers who were two records, and the way back"},
        {"name": "facts", "description": "What is known of customers, and where from"},
        {"name": "understanding", "description": "How far customers are understood, and what the firm believes"},
        {"name": "at-risk", "description": "Which customers may leave, whoever spent most first"},
        {"name": "churn-models", "description": "Trainings of the forecast of who leaves, and the tests they took"},
        {"name": "quotes", "description": "What customers said, word for word, to be cited"},
        {"name": "segments", "description": "Groups of customers, by a rule or by hand"},
        {"name": "personas", "description": "One shared portrait for a segment, resting on quotes"},
        {"name": "persona-quizzes", "description": "Five questions put to staff: whether all see the same customer"},
        {"name": "persona-assignments", "description": "Which persona each customer is taken for"},
        {"name": "users", "description": "Members of staff"},
        {"name": "departments", "description": "Units in charge"},
        {"name": "branches", "description": "Shops and offices"},
        {"name": "absences", "description": "Who is away"},
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cxcrm.core.api.schema.share_refusals",
    ],
    # Generated clients name their types after these.
    "ENUM_NAME_OVERRIDES": {
        "Role": "tenants.staff.models.Role",
        "Language": "tenants.staff.models.User.Language",
        "Scope": "tenants.staff.roles.SCOPES",
        "CallerKind": ["api_key", "user"],
        "ContextKind": "feedback.models.ContextEvent.Kind",
        "ContextPauses": "feedback.models.ContextEvent.Pauses",
        "ContextStanding": ["coming", "on", "over", "called_off"],
        "CustomerKind": "customers.models.Customer.Kind",
        "CustomFieldKind": "customers.models.CustomField.Kind",
        "AppliesTo": "customers.models.CustomField.AppliesTo",
        "ContactRole": "customers.models.Customer.ContactRole",
        "NameOrder": "customers.models.Customer.NameOrder",
        "Salutation": "customers.models.Customer.Salutation",
        "SalutationSource": "customers.models.Customer.SalutationSource",
        "Direction": "customers.models.Interaction.Direction",
        "InteractionKind": "customers.models.Interaction.Kind",
        "EnvironmentKind": "journeys.models.Environment.Kind",
        "PointResult": "journeys.models.AuditItem.Result",
        "ForecastBasis": "customers.models.ChurnModel.Basis",
        "VerdictEnum": "journeys.models.Initiative.Verdict",
        "ForecastVerdict": "customers.models.ChurnModel.Verdict",
        "LoggedKind": ["call", "visit", "note"],
        "ConsentPurpose": "customers.models.Consent.Purpose",
        "ConsentMethod": "customers.models.Consent.Method",
        "CoachingOutcome": "workflows.models.Coaching.Outcome",
        "CoachingBehaviour": "workflows.models.Coaching.Behaviour",
        "ImportState": "customers.models.ImportJob.State",
        "ImportMode": "customers.models.ImportJob.Mode",
        "ImportMatchBy": "customers.models.ImportJob.MatchBy",
        "ImportBlank": "customers.models.ImportJob.Blank",
        "ImportOutcome": "customers.models.ImportRow.Outcome",
        "ImportFate": "customers.models.ImportChange.Fate",
        "TouchpointChannel": "journeys.models.Touchpoint.Channel",
        "Viewpoint": "journeys.models.Viewpoint",
        "WalkedHow": "journeys.models.JourneyWalk.How",
        "JourneyState": "journeys.models.Journey.State",
        "VisitedKind": "journeys.models.VisitRule.CHOICES",
        "WayKind": ["designed", "untaken", "undesigned"],
        "EmotionSource": "journeys.models.ReportedEmotion.Source",
        "CustomerFeeling": "journeys.models.Feeling",
        "CaseFeeling": "feedback.models.Perspective.Feeling",
        "PurchaseKind": "customers.models.Purchase.Kind",
        "SegmentKind": "customers.models.Segment.Kind",
        "PromiseOutStateEnum": "workflows.models.Promise.State",
        "PersonaState": "customers.models.Persona.State",
        "CauseProposalState": "workflows.models.CauseProposal.State",
        "ChangeRequestState": "workflows.models.ChangeRequest.State",
        "ChangeStepKind": "workflows.models.ChangeStep.Kind",
        "ChangeAnswer": "workflows.services.change_requests.ANSWERS",
        "CauseRule": "workflows.models.CauseProposal.Rule",
        "FactKind": "customers.models.Fact.Kind",
        "FactReason": "customers.models.Fact.Reason",
        "FactSource": "customers.models.Fact.Source",
        "AssignedBy": "customers.models.CustomerPersona.By",
        "PurchaseState": "customers.models.Purchase.State",
        "PurchaseOutcome": ["created", "known", "refused"],
        "FeedbackType": "customers.models.Quote.FeedbackType",
        "BrandCharacter": "journeys.models.BrandProfile.Preset",
        "GuardrailMetric": "journeys.models.Guardrail.Metric",
        "InitiativeState": "journeys.models.Initiative.State",
        "InsightLevel": "journeys.models.Insight.Level",
        "InsightState": "journeys.models.Insight.State",
        "LoggedDecisionKind": "journeys.models.Decision.Kind",
        "DecisionBasis": "journeys.models.Decision.Basis",
        "DecisionOutcome": "journeys.models.Decision.Outcome",
        "Metric": "feedback.models.Survey.Metric",
        "Cadence": "feedback.models.Survey.Cadence",
        "Enough": ["hidden", "few", "ok"],
        "GapStanding": ["few", "open", "real", "unsaid"],
        "ForecastMetric": ["nps", "csat"],
        "ScoreMetric": ["nps", "csat", "ces"],
        "QuestionItem": "feedback.models.Question.Item",
        "QuestionKind": "feedback.models.Question.Kind",
        "InvitationState": "feedback.models.Invitation.State",
        "ComplaintState": "feedback.models.Complaint.State",
        "Severity": "feedback.models.Complaint.Severity",
        "ComplaintChannel": "feedback.models.Complaint.Channel",
        "ClockKind": "workflows.models.SlaClock.Kind",
        "ClockState": "workflows.models.SlaClock.State",
        "LadderState": "workflows.models.Ladder.State",
        "StepState": "workflows.models.EscalationStep.State",
        "StepReason": "workflows.models.EscalationStep.Reason",
        "Audience": "workflows.models.EscalationLevel.Audience",
        "DecisionKind": "workflows.models.LadderDecision.Kind",
        "MessageKind": "workflows.models.Message.Kind",
        "MessageState": "workflows.models.Message.State",
        "AlertKind": "workflows.models.Alert.Kind",
    },
    # Nothing is asked of the world outside: no validator badge, no fonts.
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "displayRequestDuration": True,
        "docExpansion": "none",
        "filter": True,
        "validatorUrl": None,
    },
}
