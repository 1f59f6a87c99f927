"""The columns of a file as its page shows them."""

from dataclasses import dataclass
from typing import Any

from customers.logic.columns import EXACT
from customers.logic.presets import recognise
from customers.models import ImportJob
from customers.services.import_kinds import kind_of

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: what it is taken as ("" for not at all), how sure that is (0 to 1), and a few cells."""

    index: int
    header: str
    field: str
    confidence: float
    examples: list[Any]

    @property
    def is_unsure(self) -> bool:
        return bool(self.field) and self.confidence < EXACT


def columns_of(job: ImportJob) -> list[Column]:
    """Every column of the file; one chosen by a person or known of the system it comes from is certain (1)."""
    headers = [str(header) for header in job.headers]
    kind = kind_of(job.kind)
    guesses = kind.guess(headers)
    own = {index for index, guess in guesses.items() if guess.field not in kind.fields}
    others = ["" if index in own else header for index, header in enumerate(headers)]
    preset = recognise(others, job.kind) if job.looks_like else None
    known = preset.columns if preset else {}
    examples = list(job.rows.order_by("number").values_list("cells", flat=True)[:EXAMPLES])
    columns = []
    for index, header in enumerate(job.headers):
        field = job.mapping.get(str(index), "")
        guess = guesses.get(index)
        guessed = guess is not None and guess.field == field and known.get(index) != field
        confidence = guess.confidence if guess and guessed else float(bool(field))
        columns.append(Column(index, header, field, confidence, [row[index] for row in examples if index < len(row)]))
    return columns
