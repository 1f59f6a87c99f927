"""What the workflows room refuses."""

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Gone, InvalidInput, NotAllowed, NotFound


class DecisionOver(Gone):
    code = "workflows.decision_over"
    message = _("This decision is no longer open: somebody acted, or the complaint was answered.")


class DecisionInvalid(InvalidInput):
    code = "workflows.decision_invalid"
    message = _("This decision is not complete.")


class NotYourDecision(NotAllowed):
    code = "workflows.not_your_decision"
    message = _("This decision was asked of somebody else.")


class DecisionIsPersonal(NotAllowed):
    code = "workflows.decision_personal"
    message = _("Only the person who was asked may decide: log in as that person instead of using a key.")


class OverAuthority(NotAllowed):
    code = "workflows.over_authority"
    message = _("This option costs more than may be granted here alone. Choose another, or leave it to the next rung.")


class AlertUnknown(NotFound):
    code = "workflows.alert_unknown"
