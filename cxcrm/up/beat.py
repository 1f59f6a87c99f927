"""The scheduler's own small Celery application: it sends names from the static schedule and needs no product code."""

from celery import Celery
from celery.loaders.app import AppLoader


class NamesOnly(AppLoader):
    """Imports no task modules: with them the scheduler would be as large as a worker."""

    def import_default_modules(self) -> list[object]:
        return []


app = Celery("cxcrm", loader=NamesOnly, fixups=set(), set_as_current=True)
app.config_from_object("cxcrm.settings", namespace="CELERY")
