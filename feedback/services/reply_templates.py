"""The firm's words for replies: kept, proposed to the brand steward, approved, and the ones a new firm starts with."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.configuration import drop, keep
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from feedback.events import ReplyTemplateApproved, ReplyTemplateProposed, ReplyTemplateSentBack
from feedback.logic.placeholders import REPLY, unknown
from feedback.models import ReplyTemplate
from journeys.errors import AskTheSteward
from tenants.staff.selectors.stewardship import must_ask


@transaction.atomic
def save_reply_template(*, template: ReplyTemplate) -> ReplyTemplate:
    """Keep a template; new words of somebody who must ask the brand steward wait beside the ones in use.

    Raises InvalidInput when it names a placeholder there is not, or for what the model forbids.
    """
    strange = unknown(template.text, REPLY)
    if strange:
        names = ", ".join(f"{{{{{name}}}}}" for name in strange[:5])
        known = ", ".join(f"{{{{{name}}}}}" for name in REPLY)
        raise InvalidInput(
            _("There is no %(names)s. Possible are: %(known)s.") % {"names": names, "known": known},
            code="reply_template.placeholder",
            field="text",
        )
    before = ReplyTemplate.objects.select_for_update(no_key=True).filter(pk=template.pk).first()
    in_use = before is not None and before.is_active
    is_new = template.is_active and not (before is not None and in_use and before.text == template.text)
    if not (is_new and must_ask(current_actor())):
        return keep(template)
    template.proposed_text, template.is_active = template.text, in_use
    if before is not None and in_use:
        template.text = before.text
    kept = keep(template)
    publish(ReplyTemplateProposed(template_id=kept.pk))
    return kept


@transaction.atomic
def approve_reply_template(*, template_id: UUID) -> ReplyTemplate:
    """The brand steward says yes: the proposed words are in use. Raises NotFound (none proposed), AskTheSteward."""
    if must_ask(current_actor()):
        raise AskTheSteward
    template = _proposed(template_id)
    template.text, template.proposed_text, template.is_active = template.proposed_text, "", True
    template.save(update_fields=["text", "proposed_text", "is_active"])
    publish(ReplyTemplateApproved(template_id=template.pk))
    return template


@transaction.atomic
def send_back_reply_template(*, template_id: UUID) -> ReplyTemplate:
    """The proposed words are off the table; what was in use stays. Raises NotFound."""
    template = _proposed(template_id)
    template.proposed_text = ""
    template.save(update_fields=["proposed_text"])
    publish(ReplyTemplateSentBack(template_id=template.pk))
    return template


@transaction.atomic
def remove_reply_template(*, template: ReplyTemplate) -> None:
    """Take a template away; replies already sent keep their words."""
    drop(template)


def _proposed(template_id: UUID) -> ReplyTemplate:
    found = ReplyTemplate.objects.select_for_update(no_key=True).filter(pk=template_id).exclude(proposed_text="")
    template = found.first()
    if template is None:
        raise NotFound
    return template
