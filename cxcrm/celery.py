"""The Celery application, and what a worker does besides its tasks: look, end in good order, and notice being stuck."""

import logging
import os
from typing import Any

from celery import Celery, bootsteps
from celery.signals import worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxcrm.settings")

app = Celery("cxcrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)
LOOK_EVERY = 5.0  # seconds; the scheduler's tick comes every second, this is for when there is no scheduler
STUCK_AFTER = 72  # unheeded pokes, 6 minutes: longer than two tasks at their hard limit


class Look(bootsteps.StartStopStep):
    """Pokes the worker's own queues from its own timer, so that due work is found without any scheduler.

    When its processes look at nothing for minutes although they were poked, the worker is stuck, as after a broker's
    restart: it ends, and whoever started it starts it anew.
    """

    requires = {"celery.worker.components:Timer"}

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        self.entry: Any = None
        self.unheeded, self.seen = 0, 0
        super().__init__(parent, **kwargs)

    def start(self, parent: Any) -> None:
        self.entry = parent.timer.call_repeatedly(LOOK_EVERY, self.look, (parent,))

    def stop(self, parent: Any) -> None:
        if self.entry is not None:
            self.entry.cancel()

    def look(self, parent: Any) -> None:
        """Called by the worker's timer."""
        from tenants.models import Lane
        from tenants.tasking import looks
        from tenants.tasks import poke

        self.unheeded = self.unheeded + 1 if self.seen == looks() else 0
        self.seen = looks()
        if self.unheeded >= STUCK_AFTER:
            logger.critical("this worker has not looked at the agenda for %.0f s: ending it", STUCK_AFTER * LOOK_EVERY)
            os._exit(70)  # its processes notice and end as well
        for lane in set(parent.app.amqp.queues.consume_from) & set(Lane.values):
            poke(lane)


@worker_shutting_down.connect
def _drain(**_kwargs: object) -> None:
    """Told to end (SIGTERM): begin nothing new. A signal of Celery's, which has no other way to say so."""
    from tenants.tasking import drain

    drain()


app.steps["worker"].add(Look)
