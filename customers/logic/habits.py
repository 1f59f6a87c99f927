"""When one habit took the place of another more often than the other way round, and more than by chance."""

from dataclasses import dataclass

from customers.logic.shares import SHOWN_FROM, wilson


@dataclass(frozen=True)
class Move:
    """``n`` customers went from one habit to another, ``back`` the other way."""

    before: str
    after: str
    n: int
    back: int

    @property
    def is_more_than_chance(self) -> bool:
        """Of those who changed between the two, so many went this way that half of them is outside the 95 % interval.

        At least five of them; a sign test by the Wilson interval (domain.md §2.2).
        """
        return self.n >= SHOWN_FROM and wilson(self.n, self.n + self.back)[0] > 0.5
