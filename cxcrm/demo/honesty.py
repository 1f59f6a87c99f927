"""Answers in the demo firms that look odd: some marked, one set aside by whoever leads the brand."""

from typing import Final

from django.db import transaction

from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from feedback.models import Response
from feedback.services.oddness import set_aside
from tenants.staff.models import User
from tenants.staff.roles import Role

# Why, of how many of the newest best scores, and what the steward says of the first.
MARKED: Final = (("quick", 2), ("one_mailbox", 3), ("begged", 1))
BECAUSE: Final = {
    "vi": "Ba thẻ khách cùng một hộp thư, điểm gửi cách nhau mười giây từ máy ở quầy.",
    "en": "Three customers in one mailbox, ten seconds apart, from the counter's own tablet.",
}


@transaction.atomic
def lay_honest_scores(demo: DemoFirm) -> None:
    """Mark the newest top scores once."""
    steward = User.objects.working().filter(role=Role.BRAND_STEWARD).order_by("created_at").first()
    if steward is None or Response.objects.exclude(odd=[]).exists():
        return
    best = list(Response.objects.filter(metric="nps", score=10, complaint=None).order_by("-answered_at")[10:40:5])
    codes = [code for code, many in MARKED for _number in range(many)]
    for response, code in zip(best, codes, strict=False):
        response.odd = [code]
        response.save(update_fields=["odd"])
    if len(best) == len(codes):
        with acting_as(Actor("user", steward.pk, steward.full_name)):
            set_aside(response_id=best[2].pk, because=BECAUSE[demo.language])
