"""What the workflows room refuses about thanks, coaching and the policy both rest on."""

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, InvalidInput, NotAllowed


class ConductIsPersonal(NotAllowed):
    code = "workflows.conduct_personal"
    message = _("People thank and hear each other: log in as yourself instead of using a key.")


class PolicyNotYours(NotAllowed):
    code = "workflows.policy_not_yours"
    message = _("The conduct policy is published by an owner or an executive. Ask one of them.")


class PolicyUnchanged(Conflict):
    code = "workflows.policy_unchanged"
    message = _("These are the words in force already. Change something before you publish.")


class PolicyReplaced(Conflict):
    code = "workflows.policy_replaced"
    message = _("There is a newer policy. Read that one.")


class NothingToThank(InvalidInput):
    """``data``: ``field`` (response, quote or complaint)."""

    code = "workflows.nothing_to_thank"
    message = _(
        "Thanks rest on a customer's praise: a good answer with words, a quote that is no complaint, or a case the"
        " customer says is solved."
    )


class NobodyThanked(InvalidInput):
    code = "workflows.nobody_thanked"
    message = _("Choose one colleague who works here, one department or one branch.")


class ThanksToOneself(InvalidInput):
    code = "workflows.thanks_to_oneself"
    message = _("Nobody thanks themselves: let a colleague pass it on, or thank the whole team.")


class ThankedAlready(Conflict):
    code = "workflows.thanked_already"
    message = _("They were thanked for this already.")


class CoachingFromScore(InvalidInput):
    code = "workflows.coaching_from_score"
    message = _(
        "A score proves nothing about a colleague, nor does an answer nobody can be asked about. Coaching begins with a"
        " case in which it was seen what happened."
    )


class CaseNotReviewed(Conflict):
    code = "workflows.case_not_reviewed"
    message = _("This case is not looked into yet: name its root cause and answer the customer first.")


class CoachingOfOneself(InvalidInput):
    code = "workflows.coaching_of_oneself"
    message = _("This is about somebody else than yourself. Choose the colleague it is about.")


class CoachingInvalid(InvalidInput):
    """``data``: ``field`` (complaint, colleague, behaviour, seen, reply, outcome, because)."""

    code = "workflows.coaching_invalid"
    message = _("Say who it is about, what was seen in this case in plain words, and choose from the list.")


class CoachingStands(Conflict):
    code = "workflows.coaching_stands"
    message = _("This case was put to this colleague already. Look there.")


class CoachingOver(Conflict):
    code = "workflows.coaching_over"
    message = _("This was answered or decided meanwhile. Look at it again.")


class HearThemFirst(Conflict):
    code = "workflows.hear_them_first"
    message = _("The colleague has not told their side yet. Wait for it, or until the day they have for it is over.")


class NotYoursToDecide(NotAllowed):
    code = "workflows.coaching_not_yours"
    message = _(
        "An executive or owner decides who neither is concerned nor wrote it down, unless there is no other. Ask one of"
        " them."
    )
