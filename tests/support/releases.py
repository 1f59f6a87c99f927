"""Releases to deploy in tests: today's migrations of one app, and more written for the occasion."""

import itertools
import shutil
import sys
from pathlib import Path
from textwrap import dedent, indent

from django.apps import apps
from django.conf import settings

from tenants.services import fingerprints

APP = "journeys"
HEAD = """
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F
"""
_numbers = itertools.count(1)


def step(operations: str, *, functions: str = "", atomic: bool = True, extra: str = "") -> str:
    """The text of a migration but for its dependencies."""
    body = f"atomic = {atomic}\n{extra}\noperations = [\n{indent(dedent(operations), '    ')}\n]\n"
    return f"{HEAD}\n{dedent(functions)}\n\nclass Migration(migrations.Migration):\n{indent(body, '    ')}"


def add_field(
    model: str = "journey", name: str = "colour", field: str = "models.CharField(max_length=9, db_default='')"
) -> str:
    return step(f"migrations.AddField('{model}', '{name}', {field}),")


def names_of_today(app: str = APP) -> list[str]:
    """The app's real migrations, in order."""
    return sorted(path.stem for path in (Path(apps.get_app_config(app).path) / "migrations").glob("0*.py"))


def step_name(number: int = 1, app: str = APP) -> str:
    """What the ``number``-th migration after the real ones is called."""
    return f"{int(names_of_today(app)[-1][:4]) + number:04}_step"


def write_release(folder: Path, *steps: str, app: str = APP) -> str:
    """A package in ``folder`` with the app's migrations and ``steps`` after them; returns its name."""
    name = f"release_{next(_numbers)}"
    package = folder / name
    shutil.copytree(Path(apps.get_app_config(app).path) / "migrations", package, ignore=lambda *_: ["__pycache__"])
    previous = names_of_today(app)[-1]
    for number, text in enumerate(steps, start=1):
        dependency = f"\n    dependencies = [('{app}', '{previous}')]\n"
        previous = step_name(number, app)
        (package / f"{previous}.py").write_text(text + dependency)
    return name


def use_release(folder: Path | None, name: str | None) -> None:
    """Make this process one of the release, or of the real one again without a name."""
    if folder and str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    settings.MIGRATION_MODULES = {APP: name} if name else {}
    fingerprints.current.cache_clear()
    fingerprints.known.cache_clear()
