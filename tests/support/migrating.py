"""Real migrations on an empty database in a fraction of the time: each step renders the model it is about, alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ProjectState


@contextmanager
def rendering_little() -> Iterator[None]:
    """Within, a step of a migration renders its own model and not, as Django does, all that are related to it.

    With a user in nearly every table that is nearly every table, hundreds of times. What other models know of a model
    is then that of an earlier step; Python steps still get everything rendered anew. That the tables come out the same
    is proved by a schema made without this (test_templates.py).
    """
    found = ProjectState._find_reload_model  # type: ignore[attr-defined]  # Django's own, and private

    def itself(state: Any, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        state.is_delayed = True
        return {(app_label, model_name)}

    ProjectState._find_reload_model = itself  # type: ignore[attr-defined]
    try:
        yield
    finally:
        ProjectState._find_reload_model = found  # type: ignore[attr-defined]
