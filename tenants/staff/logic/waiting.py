"""How long somebody waits before the next try: nothing for the first few, then twice as long each time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """``free`` tries at once, then ``first`` seconds, doubling up to ``longest``; forgotten after ``rest`` seconds."""

    free: int
    first: int
    longest: int
    rest: int

    def wait_after(self, tries: int) -> int:
        """Seconds until the next try is looked at, once ``tries`` have been made."""
        over = tries - self.free
        return 0 if over < 0 else min(self.first << min(over, 20), self.longest)


# One account from one connection: 5 tries at once, the 6th after 30 s, then 60, 120, 240, 480, 900 …: nine reach the
# password check in the first fifteen minutes, and nobody ever waits longer than fifteen.
PASSWORD = Pace(free=5, first=30, longest=900, rest=86_400)
# One connection, whatever the account: a whole office may stand behind it, so it is slowed but little.
CONNECTION = Pace(free=60, first=2, longest=60, rest=900)
# Codes of one account, wherever they come from: only somebody who knows the password gets to try any.
CODES = Pace(free=30, first=30, longest=900, rest=86_400)
# Letters about a new password to one address.
LETTERS = Pace(free=4, first=300, longest=3600, rest=86_400)
