"""What files may hold: customers, purchases, and what floors above add, each with how its rows are taken and undone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID

from customers import problems
from customers.errors import ImportKindUnknown
from customers.logic.columns import EXACT, Guess, Vocabulary, guess_mapping, header_key
from customers.models import ImportChange, ImportJob, ImportRow
from customers.selectors.custom_fields import own_columns
from customers.services.import_reading import ReadRow, Sheet


@dataclass(slots=True)
class RowInHand:
    """A row being taken: what it says, and what becomes of it. Lighter than the model, since there are thousands."""

    id: UUID
    number: int
    values: dict[str, Any]
    problems: list[dict[str, Any]]
    outcome: str
    customer_id: UUID | None = None
    record_id: UUID | None = None


class Judge(Protocol):
    """Decides about rows, batch by batch in the order of the file, what taking them would do."""

    def judge(self, batch: Mapping[int, ReadRow]) -> dict[int, str]:
        """Row number → outcome; adds problems only a look at other rows and at what is stored can find."""

    def remember(self, rows: Sequence[ImportRow]) -> None:
        """Take note of rows judged before, when a killed check goes on."""


@dataclass(frozen=True)
class ImportKind:
    """``fields`` are what a column may be taken as; of ``telltales`` at least one marks a file of this kind.

    ``write`` takes rows in the caller's transaction, sets each one's outcome and returns them; ``undo`` takes them
    back, given what they changed.
    """

    code: str
    label: Any
    fields: Mapping[str, Any]
    vocabulary: Vocabulary
    read: Callable[[Sheet, int, Sequence[Any]], ReadRow]
    judge: Callable[[ImportJob], Judge]
    write: Callable[[ImportJob, list[RowInHand]], list[RowInHand]]
    undo: Callable[[ImportJob, list[ImportRow], Sequence[ImportChange]], None]
    # What a shown row says first and second: its values → words.
    shown: Callable[[Mapping[str, Any]], tuple[str, list[str]]]
    telltales: frozenset[str] = frozenset()
    sentences: Mapping[str, Any] = field(default_factory=dict)
    refusing: frozenset[str] = frozenset()
    # Does the kind know rows of unknown customers (add_missing), or complaints to open?
    adds_customers: bool = False
    opens_complaints: bool = False
    # Do rows hold what the firm's own fields ask for?
    takes_own: bool = False

    def names(self) -> dict[str, str]:
        """Field → its name for the reader, in the order to offer them; the firm's own last."""
        own = own_columns() if self.takes_own else {}
        return {
            **{code: str(name) for code, name in self.fields.items()},
            **{code: column.label for code, column in own.items()},
        }

    def guess(self, headers: Sequence[str], own: Mapping[int, str] | None = None) -> dict[int, Guess]:
        """Column → what it seems to hold, of what can be taken; what the firm itself calls so (``own_among``) first."""
        mine = (own_among(headers) if own is None else own) if self.takes_own else {}
        others = ["" if index in mine else header for index, header in enumerate(headers)]
        guesses = guess_mapping(others, self.vocabulary)
        known = {index: guess for index, guess in guesses.items() if guess.field in self.fields}
        return known | {index: Guess(code, EXACT) for index, code in mine.items()}


def own_among(headers: Sequence[str]) -> dict[int, str]:
    """Column → the firm's own field that is called so; of two columns of one name the first."""
    called = {name: code for code, column in reversed(own_columns().items()) for name in column.headers}
    found: dict[str, int] = {}
    for index, header in enumerate(headers):
        if code := called.get(header_key(header)):
            found.setdefault(code, index)
    return {index: code for code, index in found.items()}


_kinds: Final[dict[str, ImportKind]] = {}


def register(kind: ImportKind) -> None:
    """Offer ``kind`` for import; called when an app starts."""
    _kinds[kind.code] = kind
    problems.teach(kind.sentences, kind.refusing)


def kinds() -> list[ImportKind]:
    """Every kind there is, customers first."""
    return list(_kinds.values())


def kind_of(code: str) -> ImportKind:
    """Raises ImportKindUnknown."""
    if code not in _kinds:
        raise ImportKindUnknown(kind=code)
    return _kinds[code]


def likeliest(headers: Sequence[str], own: Mapping[int, str]) -> ImportKind:
    """The kind whose columns ``headers`` fit best; customers where none is clearly meant."""

    def fit(kind: ImportKind) -> float:
        guesses = {guess.field: guess.confidence for guess in kind.guess(headers, own).values()}
        if kind.telltales and not any(guesses.get(field, 0) >= EXACT for field in kind.telltales):
            return -1
        return sum(guesses.values())

    # The first of equals: a list of customers with a column nobody understands stays one.
    return max(_kinds.values(), key=fit)
