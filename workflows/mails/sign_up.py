"""The mail to whoever asked for a firm: one link, behind which it is made."""

from django.conf import settings

from cxcrm.core.clock import db_now
from cxcrm.core.language import speaking
from cxcrm.core.tokens import make_public_token
from tenants.models import SignUp
from tenants.services.domains import host_for, url_for
from tenants.services.sign_ups import LINK
from workflows.mails.base import AUTOMATIC, Composed, Skip, to_visitor
from workflows.models import Message


def compose(message: Message) -> Composed | Skip:
    """Nothing when the request was confirmed, forgotten or outlived before it left."""
    sign_up = SignUp.objects.filter(pk=message.ref, tenant=None, expires_at__gt=db_now()).first()
    if sign_up is None:
        return Skip("sign_up_over")
    with speaking(sign_up.language):
        return to_visitor(
            "sign_up",
            headers=AUTOMATIC,
            sign_up=sign_up,
            host=host_for(sign_up.slug),
            confirm_url=url_for(settings.BASE_DOMAIN, f"/s/{make_public_token(LINK, sign_up.id)}/"),
        )
