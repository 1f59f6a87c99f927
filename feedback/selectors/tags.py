"""The words staff put on complaints."""

from typing import Final

from cxcrm.core.db.tags import tags_of_newest
from feedback.models import Complaint
from feedback.selectors.reach import Reader, within_reach

LOOKED_AT: Final = 5_000
SHOWN: Final = 100


def tags_in_use(reader: Reader) -> list[str]:
    """Tags of the newest 5,000 complaints within reach, in order, at most a hundred; an address may name any other."""
    if not reader.reaches_firm:
        newest = within_reach(reader).exclude(tags=[]).order_by("-received_at", "-id").values_list("tags", flat=True)
        return sorted({tag for tags in newest[:LOOKED_AT] for tag in tags})[:SHOWN]
    return tags_of_newest(Complaint, "received_at", rows=LOOKED_AT, most=SHOWN)
