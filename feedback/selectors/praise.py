"""Which answers praise: good on their measure's scale, with the customer's own words, and counted."""

from typing import Final

from feedback.models import Response

# What measures nothing praises nothing.
_GOOD_FROM: Final = {"nps": 9, "csat": 4, "ces": 6}


def is_praise(response: Response) -> bool:
    good_from = _GOOD_FROM.get(response.metric)
    is_good = good_from is not None and response.score >= good_from
    return is_good and response.set_aside_at is None and bool(response.words.strip())
