"""Touchpoints as they stand on the map, written in one piece: a map has sixty, a template takes a millisecond each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journeys.admin.tones import CHANNEL_ICONS
from journeys.models import Touchpoint
from journeys.selectors.atlas import Atlas, Column
from journeys.selectors.coverage import person_for

_ANY = UUID(int=0)
_DRAG = mark_safe(' draggable="true" data-cxm-drag="touchpoint"')


@dataclass(frozen=True)
class Cards:
    """Writes the touchpoints of one map; words and addresses are looked up once for all of them.

    ``csrf`` is the hidden field of the forms, ``may_draw`` says whether there are any.
    """

    atlas: Atlas
    may_draw: bool
    csrf: str

    def column(self, column: Column) -> SafeString:
        """The touchpoints of a stage, in order."""
        others = self._others(column)
        last = len(column.touchpoints)
        cards = [self._card(column, row, place, last, others) for place, row in enumerate(column.touchpoints, start=1)]
        return mark_safe("\n".join(cards))  # noqa: S308 - each made by format_html

    def _card(self, column: Column, row: Any, place: int, last: int, others: SafeString) -> SafeString:
        person = person_for(row)
        return format_html(
            '<li class="cxm-point{}" data-cxm-touchpoint="{}"{}><div class="cxm-point-top">'
            '<span class="material-symbols-outlined cxm-channel" aria-hidden="true" title="{}">{}</span>'
            '<span class="cxm-point-name"><a href="{}" draggable="false">{}</a>{}</span>{}</div>{}'
            '<p class="cxm-who">{} · {}</p><p class="cxm-signs">{} {}</p></li>',
            "" if person else " cxm-point-unowned",
            row.pk,
            _DRAG if self.may_draw else "",
            self._channels.get(row.channel, row.channel),
            CHANNEL_ICONS.get(row.channel, "touch_app"),
            self._address("change" if self.may_draw else "standard", row.pk),
            row,
            self._star if row.is_moment_of_truth else "",
            self._menu(column, row, place, last, others) if self.may_draw else "",
            format_html('<p class="cxm-outcome">{}</p>', row.customer_outcome) if row.customer_outcome else "",
            row.department or "–",
            person or self._nobody,
            self._standard(row),
            self._pain(row),
        )

    def _menu(self, column: Column, row: Any, place: int, last: int, others: SafeString) -> SafeString:
        stage = column.stage.pk
        return format_html(
            '<details class="cx-move cxm-noprint" name="cx-move"><summary>'
            '<span class="material-symbols-outlined cx-icon" aria-hidden="true">more_vert</span>'
            '<span class="cx-unseen">{}</span></summary><form method="post" action="{}">{}'
            '<input type="hidden" name="touchpoint" value="{}">{}{}<b>{}</b>{}</form></details>',
            self._words["change"] % {"row": row},
            self._arrange,
            self.csrf,
            row.pk,
            _button(f"{stage}:{place - 1}", self._words["up"]) if place > 1 else "",
            _button(f"{stage}:{place + 1}", self._words["down"]) if place < last else "",
            self._words["move"],
            others,
        )

    def _others(self, column: Column) -> SafeString:
        """The buttons that put a touchpoint at the end of another stage, the same for all of a column."""
        stages = [one.stage for one in self.atlas.columns if one.stage.pk != column.stage.pk]
        return mark_safe("".join(_button(f"{stage.pk}:99", stage) for stage in stages))  # noqa: S308 - made by format_html

    def _standard(self, row: Any) -> SafeString | str:
        standard = getattr(row, "standard_now", None)
        if standard:
            return format_html(
                '<a href="{}" title="{}">'
                '<span class="material-symbols-outlined" aria-hidden="true">task_alt</span>{}</a>',
                self._address("standard", row.pk),
                standard.text,
                self._words["standard"],
            )
        if not self.may_draw:
            return ""
        return format_html(
            '<a class="cxm-lacks cxm-noprint" href="{}">{}</a>', self._address("standard", row.pk), self._words["lacks"]
        )

    def _pain(self, row: Any) -> SafeString | str:
        pain = self.atlas.pains.get(row.pk)
        if not pain or not pain.open:
            return ""
        said = ngettext("%(n)s open", "%(n)s open", pain.open) % {"n": pain.open}
        return format_html(
            '<a class="cxm-pain" href="{}?show=open&amp;touchpoint={}">{}</a>', self._complaints, row.pk, said
        )

    def _address(self, name: str, pk: UUID) -> str:
        return self._addresses[name].replace(str(_ANY), str(pk))

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return {name: reverse(f"admin:journeys_touchpoint_{name}", args=[_ANY]) for name in ("change", "standard")}

    @cached_property
    def _channels(self) -> dict[str, str]:
        return {code: str(label) for code, label in Touchpoint.Channel.choices}

    @cached_property
    def _arrange(self) -> str:
        return reverse("admin:journeys_journey_arrange", args=[self.atlas.journey.pk])

    @cached_property
    def _complaints(self) -> str:
        return reverse("admin:feedback_complaint_changelist")

    @cached_property
    def _words(self) -> dict[str, str]:
        return {
            "change": _("Change or move “%(row)s”"),
            "up": _("Move up"),
            "down": _("Move down"),
            "move": _("Move to stage…"),
            "standard": _("standard"),
            "lacks": _("+ standard"),
        }

    @cached_property
    def _nobody(self) -> SafeString:
        return format_html('<b class="cx-late">{}</b>', _("nobody"))

    @cached_property
    def _star(self) -> SafeString:
        return format_html(
            '<span class="material-symbols-outlined cxm-star" title="{0}" aria-hidden="true">star</span>'
            '<span class="cx-unseen">{0}</span>',
            _("moment of truth"),
        )


def _button(at: str, label: Any) -> SafeString:
    return format_html('<button type="submit" name="at" value="{}">{}</button>', at, label)
