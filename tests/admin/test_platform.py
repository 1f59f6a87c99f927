"""The operators' site: what is wrong is seen at a glance, firms are acted on, given-up work starts again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cxcrm.core.clock import now
from cxcrm.core.ids import new_id
from tenants.context import in_tenant
from tenants.models import AgendaItem, Domain, Pause, Plan, Route, SpareSchema, Tenant, Usage
from tenants.services import fingerprints
from tenants.staff.errors import NoOperatorsRole
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.services import accounts, configuration
from tests.conftest import FirmClient
from workflows.models import Event

HOME = "/admin/"


@pytest.fixture
def dead(alpha):
    return AgendaItem.objects.create(
        tenant_id=alpha.id, kind="workflows.send", ref=new_id(), dedupe_key="dead", state="dead", last_error="SMTP",
        finished_at=now(),
    )  # fmt: skip


@pytest.fixture
def firm_url(alpha):
    return f"/admin/tenants/tenant/{alpha.id}/change/"


@pytest.fixture
def act(operator_client, firm_url):
    def do(name, **fields):
        return operator_client.post(firm_url, {"do": name, **fields})

    return do


def offered(answer) -> list[str]:
    return [act.do for act, _form in answer.context["acts"]]


def recorded(platform) -> list[tuple[str, str]]:
    with in_tenant(platform):
        events = Event.objects.filter(name="core.setting_changed").order_by("pk")
        return [(event.payload["model"], event.payload["action"]) for event in events]


@pytest.mark.matrix(4)
@pytest.mark.parametrize(
    "path",
    [
        "", "tenants/tenant/", "tenants/tenant/?tables=behind", "tenants/agendaitem/", "tenants/plan/",
        "tenants/plan/add/", "tenants/pause/", "tenants/pause/add/", "tenants/route/", "staff/user/",
        "tenants/agendaitem/?kind=workflows.send&state__exact=dead",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_open(operator_client, platform, path, language, dead):
    with in_tenant(platform):
        User.objects.update(language=language)
    assert operator_client.get(f"/admin/{path}").status_code == 200


class TestHome:
    @pytest.fixture
    def at_peace(self, db):
        Tenant.objects.update(fingerprint=fingerprints.current(), migration_error="")
        SpareSchema.objects.create(schema_name="s_1", fingerprint=fingerprints.current())

    def words(self, client) -> list[tuple[str, str]]:
        troubles = client.get(HOME).context["troubles"]
        with translation.override("en"):
            return [(trouble.tone, str(trouble.words)) for trouble in troubles]

    def test_nothing_to_do_is_said_in_one_line(self, operator_client, at_peace):
        answer = operator_client.get(HOME)
        assert answer.context["troubles"] == []
        assert "Everything runs." in answer.content.decode()

    def test_what_needs_somebody_comes_first(self, operator_client, alpha, dead, at_peace):
        late = {"tenant_id": alpha.id, "kind": "workflows.send", "ref": new_id()}
        AgendaItem.objects.create(lane="escalation", dedupe_key="a", due_at=now() - timedelta(minutes=6), **late)
        AgendaItem.objects.create(lane="normal", dedupe_key="b", due_at=now() - timedelta(minutes=11), **late)
        AgendaItem.objects.create(lane="normal", dedupe_key="c", due_at=now() + timedelta(minutes=11), **late)
        Pause.objects.create(scope="kind", name="workflows.invite")
        Route.objects.create(name="mail.example:25", failures=5, open_until=now() + timedelta(minutes=2))
        Tenant.objects.filter(pk=alpha.id).update(fingerprint="old")
        SpareSchema.objects.all().delete()
        assert self.words(operator_client) == [
            ("bad", "mail.example:25 keeps failing and is left alone for now."),
            ("bad", "Escalations: the oldest waits for 6 min."),
            ("bad", "1 piece of work was given up."),
            ("warn", "Held back for all firms: workflows.invite"),
            ("warn", "Everything else: the oldest waits for 11 min."),
            ("warn", "1 firm has still to be migrated."),
            ("warn", "No schema stands ready: the next sign-ups take seconds instead of moments."),
        ]

    def test_failures_of_firms(self, operator_client, alpha, at_peace):
        Tenant.objects.filter(pk=alpha.id).update(migration_error="boom")
        assert self.words(operator_client) == [("bad", "1 firm would not take the new tables.")]
        Tenant.objects.filter(pk=alpha.id).update(migration_error="", state="failed")
        assert self.words(operator_client) == [("bad", "1 firm could not be set up.")]

    def test_few_questions_however_many_rows(self, operator_client, alpha, dead):
        operator_client.get(HOME)
        with CaptureQueriesContext(connection) as asked:
            operator_client.get(HOME)
        said = [query["sql"] for query in asked if not query["sql"].startswith("SET ")]
        assert len(said) <= 26, "\n".join(said)


class TestFirms:
    def test_the_list_asks_for_all_rows_together(self, operator_client, alpha, django_assert_max_num_queries):
        Usage.objects.create(tenant_id=alpha.id, metric="customers", period=now().date().replace(day=1), amount=1234)
        for number in range(30):
            Tenant.objects.create(
                name=f"Firm {number}", slug=f"firm-{number}", schema_name=f"t_{number}", owner_email="o@x.vn",
                owner_name="O", plan=Plan.objects.get(is_default=True),
            )  # fmt: skip
        with django_assert_max_num_queries(18):
            answer = operator_client.get("/admin/tenants/tenant/")
        assert "1234 · 0" in answer.content.decode()

    @pytest.mark.parametrize(("asked", "found"), [("current", False), ("behind", True), ("failed", True)])
    def test_firms_by_their_tables(self, operator_client, alpha, asked, found):
        Tenant.objects.filter(pk=alpha.id).update(fingerprint="old", migration_error="boom")
        answer = operator_client.get(f"/admin/tenants/tenant/?tables={asked}")
        assert (alpha.id in {row.pk for row in answer.context["cl"].result_list}) is found

    def test_a_firm_at_one_look(self, operator_client, firm_url, dead):
        answer = operator_client.get(firm_url)
        assert answer.context["work"].dead == 1
        assert [use.metric for use in answer.context["uses"]] == [
            "customers", "staff", "invitations", "storage", "api_calls",
        ]  # fmt: skip
        assert offered(answer) == ["pause", "set_plan", "rename", "measure", "revoke", "suspend", "close"]

    def test_only_what_applies_is_offered(self, operator_client, firm_url, alpha):
        for values, expected in [
            ({"paused": True}, ["unpause", "set_plan", "rename", "measure", "revoke", "suspend", "close"]),
            ({"paused": False, "state": "suspended"}, ["pause", "set_plan", "rename", "revoke", "resume", "close"]),
            ({"state": "closing"}, ["pause", "set_plan", "revoke", "reopen"]),
            ({"state": "failed"}, ["close"]),
            ({"state": "closed"}, []),
        ]:
            Tenant.objects.filter(pk=alpha.id).update(**values)
            assert offered(operator_client.get(firm_url)) == expected

    def test_the_operators_own_tenant_stays_as_it_is(self, operator_client, platform):
        answer = operator_client.get(f"/admin/tenants/tenant/{platform.id}/change/")
        assert offered(answer) == []

    def test_pausing_is_written_down(self, act, platform, alpha):
        act("pause")
        assert Tenant.objects.get(pk=alpha.id).paused
        act("unpause")
        assert not Tenant.objects.get(pk=alpha.id).paused
        assert recorded(platform) == [("tenants.tenant", "paused"), ("tenants.tenant", "unpaused")]

    def test_what_is_not_offered_is_not_done(self, act, alpha):
        answer = act("resume")
        assert answer.status_code == 302
        act("nothing")
        assert Tenant.objects.get(pk=alpha.id).state == "active"

    def test_suspending_needs_a_reason(self, act, alpha):
        answer = act("suspend", reason=" ")
        assert answer.status_code == 200
        assert Tenant.objects.get(pk=alpha.id).state == "active"
        act("suspend", reason="Chưa thanh toán")
        firm = Tenant.objects.get(pk=alpha.id)
        assert (firm.state, firm.suspension_reason) == ("suspended", "Chưa thanh toán")
        act("resume")
        assert Tenant.objects.get(pk=alpha.id).state == "active"

    def test_closing_wants_the_address_typed(self, act, alpha):
        assert act("close", address="beta").status_code == 200
        assert Tenant.objects.get(pk=alpha.id).state == "active"
        act("close", address=" Alpha ")
        firm = Tenant.objects.get(pk=alpha.id)
        assert firm.state == "closing"
        assert timedelta(days=29) < firm.closes_at - now() <= timedelta(days=30)
        act("reopen")
        assert Tenant.objects.get(pk=alpha.id).state == "active"

    def test_credentials_die_with_the_epoch(self, act, alpha):
        act("revoke", address="alpha")
        assert Tenant.objects.get(pk=alpha.id).epoch == alpha.epoch + 1

    def test_an_address_that_is_taken_is_refused_on_the_form(self, act, alpha):
        answer = act("rename", slug="beta")
        (form,) = [form for act, form in answer.context["acts"] if act.do == "rename"]
        assert form.errors
        act("rename", slug="alpha-moi")
        assert Domain.objects.get(tenant_id=alpha.id, is_primary=True).domain == "alpha-moi.localhost"

    def test_another_plan(self, act, alpha, platform):
        small = Plan.objects.create(code="small", name="Small", max_customers=1)
        act("set_plan", plan=small.pk)
        act("set_plan", plan=small.pk)
        assert Tenant.objects.get(pk=alpha.id).plan == small
        assert recorded(platform) == [("tenants.tenant", "plan_changed")]
        assert act("set_plan", plan=new_id()).status_code == 200

    def test_measuring_is_somebody_elses_work(self, act, alpha, run_agenda):
        act("measure")
        run_agenda()
        assert Usage.objects.get(tenant_id=alpha.id, metric="staff").amount == 1

    def test_a_firm_is_neither_made_nor_edited_here(self, operator_client, alpha, firm_url):
        assert operator_client.get("/admin/tenants/tenant/add/").status_code == 403
        operator_client.post(firm_url, {"name": "X"})
        assert operator_client.post(f"/admin/tenants/tenant/{alpha.id}/delete/", {"post": "yes"}).status_code == 403
        assert Tenant.objects.get(pk=alpha.id).name == "Cà phê Alpha"


class TestGivenUp:
    def test_one_starts_again_and_only_while_it_is_dead(self, operator_client, dead, platform):
        url = f"/admin/tenants/agendaitem/{dead.pk}/"
        assert operator_client.get(f"{url}replay/").status_code == 200
        assert AgendaItem.objects.get(pk=dead.pk).state == "dead"
        operator_client.post(f"{url}replay/")
        assert AgendaItem.objects.get(pk=dead.pk).state == "pending"
        assert recorded(platform) == [("tenants.agendaitem", "replayed")]
        assert "replay/" not in operator_client.get(f"{url}change/").content.decode()

    def test_many_start_again_a_handful_at_a_time(self, operator_client, dead, alpha, monkeypatch):
        monkeypatch.setattr("tenants.admin.agenda.REPLAYED_AT_ONCE", 2)
        monkeypatch.setattr("tenants.services.operations.REPLAYED_AT_ONCE", 2)
        for number in range(3):
            AgendaItem.objects.create(
                tenant_id=alpha.id, kind="x", ref=new_id(), dedupe_key=f"d{number}", state="dead", finished_at=now()
            )
        chosen = list(AgendaItem.objects.values_list("pk", flat=True))
        form = {"action": "replay_chosen", "_selected_action": chosen, "index": 0, "select_across": 0}
        answer = operator_client.post("/admin/tenants/agendaitem/", form, follow=True)
        assert AgendaItem.objects.filter(state="dead").count() == 2
        assert len(list(answer.context["messages"])) == 2


class TestHeldBack:
    def test_a_kind_of_work_with_the_reason_and_by_whom(self, operator_client, platform):
        operator_client.post("/admin/tenants/pause/add/", {"what": "kind:workflows.send", "reason": "SMTP broken"})
        pause = Pause.objects.get()
        assert (pause.scope, pause.name, pause.reason) == ("kind", "workflows.send", "SMTP broken")
        assert pause.paused_by
        url = f"/admin/tenants/pause/{pause.pk}/go-on/"
        assert operator_client.get(url).status_code == 200
        assert Pause.objects.exists()
        operator_client.post(url)
        assert not Pause.objects.exists()
        assert recorded(platform) == [("tenants.pause", "held_back"), ("tenants.pause", "let_go_on")]

    @pytest.mark.parametrize("what", ["all:", "route:mail.example:25"])
    def test_everything_or_one_way_out(self, operator_client, what):
        Route.objects.create(name="mail.example:25")
        operator_client.post("/admin/tenants/pause/add/", {"what": what, "reason": "Maintenance"})
        assert f"{Pause.objects.get().scope}:{Pause.objects.get().name}" == what

    @pytest.mark.parametrize("form", [{"what": "all:", "reason": " "}, {"what": "kind:x.y", "reason": "x"}, {}])
    def test_what_cannot_be_held_back(self, operator_client, form):
        assert operator_client.post("/admin/tenants/pause/add/", form).status_code == 200
        assert not Pause.objects.exists()

    def test_a_way_out_is_tried_again(self, operator_client, platform):
        route = Route.objects.create(name="mail.example:25", failures=5, open_until=now() + timedelta(minutes=5))
        url = f"/admin/tenants/route/{route.pk}/try-again/"
        assert operator_client.get(url).status_code == 200
        operator_client.post(url)
        route.refresh_from_db()
        assert (route.open_until, route.failures) == (None, 0)
        assert operator_client.post(url).status_code == 403  # not offered any more
        assert recorded(platform) == [("tenants.route", "tried_again")]


class TestPlans:
    def test_a_new_default_replaces_the_old_one(self, operator_client):
        form = {"name": "Large", "code": "large", "is_default": "on"}
        answer = operator_client.post("/admin/tenants/plan/add/", form)
        assert answer.status_code == 302, answer.context["adminform"].form.errors
        assert list(Plan.objects.filter(is_default=True).values_list("code", flat=True)) == ["large"]

    def test_a_plan_has_room_for_the_owner(self, operator_client):
        form = {"name": "Empty", "code": "empty", "max_staff": "0"}
        assert operator_client.post("/admin/tenants/plan/add/", form).status_code == 200
        assert not Plan.objects.filter(code="empty").exists()


class TestRoles:
    """Owners do everything, managers operate firms, the third kind looks; other roles have nothing to do here."""

    PAGES = (
        "tenants/tenant/",
        "tenants/agendaitem/",
        "tenants/pause/",
        "tenants/route/",
        "tenants/plan/",
        "staff/user/",
    )

    @pytest.fixture
    def client_of(self, platform):
        def log_in(role):
            with in_tenant(platform):
                operator = User.objects.create(email=f"{role}@ops.example", full_name="Oanh", role=role, language="en")
            client = FirmClient(platform)
            client.force_login(operator)
            return client

        return log_in

    @pytest.mark.parametrize(
        ("role", "may"),
        [
            ("owner", {"look", "operate", "own"}),
            ("manager", {"look", "operate"}),
            ("read_only", {"look"}),
            ("agent", set()),
            ("executive", set()),
            ("brand_steward", set()),
        ],
    )
    def test_each_reaches_exactly_what_its_words_say(self, role, may, client_of, alpha, firm_url, dead):
        client, plan = client_of(role), Plan.objects.get(is_default=True)
        route = Route.objects.create(name="mail.example:25", failures=5, open_until=now() + timedelta(minutes=2))
        operating = {
            "/admin/tenants/pause/add/",
            f"/admin/tenants/agendaitem/{dead.pk}/replay/",
            f"/admin/tenants/route/{route.pk}/try-again/",
        }
        owning = {"/admin/tenants/plan/add/", "/admin/staff/user/add/"}

        def opens(path):
            return client.get(path).status_code == 200

        looked = {path: opens(f"/admin/{path}") for path in self.PAGES}
        staff = role in {"agent", "executive", "brand_steward"}  # colleagues' names are no secret to anybody
        assert looked == {path: "look" in may or (path == "staff/user/" and staff) for path in self.PAGES}
        assert {path for path in operating if opens(path)} == (operating if "operate" in may else set())
        assert {path for path in owning if opens(path)} == (owning if "own" in may else set())
        client.post(firm_url, {"do": "pause"})
        assert Tenant.objects.get(pk=alpha.id).paused == ("operate" in may)
        client.post(f"/admin/tenants/agendaitem/{dead.pk}/replay/")
        dead.refresh_from_db()
        assert dead.state == ("pending" if "operate" in may else "dead")
        form = {"name": "Renamed", "code": plan.code, "is_default": "on"}
        client.post(f"/admin/tenants/plan/{plan.pk}/change/", form)
        plan.refresh_from_db()
        assert (plan.name == "Renamed") == ("own" in may)

    @pytest.mark.parametrize(
        ("role", "holds", "links"),
        [("owner", True, 7), ("manager", True, 7), ("read_only", False, 7), ("agent", None, 1)],
    )
    def test_the_home_shows_what_the_role_may_see(self, client_of, role, holds, links):
        page = client_of(role).get(HOME).text
        assert ("Hold work back" in page) == bool(holds)
        assert ("Operations" in page, "Ask one of the owners" in page) == (True, holds is None)
        shown = {path for path in ("", *self.PAGES) if f'href="/admin/{path}"' in page}
        assert len(shown) >= links

    def test_only_roles_that_do_something_are_given(self, operator_client, platform):
        form = {"full_name": "Vũ Minh", "email": "minh@ops.example", "language": "vi", "authority_limit": 0}
        url = "/admin/staff/user/add/"
        page = operator_client.get(url).text
        assert [role for role in Role.values if f'value="{role}"' in page] == ["owner", "manager", "read_only"]
        assert operator_client.post(url, {**form, "role": "agent", "is_active": "on"}).status_code == 200
        with in_tenant(platform):
            assert not User.objects.filter(email="minh@ops.example").exists()
            with pytest.raises(NoOperatorsRole):
                accounts.create_user(email="minh@ops.example", full_name="Vũ Minh", role="agent")
            made = accounts.create_user(email="minh@ops.example", full_name="Vũ Minh", role="manager")
            made.role = "executive"
            with pytest.raises(NoOperatorsRole):
                configuration.save_user(user=made)
            assert User.objects.get(pk=made.pk).role == "manager"
