"""Start-up of the core: content types cached per thread, never across tenants."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "cxcrm.core"
    label = "core"

    def ready(self) -> None:
        from cxcrm.core.db.contenttypes import cache_content_types_per_thread

        cache_content_types_per_thread()
