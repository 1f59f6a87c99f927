"""Start-up of feedback."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = _("Feedback")

    def ready(self) -> None:
        from feedback import (  # noqa: F401 - registers what a new firm gets, and the handlers
            defaults,
            handlers,
        )
        from feedback.selectors import (
            asking,  # noqa: F401 - says whom not to ask just now
            depth,  # noqa: F401 - says how deep a relationship goes
            group_figures,  # noqa: F401 - says what it knows of groups of customers
            pains,  # noqa: F401 - says where on a journey's map it hurts
            reach,  # noqa: F401 - says what of timelines and files is hidden from whom
            segment_fields,  # noqa: F401 - says what segments may ask by
            time_figures,  # noqa: F401 - says how it was before and after a decision
        )
        from feedback.services import (
            copies,  # noqa: F401 - says what it has of customers
            erasure,  # noqa: F401 - says what it keeps of customers
            gaps,  # noqa: F401 - looks for gaps every night
            health,  # noqa: F401 - says what it knows of who may leave
            past_answers,  # noqa: F401 - past answers may be imported
        )
