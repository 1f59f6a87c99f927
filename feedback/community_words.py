"""What the levels of those who answer others, and the states of questions, are called."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from feedback.logic.reputation import Standing
from feedback.models import CommunityQuestion

_LEVELS: Final[dict[Standing, Any]] = {
    Standing.MEMBER: _("Member"),
    Standing.KNOWS: _("In the know"),
    Standing.EXPERT: _("Community expert"),
}
TONES: Final = {
    CommunityQuestion.State.OPEN: "warn",
    CommunityQuestion.State.ANSWERED: "good",
    CommunityQuestion.State.SET_ASIDE: "plain",
}


def level_name(level: Standing) -> str:
    return str(_LEVELS[level])
