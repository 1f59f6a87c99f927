"""The words of the product, so that everybody in a firm means the same by them (domain.md §1, 4.0; §5)."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Word:
    """One word, its meaning in a sentence or two, and the page where one meets it ("" for none)."""

    name: Any
    meaning: Any
    page: str = ""


EXPERIENCE: Final = (
    Word(
        _("Customer experience"),
        _(
            "Everything customers go through with us before, while and after they buy, as they see it: journey,"
            " touchpoints and the surroundings. It should fit the many we are for, not dazzle a few."
        ),
    ),
    Word(
        _("Journey"),
        _("The way customers go, in stages, with loops and leaps; not our process."),
        "journeys_journey_map",
    ),
    Word(
        _("Stage"), _("One part of the journey. Exactly one executive answers for it."), "journeys_journey_changelist"
    ),
    Word(
        _("Touchpoint"),
        _("Where customers meet us within a stage: counter, hotline, parcel, invoice."),
        "journeys_touchpoint_changelist",
    ),
    Word(
        _("Environment"),
        _("The place around it: shop, website, hotline, with its light, noise, queue and speed."),
        "journeys_environment_changelist",
    ),
    Word(
        _("Moment of truth"),
        _("A touchpoint many meet and that decides whether they stay."),
        "journeys_touchpoint_changelist",
    ),
    Word(
        _("Flywheel"),
        _("Listen, understand and predict, act, learn; each turn makes the next one easier."),
        "flywheel",
    ),
    Word(
        _("Brand profile"),
        _("What we stand for, for which many, with which traits; everything customers meet should sound like it."),
        "journeys_brandprofile_changelist",
    ),
)
LISTEN: Final = (
    Word(_("Signal"), _("Anything a customer says or does that tells us something: an answer, a complaint, a remark.")),
    Word(
        _("Four kinds of feedback"),
        _("What they would value, what they know of us, how they use it, and what they complain of."),
        "feedback_heard",
    ),
    Word(
        _("NPS"),
        _(
            "Would they recommend us, 0 to 10? Those who say 9 or 10, less those who say 0 to 6, of 100; from −100"
            " to +100."
        ),
        "feedback_response_changelist",
    ),
    Word(_("CSAT"), _("How many of 100 say 4 or 5 of 5: satisfied with this visit or order.")),
    Word(_("CES"), _("How many of 100 agree (5 to 7 of 7) that we made it easy to settle their matter.")),
    Word(_("eNPS"), _("The same question as NPS, put to staff about working here."), "feedback_staffturn_changelist"),
    Word(
        _("Quarantine"),
        _("Days in which a customer is not asked again, so that nobody is worn out by our questions."),
        "feedback_survey_changelist",
    ),
    Word(
        _("Interval"),
        _(
            "Where the true figure most likely lies (95 of 100 times). Where it is wide, there are too few"
            " answers to tell."
        ),
    ),
)
UNDERSTAND: Final = (
    Word(
        _("Levels of understanding"),
        _(
            "See: they are in our list. Know: who they are and how to reach them. Understand: what they use, and why."
            " Empathise: what they feel and wish for, in their own words."
        ),
        "customers_understanding",
    ),
    Word(
        _("Persona"),
        _("One page on many similar customers, made from real conversations; the same in every head."),
        "customers_persona_changelist",
    ),
    Word(_("Segment"), _("Customers chosen by a rule or by hand."), "customers_segment_changelist"),
    Word(
        _("Insight"),
        _(
            "A truth customers feel and seldom say: “I want … but … because …”. A hypothesis until three"
            " customers' words bear it out."
        ),
        "journeys_insight_changelist",
    ),
    Word(_("Evidence"), _("The words of a customer that something rests on."), "customers_quote_changelist"),
    Word(
        _("Empathy gap"),
        _("How far what we think customers feel is from what they report, stage by stage (0 to 4; aim below 0.75)."),
        "journeys_journey_map",
    ),
    Word(
        _("Delivery gap"),
        _("How many of us say we give a truly good experience, less how many customers say so."),
        "feedback_belief_changelist",
    ),
    Word(
        _("Health"),
        _("How likely a customer is to come again, 0 to 100, with the reasons."),
        "customers_leaving",
    ),
)
ACT: Final = (
    Word(
        _("Accountable"),
        _("The one executive who answers for it, with a deputy for days off. What is everybody's is nobody's."),
        "journeys_accountability_changelist",
    ),
    Word(
        _("Severity"),
        _("S1 serious, S2 high, S3 ordinary, S4 a suggestion; the promised times follow from it."),
        "feedback_complaint_changelist",
    ),
    Word(
        _("Escalation"),
        _("When a clock runs out, the case goes up a step by itself, until somebody acts."),
        "workflows_escalationpolicy_changelist",
    ),
    Word(
        _("Closing the loop"),
        _("The customer is told what was done, and says whether it is solved. Before that nothing is finished."),
    ),
    Word(
        _("Root cause"),
        _("Why it happened, not what happened; three of one cause in a month are put before whoever is accountable."),
        "workflows_causeproposal_changelist",
    ),
    Word(
        _("Promise"),
        _("What we said we would do, and by when; kept or broken."),
        "workflows_promise_changelist",
    ),
    Word(
        _("Standard"),
        _("How a touchpoint is to be, in words everybody can act on; one for each, with versions."),
        "journeys_touchpoint_changelist",
    ),
    Word(
        _("Initiative"),
        _(
            "A change for customers. Five gates ask: for the many, harming nobody, true to the brand, on evidence,"
            " affordable?"
        ),
        "journeys_initiative_changelist",
    ),
    Word(
        _("Fit"),
        _("How well an initiative fits, 0 to 100: good for the many, sure, true to the brand and affordable at once."),
        "journeys_initiative_changelist",
    ),
    Word(
        _("Brand steward"),
        _(
            "Leads and supervises: says yes or no to journeys, standards, words and initiatives within two"
            " working days."
        ),
        "workflows_review_changelist",
    ),
)
LEARN: Final = (
    Word(
        _("Decision"),
        _("What was decided, on what ground, for whom, and when somebody looks back."),
        "journeys_decision_changelist",
    ),
    Word(_("Lesson"), _("What came of it, beside what was expected."), "journeys_decision_changelist"),
    Word(
        _("You said – we did"),
        _("What was changed goes back, in one sentence, to those whose words it rests on."),
        "journeys_initiative_changelist",
    ),
    Word(
        _("Guardrail"),
        _("A figure that must not get worse; when it does, the initiative is stopped or changed."),
        "journeys_initiative_changelist",
    ),
)

GLOSSARY: Final = (
    (_("What we talk about"), EXPERIENCE),
    (_("Listen"), LISTEN),
    (_("Understand"), UNDERSTAND),
    (_("Act"), ACT),
    (_("Learn"), LEARN),
)
