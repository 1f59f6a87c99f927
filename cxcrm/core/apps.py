"""Start-up of the core: content types cached per thread, never across tenants; reports where a setting says so."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "cxcrm.core"
    label = "core"

    def ready(self) -> None:
        from cxcrm.core.db.contenttypes import cache_content_types_per_thread
        from cxcrm.core.observability import reporting

        cache_content_types_per_thread()
        reporting.start()
