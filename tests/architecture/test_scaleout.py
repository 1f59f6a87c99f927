"""Rules that keep the same code running on distributed PostgreSQL, read from models and from SQL in the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

ROOT = Path(settings.BASE_DIR)
ROOMS = ("cxcrm", "tenants", "customers", "journeys", "feedback", "workflows")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
OWN = [model for model in apps.get_models() if model.__module__.split(".")[0] in ROOMS]

# What one would write in SQL and may not: pattern, why.
BANNED = {
    r"\bMERGE\s+INTO\b": "MERGE is not distributed",
    r"\bCREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE)\b": "tables made in a function stay on the coordinator",
    r"\bDO\s+\$": "tables made in a DO block stay on the coordinator",
    r"\bclone_schema\b": "tables made in a function stay on the coordinator",
    r"\bCREATE\s+(CONSTRAINT\s+)?TRIGGER\b": "triggers need an unsafe setting",
    r"\bRENAME\s+CONSTRAINT\b": "not distributed",
    r"\bALTER\s+CONSTRAINT\b": "not distributed",
    r"\bINHERITS\s*\(": "not distributed",
    r"\bset_config\s*\((?!\s*'search_path')": "session settings do not reach the workers",
    r"\bSET\s+SESSION\b": "session settings do not reach the workers",
    r"\bISOLATION\s+LEVEL\s+(SERIALIZABLE)\b": "isolation is per node",
}
# In UPDATE … SET these are computed per node; Python computes them instead.
VOLATILE = re.compile(
    r"\bUPDATE\b(?:(?!;).)*?\bSET\b(?:(?!\bFROM\b|\bWHERE\b|;).)*"
    r"\b(random|clock_timestamp|gen_random_uuid|uuidv7|timeofday)\s*\(",
    re.IGNORECASE | re.DOTALL,
)
SQL_WORD = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|SET|MERGE|DO)\b")


def sql_in(path: Path) -> Iterator[str]:
    """String literals of a file that look like SQL; the parts of an f-string as one, with a blank for each value."""
    tree = ast.parse(path.read_text())
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        text = None
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "?" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            text = node.value
        if text and SQL_WORD.search(text):
            yield text


def complaints_about(text: str) -> list[str]:
    found = [why for pattern, why in BANNED.items() if re.search(pattern, text, re.IGNORECASE)]
    return [*found, "volatile function in UPDATE"] if VOLATILE.search(text) else found


# Asks at start whether the session is its own, which takes a session setting.
PROBE = ROOT / "cxcrm" / "core" / "db" / "pooling.py"
LINTED = [path for path in SOURCES if path != PROBE]


@pytest.mark.parametrize("path", LINTED, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sql_that_one_machine_alone_understands(path: Path) -> None:
    assert [(why, text) for text in sql_in(path) for why in complaints_about(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE",
        "CREATE OR REPLACE FUNCTION f() RETURNS void AS $$ $$ LANGUAGE sql",
        "DO $$ BEGIN CREATE TABLE a (id int); END $$",
        "SELECT clone_schema('a', 'b')",
        "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()",
        "ALTER TABLE a RENAME CONSTRAINT b TO c",
        "SELECT set_config('app.actor', 'x', true)",
        "UPDATE a SET token = gen_random_uuid() WHERE id = 1",
        "UPDATE a SET due_at = clock_timestamp() + x",
    ],
)
def test_the_rules_catch_what_they_are_for(text: str) -> None:
    assert complaints_about(text)


def test_the_rules_let_pass_what_works() -> None:
    for text in (
        "INSERT INTO a (id) SELECT uuidv7() FROM b ON CONFLICT DO NOTHING",
        "UPDATE a SET until = statement_timestamp() WHERE id IN (SELECT id FROM b ORDER BY random())",
        "SET LOCAL lock_timeout = '3s'",
    ):
        assert complaints_about(text) == []


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_every_own_table_has_a_uuid_key_and_no_parent_table(model: type[models.Model]) -> None:
    assert isinstance(model._meta.pk, models.UUIDField)
    assert not model._meta.parents, "table inheritance"
    assert not [field for field in model._meta.local_fields if isinstance(field, models.AutoField)], "a sequence"


def test_constraint_names_are_never_read_from_the_server() -> None:
    """On a worker they carry a suffix or are missing; a unique key is recognised by what was being written."""
    readers = [path for path in SOURCES if re.search(r"diag\s*\.\s*constraint_name", path.read_text())]
    assert readers == []


@pytest.mark.django_db
def test_every_table_has_a_key_and_no_key_crosses_schemas(alpha) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind = 'r' AND n.nspname IN ('public', %s)
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')""",
            [alpha.schema_name],
        )
        assert cursor.fetchall() == []
        cursor.execute(
            """SELECT k.conname FROM pg_constraint k
               JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
               WHERE k.contype = 'f' AND a.relnamespace <> b.relnamespace"""
        )
        assert cursor.fetchall() == []
