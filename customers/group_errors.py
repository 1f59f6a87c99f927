"""What is refused of segments and personas, each with one sentence that says what to do."""

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, InvalidInput, NotAllowed, NotFound


class SegmentNotFound(NotFound):
    code = "segment.not_found"
    message = _("This segment does not exist.")


class SegmentIsByRule(Conflict):
    code = "segment.by_rule"
    message = _("A rule decides who belongs to this segment. Change the rule, or make a segment by hand.")


class SegmentKindFixed(InvalidInput):
    """``data``: field."""

    code = "segment.kind_fixed"
    message = _("A segment stays by rule or by hand as it was made. Make a new one instead.")


class SegmentNameTaken(Conflict):
    """``data``: field."""

    code = "segment.name_taken"
    message = _("There is a segment of this name already. Choose another name.")


class SegmentNeeded(Conflict):
    """``data``: persona, its name."""

    code = "segment.needed"
    message = _("A persona stands for this segment, so it stays. Retire the persona first.")


class SegmentBroken(Conflict):
    code = "segment.broken"
    message = _("The rule of this segment asks for something that is gone. Correct the rule first.")


class SegmentArchived(Conflict):
    code = "segment.archived"
    message = _("This segment is not in use any more. Put it to use again first.")


class SegmentChanged(Conflict):
    """``data``: version, the one stored now."""

    code = "segment.version_conflict"
    message = _("Somebody changed this segment in the meantime. Reload and enter your changes again.")


class PersonaNotFound(NotFound):
    code = "persona.not_found"
    message = _("This persona does not exist.")


class PersonaNotDraft(Conflict):
    code = "persona.not_draft"
    message = _("What is published stays as it is. Begin a new version and change that.")


class PersonaDrafted(Conflict):
    code = "persona.drafted"
    message = _("A new version of this persona is being drafted already. Open that one.")


class PersonaNotLive(Conflict):
    """``data``: field where one was chosen."""

    code = "persona.not_live"
    message = _("This persona is not live. Choose one that is.")


class PersonaChanged(Conflict):
    """``data``: version, the one stored now."""

    code = "persona.version_conflict"
    message = _("Somebody changed this persona in the meantime. Reload and enter your changes again.")


class PersonaTooLong(InvalidInput):
    """``data``: words, limit."""

    code = "persona.too_long"

    def __init__(self, *, words: int, limit: int) -> None:
        said = _("A persona has at most %(limit)s words, this one has %(words)s. Leave out what nobody will remember.")
        super().__init__(str(said) % {"limit": limit, "words": words}, words=words, limit=limit)


class PersonaIncomplete(Conflict):
    """``data``: lacks, each with code and field; quotes and conversations, how many there are."""

    code = "persona.incomplete"
    message = _("This persona cannot be published yet.")
    SAID = {
        "field_missing": _("Fill in every field first."),
        "sentence_missing": _("Choose one of its quotes as the true sentence."),
        "too_few_quotes": _("A persona rests on at least 5 quotes; this one has %(quotes)s."),
        "too_few_conversations": _(
            "The quotes must come from at least 5 different conversations; here %(conversations)s."
        ),
    }

    def __init__(self, lacks: list[tuple[str, str]], *, quotes: int, conversations: int) -> None:
        counts = {"quotes": quotes, "conversations": conversations}
        said = [str(self.SAID[code]) % counts for code in dict.fromkeys(code for code, _name in lacks)]
        told = [{"code": code, "field": name} for code, name in lacks]
        super().__init__(" ".join(said), lacks=told, quotes=quotes, conversations=conversations)


class ConfidenceInvalid(InvalidInput):
    """``data``: field."""

    code = "persona.confidence_invalid"
    message = _("How sure you are is a number from 0 to 1, such as 0.8.")


class QuizNotFound(NotFound):
    code = "persona_quiz.not_found"
    message = _("This round of questions does not exist.")


class QuizAlreadyOpen(Conflict):
    code = "persona_quiz.already_open"
    message = _("Everybody is being asked about this persona already. Wait until that round is over, or close it.")


class QuizNotPossible(Conflict):
    """``data``: questions, how many of the five there could be."""

    code = "persona_quiz.not_possible"
    message = _("Staff choose between your portraits, so there must be a second live one that reads differently.")


class QuizOver(Conflict):
    code = "persona_quiz.over"
    message = _("This round is over. What came of it stands on its page.")


class QuizAnswered(Conflict):
    code = "persona_quiz.answered"
    message = _("You have answered this round. Each of us answers once.")


class QuizIncomplete(InvalidInput):
    """``data``: fields, the questions that are left."""

    code = "persona_quiz.incomplete"
    message = _("Choose one answer to each of the questions.")


class QuizForStaff(NotAllowed):
    code = "persona_quiz.staff_only"
    message = _("Only a member of staff answers this for themselves, not a partner's key.")
