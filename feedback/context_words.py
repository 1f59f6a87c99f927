"""What a context is called on pages, and the words of care that open mails while it is on."""

from typing import Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.logic.addresses import province_name
from cxcrm.core.placeholders import filled

STANDINGS: Final[dict[str, Promise]] = {
    "coming": _("to come"),
    "on": _("on now"),
    "over": _("is over"),
    "called_off": _("called off"),
}
TONES: Final = {"coming": "info", "on": "warn", "over": "plain", "called_off": "plain"}
ICONS: Final = {
    "storm": "thunderstorm",
    "epidemic": "coronavirus",
    "tet": "celebration",
    "prices": "trending_up",
    "other": "campaign",
}
# By kind, where the firm wrote no words of its own; {xh}, {Xh} and {brand} as in questions.
CARE: Final[dict[str, Promise]] = {
    "storm": _("{brand} hopes that {xh} and the family are safe in these stormy days."),
    "epidemic": _("{brand} hopes that {xh} and the family are well in these days."),
    "tet": _("{brand} wishes {xh} and the family a peaceful and happy new year."),
    "prices": _("{brand} knows that everything has become dearer these days, and thanks {xh} for staying."),
    "other": _("{brand} hopes that {xh} and the family are well."),
}


class Worded(Protocol):
    """A context, as a row or as sending knows it."""

    @property
    def kind(self) -> str: ...

    @property
    def care_vi(self) -> str: ...

    @property
    def care_en(self) -> str: ...


def care(context: Worded, language: str, *, brand: str, inline: str, inline_capital: str) -> str:
    """The words of care in ``language``, which must be the active one, for whoever is addressed so."""
    own = context.care_en if language == "en" else context.care_vi
    return filled(own or str(CARE[context.kind]), {"{brand}": brand, "{xh}": inline, "{Xh}": inline_capital})


def where(provinces: list[str]) -> str:
    """The provinces by name, or the whole country."""
    return ", ".join(province_name(code) for code in provinces) or str(_("the whole country"))
