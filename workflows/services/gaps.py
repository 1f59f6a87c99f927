"""Showing who answers for a place that customers see it otherwise than the firm believes."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.language import speaking
from feedback.selectors.gaps import line_found
from tenants.staff.selectors.firm import the_firm
from workflows.models import Alert
from workflows.services.alerts import raise_alert


@transaction.atomic
def warn_of_gap(*, gap_id: UUID) -> Alert | None:
    """Raise an alert that names the place, both sides and who is meant; None where the gap has closed meanwhile."""
    # The process that works at night speaks none of the firm's languages.
    with speaking(the_firm().language):
        line = line_found(gap_id)
        if line is None or line.gap.ours.percent is None or line.gap.theirs.percent is None:
            return None
        detail = _("%(place)s: we believe %(ours)s %%, customers say %(theirs)s %% (%(person)s)") % {
            "place": line.touchpoint or the_firm().brand,
            "ours": round(line.gap.ours.percent),
            "theirs": round(line.gap.theirs.percent),
            "person": line.executive or _("nobody answers for it yet"),
        }
    return raise_alert(kind=Alert.Kind.GAP, ref=gap_id, detail=detail)
