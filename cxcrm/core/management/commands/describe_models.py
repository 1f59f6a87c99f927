"""``describe_models``: writes docs/models.md, the page that shows every table the product keeps."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import translation

from cxcrm.core.models import Row

HEAD = """\
# Models

Written by `python manage.py describe_models`; do not edit by hand. An arrow names the table a field points to, and what
happens when that row goes (*cascade*: this row goes too; *protect*: it cannot go; *set null*: the arrow is emptied).
Arrows point to the same floor or down, never up. Every table begins with `id` (UUIDv7, so rows sort by time) and
`created_at`; both are left out below.
"""
BASE_FIELDS = frozenset(field.name for field in Row._meta.get_fields())


def models_page() -> str:
    """The whole page in Markdown, in English whatever language is active."""
    with translation.override("en"):
        return "\n".join([HEAD, *(line for app in _own_apps() for line in _app(app))])


def models_path() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "models.md"


def _own_apps() -> list[AppConfig]:
    """Our apps that have tables, from the ground floor up: the order they are installed in."""
    return [app for app in apps.get_app_configs() if any(issubclass(model, Row) for model in app.get_models())]


def _app(app: AppConfig) -> Iterator[str]:
    schema = "in the shared schema" if app.name in settings.SHARED_APPS else "in each firm's schema"
    yield f"## {app.name}\n"
    yield f"{_first_line(app.models_module)} Its tables are {schema}.\n"
    for model in app.get_models():
        yield f"### {model.__name__}\n"
        yield f"{' '.join(inspect.cleandoc(model.__doc__ or '').split())}\n"
        yield "| field | type | meaning |"
        yield "|---|---|---|"
        yield from (_row(field) for field in _fields(model))
        yield ""


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    found = [field for field in model._meta.get_fields() if not isinstance(field, ForeignObjectRel)]
    return [field for field in found if isinstance(field, models.Field) and field.name not in BASE_FIELDS]


def _row(field: "models.Field[Any, Any]") -> str:
    # Where nobody gave a name Django derives it from the field's own, which says nothing new.
    named = str(field.verbose_name) if field.verbose_name != field.name.replace("_", " ") else ""
    meaning = [named, str(field.help_text), _choices(field)]
    return f"| `{field.name}` | {_type(field)} | {_cell('; '.join(part for part in meaning if part))} |"


def _type(field: "models.Field[Any, Any]") -> str:
    if isinstance(field, models.ForeignKey):
        return f"→ {_target(field)}, {_on_delete(field)}{_flags(field)}"
    if isinstance(field, models.ManyToManyField):
        return f"⇉ {_target(field)}"
    name = type(field).__name__.removesuffix("Field")
    if isinstance(field, models.DecimalField):
        name += f"({field.max_digits}, {field.decimal_places})"
    elif field.max_length and not isinstance(field, (models.UUIDField, models.EmailField)):
        name += f"({field.max_length})"
    base = getattr(field, "base_field", None)
    if base is not None:
        name += f" of {_type(base)}"
    return name + _flags(field)


def _target(field: "models.ForeignKey[Any, Any] | models.ManyToManyField[Any, Any]") -> str:
    target = field.related_model
    name = str(target.__name__)
    return name if target._meta.app_label == field.model._meta.app_label else f"{target._meta.app_label}.{name}"


def _on_delete(field: "models.ForeignKey[Any, Any]") -> str:
    return getattr(field.remote_field.on_delete, "__name__", "").lower().replace("_", " ")


def _flags(field: "models.Field[Any, Any]") -> str:
    found = [name for name, holds in (("unique", field.unique), ("may be null", field.null)) if holds]
    return "".join(f", {name}" for name in found)


def _choices(field: "models.Field[Any, Any]") -> str:
    return " · ".join(f"`{value}`" for value, _label in field.flatchoices if value not in (None, ""))


def _first_line(module: Any) -> str:
    return inspect.cleandoc(module.__doc__ or "").splitlines()[0]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


class Command(BaseCommand):
    help = "Writes docs/models.md from the models as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        path = models_path()
        path.write_text(models_page(), encoding="utf-8")
        self.stdout.write(f"Written: {path.relative_to(settings.BASE_DIR)}")
