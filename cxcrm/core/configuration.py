"""How a row of the set-up is kept: checked, saved and written to the audit log in one transaction."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import Conflict, InvalidInput
from cxcrm.core.events import DomainEvent, event, publish

Setting = TypeVar("Setting", bound=models.Model)


@event("core.setting_changed", says=_("a setting was changed"))
@dataclass(frozen=True, kw_only=True)
class SettingChanged(DomainEvent):
    """A setting was added, changed or removed; the event's envelope says by whom and when."""

    model: str
    object_id: UUID
    action: str


@transaction.atomic
def keep(row: Setting) -> Setting:
    """Check, save and record ``row``. Raises InvalidInput for what the model forbids, Conflict when a race was lost."""
    action = "added" if row._state.adding else "changed"
    try:
        row.full_clean()
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), code="setting.invalid") from error
    except IntegrityError as error:
        raise Conflict(code="setting.conflict") from error
    record(row, action)
    return row


def record(row: models.Model, action: str) -> None:
    """Write to the audit log that a service did ``action`` to ``row``; for services that cannot use ``keep``."""
    publish(SettingChanged(model=row._meta.label_lower, object_id=row.pk, action=action))


@transaction.atomic
def drop(row: models.Model) -> None:
    """Remove and record ``row``. Raises Conflict while something still needs it."""
    label, ident = row._meta.label_lower, row.pk
    try:
        with transaction.atomic():
            row.delete()
    except (models.ProtectedError, models.RestrictedError) as error:
        raise Conflict(
            _("Something still uses this, so it stays. Switch it off instead."), code="setting.in_use"
        ) from error
    publish(SettingChanged(model=label, object_id=ident, action="removed"))
