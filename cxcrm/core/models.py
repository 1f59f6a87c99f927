"""Abstract bases of every model: UUIDv7 keys, time stamps, and rows that cannot leave their tenant."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.postgresql_backend.base import FakeTenant

from cxcrm.core.clock import now
from cxcrm.core.db.here import connection_here
from cxcrm.core.errors import CrossTenantError, OnlyShownError
from cxcrm.core.ids import new_id

M = TypeVar("M", bound=models.Model)


def active_schema() -> str | None:
    """Schema of the entered tenant, or None outside any tenant."""
    tenant = connection_here().tenant
    return None if isinstance(tenant, FakeTenant) else tenant.schema_name


class TenantQuerySet(models.QuerySet[M]):
    """A queryset that runs only in the tenant it was made in.

    Made outside any tenant (class attributes of views and forms) it belongs to nobody and runs where it is used; a
    relation followed from an instance belongs to the instance's tenant.
    """

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model=model, query=query, using=using, hints=hints)
        self._schema = active_schema()
        self._adopt(hints)

    def _adopt(self, hints: dict[str, Any] | None) -> None:
        instance = (hints or {}).get("instance")
        schema = getattr(getattr(instance, "_state", None), "schema", None)
        if schema is not None:
            self._schema = schema

    def _add_hints(self, **hints: Any) -> None:
        super()._add_hints(**hints)  # type: ignore[misc] # not in the stubs
        self._adopt(hints)

    def _clone(self) -> Any:
        clone = super()._clone()  # type: ignore[misc] # not in the stubs
        clone._schema = self._schema
        return clone

    def _stay_home(self) -> None:
        here = active_schema()
        if self._schema is not None and self._schema != here:
            raise CrossTenantError(f"{self.model.__name__} query of {self._schema} used in {here}")

    def _fetch_all(self) -> None:
        self._stay_home()
        super()._fetch_all()

    def _iterator(self, *args: Any, **kwargs: Any) -> Any:
        self._stay_home()  # when the first row is asked for, which may be elsewhere than where it was made
        here = active_schema()
        for row in super()._iterator(*args, **kwargs):  # type: ignore[misc] # not in the stubs
            yield row
            if active_schema() != here:  # the next row would be stamped as one of the other tenant
                raise CrossTenantError(f"{self.model.__name__} rows of {here} read on in {active_schema()}")

    def read(self, sql: str, params: Sequence[Any], arguments: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a SELECT made of this queryset, in one round trip (see ``read`` of the backend)."""
        self._stay_home()
        rows: list[tuple[Any, ...]] = connection_here().read(sql, params, arguments)
        return rows

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._stay_home()  # as a subquery of another query
        return super().resolve_expression(*args, **kwargs)

    resolve_expression.queryset_only = True  # type: ignore[attr-defined]

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._stay_home()
        return super().aggregate(*args, **kwargs)

    def count(self) -> int:
        self._stay_home()
        return super().count()

    def exists(self) -> bool:
        self._stay_home()
        return super().exists()

    def update(self, **kwargs: Any) -> int:
        self._stay_home()
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        self._stay_home()
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def create(self, **kwargs: Any) -> M:
        self._stay_home()
        return super().create(**kwargs)

    create.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[M]:
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._state.schema = active_schema()  # type: ignore[attr-defined]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._stay_home()
        if self.is_only_shown:
            raise OnlyShownError(f"{type(self).__name__} {self.pk} is masked")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._stay_home()
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self._stay_home()
        super().refresh_from_db(*args, **kwargs)

    @property
    def is_only_shown(self) -> bool:
        """Parts of it are masked for whoever reads it; such a row is never saved."""
        return bool(vars(self._state).get("only_shown"))

    def _stay_home(self) -> None:
        here, state = active_schema(), vars(self._state)
        if state["schema"] is None:
            state["schema"] = here
        elif state["schema"] != here:
            raise CrossTenantError(f"{type(self).__name__} {self.pk} of {state['schema']} used in {here}")
