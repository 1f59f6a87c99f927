"""One schema of a release is built by migrations; every other one is a replay of it, alike to the last index."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import DataError

from tenants.context import in_tenant, ref_of
from tenants.models import SchemaTemplate, Tenant
from tenants.selectors.catalogs import contents_of, definition_of, structure_of
from tenants.services import fingerprints, templates
from tests.support.race import race

NAME = "t_replayed"


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def exists(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [schema])
        return bool(cursor.fetchone()[0])


@pytest.fixture
def small_release(monkeypatch):
    """A release whose migrations make two small tables; yields the statements they run."""
    schema, statements = f"tpl__{'f' * 12}", []

    def migrate(_command, *, schema_name, **_options):
        assert schema_name == schema
        run(*(statement.format(schema=schema) for statement in statements))

    monkeypatch.setattr(fingerprints, "current", lambda: "f" * 64)
    monkeypatch.setattr(templates, "call_command", migrate)
    statements += [
        "CREATE TABLE {schema}.firm (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(20))",
        "INSERT INTO {schema}.firm (name) VALUES ('O''Brien'), (NULL), ('50%')",
    ]
    yield statements
    templates.drop_schema(schema)


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_replayed_schema_is_the_migrated_one_by_the_catalog(db):
    templates.drop_schema("migrated")
    run("CREATE SCHEMA migrated")
    call_command("migrate_schemas", schema_name="migrated", interactive=False, verbosity=0)
    templates.replay(NAME)
    try:
        assert structure_of(NAME) ^ structure_of("migrated") == frozenset()
        times = {("rows", ".django_migrations")}  # when each was applied differs, and nothing else
        assert {fact[:2] for fact in contents_of(NAME) ^ contents_of("migrated")} == times
        assert {fact[0] for fact in structure_of(NAME)} == {
            "relation", "column", "order", "constraint", "index", "sequence",
        }  # fmt: skip
        assert structure_of(NAME) ^ structure_of(templates.ready_template().schema_name) == frozenset()
    finally:
        templates.drop_schema("migrated")


def test_the_next_id_after_a_replay_is_the_next_one(db):
    templates.replay(NAME)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {NAME}.django_content_type")
        [last] = cursor.fetchone()
        cursor.execute(f"INSERT INTO {NAME}.django_content_type (app_label, model) VALUES ('a', 'b') RETURNING id")
        assert cursor.fetchone()[0] == last + 1


def test_a_replay_is_all_or_nothing_and_needs_a_name(db, monkeypatch):
    for name in ("T_UPPER", "x", "a; DROP SCHEMA public", "1a", "ü_x", "a" * 64):
        with pytest.raises(ValueError, match="not a schema name"):
            templates.replay(name)
    template = templates.ready_template()
    template.sql += "SELECT 1/0;"
    with pytest.raises(DataError):
        templates.replay_template(template, NAME)
    assert not exists(NAME)
    monkeypatch.setattr(templates, "ready_template", lambda: None)
    with pytest.raises(LookupError, match="bootstrap"):
        templates.replay(NAME)


def test_it_is_built_once(db, monkeypatch):
    monkeypatch.setattr(templates, "call_command", None)  # building it again would fail
    assert templates.ensure_template() == templates.ready_template()


@pytest.mark.django_db(transaction=True)
def test_rows_of_any_kind_come_along(small_release):
    small_release += [
        """CREATE TABLE {schema}.odd ("Order" int DEFAULT 5, "a'b" bytea, at timestamptz, doc jsonb, tags text[],
           twice int GENERATED ALWAYS AS ("Order" * 2) STORED, owner bigint REFERENCES {schema}.firm (id))""",
        """INSERT INTO {schema}.odd
           VALUES (7, '\\x00ff', '2026-11-22 08:00+07', '{{"k": "a\\\\b;''"}}', '{{x,NULL}}', DEFAULT, 1)""",
        "ALTER TABLE {schema}.odd SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01)",
    ]
    templates.ensure_template()
    templates.replay(NAME)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "Order", "a\'b", doc, tags, twice, owner FROM {NAME}.odd')
        row = cursor.fetchone()
        assert (row[0], bytes(row[1]), row[3:]) == (7, b"\x00\xff", (["x", None], 14, 1))
        cursor.execute(f"SELECT id, name FROM {NAME}.firm ORDER BY id")
        assert cursor.fetchall() == [(1, "O'Brien"), (2, None), (3, "50%")]
        cursor.execute(f"INSERT INTO {NAME}.firm (name) VALUES ('x') RETURNING id")
        assert cursor.fetchone()[0] == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE FUNCTION {schema}.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "function f"),
        ("CREATE TYPE {schema}.mood AS ENUM ('ok')", "type mood"),
        ("CREATE VIEW {schema}.v AS SELECT 1 AS one", "relation v"),
        ("CREATE SEQUENCE {schema}.free INCREMENT 5", "sequence free"),
        ("ALTER TABLE {schema}.firm ALTER id SET INCREMENT 2", "sequence firm_id_seq"),
        ("COMMENT ON TABLE {schema}.firm IS 'ours'", "comment firm"),
        ("ALTER TABLE {schema}.firm ENABLE ROW LEVEL SECURITY", "relation firm"),
        ("CREATE STATISTICS {schema}.s ON id, name FROM {schema}.firm", "statistics s"),
    ],
)
def test_what_a_replay_cannot_repeat_is_refused_by_name(small_release, statement, named):
    small_release.append(statement)
    with pytest.raises(templates.TemplateUnfaithful, match=named):
        templates.ensure_template()
    assert templates.ready_template() is None
    assert not exists(f"proof_{'f' * 12}")
    small_release.pop()
    assert templates.ensure_template().sql


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["call_command", "definition_of", "_prove"])
def test_a_killed_builder_is_followed_by_one_that_begins_anew(small_release, step, monkeypatch):
    with monkeypatch.context() as patch:
        real = getattr(templates, step)

        def killed(*args, **kwargs):
            real(*args, **kwargs)
            raise KeyboardInterrupt

        patch.setattr(templates, step, killed)
        with pytest.raises(KeyboardInterrupt):
            templates.ensure_template()
    assert templates.ready_template() is None
    assert SchemaTemplate.objects.get(fingerprint="f" * 64).sql == ""
    assert templates.ensure_template().sql
    assert SchemaTemplate.objects.filter(fingerprint="f" * 64).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_builders_build_one(small_release, alpha, monkeypatch):
    built = []
    real = templates.call_command
    monkeypatch.setattr(templates, "call_command", lambda *args, **kwargs: built.append(1) or real(*args, **kwargs))
    outcomes = race(alpha, *[lambda: templates.ensure_template().id] * 3)
    assert len(set(outcomes)) == 1
    assert built == [1]


def test_the_fingerprint_follows_names_and_contents(monkeypatch, db):
    here = fingerprints.current()
    assert len(here) == 64
    fingerprints.current.cache_clear()
    assert fingerprints.current() == here
    real = fingerprints.Path.read_bytes
    monkeypatch.setattr(fingerprints.Path, "read_bytes", lambda path: real(path) + b"# changed")
    fingerprints.current.cache_clear()
    assert fingerprints.current() != here
    monkeypatch.undo()
    fingerprints.current.cache_clear()
    assert fingerprints.current() == here
    assert fingerprints.is_current(Tenant(fingerprint=here))
    assert not fingerprints.is_current(Tenant(fingerprint=""))


def test_an_unknown_schema_has_no_catalog(db):
    for question in (structure_of, contents_of, definition_of):
        with pytest.raises(LookupError, match="t_nowhere"), transaction.atomic():
            question("t_nowhere")


def test_looking_at_a_catalog_leaves_the_firm_where_it_was(alpha):
    tenant = Tenant.objects.get(pk=alpha.id)
    with in_tenant(ref_of(tenant)):
        structure_of(tenant.schema_name)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            assert cursor.fetchone()[0] == tenant.schema_name
