"""A condition as a sentence in the reader's language, and what questions are called where they are chosen."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext, pgettext_lazy

from cxcrm.core.conditions.asking import MANY_VALUES, NO_VALUE, NUMBER_OF_DAYS, Kind, Op
from cxcrm.core.conditions.fields import Field
from cxcrm.core.conditions.tree import All, AnyOf, Leaf, Node, Not
from cxcrm.core.money import money

SHOWN_VALUES: Final = 6
_TEXTS: Final = (Kind.TEXT, Kind.WORDS)

# What a question is called in a list of questions.
OP_WORDS: Final[dict[Op, Any]] = {
    Op.IS: pgettext_lazy("condition", "is"),
    Op.IS_NOT: pgettext_lazy("condition", "is not"),
    Op.CONTAINS: pgettext_lazy("condition", "contains"),
    Op.NOT_CONTAINS: pgettext_lazy("condition", "does not contain"),
    Op.STARTS_WITH: pgettext_lazy("condition", "begins with"),
    Op.AT_LEAST: pgettext_lazy("condition", "at least"),
    Op.AT_MOST: pgettext_lazy("condition", "at most"),
    Op.MORE: pgettext_lazy("condition", "more than"),
    Op.LESS: pgettext_lazy("condition", "less than"),
    Op.BETWEEN: pgettext_lazy("condition", "from … to"),
    Op.ON: pgettext_lazy("condition", "on the day"),
    Op.BEFORE: pgettext_lazy("condition", "before"),
    Op.AFTER: pgettext_lazy("condition", "after"),
    Op.IN_LAST: pgettext_lazy("condition", "in the last … days"),
    Op.NOT_IN_LAST: pgettext_lazy("condition", "not in the last … days, or never"),
    Op.LONGER_AGO: pgettext_lazy("condition", "more than … days ago"),
    Op.IN_NEXT: pgettext_lazy("condition", "in the next … days"),
    Op.ANY_OF: pgettext_lazy("condition", "one of"),
    Op.ALL_OF: pgettext_lazy("condition", "all of"),
    Op.NONE_OF: pgettext_lazy("condition", "none of"),
    Op.FILLED: pgettext_lazy("condition", "is known"),
    Op.EMPTY: pgettext_lazy("condition", "is not known"),
}

_SAID: Final[dict[Op, Any]] = {
    Op.IS: gettext_lazy("%(field)s is %(value)s"),
    Op.IS_NOT: gettext_lazy("%(field)s is not %(value)s"),
    Op.CONTAINS: gettext_lazy("%(field)s contains %(value)s"),
    Op.NOT_CONTAINS: gettext_lazy("%(field)s does not contain %(value)s"),
    Op.STARTS_WITH: gettext_lazy("%(field)s begins with %(value)s"),
    Op.AT_LEAST: gettext_lazy("%(field)s: at least %(value)s"),
    Op.AT_MOST: gettext_lazy("%(field)s: at most %(value)s"),
    Op.MORE: gettext_lazy("%(field)s: more than %(value)s"),
    Op.LESS: gettext_lazy("%(field)s: less than %(value)s"),
    Op.BETWEEN: gettext_lazy("%(field)s: from %(low)s to %(high)s"),
    Op.ON: gettext_lazy("%(field)s on %(value)s"),
    Op.BEFORE: gettext_lazy("%(field)s before %(value)s"),
    Op.AFTER: gettext_lazy("%(field)s after %(value)s"),
    Op.ANY_OF: gettext_lazy("%(field)s is %(value)s"),
    Op.ALL_OF: gettext_lazy("%(field)s: all of %(value)s"),
    Op.NONE_OF: gettext_lazy("%(field)s is not %(value)s"),
    Op.FILLED: gettext_lazy("%(field)s is known"),
    Op.EMPTY: gettext_lazy("%(field)s is not known"),
}
_OF_KIND: Final[dict[tuple[Kind, Op], Any]] = {
    (Kind.TAGS, Op.ANY_OF): gettext_lazy("%(field)s: %(value)s"),
    (Kind.TAGS, Op.NONE_OF): gettext_lazy("%(field)s: not %(value)s"),
    (Kind.YES_NO, Op.IS): gettext_lazy("%(field)s: %(value)s"),
}
_DAYS_SAID: Final[dict[Op, Any]] = {
    Op.IN_LAST: ngettext_lazy("%(field)s in the last %(days)s day", "%(field)s in the last %(days)s days", "days"),
    Op.NOT_IN_LAST: ngettext_lazy(
        "%(field)s not in the last %(days)s day, or never",
        "%(field)s not in the last %(days)s days, or never",
        "days",
    ),
    Op.LONGER_AGO: ngettext_lazy(
        "%(field)s more than %(days)s day ago", "%(field)s more than %(days)s days ago", "days"
    ),
    Op.IN_NEXT: ngettext_lazy("%(field)s in the next %(days)s day", "%(field)s in the next %(days)s days", "days"),
}


def in_words(node: Node, currency: str) -> str:
    """The whole condition as one sentence; amounts are in ``currency``."""
    return _capital(_said(node, currency, is_part=False))


def _said(node: Node, currency: str, *, is_part: bool) -> str:
    match node:
        case Leaf():
            return leaf_in_words(node, currency)
        case Not(part):
            return _("not (%(what)s)") % {"what": _said(part, currency, is_part=False)}
        case All(parts):
            joined = _joined(parts, pgettext("between conditions", "and"), currency)
        case AnyOf(parts):
            joined = _joined(parts, pgettext("between conditions", "or"), currency)
    return f"({joined})" if is_part and len(parts) > 1 else joined


def _joined(parts: Sequence[Node], word: str, currency: str) -> str:
    is_part = len(parts) > 1
    return f" {word} ".join(_said(part, currency, is_part=is_part) for part in parts)


def leaf_in_words(leaf: Leaf, currency: str) -> str:
    field = asked_about(leaf)
    if leaf.op in NUMBER_OF_DAYS:
        return str(_DAYS_SAID[leaf.op] % {"field": field, "days": leaf.value})
    told: dict[str, Any] = {"field": field}
    if leaf.op is Op.BETWEEN:
        told["low"], told["high"] = (shown(leaf.field, one, currency) for one in leaf.value)
    elif leaf.op in MANY_VALUES:
        told["value"] = _several(leaf, currency)
    elif leaf.op not in NO_VALUE:
        told["value"] = shown(leaf.field, leaf.value, currency)
    said = _OF_KIND.get((leaf.field.kind, leaf.op), _SAID.get(leaf.op))
    return str(said) % told


def asked_about(leaf: Leaf) -> str:
    """The field, with the time it is asked for."""
    if not leaf.days:
        return str(leaf.field.label)
    said = _("%(label)s in the last %(days)s days")
    return said % {"label": leaf.field.label, "days": number_format(leaf.days, force_grouping=True)}


def _several(leaf: Leaf, currency: str) -> str:
    names = _names(leaf.field)
    said = [f"“{names.get(one, one)}”" for one in leaf.value]
    more = len(said) - SHOWN_VALUES
    if more > 0:
        said = [*said[:SHOWN_VALUES], pgettext("condition", "%(n)s more") % {"n": more}]
    every = leaf.op is Op.ALL_OF
    word = pgettext("between conditions", "and") if every else pgettext("between conditions", "or")
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {word} {said[-1]}"


def shown(field: Field, value: Any, currency: str) -> str:
    """One value of ``field`` in the reader's words; "–" for none."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, list | tuple):
        names = _names(field)
        return ", ".join(str(names.get(one, one)) for one in value)
    if isinstance(value, bool):
        return pgettext("value of a field", "yes") if value else pgettext("value of a field", "no")
    if isinstance(value, date):
        return str(date_format(value, "SHORT_DATE_FORMAT"))
    if isinstance(value, int | float | Decimal):
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        if field.kind is Kind.MONEY:
            return money(number, currency)
        places = None if number != number.to_integral_value() else 0
        return " ".join(part for part in (_number(number, places), str(field.unit)) if part)
    text = str(_names(field).get(value, value))
    return f"“{text}”" if field.kind in _TEXTS else text


def _number(number: Decimal, places: int | None) -> str:
    plain = number.quantize(Decimal(1)) if places == 0 else number.normalize()
    return str(number_format(plain, use_l10n=True, force_grouping=True))


def _names(field: Field) -> Mapping[Any, Any]:
    return dict(field.offered())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
