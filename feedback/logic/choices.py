"""The choices of a question, as lines people write and as values answers keep."""

from typing import TypedDict


class Choice(TypedDict):
    """``value`` is what an answer stores; the wordings may change around it."""

    value: str
    vi: str
    en: str


def read_choices(lines: str, before: list[Choice]) -> list[Choice]:
    """``Vietnamese | English`` a line, the English optional; a wording known from ``before`` keeps its value.

    A new line gets the smallest number not in use. Empty lines and repetitions are left out.
    """
    values = {one["vi"]: one["value"] for one in before}
    # A line reworded in place is the same choice: without this, correcting a typo would orphan its answers.
    places = [one["value"] for one in before]
    pairs: list[tuple[str, str]] = []
    for line in lines.splitlines():
        vi, _bar, en = (part.strip() for part in line.partition("|"))
        if vi and all(vi != known for known, _en in pairs):
            pairs.append((vi, en or vi))
    kept = {values[vi] for vi, _en in pairs if vi in values}
    taken = {one["value"] for one in before}
    found: list[Choice] = []
    for place, (vi, en) in enumerate(pairs):
        value = values.get(vi)
        if value is None and len(pairs) == len(before) and places[place] not in kept:
            value = places[place]
        if value is None:
            value = next(str(number) for number in range(1, len(taken) + 2) if str(number) not in taken)
        taken.add(value)
        found.append(Choice(value=value, vi=vi, en=en))
    return found
