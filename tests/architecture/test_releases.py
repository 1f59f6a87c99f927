"""Expand, then contract: what a migration of one release may not do to code of the release before."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.support.releases import APP, add_field, step, step_name, use_release, write_release

OURS = {"tenants", "staff", "customers", "journeys", "feedback", "workflows"}
TAKES_AWAY = (
    operations.RemoveField,
    operations.DeleteModel,
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
)
# Harmless when repeated: a killed run repeats them.
WITHOUT_TRANSACTION = (AddIndexConcurrently, RemoveIndexConcurrently, operations.RunPython, operations.RunSQL)


def breaches(migration: Migration, state: ProjectState) -> Iterator[str]:
    """What old code beside this migration, or a repeated run of it, would stumble over."""
    contracts = getattr(migration, "contract", False)
    for operation in migration.operations:
        if not migration.atomic and not isinstance(operation, WITHOUT_TRANSACTION):
            yield f"{operation.describe()}: not without a transaction"
        if isinstance(operation, TAKES_AWAY) and not contracts:
            yield f"{operation.describe()}: old code still uses it"
        if isinstance(operation, operations.AddField | operations.AlterField) and not contracts:
            fields = state.models[migration.app_label, operation.model_name_lower].fields
            old = fields.get(operation.name)
            required = not operation.field.null and not operation.field.has_db_default()
            if required and not operation.field.many_to_many and (old is None or old.null):
                yield f"{operation.describe()}: old code leaves it empty; give it a db_default"
        operation.state_forwards(migration.app_label, state)


def breaches_of(label: str, name: str) -> list[str]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return list(breaches(loader.get_migration(label, name), loader.project_state((label, name), at_end=False)))


def test_no_migration_of_ours_breaks_the_release_before():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    later = [key for key in loader.disk_migrations if key[0] in OURS and not key[1].startswith("0001_")]
    assert {".".join(key): found for key in later if (found := breaches_of(*key))} == {}
    assert set(OURS) <= {config.label for config in apps.get_app_configs()}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (add_field(), 0),
        (add_field(field="models.IntegerField(null=True)"), 0),
        (add_field(field="models.IntegerField(default=1)"), 1),
        (step("migrations.RemoveField('journey', 'name_en'),"), 1),
        (step("migrations.RemoveField('journey', 'name_en'),", extra="contract = True"), 0),
        (step("migrations.RenameField('journey', 'name_en', 'english'),"), 1),
        (step("migrations.AlterField('journey', 'name', models.CharField(max_length=200)),"), 0),
        (step("migrations.AlterField('accountability', 'valid_to', models.DateField()),"), 1),
        (step("AddIndexConcurrently('Journey', models.Index(fields=['name'], name='x')),", atomic=False), 0),
        (step("migrations.AlterField('journey', 'name', models.TextField()),", atomic=False), 1),
    ],
)
def test_the_rule_sees_what_it_forbids(tmp_path, text, count):
    try:
        use_release(tmp_path, write_release(tmp_path, text))
        assert len(breaches_of(APP, step_name())) == count
    finally:
        use_release(None, None)
