"""What became of one mail of a group whose worker died."""

import pytest

from workflows.logic.handing_over import Fate, fate_of

GROUP = (3, 5)  # three answered, five may have begun


@pytest.mark.parametrize(
    ("place", "position", "fate"),
    [
        (0, GROUP, Fate.SENT),
        (2, GROUP, Fate.SENT),
        (3, GROUP, Fate.PERHAPS),
        (4, GROUP, Fate.PERHAPS),
        (5, GROUP, Fate.FREE),
        (0, (0, 0), Fate.FREE),
        (0, None, Fate.PERHAPS),
        (None, GROUP, Fate.PERHAPS),
    ],
)
def test_fate(place, position, fate):
    assert fate_of(place, position) is fate
