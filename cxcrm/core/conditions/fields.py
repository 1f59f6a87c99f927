"""What rows of a kind may be asked by: each field with its label, its kind and where its value stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cxcrm.core.conditions.asking import OPS, Kind, Op

Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Field:
    """One thing to ask by.

    ``source`` finds the rows that pass (``sources``). ``choices`` lists what may be chosen as (value, words); tags
    without choices take any words. With ``has_window`` the last so many days may be asked for instead of all time.
    ``unit`` is put after a number, ``group`` above the fields of one kind in a list.
    """

    code: str
    label: Any
    kind: Kind
    source: Any = None
    group: Any = ""
    choices: Callable[[], Choices] | None = None
    has_window: bool = False
    unit: Any = ""
    # Values people wrote themselves: shown masked to who may not see phones and addresses.
    is_free_text: bool = False

    @property
    def ops(self) -> tuple[Op, ...]:
        return OPS[self.kind]

    def offered(self) -> Choices:
        return self.choices() if self.choices else ()


Provider = Callable[[], Iterable[Field]]


class Catalogue:
    """The fields of one kind of row. Filled at start-up; ``provide`` adds fields that differ from firm to firm."""

    def __init__(self) -> None:
        self._fields: Final[dict[str, Field]] = {}
        self._providers: Final[list[Provider]] = []

    def add(self, *fields: Field) -> None:
        """Raises ValueError for a code that is taken."""
        for field in fields:
            if field.code in self._fields:
                raise ValueError(f"{field.code} is there already")
            self._fields[field.code] = field

    def provide(self, provider: Provider) -> Provider:
        if provider not in self._providers:
            self._providers.append(provider)
        return provider

    def fields(self) -> Mapping[str, Field]:
        """Code → field, as this firm has them, in the order of their groups."""
        found = {**self._fields, **{field.code: field for provide in self._providers for field in provide()}}
        groups: dict[str, list[Field]] = {}
        for field in found.values():
            groups.setdefault(str(field.group), []).append(field)
        return {field.code: field for fields in groups.values() for field in fields}
