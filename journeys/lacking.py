"""What is said about a map that is not complete; the codes are those of ``logic.graph``."""

from collections.abc import Hashable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from journeys.logic import graph


def lacking(lack: graph.Lack, names: Mapping[Hashable, Any]) -> str:
    """One sentence: where something is missing, and what to do. ``names`` are those of stages and touchpoints by id."""
    stage = names.get(lack.stage_id, "")
    if lack.code == graph.NO_STAGES:
        return _("The journey has no stages yet. Add the first one.")
    if lack.code == graph.UNREACHABLE:
        return _("No way leads to “%(stage)s”. Let another stage lead there.") % {"stage": stage}
    if lack.code == graph.FEW_QUOTES:
        return _("“%(stage)s” has %(have)s of the %(need)s customer quotes it needs.") % {
            "stage": stage,
            "have": lack.have,
            "need": lack.need,
        }
    return _("Nobody answers for “%(touchpoint)s” (%(stage)s). Name one person.") % {
        "touchpoint": names.get(lack.touchpoint_id, ""),
        "stage": stage,
    }
