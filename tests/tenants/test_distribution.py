"""Registering tables on distributed PostgreSQL, whose catalog and functions are stood in for by plain ones."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tenants.services import distribution
from tenants.services.distribution import is_distributed, register_tables, shared_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def citus(alpha: Any, beta: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[tuple[str, str]]]:
    """The pieces of a coordinator that the command talks to; returns the calls it made."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE pg_temp.pg_dist_partition (logicalrelid oid)")
        cursor.execute("CREATE TABLE pg_temp.calls (what text, relation text)")
        for name in ("create_reference_table", "citus_add_local_table_to_metadata"):
            cursor.execute(
                f"""CREATE FUNCTION public.{name}(relation regclass) RETURNS void LANGUAGE sql AS $$
                    INSERT INTO pg_temp.calls VALUES ('{name}', relation::text);
                    INSERT INTO pg_temp.pg_dist_partition VALUES (relation) $$"""
            )
    monkeypatch.setattr(distribution, "is_distributed", lambda: True)

    def calls() -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT what, relation FROM pg_temp.calls")
            return cursor.fetchall()

    return calls


def distribute(schema: str, but: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO pg_temp.pg_dist_partition SELECT c.oid FROM pg_class c
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = %s AND c.relkind = 'r' AND c.relname <> %s""",
            [schema, but],
        )


def told() -> str:
    out = StringIO()
    call_command("citus_setup", stdout=out)
    return out.getvalue()


def test_on_plain_postgresql_nothing_happens() -> None:
    assert not is_distributed()
    assert register_tables().registered == []
    assert told() == "Plain PostgreSQL: nothing to do.\n"


def test_shared_tables_are_registered_once_what_others_point_to_first(citus, alpha, beta) -> None:
    for firm in (alpha, beta):
        distribute(firm.schema_name)
    assert "Shared tables are registered" in told()
    made = citus()
    assert [what for what, _relation in made[:2]] == ["create_reference_table"] * 2
    assert {relation for _what, relation in made[:2]} == {"tenants_plan", "tenants_tenant"}
    assert {what for what, _relation in made[2:]} == {"citus_add_local_table_to_metadata"}
    assert [relation for _what, relation in made] == shared_tables()
    assert "tenants_agendaitem" in shared_tables()
    told()
    assert citus() == made


def test_a_table_left_on_the_coordinator_is_named(citus, alpha, beta) -> None:
    distribute(alpha.schema_name)
    distribute(beta.schema_name, but="customers_customer")
    with pytest.raises(CommandError, match=f"{beta.schema_name}: customers_customer"):
        call_command("citus_setup", stdout=StringIO())


def test_sequences_go_on_where_they_were(citus, alpha, beta) -> None:
    for firm in (alpha, beta):
        distribute(firm.schema_name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM public.django_migrations")
        largest = cursor.fetchone()[0]
        cursor.execute("ALTER SEQUENCE public.django_migrations_id_seq RESTART WITH 1")
    told()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('public.django_migrations_id_seq')")
        assert cursor.fetchone()[0] == largest + 1
