"""What customers think of us: who agrees with what, and the steps from being understood to coming back."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cxcrm.core.once import reading_once
from feedback.logic.held import Step, Trend
from feedback.models import Question
from feedback.selectors.held import Chain, Held, what_is_held
from journeys.wording import quarter_name

Item = Question.Item
# What agreeing with each comes to, in the reader's words.
HOLD: dict[str, Any] = {
    Item.LOVE: _("are fond of us"),
    Item.TRUST: _("trust us"),
    Item.UNDERSTOOD: _("feel understood"),
    Item.VALUES_FIT: _("find that we fit what matters to them"),
    Item.COMMUNITY: _("find us responsible toward the community"),
    Item.COMPARED: _("compare us with elsewhere"),
}


class HeldPage:
    """Handed to the pages of responses: ``held_view`` is one page of its own."""

    def held_view(self: Any, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            held = what_is_held()
            shown = [one for one in held.compared if one.is_shown]
            return self.page(
                request,
                "admin/feedback/held.html",
                title=_("What customers think of us"),
                rows=[_row(item, trend) for item, trend in held.items],
                compared=[(one, quarter_name(one.begins)) for one in reversed(shown)],
                is_compared=bool(held.compared) or Item.COMPARED not in held.missing,
                steps=_steps(held.chain),
                values=held.values,
                missing=[HOLD[item] for item in held.missing],
                is_empty=_is_empty(held),
                may_set_up=request.user.has_perm("feedback.change_question"),
            ).render()


def _is_empty(held: Held) -> bool:
    return not held.items and Item.COMPARED in held.missing and not held.compared


def _row(item: Item, trend: Trend) -> dict[str, Any]:
    latest, change = trend.latest, trend.change
    points = round(change.difference) if change and change.differ else 0
    return {
        "name": HOLD[item],
        "latest": latest,
        "quarter": quarter_name(latest.begins) if latest else "",
        "n": sum(one.said.n for one in trend.quarters),
        "change": change,
        "points": abs(points),
        "tone": "good" if points > 0 else "bad",
        "before": quarter_name(trend.shown[-2].begins) if change else "",
        "quarters": [(one, quarter_name(one.begins)) for one in reversed(trend.quarters)],
    }


def _steps(chain: Chain) -> list[dict[str, Any]]:
    """Both steps with their words; what was watched and for how long is said beneath."""
    return [
        _step(
            chain.trusting,
            _("Feeling understood → trusting us"),
            (_("of those who feel understood trust us"), _("of those who do not")),
            _("Of those who answered both in the last 12 months; each customer's latest answer counts."),
        ),
        _step(
            chain.again,
            _("Trusting us → buying again"),
            (_("of those who trust us bought again"), _("of those who do not")),
            _watched(chain.months),
        ),
    ]


def _step(step: Step | None, title: Any, words: tuple[Any, Any], told: Any) -> dict[str, Any]:
    is_shown = step is not None and step.is_shown
    return {"title": title, "told": told, "step": step, "is_shown": is_shown, "words": words}


def _watched(months: int | None) -> str:
    if months is None:
        return str(
            _("It takes five customers of each kind who said so a month ago or earlier, and purchases recorded here.")
        )
    return ngettext(
        "Bought within %(months)s month of their answer; each customer's latest answer that is as old counts.",
        "Bought within %(months)s months of their answer; each customer's latest answer that is as old counts.",
        months,
    ) % {"months": months}
