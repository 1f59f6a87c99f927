"""Whom two people of different departments have above them together."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Person = TypeVar("Person", bound=Hashable)


def above(person: Person, superior_of: Mapping[Person, Person | None]) -> list[Person]:
    """Everybody above ``person``, the nearest first; a circle is walked once."""
    found: list[Person] = []
    up = superior_of.get(person)
    while up is not None and up not in found and up != person:
        found.append(up)
        up = superior_of.get(up)
    return found


def common_superiors(one: Person, other: Person, superior_of: Mapping[Person, Person | None]) -> Sequence[Person]:
    """Who stands above both, the nearest to ``one`` first; neither of the two themselves."""
    over_other = above(other, superior_of)
    return [person for person in above(one, superior_of) if person in over_other and person not in (one, other)]
