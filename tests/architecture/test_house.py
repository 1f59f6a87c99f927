"""The house's rules that a linter cannot see."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, models

from cxcrm.core.models import Row, TenantModel, TenantQuerySet

ROOT = Path(settings.BASE_DIR)
ROOMS = ("cxcrm", "tenants", "customers", "journeys", "feedback", "workflows")
FLOORS = {"core": 0, "tenants": 1, "staff": 1.5, "customers": 2, "journeys": 3, "feedback": 4, "workflows": 5}
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in FLOORS]


def test_shared_and_firm_apps_share_nothing():
    assert set(settings.SHARED_APPS) & set(settings.TENANT_APPS) == set()


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_keys_are_uuids_and_arrows_point_down(model):
    assert issubclass(model, Row)
    assert isinstance(model._meta.pk, models.UUIDField)
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and not field.auto_created:
            target = field.related_model._meta.app_label
            assert FLOORS[target] <= FLOORS[model._meta.app_label], f"{model._meta.label}.{field.name} points up"
            if target != model._meta.app_label:
                assert field.remote_field.related_name == "+", f"{model._meta.label}.{field.name} can be read upwards"
                assert not (model._meta.app_label != "tenants" and target == "tenants"), "no key into the public schema"


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_rows_of_a_firm_know_their_schema(model):
    if model._meta.app_label == "tenants":
        assert not issubclass(model, TenantModel)
    else:
        assert issubclass(model, TenantModel)
        assert issubclass(model._base_manager._queryset_class, TenantQuerySet), "relations are followed unguarded"
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}(")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [model for model in own_models() if issubclass(model, TenantModel)], ids=lambda model: model._meta.label
)
def test_without_a_tenant_no_table_answers(model):
    assert connection.schema_name == "public"
    with pytest.raises(ProgrammingError, match="does not exist"):
        model._base_manager.exists()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short_named_and_explained(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert path.stem not in {"utils", "helpers", "common", "managers", "misc"}
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), f"{path.relative_to(ROOT)} does not say what lives here"


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


# The doors of law 3, and what composes them.
MAY_ENTER = {
    "tenants/middleware.py": "the HTTP door",
    "tenants/tasking.py": "the Celery door",
    "tenants/management/base.py": "the command door",
    "tenants/services/backups.py": "forgets again, in a firm that was restored, whom it had forgotten",
    "tenants/services/defaults.py": "lays the defaults into a schema that is no firm's yet, and into a new firm",
    "tenants/services/provisioning.py": "lays the defaults into a firm that has no address yet",
    "tenants/services/migration_steps.py": "a deploy goes from firm to firm",
    "tenants/services/migration_rehearsal.py": "a deploy rehearses in a schema that is no firm's",
    "tenants/services/archives.py": "brings an imported firm's content types home",
    "tenants/services/inbound.py": "a mail names its firm by the address it came to",
    "tenants/services/lifecycle.py": "writes to the operators' audit log what ends a firm",
    "tenants/tasks.py": "tells a firm what was given up, when the task itself died",
    "cxcrm/demo/loader.py": "a command's own module",
    "cxcrm/demo/management/commands/load_demo.py": "a command",
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_tenant_is_entered_at_the_doors_only(path):
    place = str(path.relative_to(ROOT))
    entering = {"tenants.context.enter", "tenants.context.in_tenant", "tenants.context.leave"}
    if place != "tenants/context.py" and place not in MAY_ENTER:
        assert not (_imports(path) & entering), f"{place} enters a tenant"


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in SOURCES
        if path.parts[len(ROOT.parts)] != "cxcrm" and {"api", "admin", "pages"} & set(path.parts)
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_doors_do_not_write(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            written = node.func.attr in {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
            manager = isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "objects"
            assert not (written and manager), f"{path.relative_to(ROOT)}:{node.lineno} writes rows in a door"


def test_celery_never_delays_business():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword):
                assert node.arg not in {"eta", "countdown"}, f"{path}: time lives in the agenda"


@pytest.mark.parametrize("mail", sorted((ROOT / "templates/email").rglob("*.html")), ids=lambda path: path.name)
def test_no_mail_can_tell_that_it_was_opened(mail):
    """Programs open mails before people do, so an opening says nothing; and nobody asked to be watched."""
    text = mail.read_text()
    for loaded in ("<img", "background=", "url(", "<iframe", "<link", "@import", "srcset"):
        assert loaded not in text, loaded
