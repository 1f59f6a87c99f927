"""A firm travels as one file: every row arrives, nothing else does, and a file that is not right leaves no trace."""

import csv
import io
import json
import os
import resource
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from cxcrm.core.errors import NotFound
from feedback.models import Complaint
from tenants.context import in_tenant, outside, ref_of
from tenants.errors import AddressTaken, ArchiveNotWritten, ArchiveRefused, NotInThisState
from tenants.models import AgendaItem, Domain, SentRecord, Tenant, Usage
from tenants.selectors.schemas import sequences_of
from tenants.services import fingerprints, rows, templates
from tenants.services.archive_format import ArchiveWriter, reading, writing
from tenants.services.archives import export_firm, import_firm
from tenants.staff.models import AuthenticatorApp, IdentityProvider, Passkey, RecoveryCode, User
from tenants.staff.services.accounts import create_user
from tests.conftest import PASSWORD, FirmClient
from tests.isolation.world import World
from tests.support.gamma import CHANGED_ON_ARRIVAL, carry_on, digests, gamma, ref, schemas

__all__ = ["gamma"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def archive(gamma: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with in_tenant(gamma.tenant):
        plain, guarded = (
            create_user(email=f"{name}@gamma.example", full_name=name, password=PASSWORD)
            for name in ("plain", "guarded")
        )
        assert plain.check_password(PASSWORD)
        AuthenticatorApp.objects.create(user=guarded, secret="sealed")
        IdentityProvider.objects.create(
            name="sealed",
            issuer="https://x.example",
            client_id="c",
            client_secret="sealed",
            email_domains=["x.example"],
        )
    path = tmp_path_factory.mktemp("archives") / "gamma.zip"
    return export_firm(tenant_id=gamma.tenant.id, path=path)


@pytest.fixture(autouse=True)
def _only_gamma_afterwards(gamma: World) -> Iterator[None]:
    """What a test has imported goes again; what it should not have left is noticed."""
    before = schemas()
    yield
    for tenant in Tenant.objects.exclude(slug__in=["alpha", "beta", "gamma"]):
        templates.drop_schema(tenant.schema_name)
        with connection.cursor() as cursor:
            for table in ("agendaitem", "sentrecord", "usage", "domain"):
                cursor.execute(f"DELETE FROM tenants_{table} WHERE tenant_id = %s", [tenant.pk])
            cursor.execute("DELETE FROM tenants_tenant WHERE id = %s", [tenant.pk])
    assert schemas() == before


def shared(tenant_id: Any) -> dict[str, set[tuple[Any, ...]]]:
    """What the registry holds for a firm, without ids."""
    agenda = AgendaItem.objects.filter(tenant_id=tenant_id)
    return {
        "agenda": set(agenda.values_list("kind", "ref", "dedupe_key", "due_at", "state", "attempts", "lane")),
        "sent": set(SentRecord.objects.filter(tenant_id=tenant_id).values_list("dedupe_key", "message_id", "sent_at")),
        "usage": set(Usage.objects.filter(tenant_id=tenant_id).values_list("metric", "period", "amount")),
    }


def test_every_row_arrives_with_its_key(gamma, archive):
    made = import_firm(path=archive, slug="delta")
    there, here = digests(gamma.tenant), digests(ref("delta"))
    assert {name for name in there if there[name] != here[name]} == CHANGED_ON_ARRIVAL
    assert here.keys() == there.keys()
    assert len(here) > 50
    assert shared(made.id) == shared(gamma.tenant.id)
    assert all(shared(made.id).values())
    origin = Tenant.objects.get(pk=gamma.tenant.id)
    assert (made.state, made.paused, made.epoch, made.plan_id) == ("active", True, origin.epoch, origin.plan_id)
    assert (made.fingerprint, made.owner_email, made.name) == (fingerprints.current(), "chi@gamma.example", origin.name)
    assert Domain.objects.get(tenant=made).domain == "delta.localhost"
    assert made.schema_name != origin.schema_name


def test_nobody_stays_logged_in_and_links_of_the_other_installation_do_not_open(gamma, archive):
    import_firm(path=archive, slug="delta")
    delta = ref("delta")
    browser = FirmClient(delta)
    browser.cookies.load(gamma.cookies)
    assert browser.get("/admin/").status_code == 302
    assert Client(HTTP_HOST=delta.host).get(f"/t/{gamma.tokens['track']}/").status_code == 404
    partner = Client(HTTP_HOST=delta.host, HTTP_AUTHORIZATION=f"Bearer {gamma.key}")
    assert partner.get("/api/v1/customers/").status_code == 200  # a partner goes on with the key it has
    with in_tenant(delta):
        guarded = User.objects.filter(pk__in=guarded_in(gamma))
        assert guarded
        assert not any(user.has_usable_password() for user in guarded)  # it does not open alone now
        plain = User.objects.get(email="plain@gamma.example")
        assert plain.check_password(PASSWORD)
        for made_there in (AuthenticatorApp, Passkey, RecoveryCode):
            assert not made_there.objects.exists()
        assert {*IdentityProvider.objects.values_list("is_active", "client_secret")} == {(False, "")}


def guarded_in(world: World) -> set[UUID]:
    """Whoever has a second factor."""
    with in_tenant(world.tenant):
        return {
            user for factor in (AuthenticatorApp, Passkey) for user in factor.objects.values_list("user", flat=True)
        }


def test_nothing_is_sent_again(gamma, archive):
    import_firm(path=archive, slug="delta")
    assert carry_on() == []
    Tenant.objects.filter(slug="delta").update(paused=False)
    sent = {message.extra_headers["Message-ID"] for message in carry_on()}
    assert (
        sent & set(SentRecord.objects.filter(tenant_id=gamma.tenant.id).values_list("message_id", flat=True)) == set()
    )


def test_content_types_lead_where_they_led(gamma, archive):
    """Their ids differ between schemas; a firm's are taken along whole, so what names one still means it."""
    import_firm(path=archive, slug="delta")
    with in_tenant(ref("delta")):
        entry = LogEntry.objects.get()
        assert entry.content_type.model_class() is Complaint
        assert entry.get_edited_object() == Complaint.objects.get(pk=entry.object_id)


def test_numbered_rows_go_on_after_the_last(gamma, archive):
    import_firm(path=archive, slug="delta")
    schema = ref("delta").schema_name
    assert sequences_of(schema)
    with connection.cursor() as cursor:
        for sequence, table, column in sequences_of(schema):
            cursor.execute(f'SELECT nextval(\'"{schema}"."{sequence}"\'), max("{column}") FROM "{schema}"."{table}"')
            following, highest = cursor.fetchone()
            assert following == (highest or 0) + 1


def test_an_archive_can_be_read_without_us(archive):
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        assert set(manifest) == {"format", "release", "made_at", "tenant", "files"}
        assert set(opened.namelist()) == {"manifest.json", *manifest["files"]}
        table = csv.DictReader(io.TextIOWrapper(opened.open("firm/customers_customer.csv"), "utf-8"))
        assert "Hương" in "".join(row["full_name"] for row in table)
        names = "".join(opened.namelist())
        assert not any(name in names for name in rows.LEFT_BEHIND)
    assert archive.stat().st_mode & 0o077 == 0


def test_an_export_is_one_moment(gamma, tmp_path, monkeypatch):
    """Somebody writes between two tables: the archive has neither half of it."""
    real, late = rows.copy_out, []

    def slow(table: Any) -> Any:
        if table.name == "feedback_complaint":
            late.append(_from_elsewhere(gamma, "UPDATE {s}.feedback_complaint SET description = 'SPÄTER'"))
            late.append(_from_elsewhere(gamma, "INSERT INTO {s}.staff_department VALUES (uuidv7(), now(), 'SPÄTER')"))
        return real(table)

    monkeypatch.setattr(rows, "copy_out", slow)
    path = export_firm(tenant_id=gamma.tenant.id, path=tmp_path / "moment.zip")
    assert len(late) == 2
    with zipfile.ZipFile(path) as opened:
        assert not any("SPÄTER".encode() in opened.read(name) for name in opened.namelist())


def _from_elsewhere(world: World, statement: str) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(statement.format(s=world.tenant.schema_name))
    finally:
        other.close()


def test_an_item_in_a_workers_hands_arrives_as_waiting(gamma, tmp_path):
    item = AgendaItem.objects.filter(tenant_id=gamma.tenant.id).earliest("pk")
    before = (item.state, item.lease_until)
    AgendaItem.objects.filter(pk=item.pk).update(state="leased", lease_until="2100-01-01T00:00Z", lease_token=item.pk)
    path = export_firm(tenant_id=gamma.tenant.id, path=tmp_path / "g.zip")
    AgendaItem.objects.filter(pk=item.pk).update(state=before[0], lease_until=before[1], lease_token=None)
    made = import_firm(path=path, slug="delta")
    arrived = AgendaItem.objects.get(tenant=made, dedupe_key=item.dedupe_key)
    assert (arrived.state, arrived.lease_until, arrived.lease_token) == ("pending", None, None)


# Refused


def reworked(archive: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same archive after somebody had their hands on it."""
    with zipfile.ZipFile(archive) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    change(files)
    with zipfile.ZipFile(target, "w") as rewritten:
        for name, data in files.items():
            rewritten.writestr(name, data)
    return target


def _retold(**facts: Any) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), **facts}).encode()

    return change


def _tampered(files: dict[str, bytes]) -> None:
    files["firm/staff_user.csv"] = files["firm/staff_user.csv"].replace(b"agent", b"owner")


def _without_manifest(files: dict[str, bytes]) -> None:
    del files["manifest.json"]


def _with_a_guest(files: dict[str, bytes]) -> None:
    files["firm/guest.csv"] = b"id\n"


def _without_a_table(files: dict[str, bytes]) -> None:
    del files["firm/customers_customer.csv"]


def _without_a_table_by_its_own_word(files: dict[str, bytes]) -> None:
    del files["firm/customers_customer.csv"]
    manifest = json.loads(files["manifest.json"])
    del manifest["files"]["firm/customers_customer.csv"]
    files["manifest.json"] = json.dumps(manifest).encode()


REFUSED = {
    "another release": (_retold(release="0" * 64), "another version"),
    "another format": (_retold(format="cxcrm-firm-9"), "format"),
    "no firm in it": (_retold(tenant={}), "not an archive"),
    "changed by a hand": (_tampered, "firm/staff_user.csv"),
    "no manifest": (_without_manifest, "not an archive"),
    "a file too many": (_with_a_guest, "damaged"),
    "a file too few": (_without_a_table, "damaged"),
    "a table too few": (_without_a_table_by_its_own_word, "not an archive"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_right_is_refused_in_one_sentence(case, archive, tmp_path):
    from django.utils import translation

    change, said = REFUSED[case]
    path = reworked(archive, tmp_path / "reworked.zip", change)
    firms, found = Tenant.objects.count(), schemas()
    with translation.override("en"):
        with pytest.raises(ArchiveRefused) as caught:
            import_firm(path=path, slug="delta")
        assert said in str(caught.value)
    assert (Tenant.objects.count(), schemas()) == (firms, found)


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_a_file_cut_off_anywhere_is_refused(share, archive, tmp_path):
    whole = archive.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ArchiveRefused):
        import_firm(path=cut, slug="delta")


def test_a_flipped_byte_anywhere_is_refused_or_changes_nothing(archive, tmp_path):
    """What nobody reads, such as a date beside a packed file, may be anything; what arrives is right or refused."""

    def contents(path: Path) -> dict[str, bytes]:
        with reading(path) as opened:
            return {name: b"".join(opened.chunks(name)) for name in opened.manifest["files"]}

    whole, refused, path = archive.read_bytes(), 0, tmp_path / "flipped.zip"
    right = contents(archive)
    for place in range(0, len(whole), len(whole) // 150):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        try:
            assert contents(path) == right, place
        except ArchiveRefused:
            refused += 1
    assert refused > 100


def test_a_missing_file_and_a_folder_are_refused(gamma, tmp_path):
    for path in (tmp_path / "nowhere.zip", tmp_path):
        with pytest.raises(ArchiveRefused):
            import_firm(path=path)


def test_a_taken_address_leaves_nothing(archive):
    found = schemas()
    with pytest.raises(AddressTaken):
        import_firm(path=archive)  # gamma is still here
    assert schemas() == found
    assert not Tenant.objects.filter(paused=True).exists()


def test_an_import_that_fails_at_the_last_step_leaves_nothing(archive, monkeypatch):
    from tenants.services import archives

    found = schemas(), Tenant.objects.count(), SentRecord.objects.count(), AgendaItem.objects.count()

    def broken() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(archives, "leave_behind", broken)
    with pytest.raises(KeyboardInterrupt):
        import_firm(path=archive, slug="delta")
    assert (schemas(), Tenant.objects.count(), SentRecord.objects.count(), AgendaItem.objects.count()) == found
    monkeypatch.undo()
    assert import_firm(path=archive, slug="delta").slug == "delta"


# Writing


def test_only_whole_firms_are_exported(gamma, tmp_path):
    with pytest.raises(NotFound):
        export_firm(tenant_id=gamma.owner_id, path=tmp_path / "x.zip")
    Tenant.objects.filter(slug="alpha").update(state="provisioning")
    try:
        with pytest.raises(NotInThisState):
            export_firm(tenant_id=ref("alpha").id, path=tmp_path / "x.zip")
    finally:
        Tenant.objects.filter(slug="alpha").update(state="active")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(gamma, tmp_path):
    path = tmp_path / "g.zip"
    path.write_text("precious")
    with pytest.raises(ArchiveNotWritten):
        export_firm(tenant_id=gamma.tenant.id, path=path)
    assert (path.read_text(), list(tmp_path.iterdir())) == ("precious", [path])


def test_a_full_disk_leaves_no_half_file(gamma, tmp_path):
    """The kernel refuses to let files of this process grow beyond 8 KiB."""
    import signal

    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 1024, limit[1]))
    try:
        with pytest.raises(ArchiveNotWritten) as caught:
            export_firm(tenant_id=gamma.tenant.id, path=tmp_path / "g.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.data == {"path": str(tmp_path / "g.zip"), "reason": "File too large"}
    assert list(tmp_path.iterdir()) == []
    assert connection.get_autocommit()
    with pytest.raises(ArchiveNotWritten):
        export_firm(tenant_id=gamma.tenant.id, path=tmp_path / "nowhere" / "g.zip")


def test_a_device_without_room_is_a_sentence(gamma):
    """/dev/full takes nothing at all: the writer itself, without the file around it."""
    with Path("/dev/full").open("wb", buffering=0) as full:  # noqa: SIM117 - the file is closed after the refusal
        with pytest.raises(OSError, match="No space left"), ArchiveWriter(full) as archive:
            archive.add("firm/x.csv", [os.urandom(1 << 20)])


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "a.zip"
    with writing(path) as target:
        target.write(b"half")
        assert [entry.name for entry in tmp_path.iterdir()] == ["a.zip.part"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.zip"]
    with pytest.raises(KeyboardInterrupt), writing(tmp_path / "b.zip") as target:
        raise KeyboardInterrupt
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.faults
def test_exporting_and_importing_hold_little_in_memory(gamma, tmp_path):
    """A table far larger than what either side may keep: 25,000 rows of 1 kB."""
    import tracemalloc

    with in_tenant(gamma.tenant), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO workflows_event
               (id, created_at, name, version, payload, occurred_at, actor_kind, actor_label, depth)
               SELECT gen_random_uuid(), now(), 'x', 1, jsonb_build_object('x', repeat(md5(n::text), 32)), now(),
                      '', '', 0 FROM generate_series(1, 25000) n"""
        )
    try:
        tracemalloc.start()
        path = export_firm(tenant_id=gamma.tenant.id, path=tmp_path / "big.zip")
        import_firm(path=path, slug="delta")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        with in_tenant(gamma.tenant), connection.cursor() as cursor:
            cursor.execute("DELETE FROM workflows_event WHERE name = 'x'")
    assert peak < 10 * 1024 * 1024


def test_by_command(gamma, tmp_path):
    out, path = io.StringIO(), tmp_path / "g.zip"
    call_command("firm", "export", "gamma", str(path), stdout=out)
    call_command("firm", "import", str(path), address="delta", stdout=out)
    assert "http://delta.localhost" in out.getvalue()
    with pytest.raises(CommandError, match="exists"):
        call_command("firm", "export", "gamma", str(path), stdout=out)


def test_neither_runs_inside_a_transaction(gamma, archive, tmp_path):
    with outside(), transaction.atomic():
        for act in (
            lambda: export_firm(tenant_id=gamma.tenant.id, path=tmp_path / "g.zip"),
            lambda: import_firm(path=archive, slug="delta"),
        ):
            with pytest.raises(RuntimeError, match="durable"):
                act()
    assert ref_of(Tenant.objects.get(slug="gamma")) == gamma.tenant
