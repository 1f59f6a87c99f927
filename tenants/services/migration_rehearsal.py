"""A deploy's rehearsal: the pending migrations run once, for real, on an empty schema, and what they send is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.management import inject_rename_contenttypes_operations
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation
from django.db.migrations.state import ProjectState

from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.models import SchemaTemplate
from tenants.selectors.migrations import Standing, applied_in
from tenants.services import fingerprints, templates
from tenants.services.migration_steps import Own, Stretch, applied_sql, composed, joined

STAGE = "rehearsal"
# Only its number matters: one rehearsal at a time on the whole database, so that the stage can have a plain name.
_REHEARSING = 0x637863726D02
_STAGE = TenantRef(id=UUID(int=0), schema_name=STAGE, slug=STAGE, name=STAGE, host="", epoch=0, state="rehearsal")
# Rows changed in one migration may have checks waiting, and then the next one could not alter their table.
_CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE;\nSET CONSTRAINTS ALL DEFERRED"


def rehearse(standing: Standing, fingerprint: str, *, keep: bool = True) -> dict[Standing, Stretch]:
    """How a firm gets from ``standing`` to this release: the next stretch at every standing on the way.

    Constraint names are looked up while migrating, and every firm has the same because all were replayed from one
    template. So the stage is the template of the firm's ``fingerprint``; without it, it is built by migrations.
    Afterwards it is a schema of this release, and with ``keep`` becomes its template.
    Raises whatever a migration raises; no firm has been touched then.
    """
    if fingerprints.known() <= standing:
        return {standing: Stretch(True, (), (), fingerprint=fingerprints.current())}
    with _stage():
        _set_stage(standing, fingerprint)
        with in_tenant(_STAGE):
            stretches = _play(standing)
        if keep:
            templates.adopt(STAGE)
    return stretches


@contextmanager
def _stage() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_REHEARSING])
    try:
        templates.drop_schema(STAGE)  # what a killed rehearsal left
        yield
    finally:
        templates.drop_schema(STAGE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_REHEARSING])


def _set_stage(standing: Standing, fingerprint: str) -> None:
    template = SchemaTemplate.objects.filter(fingerprint=fingerprint).exclude(sql="").first()
    if template:
        templates.replay_template(template, STAGE)
        if applied_in(STAGE) <= standing:
            return
        templates.drop_schema(STAGE)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {STAGE}")


def _play(standing: Standing) -> dict[Standing, Stretch]:
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    plan = [migration for migration, _ in executor.migration_plan(graph.leaf_nodes(), clean_start=True)]
    there = applied_in(STAGE)
    if not there:
        executor.recorder.ensure_schema()
    state = ProjectState(real_apps=executor.loader.unmigrated_apps)
    for migration in plan:
        if _key(migration) in there:
            state = migration.mutate_state(state, preserve=False)
    missing = [migration for migration in plan if _key(migration) in standing - there]
    for migration in missing:
        with connection.schema_editor(atomic=migration.atomic) as editor:
            state = migration.apply(state, editor)
        _note([migration])
    if missing:
        _lay_seeds(state)
    return _record_all([migration for migration in plan if _key(migration) not in standing], standing, state)


def _record_all(pending: list[Migration], standing: Standing, state: ProjectState) -> dict[Standing, Stretch]:
    has_seeds = not all(_brings_none(operation) for migration in pending for operation in migration.operations)
    rendered = state.apps  # before the states of each operation are copied from this one: they share what is rendered
    if has_seeds:
        inject_rename_contenttypes_operations(
            plan=[(migration, False) for migration in pending], apps=rendered, using=connection.alias
        )
    before = _seeds() if has_seeds else frozenset()
    stretches: list[dict[str, Any]] = []
    # Atomic migrations in a row share one transaction; each of the others is a stretch of its own.
    for _alike, group in groupby(pending, key=lambda migration: migration.atomic or _key(migration)):
        members = list(group)
        steps = [step for migration in members for step in _record(migration, state)]
        _note(members)
        stretches.append(
            {
                "atomic": members[0].atomic,
                "migrations": tuple(map(_key, members)),
                "steps": tuple(_joined(steps)),
            }
        )
    if has_seeds:
        _lay_seeds(state)
    seeds = _seeds_sql(_seeds() - before) if has_seeds else ""
    stretches[-1] |= {"seeds": seeds, "fingerprint": fingerprints.current()}
    found: dict[Standing, Stretch] = {}
    for values in stretches:
        found[standing] = Stretch(**values)
        standing = found[standing].after(standing)
    return found


def _record(migration: Migration, state: ProjectState) -> list[str | Own]:
    """Run one migration on the stage, taking ``state`` along; returns what firms have to do."""
    steps: list[str | Own] = []
    with RecordingEditor(connection, steps, atomic=migration.atomic) as editor:
        for operation in migration.operations:
            before = state.clone()
            operation.state_forwards(migration.app_label, state)
            if migration.atomic and _says_all(operation):
                operation.database_forwards(migration.app_label, editor, before, state)
            else:
                own = Own(migration.app_label, operation, _settled(before), _settled(state.clone()))
                own.run(STAGE)
                steps.append(own)
    if migration.atomic and (_has(migration, RunSQL) or any(isinstance(step, Own) for step in steps)):
        steps.append(_CHECK_NOW)
    return steps


class RecordingEditor(DatabaseSchemaEditor):
    """Sends every statement, and keeps it as text."""

    def __init__(self, connection: Any, tape: list[str | Own], atomic: bool) -> None:
        super().__init__(connection, atomic=atomic)
        self.tape = tape

    def execute(self, sql: Any, params: Any = ()) -> None:
        text = str(sql) if params is None else composed(str(sql), params)
        self.tape.append(text)
        super().execute(text, None)


def _says_all(operation: Operation) -> bool:
    """Whether all that an operation does goes through the schema editor; only Django's own are known to."""
    parts = getattr(operation, "database_operations", ())
    return operation.reduces_to_sql and type(operation).__module__.startswith("django.") and all(map(_says_all, parts))


def _brings_none(operation: Operation) -> bool:
    """Whether it leaves content types and permissions as they are: to look for them all models are rendered again."""
    return isinstance(operation, (FieldOperation, IndexOperation))


def _has(migration: Migration, kind: type[Operation]) -> bool:
    return any(
        isinstance(part, kind)
        for operation in migration.operations
        for part in (operation, *getattr(operation, "database_operations", ()))
    )


def _settled(state: ProjectState) -> ProjectState:
    """A state whose models are rendered once: one marked as delayed would be rendered again for every firm."""
    state.clear_delayed_apps_cache()
    state.is_delayed = False
    return state


def _joined(steps: list[str | Own]) -> Iterator[str | Own]:
    """The same with neighbouring statements as one."""
    for is_text, group in groupby(steps, key=lambda step: isinstance(step, str)):
        if is_text:
            yield joined(map(str, group))
        else:
            yield from group


def _note(migrations: list[Migration]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(applied_sql(STAGE, [_key(migration) for migration in migrations]))


def _key(migration: Migration) -> tuple[str, str]:
    return migration.app_label, migration.name


def _lay_seeds(state: ProjectState) -> None:
    """What Django does when migrating is over: content types and permissions of the models there are now."""
    state.clear_delayed_apps_cache()
    emit_post_migrate_signal(0, interactive=False, db=connection.alias, apps=state.apps)


def _seeds() -> frozenset[tuple[str | None, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.app_label, c.model, p.codename, p.name FROM django_content_type c
               LEFT JOIN auth_permission p ON p.content_type_id = c.id"""
        )
        return frozenset(cursor.fetchall())


def _seeds_sql(seeds: frozenset[tuple[str | None, ...]]) -> str:
    """By name: ids differ from firm to firm."""
    content_type = "INSERT INTO django_content_type (app_label, model) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    permission = """INSERT INTO auth_permission (content_type_id, codename, name)
SELECT id, %s, %s FROM django_content_type WHERE app_label = %s AND model = %s ON CONFLICT DO NOTHING"""
    return ";\n".join(
        [
            *(composed(content_type, pair) for pair in sorted({row[:2] for row in seeds}, key=str)),
            *(composed(permission, [*row[2:], *row[:2]]) for row in sorted(seeds, key=str) if row[2]),
        ]
    )
