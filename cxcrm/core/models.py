"""Abstract bases of every model: UUIDv7 keys, time stamps, and rows that cannot leave their tenant."""

from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _
from django_tenants.postgresql_backend.base import FakeTenant

from cxcrm.core.clock import now
from cxcrm.core.errors import CrossTenantError
from cxcrm.core.ids import new_id


def active_schema() -> str | None:
    """Schema of the entered tenant, or None outside any tenant."""
    return None if isinstance(connection.tenant, FakeTenant) else connection.schema_name


class TenantQuerySet(models.QuerySet):
    """A queryset that runs only in the tenant it was made in.

    Made outside any tenant (class attributes of views and forms) it belongs to nobody and runs where it is used; a
    relation followed from an instance belongs to the instance's tenant.
    """

    def __init__(self, model=None, query=None, using=None, hints=None) -> None:
        super().__init__(model=model, query=query, using=using, hints=hints)
        self._schema = active_schema()
        self._adopt(hints)

    def _adopt(self, hints: dict[str, Any] | None) -> None:
        instance = (hints or {}).get("instance")
        schema = getattr(getattr(instance, "_state", None), "schema", None)
        if schema is not None:
            self._schema = schema

    def _add_hints(self, **hints) -> None:
        super()._add_hints(**hints)
        self._adopt(hints)

    def _clone(self):
        clone = super()._clone()
        clone._schema = self._schema
        return clone

    def _stay_home(self) -> None:
        here = active_schema()
        if self._schema is not None and self._schema != here:
            raise CrossTenantError(f"{self.model.__name__} query of {self._schema} used in {here}")

    def _fetch_all(self) -> None:
        self._stay_home()
        super()._fetch_all()

    def _iterator(self, *args, **kwargs):
        self._stay_home()  # when the first row is asked for, which may be elsewhere than where it was made
        yield from super()._iterator(*args, **kwargs)

    def resolve_expression(self, *args, **kwargs):
        self._stay_home()  # as a subquery of another query
        return super().resolve_expression(*args, **kwargs)

    resolve_expression.queryset_only = True

    def aggregate(self, *args, **kwargs):
        self._stay_home()
        return super().aggregate(*args, **kwargs)

    def count(self) -> int:
        self._stay_home()
        return super().count()

    def exists(self) -> bool:
        self._stay_home()
        return super().exists()

    def update(self, **kwargs) -> int:
        self._stay_home()
        return super().update(**kwargs)

    update.alters_data = True

    def delete(self):
        self._stay_home()
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def create(self, **kwargs):
        self._stay_home()
        return super().create(**kwargs)

    create.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        self._stay_home()
        return super().bulk_create(objs, *args, **kwargs)


class Row(models.Model):
    """UUIDv7 key and creation time; also for public tables."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(_("created"), default=now, editable=False, db_index=False)

    class Meta:
        abstract = True


class TenantModel(Row):
    """A row of one tenant: it remembers its schema and refuses to be saved, deleted or reloaded in another."""

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._state.schema = active_schema()

    def save(self, *args, **kwargs) -> None:
        self._stay_home()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self._stay_home()
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args, **kwargs) -> None:
        self._stay_home()
        super().refresh_from_db(*args, **kwargs)

    def _stay_home(self) -> None:
        here = active_schema()
        if self._state.schema is None:
            self._state.schema = here
        elif self._state.schema != here:
            raise CrossTenantError(f"{type(self).__name__} {self.pk} of {self._state.schema} used in {here}")
