"""What is refused of a condition, each at its place in the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import InvalidInput

SAID: dict[str, Any] = {
    "not_a_condition": _("A condition is “all”, “any” or “not” of others, or a field with a question and a value."),
    "nothing_asked": _("Add at least one condition."),
    "too_deep": _("These conditions lie too deep in one another. Put them side by side."),
    "too_many": _("That is more conditions than one rule can have. Leave out what you can."),
    "unknown_field": _("There is no field “%(field)s” to ask by. Choose another one."),
    "unknown_op": _("%(label)s: choose how to compare."),
    "no_value": _("%(label)s: enter what to compare with."),
    "not_a_text": _("%(label)s: enter a text of at most 200 characters."),
    "not_a_number": _("%(label)s: enter a number."),
    "not_a_day": _("%(label)s: enter a day as day/month/year."),
    "not_days": _("%(label)s: enter a number of days from 1 to 3650."),
    "not_yes_no": _("%(label)s: choose yes or no."),
    "not_values": _("%(label)s: choose at least one value."),
    "unknown_choice": _("%(label)s: choose only values that are offered."),
    "not_a_span": _("%(label)s: enter the lower value first, then the higher one."),
    "no_window": _("%(label)s: this cannot be asked for a number of days."),
    "hidden": _("%(label)s: digits and @ cannot be asked for, because you see numbers and addresses masked."),
}


@dataclass(frozen=True)
class Problem:
    """``path`` leads to the place: keys and positions from the root, such as ``all.0.value``."""

    path: str
    code: str
    label: str = ""

    @property
    def message(self) -> str:
        return str(SAID[self.code]) % {"label": self.label, "field": self.label}

    def told(self) -> dict[str, str]:
        return {"path": self.path, "code": self.code, "message": self.message}


class ConditionInvalid(InvalidInput):
    """``data``: field ("condition") and problems, each with path, code and message."""

    code = "condition.invalid"
    message = _("This rule cannot be used. Please check what is asked.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems[0].message, field="condition", problems=[problem.told() for problem in problems])

    @classmethod
    def at(cls, path: str, code: str, label: str = "") -> Self:
        return cls([Problem(path, code, label)])
