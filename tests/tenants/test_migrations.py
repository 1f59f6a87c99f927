"""Deploys: every firm gets there on its own, whatever happens to the others."""

import re
import threading
from contextlib import closing
from io import StringIO
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from journeys.models import Journey
from tenants.context import in_tenant, ref_of
from tenants.models import SchemaTemplate, Tenant
from tenants.selectors.catalogs import structure_of
from tenants.selectors.migrations import applied_in, index_is_whole
from tenants.services import fingerprints, migrations, provisioning, templates
from tests.support.migrating import rendering_little
from tests.support.releases import add_field, names_of_today, step, step_name, use_release, write_release

pytestmark = pytest.mark.django_db(transaction=True)

SLUGS = ["quan-mot", "quan-hai", "quan-ba"]


@pytest.fixture
def firms():
    """Three firms of their own; alpha and beta stay out of it, since their tables outlive the test."""
    kept = set(SchemaTemplate.objects.values_list("schema_name", flat=True))
    Tenant.objects.filter(slug__in=["alpha", "beta"]).update(state=Tenant.State.FAILED)
    for slug in SLUGS:
        provisioning.request_firm(name=slug, slug=slug, owner_email=f"chu@{slug}.example", owner_name="Chủ Quán")
    yield {tenant.slug: tenant for tenant in Tenant.objects.filter(slug__in=SLUGS)}
    connection.close()
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tpl\\_\\_%'")
        for (name,) in cursor.fetchall():
            if name not in kept:
                cursor.execute(f'DROP SCHEMA "{name}" CASCADE')


@pytest.fixture
def deploy(tmp_path, firms):
    """Take this process to a release with the given steps, and migrate to it unless told not to."""

    def run(*steps: str, now: bool = True, **options):
        use_release(tmp_path, write_release(tmp_path, *steps))
        return migrations.migrate_tenants(**{"slugs": SLUGS, **options}) if now else None

    yield run
    use_release(None, None)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(migrations, "PAUSES", (0.1, 0.2, 0.3))


def columns(tenant: Tenant, table: str = "journeys_journey") -> set[str]:
    return {fact[2] for fact in structure_of(tenant.schema_name) if fact[0] == "column" and fact[1] == table}


def fetch(tenant: Tenant, sql: str) -> list[tuple]:
    with in_tenant(ref_of(tenant)), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def run(tenant: Tenant, sql: str) -> None:
    with in_tenant(ref_of(tenant)), connection.cursor() as cursor:
        cursor.execute(sql)


def named_facts(schema: str) -> set[tuple]:
    """All but the order of columns: one added later stands last."""
    return {fact for fact in structure_of(schema) if fact[0] != "order"}


def slugs_behind() -> set[str]:
    return set(migrations.behind().values_list("slug", flat=True))


def differing() -> dict[str, list[str]]:
    return {tenant.slug: found for tenant, found in migrations.verify() if found}


def command(name: str, **options) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(name, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_a_release_reaches_every_firm_and_leaves_them_as_the_template(firms, deploy):
    progress = deploy(
        add_field(),
        step(
            """
            migrations.CreateModel("Idea", [("id", models.BigAutoField(primary_key=True)),
                ("code", models.CharField(max_length=9)),
                ("journey", models.ForeignKey("journeys.Journey", models.CASCADE))]),
            """
        ),
        # A constraint made and taken away on the way: its name is found only where it really was.
        step('migrations.AlterField("Idea", "code", models.CharField(max_length=9, unique=True)),'),
        step('migrations.AlterField("Idea", "code", models.CharField(max_length=12)),'),
        slugs=[],
    )
    assert (progress.done, progress.failed) == (3, {})
    assert slugs_behind() == set()
    for tenant in Tenant.objects.filter(slug__in=SLUGS):
        assert tenant.fingerprint == fingerprints.current()
        assert "colour" in columns(tenant)
        assert ("journeys", step_name()) in applied_in(tenant.schema_name)
        assert fetch(tenant, "SELECT count(*) FROM auth_permission WHERE codename LIKE '%_idea'") == [(4,)]
    assert differing() == {}
    template = templates.ready_template()
    assert template is not None, "the rehearsal's schema became the template"
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA tpl__from_nothing")
    with rendering_little():
        call_command("migrate_schemas", schema_name="tpl__from_nothing", interactive=False, verbosity=0)
    assert named_facts("tpl__from_nothing") == named_facts(template.schema_name)
    assert not fetch(firms["quan-mot"], "SELECT 1 FROM pg_namespace WHERE nspname = 'rehearsal'")


def test_with_nobody_behind_it_is_a_few_queries(firms, deploy, django_assert_max_num_queries):
    deploy(slugs=[])
    with django_assert_max_num_queries(12):  # half of them set the search path
        assert migrations.migrate_tenants().total == 0
    assert command("migrate_tenants")[0] == "No firm is behind.\n"


def test_one_firms_failure_is_its_own_and_the_next_run_goes_on_there(firms, deploy):
    run(firms["quan-hai"], "UPDATE journeys_journey SET name_en = ''")
    unique = add_field(field="models.CharField(max_length=9, db_default='x')")
    check = step(
        """
        migrations.AddConstraint("Journey", models.CheckConstraint(condition=~models.Q(name_en=""), name="named")),
        """
    )
    deploy(unique, check, now=False)
    with pytest.raises(CommandError, match="run this again"):
        call_command("migrate_tenants", tenant=SLUGS, stdout=StringIO(), stderr=(told := StringIO()))
    assert re.search(r"^  quan-hai: IntegrityError: .*named", told.getvalue())
    assert slugs_behind() == {"quan-hai"}
    tenant = Tenant.objects.get(slug="quan-hai")
    assert "named" in tenant.migration_error
    assert "colour" not in columns(tenant), "all of it was taken back"
    assert applied_in(tenant.schema_name) == applied_in(Tenant.objects.get(slug="alpha").schema_name)
    run(tenant, "UPDATE journeys_journey SET name_en = 'x'")
    assert "1 of 1 firms migrated" in command("migrate_tenants", tenant=SLUGS)[0]
    tenant.refresh_from_db()
    assert (tenant.migration_error, slugs_behind()) == ("", set())


@pytest.mark.faults
def test_what_fails_on_an_empty_schema_touches_nobody(firms, deploy):
    before = {slug: structure_of(tenant.schema_name) for slug, tenant in firms.items()}
    progress = deploy(add_field(), step('migrations.RunSQL("ALTER TABLE nowhere ADD x int"),'))
    assert progress.done == 0
    assert set(progress.failed) == set(SLUGS)
    assert {reason.split(":")[0] for reason in progress.failed.values()} == {"rehearsal failed"}
    assert {slug: structure_of(tenant.schema_name) for slug, tenant in firms.items()} == before
    with pytest.raises(CommandError):  # a start goes on when some firms failed, not when all did
        command("migrate_tenants", tenant=SLUGS, keep_going=True)


def hold(tenant: Tenant, ready: threading.Event, let_go: threading.Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'BEGIN; LOCK TABLE "{tenant.schema_name}".journeys_journey IN ACCESS SHARE MODE')
        ready.set()
        let_go.wait(timeout=120)
        cursor.execute("ROLLBACK")
    connection.close()


@pytest.mark.faults
@pytest.mark.parametrize("is_let_go", [True, False])
def test_a_table_in_use_is_tried_again_while_the_others_go_on(firms, deploy, impatient, is_let_go):
    ready, let_go = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold, args=(firms["quan-mot"], ready, let_go))
    holder.start()
    ready.wait()
    done = []

    def watch(progress):
        done.append(progress.done)
        if is_let_go and progress.done == 2:
            let_go.set()

    progress = deploy(add_field(), lock_timeout=0.1, watch=watch)
    let_go.set()
    holder.join()
    if is_let_go:
        assert (progress.done, progress.failed, slugs_behind()) == (3, {}, set())
    else:
        assert (progress.done, set(progress.failed), slugs_behind()) == (2, {"quan-mot"}, {"quan-mot"})
        assert "lock timeout" in progress.failed["quan-mot"]
    assert done[:2] == [1, 2], "the one that was busy came last"


def test_a_canary_goes_alone(firms, deploy):
    deploy(add_field(), now=False)
    out, _err = command("migrate_tenants", canary="quan-ba")
    assert "1 of 1 firms migrated" in out
    assert "run this again for all" in out
    assert slugs_behind() == {"quan-mot", "quan-hai"}
    with pytest.raises(CommandError, match="There is no firm at nobody"):
        command("migrate_tenants", canary="nobody")


def test_a_dry_run_shows_the_sql_and_changes_nothing(firms, deploy):
    deploy(add_field(), step("migrations.RunPython(migrations.RunPython.noop),"), now=False)
    before = {slug: structure_of(tenant.schema_name) for slug, tenant in firms.items()}
    out, _err = command("migrate_tenants", dry_run=True)
    assert "-- 3 firms: quan-mot, quan-hai, quan-ba" in out
    assert f"-- one transaction: journeys.{step_name(1)}, journeys.{step_name(2)}" in out
    assert """ALTER TABLE "journeys_journey" ADD COLUMN "colour" varchar(9)""" in out
    assert "-- in every firm: Raw Python operation" in out
    assert {slug: structure_of(tenant.schema_name) for slug, tenant in firms.items()} == before
    assert slugs_behind() == set(SLUGS)
    assert templates.ready_template() is None


FILL = """
import time

def fill(apps, editor):
    time.sleep(0.1)
    Journey = apps.get_model("journeys", "Journey")
    Journey.objects.create(name=str(id(apps)), name_en=editor.connection.schema_name)
    stage = apps.get_model("journeys", "Stage").objects.first()
    if stage:
        stage.pk, stage.code, stage.position = "00000000-0000-7000-8000-000000000001", "new", 99
        stage.save(force_insert=True)
"""


def test_python_runs_once_in_every_firm_with_the_models_of_its_moment(firms, deploy):
    """The row it writes has a check waiting at commit, in spite of which the next migration alters the table."""
    for tenant in firms.values():
        run(tenant, "INSERT INTO journeys_journey (id, created_at, name, name_en, is_default) "
                    "VALUES (gen_random_uuid(), now(), 'j', 'j', false)")  # fmt: skip
        run(tenant, "INSERT INTO journeys_stage (id, created_at, name, name_en, code, position, journey_id) "
                    "SELECT gen_random_uuid(), now(), 's', 's', 's', 77, id FROM journeys_journey LIMIT 1")  # fmt: skip
    again = FILL.replace("fill", "again").replace("-000000000001", "-000000000002").replace('"new", 99', '"newer", 98')
    deploy(
        add_field(),
        step("migrations.RunPython(fill),", functions=FILL),
        add_field("stage", field="models.ForeignKey('journeys.Journey', models.CASCADE, null=True, related_name='+')"),
        step("migrations.SeparateDatabaseAndState([migrations.RunPython(again)]),", functions=again),
    )
    assert slugs_behind() == set()
    states = set()
    for tenant in firms.values():
        rows = fetch(tenant, f"SELECT name FROM journeys_journey WHERE name_en = '{tenant.schema_name}'")
        assert len(rows) == 2
        states |= set(rows)
        assert fetch(tenant, "SELECT code FROM journeys_stage WHERE code LIKE 'new%' ORDER BY 1") == [
            ("new",),
            ("newer",),
        ]
    assert len(states) == 2, "each step's models were rendered once, not for every firm"


INDEX = """AddIndexConcurrently("Journey", models.Index(fields=["name_en"], name="by_english_name")),"""


@pytest.mark.faults
def test_an_index_built_beside_traffic(firms, deploy):
    """Its migration stands between two others; what a killed run left of it is repeated, or used when it is whole."""
    one, two, three = firms.values()
    run(one, "INSERT INTO journeys_journey (id, created_at, name, name_en, is_default) "
             "SELECT gen_random_uuid(), now(), 'j', 'same', false FROM generate_series(1, 2)")  # fmt: skip
    with pytest.raises(Exception, match="could not create unique index"):
        run(one, "CREATE UNIQUE INDEX CONCURRENTLY by_english_name ON journeys_journey (name_en)")
    assert index_is_whole(one.schema_name, "by_english_name") is False
    run(two, "CREATE INDEX by_english_name ON journeys_journey (name_en)")
    deploy(add_field(), step(INDEX, atomic=False), add_field(name="later"))
    assert slugs_behind() == set()
    for tenant in (one, two, three):
        assert index_is_whole(tenant.schema_name, "by_english_name") is True
        assert {"colour", "later"} <= columns(tenant)
    assert differing() == {}


@pytest.mark.faults
def test_a_firm_stopped_between_two_transactions_goes_on_there(firms, deploy):
    steps = (add_field(), step(INDEX, atomic=False), add_field(name="later"))
    run(firms["quan-mot"], "ALTER TABLE journeys_journey ADD later int")
    progress = deploy(*steps)
    assert set(progress.failed) == {"quan-mot"}
    recorded = {name for app, name in applied_in(firms["quan-mot"].schema_name) if app == "journeys"}
    assert recorded == {*names_of_today(), step_name(1), step_name(2)}
    run(firms["quan-mot"], "ALTER TABLE journeys_journey DROP later")
    assert migrations.migrate_tenants(slugs=SLUGS).done == 1
    assert slugs_behind() == set()
    assert "later" in columns(firms["quan-mot"])


@pytest.mark.faults
def test_a_run_ends_with_everything_on_disk(firms, deploy, monkeypatch):
    """Firms are committed without waiting, so somebody must wait in the end, also where a firm failed."""
    written, really = [], migrations.make_durable

    def make_durable() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            written.extend(row[0] for row in cursor.fetchall())
            really()
            cursor.execute("SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn", [written[-1]])
            assert cursor.fetchone() == (True,)

    monkeypatch.setattr(migrations, "make_durable", make_durable)
    run(firms["quan-hai"], "ALTER TABLE journeys_journey ADD colour int")
    assert set(deploy(add_field()).failed) == {"quan-hai"}
    assert written


@pytest.mark.faults
def test_two_runs_at_once_share_the_firms(firms, deploy):
    deploy(step("migrations.RunPython(fill),", functions=FILL), now=False)
    reports = []

    def work() -> None:
        reports.append(migrations.migrate_tenants(slugs=SLUGS))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.failed for report in reports] == [{}, {}]
    assert slugs_behind() == set()
    for tenant in firms.values():
        assert fetch(tenant, f"SELECT count(*) FROM journeys_journey WHERE name_en = '{tenant.schema_name}'") == [(1,)]
        assert fetch(tenant, f"SELECT count(*) FROM django_migrations WHERE name = '{step_name()}'") == [(1,)]


@pytest.mark.faults
@pytest.mark.parametrize("in_one_message", [True, False])
def test_whoever_is_not_where_the_last_one_stood_is_looked_at_again(firms, deploy, impatient, in_one_message):
    key = [0x63786D, firms["quan-ba"].id.int % 0x7FFFFFFF + 1]
    other_run = connection.copy()
    done = []

    def watch(progress):
        done.append((progress.done, progress.total))
        if progress.done == 1 and len(done) == 1:
            Tenant.objects.filter(slug="quan-hai").update(state="closed")
            with other_run.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", key)
        else:
            other_run.close()

    release = add_field() if in_one_message else step("migrations.RunPython(fill),", functions=FILL)
    with closing(other_run):
        progress = deploy(release, watch=watch)
    assert (progress.done, progress.total, progress.failed, slugs_behind()) == (2, 2, {}, set())
    assert applied_in(firms["quan-ba"].schema_name) - applied_in(firms["quan-hai"].schema_name) == {
        ("journeys", step_name())
    }


def test_a_firm_brought_along_meanwhile_is_left_as_it_is(firms, deploy):
    def watch(progress):
        if progress.done == 1:
            migrations.migrate_tenants(slugs=["quan-hai"])

    progress = deploy(add_field(), slugs=SLUGS[:2], watch=watch)
    assert (progress.done, progress.failed, slugs_behind()) == (2, {}, {"quan-ba"})


def test_a_firm_restored_meanwhile_is_taken_as_it_is_now(firms, deploy):
    restored = f"t_{uuid4().hex}"

    def watch(progress):
        if progress.done == 1:
            templates.replay(restored)
            Tenant.objects.filter(slug="quan-hai").update(schema_name=restored, fingerprint=fingerprints.current())

    progress = deploy(add_field(), slugs=SLUGS[:2], watch=watch)
    assert (progress.done, progress.failed, slugs_behind()) == (2, {}, {"quan-ba"})
    assert "colour" not in columns(firms["quan-hai"]), "nothing of the release reached the tables of before"


@pytest.mark.faults
def test_firms_at_rest_are_taken_along_and_those_without_use_for_tables_are_not(firms, deploy):
    for slug, state in zip(SLUGS, ["suspended", "closing", "closed"], strict=True):
        Tenant.objects.filter(slug=slug).update(state=state)
    deploy(add_field())
    assert ["colour" in columns(firms[slug]) for slug in SLUGS] == [True, True, False]
    for state in ("requested", "provisioning", "failed", "closed"):
        Tenant.objects.filter(slug__in=SLUGS).update(state=state, fingerprint="x")
        assert slugs_behind() == set()


@pytest.mark.faults
def test_a_firm_without_a_fingerprint_is_looked_at(firms, deploy):
    """Set up by a release that kept none: what it has recorded counts, and the stage is built by migrations."""
    Tenant.objects.filter(slug__in=SLUGS).update(fingerprint="")
    assert migrations.migrate_tenants(slugs=SLUGS).done == 3
    assert slugs_behind() == set()
    Tenant.objects.filter(slug="quan-mot").update(fingerprint="")
    with rendering_little():
        deploy(add_field())
    assert all("colour" in columns(tenant) for tenant in firms.values())


@pytest.mark.faults
def test_going_back_to_the_release_before_and_forth_again_touches_no_table(firms, deploy, tmp_path):
    deploy(add_field())
    newer = django_settings.MIGRATION_MODULES["journeys"]
    after = structure_of(firms["quan-mot"].schema_name)
    for release in (None, newer):
        use_release(tmp_path, release)
        assert (migrations.migrate_tenants(slugs=SLUGS).done, slugs_behind()) == (3, set())
        assert structure_of(firms["quan-mot"].schema_name) == after


@pytest.mark.faults
def test_a_firm_without_tables_gets_none_in_the_shared_schema(firms, deploy):
    run(firms["quan-mot"], f'DROP SCHEMA "{firms["quan-mot"].schema_name}" CASCADE')
    before = structure_of("public")
    progress = deploy(step('migrations.CreateModel("Idea", [("id", models.BigAutoField(primary_key=True))]),'))
    assert (progress.done, list(progress.failed)) == (2, ["quan-mot"])
    assert "does not exist" in progress.failed["quan-mot"]
    assert structure_of("public") == before


DRIFTS = {
    "ALTER TABLE journeys_journey ADD mine int": "column journeys_journey.mine: not in the template",
    "ALTER TABLE journeys_stage DROP code CASCADE": "column journeys_stage.code: missing",
    "ALTER TABLE journeys_journey ALTER name TYPE text": "column journeys_journey.name: is “text t",
    "ALTER TABLE journeys_journey ALTER name_en DROP NOT NULL": "column journeys_journey.name_en: is “",
    "ALTER TABLE journeys_stage ALTER name SET DEFAULT 'x'": "column journeys_stage.name: is “character varying(120) t",
    "ALTER TABLE journeys_stage DROP CONSTRAINT stage_position_once": ".stage_position_once: missing",
    "DROP INDEX one_default_journey": "index one_default_journey: missing",
    "CREATE INDEX mine ON journeys_journey (name)": "index mine: not in the template",
    "CREATE TABLE mine_too (x int)": "relation mine_too: not in the template",
    "DELETE FROM django_migrations WHERE app = 'journeys'": "migration journeys.0001_initial: missing",
    "UPDATE public.tenants_tenant SET fingerprint = 'x' WHERE slug = 'quan-mot'": "fingerprint: of another release",
}  # fmt: skip


def test_verify_names_a_drift_of_every_kind(firms):
    assert "All 3 firms are as the template." in command("verify_tenants")[0]
    for drift in DRIFTS:
        run(firms["quan-mot"], drift)
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 3 firms"):
        call_command("verify_tenants", stdout=out)
    lines = out.getvalue().splitlines()
    assert all(line.startswith("quan-mot: ") for line in lines)
    for expected in DRIFTS.values():
        assert any(expected in line for line in lines), expected


def test_code_of_before_works_beside_code_of_after(firms, deploy):
    """Expand and contract: while a deploy runs, both releases read and write the same firm."""
    tenant = firms["quan-mot"]
    deploy(add_field(field="models.CharField(max_length=9, db_default='red')"))
    with in_tenant(ref_of(tenant)):  # this process's models know nothing of the new column
        made = Journey.objects.create(name="cũ", name_en="old")
        Journey.objects.filter(pk=made.pk).update(name="cũ hơn")
        assert Journey.objects.get(pk=made.pk).name == "cũ hơn"
    assert fetch(tenant, f"SELECT colour FROM journeys_journey WHERE id = '{made.pk}'") == [("red",)]
    deploy(
        add_field(field="models.CharField(max_length=9, db_default='red')"),
        add_field(name="must", field="models.CharField(max_length=9, default='x')"),
    )
    with in_tenant(ref_of(tenant)), pytest.raises(Exception, match="null value in column"):
        Journey.objects.create(name="cũ", name_en="old")  # why a default of the database's is the rule
