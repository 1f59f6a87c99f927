"""The choices of a question, as lines people write and as values answers keep."""

from typing import Literal, TypedDict

Language = Literal["vi", "en"]


class Choice(TypedDict):
    """``value`` is what an answer stores; the wordings may change around it."""

    value: str
    vi: str
    en: str


def choices_as_lines(choices: list[Choice], first: Language = "vi") -> str:
    """``choices`` as ``read_choices`` reads them; the second wording is left out where it repeats the first."""
    lines = []
    for one in choices:
        own, other = _ordered(one, first)
        lines.append(own if own == other else f"{own} | {other}")
    return "\n".join(lines)


def read_choices(lines: str, before: list[Choice], first: Language = "vi") -> list[Choice]:
    """``Vietnamese | English`` a line, or the other way with ``first`` "en"; the second wording is optional.

    A wording in the first language known from ``before`` keeps its value; a new line gets the smallest number not in
    use. Empty lines and repetitions are left out.
    """
    values = {one[first]: one["value"] for one in before}
    # A line reworded in place is the same choice: without this, correcting a typo would orphan its answers.
    places = [one["value"] for one in before]
    pairs: list[tuple[str, str]] = []
    for line in lines.splitlines():
        own, _bar, other = (part.strip() for part in line.partition("|"))
        if own and all(own != known for known, _other in pairs):
            pairs.append((own, other or own))
    kept = {values[own] for own, _other in pairs if own in values}
    taken = {one["value"] for one in before}
    found: list[Choice] = []
    for place, (own, other) in enumerate(pairs):
        value = values.get(own)
        if value is None and len(pairs) == len(before) and places[place] not in kept:
            value = places[place]
        if value is None:
            value = next(str(number) for number in range(1, len(taken) + 2) if str(number) not in taken)
        taken.add(value)
        found.append(Choice(value=value, vi=own, en=other) if first == "vi" else Choice(value=value, vi=other, en=own))
    return found


def _ordered(choice: Choice, first: Language) -> tuple[str, str]:
    return (choice["vi"], choice["en"]) if first == "vi" else (choice["en"], choice["vi"])
