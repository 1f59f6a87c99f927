"""The firm's words for replies: kept, and the ones a new firm starts with."""

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.configuration import drop, keep
from cxcrm.core.errors import InvalidInput
from feedback.logic.placeholders import REPLY, unknown
from feedback.models import ReplyTemplate


@transaction.atomic
def save_reply_template(*, template: ReplyTemplate) -> ReplyTemplate:
    """Keep a template. Raises InvalidInput when it names a placeholder there is not, or for what the model forbids."""
    strange = unknown(template.text, REPLY)
    if strange:
        names = ", ".join(f"{{{{{name}}}}}" for name in strange[:5])
        known = ", ".join(f"{{{{{name}}}}}" for name in REPLY)
        raise InvalidInput(
            _("There is no %(names)s. Possible are: %(known)s.") % {"names": names, "known": known},
            code="reply_template.placeholder",
            field="text",
        )
    return keep(template)


@transaction.atomic
def remove_reply_template(*, template: ReplyTemplate) -> None:
    """Take a template away; replies already sent keep their words."""
    drop(template)
