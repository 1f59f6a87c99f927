"""The one schema of a release built by real migrations, and copies of it made by replaying its SQL."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, transaction

from tenants.models import SchemaTemplate
from tenants.selectors.catalogs import contents_of, definition_of, structure_of
from tenants.services import fingerprints

# Only its number matters: one builder at a time on the whole database.
_BUILDING = 0x637863726D01
_SCHEMA = re.compile(r"[a-z][a-z0-9_]{1,62}\Z")


class TemplateUnfaithful(RuntimeError):
    """A migration made something the replay does not know how to repeat; the message names the differences."""


def ready_template() -> SchemaTemplate | None:
    """The template of this release, or None when nobody has built it yet."""
    return SchemaTemplate.objects.filter(fingerprint=fingerprints.current()).exclude(sql="").first()


def ensure_template() -> SchemaTemplate:
    """The template of this release, built now (some seconds) unless it is there. Not inside a transaction.

    A builder that was killed leaves a row without SQL; the next one begins anew.
    """
    template = ready_template()
    if template is not None:
        return template
    with _one_builder():
        return ready_template() or _build()


def replay(schema_name: str) -> None:
    """Create ``schema_name`` with the tables and first rows of this release, all or nothing.

    Raises LookupError without a template.
    """
    template = ready_template()
    if template is None:
        raise LookupError("no template of this release: run bootstrap")
    replay_template(template, schema_name)


def replay_template(template: SchemaTemplate, schema_name: str) -> None:
    """The same with the template of any release; a deploy rehearses on the one its firms still have."""
    if not _SCHEMA.match(schema_name):
        raise ValueError(f"not a schema name: {schema_name!r}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(template.sql.replace(template.schema_name, schema_name))


def adopt(schema_name: str) -> SchemaTemplate:
    """Make the schema that a deploy's rehearsal brought to this release its template, unless there is one already."""
    with _one_builder():
        template = ready_template()
        if template is None:
            template = _place()
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER SCHEMA {schema_name} RENAME TO {template.schema_name}")
            _record(template)
    return template


def _build() -> SchemaTemplate:
    template = _place()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {template.schema_name}")
    call_command("migrate_schemas", schema_name=template.schema_name, interactive=False, verbosity=0)
    return _record(template)


def _place() -> SchemaTemplate:
    """The row of a template to be, and no schema under its name: what a killed builder left is dropped."""
    fingerprint = fingerprints.current()
    # Replaying substitutes the name in the text, so it must be one that occurs nowhere else.
    schema = f"tpl__{fingerprint[:12]}"
    template, _created = SchemaTemplate.objects.get_or_create(fingerprint=fingerprint, defaults={"schema_name": schema})
    drop_schema(schema)
    return template


def _record(template: SchemaTemplate) -> SchemaTemplate:
    template.sql = definition_of(template.schema_name)
    _prove(template)
    template.save(update_fields=["sql"])
    return template


def _prove(template: SchemaTemplate) -> None:
    """Compare one replay with the original by the catalog. Raises TemplateUnfaithful."""
    copy = f"proof_{template.fingerprint[:12]}"
    with transaction.atomic():
        replay_template(template, copy)
        differences = (structure_of(copy) ^ structure_of(template.schema_name)) | (
            contents_of(copy) ^ contents_of(template.schema_name)
        )
        drop_schema(copy)
    if differences:
        raise TemplateUnfaithful("; ".join(" ".join(fact) for fact in sorted(differences)[:10]))


def drop_schema(schema: str) -> None:
    """Drop ``schema`` and everything in it; nothing happens when it is not there."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {connection.ops.quote_name(schema)} CASCADE")


@contextmanager
def _one_builder() -> Iterator[None]:
    """Hold the builders' lock on a connection of its own: migrating closes the one in use. It ends with its process."""
    keeper = connection.copy()
    try:
        with keeper.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_BUILDING])
        yield
    finally:
        keeper.close()
