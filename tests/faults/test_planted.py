"""Planted faults: each wall between firms taken down, and its everyday test seen to fail."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.cache import caches
from django.db import connection, models
from django_tenants.postgresql_backend import base as upstream

from cxcrm.admin_site import tenant_site
from cxcrm.core import sealed, tokens
from cxcrm.core.api import fields, idempotency
from cxcrm.core.context import TenantRef, current_tenant
from cxcrm.core.db import away, pooling
from cxcrm.core.db.backend.base import DatabaseWrapper
from cxcrm.core.memory import Memory
from cxcrm.core.models import TenantModel, TenantQuerySet
from feedback.pages.opt_out import OptOutPage
from feedback.pages.survey import SurveyPage
from feedback.services.responses import record_response
from tenants import middleware, tasking
from tenants.models import Plan
from tenants.selectors import hosts
from tenants.services import erasures
from tenants.staff.models import Department, Tries, User
from tenants.staff.services import accounts, api_keys
from tests.api import test_refusals
from tests.api.conftest import api, world
from tests.architecture import test_house
from tests.core import test_limits, test_model_guards, test_pooling, test_sealed, test_tokens
from tests.faults import test_full_disk, test_idempotency
from tests.faults.test_full_disk import disk
from tests.faults.test_idempotency import key
from tests.isolation import test_classification
from tests.isolation.routes import TENANT, Route
from tests.pages import test_links
from tests.pages.conftest import _fresh_limits, invitation, link, step
from tests.pages.test_links import pages
from tests.support.gamma import gamma
from tests.tenants import test_backend, test_backups, test_lifecycle, test_middleware, test_tasking
from tests.tenants.staff import test_accounts

__all__ = ["_fresh_limits", "api", "disk", "gamma", "invitation", "key", "link", "pages", "step", "world"]
Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Fault:
    """What is planted, the test that must see it, and the values of that test's parameters."""

    name: str
    plant: Callable[[Patch], object]
    test: Callable[..., object]
    values: dict[str, Any] = field(default_factory=dict)
    # Where the wall is so deep that what stands behind it raises an error of its own.
    loud: bool = False


# The backend: A1 to A3.


def swallow_a_failed_set(patch: Patch) -> None:
    patch.setattr(DatabaseWrapper, "_handle_search_path", upstream.DatabaseWrapper._handle_search_path)


def read_where_the_connection_happens_to_be(patch: Patch) -> None:
    def read(self: Any, sql: str, params: Any, arguments: Any = None) -> list[Any]:
        self._setting_search_path = True
        cursor = self.cursor()
        self._setting_search_path = False
        cursor.execute(sql, params)
        return list(cursor.fetchall())

    patch.setattr(DatabaseWrapper, "read", read)


def replace_connections_anywhere(patch: Patch) -> None:
    patch.setattr(DatabaseWrapper, "recycle", lambda self: self.close())


def trust_the_last_set(patch: Patch) -> None:
    patch.setattr(upstream, "get_limit_set_calls", lambda: True)
    forgetful = upstream.original_backend.DatabaseWrapper
    patch.setattr(upstream.DatabaseWrapper, "savepoint_rollback", forgetful.savepoint_rollback)


def ask_an_idle_pool(patch: Patch) -> None:
    patch.setattr(test_pooling, "is_own_session", lambda ask, _busy: pooling.is_own_session(ask, nullcontext))


# Tables, threads, rows and queries: A4, A5 and A6.


def keep_a_table_in_public_too(patch: Patch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.staff_department (id uuid)")


def let_threads_inherit_a_firm(patch: Patch) -> None:
    before, firm = DatabaseWrapper.__init__, hosts.tenant_at("alpha.localhost")

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        before(self, *args, **kwargs)
        self.set_tenant(firm)

    patch.setattr(DatabaseWrapper, "__init__", init)


def drop_the_guard_of_queries(patch: Patch) -> None:
    patch.setattr(TenantQuerySet, "_stay_home", lambda _rows: None)


def drop_the_guard_of_rows(patch: Patch) -> None:
    patch.setattr(TenantModel, "_stay_home", lambda _row: None)


def leave_rows_unstamped(patch: Patch) -> None:
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        models.Model.__init__(self, *args, **kwargs)
        self._state.schema = None

    patch.setattr(TenantModel, "__init__", init)


def forget_whose_arrow_it_is(patch: Patch) -> None:
    patch.setattr(TenantQuerySet, "_adopt", lambda _rows, _hints: None)


def look_once_at_an_iterator(patch: Patch) -> None:
    def iterate(self: Any, *args: Any, **kwargs: Any) -> Any:
        self._stay_home()
        yield from models.QuerySet._iterator(self, *args, **kwargs)

    patch.setattr(TenantQuerySet, "_iterator", iterate)


# Cache, sessions, links, keys and secrets: A8 to A11.


def leave_the_firm_out_of_cache_keys(patch: Patch) -> None:
    patch.setattr(caches["default"], "key_func", lambda key, prefix, version: f"{prefix}:{version}:{key}")


def hash_sessions_without_the_firm(patch: Patch) -> None:
    patch.setattr(User, "_session_hash", lambda self, secret=None: self.password)


def make_password_links_as_django_does(patch: Patch) -> None:
    plain = PasswordResetTokenGenerator._make_hash_value
    patch.setattr(accounts.TenantTokenGenerator, "_make_hash_value", plain)


def sign_links_without(part: str) -> Callable[[Patch], None]:
    def plant(patch: Patch) -> None:
        def scope(purpose: str) -> str:
            tenant = current_tenant()
            parts = {"firm": tenant.id, "epoch": tenant.epoch, "purpose": purpose}
            return "|".join(str(value) for name, value in parts.items() if name != part)

        patch.setattr(tokens, "_in_tenant", scope)

    return plant


def compare_no_signatures(patch: Patch) -> None:
    patch.setattr(tokens.hmac, "compare_digest", lambda _one, _other: True)


def seal_for_everybody(patch: Patch) -> None:
    nobody = TenantRef(**dict.fromkeys(TenantRef.__dataclass_fields__))
    patch.setattr(sealed, "current_tenant", lambda: nobody)


def ignore_the_epoch_of_keys(patch: Patch) -> None:
    look_up = api_keys._look_up

    def of_today(text: str) -> Any:
        found = look_up(text)
        found.epoch = current_tenant().epoch
        return found

    patch.setattr(api_keys, "_look_up", of_today)


def remember_keys_for_all_firms(patch: Patch) -> None:
    known = api_keys._known
    patch.setattr(known, "get", lambda named, ask: Memory.get(known, named[-1], ask))


# The doors, hosts, tasks, addresses and pages: A12, A14, A15, A18, A19 and E1.


def strip_www(patch: Patch) -> None:
    patch.setattr(middleware, "tenant_at", lambda host: hosts.tenant_at(host.removeprefix("www.")))


def believe_a_forwarded_host(patch: Patch) -> None:
    answer = middleware.TenantMiddleware._answer

    def believe(self: Any, request: Any) -> Any:
        request.META["HTTP_HOST"] = request.META.get("HTTP_X_FORWARDED_HOST", request.META.get("HTTP_HOST", ""))
        return answer(self, request)

    patch.setattr(middleware.TenantMiddleware, "_answer", believe)


def show_the_public_site_to_strangers(patch: Patch) -> None:
    patch.setattr(middleware, "is_public_host", lambda host: hosts.tenant_at(host) is None)


def stay_inside_after_a_task(patch: Patch) -> None:
    patch.setattr(tasking, "leave", lambda: None)


def work_for_firms_at_rest(patch: Patch) -> None:
    patch.setattr(TenantRef, "active", True)


def show_the_registry_to_a_firm(patch: Patch) -> None:
    patch.setattr(tenant_site, "_registry", {**tenant_site._registry, Plan: admin.ModelAdmin(Plan, tenant_site)})


def open_an_address_nobody_classified(patch: Patch) -> None:
    new = Route(TENANT, "api/v2/customers/", "v2", (), ("get",))
    patch.setattr(test_classification, "ALL", [*test_classification.ALL, new])


def record_a_score_when_looked_at(patch: Patch) -> None:
    look = SurveyPage.get

    def get(self: Any, request: Any, invitation: Any) -> Any:
        if request.GET.get("score") == "9":
            record_response(invitation_id=invitation.id, score=9)
        return look(self, request, invitation)

    patch.setattr(SurveyPage, "get", get)


def opt_out_when_looked_at(patch: Patch) -> None:
    def get(self: Any, request: Any, customer: Any) -> Any:
        request.POST = request.GET
        return self.post(request, customer)

    patch.setattr(OptOutPage, "get", get)


def forget_what_was_called(patch: Patch) -> None:
    class Forgetful:
        def claim(self, **_call: Any) -> None: ...

        def keep(self, **_call: Any) -> None: ...

    patch.setattr(idempotency, "_store", [Forgetful()])


def lock_nothing(patch: Patch) -> None:
    patch.setattr(models.QuerySet, "select_for_update", lambda self, **_how: self)


def drop_unknown_fields(patch: Patch) -> None:
    patch.delattr(fields.KnownFieldsOnly, "to_internal_value")


def call_a_full_disk_our_fault(patch: Patch) -> None:
    patch.setattr(away, "_AWAY", ("08", "57P"))


def forget_who_was_erased(patch: Patch) -> None:
    patch.setattr(erasures, "erase_again", lambda known_of: 0)


department, tries = {"model": Department}, {"model": Tries}
guards, expect_look = test_model_guards, {"is_answered": False}
FAULTS = [
    Fault("a plain read", read_where_the_connection_happens_to_be,
          test_backend.test_a_read_in_one_message_never_reads_without_its_schema, loud=True),
    Fault("the pool is asked while idle", ask_an_idle_pool, test_pooling.test_a_rotating_pool_is_noticed_at_once,
          {"sessions": 3}),
    Fault("a firm's table in public", keep_a_table_in_public_too, test_house.test_without_a_tenant_no_table_answers,
          department),
    Fault("threads inherit a firm", let_threads_inherit_a_firm, guards.test_a_thread_starts_outside_every_firm),
    Fault("queries unguarded", drop_the_guard_of_queries, guards.test_no_query_runs_elsewhere, department),
    Fault("rows unguarded", drop_the_guard_of_rows, guards.test_a_row_is_neither_written_nor_reloaded_elsewhere,
          tries, loud=True),
    Fault("rows unstamped", leave_rows_unstamped, guards.test_a_row_is_neither_written_nor_reloaded_elsewhere,
          tries, loud=True),
    Fault("arrows unguarded", forget_whose_arrow_it_is, guards.test_no_arrow_is_followed_elsewhere, {"model": User}),
    Fault("iterators looked at once", look_once_at_an_iterator, guards.test_an_iterator_is_not_read_on_elsewhere,
          {"made_in_a_firm": False}),
    Fault("cache keys without the firm", leave_the_firm_out_of_cache_keys,
          test_limits.test_counted_per_visitor_what_and_firm),
    Fault("sessions without the firm", hash_sessions_without_the_firm,
          test_accounts.test_a_password_link_works_once_and_nowhere_else),
    Fault("password links without the firm", make_password_links_as_django_does,
          test_accounts.test_a_password_link_works_once_and_nowhere_else),
    *(
        Fault(f"links without the {part}", sign_links_without(part),
              test_tokens.test_a_link_opens_its_object_for_its_purpose_in_its_tenant_only)
        for part in ("firm", "epoch", "purpose")
    ),
    Fault("links unsigned", compare_no_signatures, test_tokens.test_no_changed_character_is_accepted),
    Fault("one key for all secrets", seal_for_everybody, test_sealed.test_for_one_firm_and_one_purpose),
    Fault("keys outlive the epoch", ignore_the_epoch_of_keys,
          test_lifecycle.test_raising_the_epoch_ends_sessions_links_and_keys),
    Fault("keys remembered for all", remember_keys_for_all_firms,
          test_accounts.test_keys_are_shown_once_stored_hashed_and_end),
    Fault("www stripped", strip_www, test_middleware.test_unknown_hosts_get_the_same_404,
          {"host": "www.alpha.localhost"}),
    Fault("a forwarded host believed", believe_a_forwarded_host, test_middleware.test_forwarded_hosts_are_ignored),
    Fault("strangers see the public site", show_the_public_site_to_strangers,
          test_middleware.test_unknown_hosts_get_the_same_404, {"host": "evil.example"}),
    Fault("a task stays inside", stay_inside_after_a_task, test_tasking.test_it_leaves_when_the_body_raises),
    Fault("firms at rest are worked for", work_for_firms_at_rest, test_tasking.test_it_refuses_a_suspended_tenant),
    Fault("the registry in a firm's admin", show_the_registry_to_a_firm,
          test_classification.test_a_firms_admin_shows_its_own_tables_only),
    Fault("an address nobody classified", open_an_address_nobody_classified,
          test_classification.test_every_address_is_classified),
    Fault("unknown fields dropped in silence", drop_unknown_fields,
          test_refusals.test_no_endpoint_takes_what_the_server_decides),
    Fault("looking records a score", record_a_score_when_looked_at, test_links.test_opening_changes_nothing,
          expect_look),
    Fault("looking opts out", opt_out_when_looked_at, test_links.test_opening_changes_nothing, expect_look),
]  # fmt: skip
# Those whose test needs transactions or connections of its own.
COMMITTED_FAULTS = [
    Fault("a failed SET swallowed", swallow_a_failed_set,
          test_backend.test_a_failed_set_closes_the_connection_and_raises),
    Fault("the last SET trusted", trust_the_last_set,
          test_backend.test_a_savepoint_taken_back_takes_no_schema_along),
    Fault("connections replaced anywhere", replace_connections_anywhere,
          test_backend.test_a_connection_is_never_replaced_inside_a_transaction, loud=True),
    Fault("calls forgotten", forget_what_was_called, test_idempotency.test_calls_under_one_key_are_one_effect,
          {"keys": 2, "at_once": 3}),
    Fault("nothing locked", lock_nothing, test_idempotency.test_no_change_is_lost_to_another_editor,
          {"writers": 4, "rounds": 8}),
    Fault("a full disk taken for a fault of ours", call_a_full_disk_our_fault,
          test_full_disk.test_what_customers_and_partners_send_is_taken_whole_or_refused),
]  # fmt: skip


# Those that take a firm of their own to show.
LONG_FAULTS = [
    Fault("the erased come back with a backup", forget_who_was_erased,
          test_backups.test_whoever_was_erased_is_in_no_row_mail_export_or_restored_backup),
]  # fmt: skip


def name_of(fault: Fault) -> str:
    return fault.name


def must_see(fault: Fault, request: pytest.FixtureRequest) -> None:
    names = [name for name in signature(fault.test).parameters if name not in fault.values]
    values = {name: request.getfixturevalue(name) for name in names}
    seen = (AssertionError, pytest.fail.Exception, *([Exception] if fault.loud else []))
    with Patch.context() as patch:
        fault.plant(patch)
        with pytest.raises(seen):
            fault.test(**values, **fault.values)


@pytest.mark.matrix
@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
def test_a_planted_fault_is_seen(fault: Fault, request: pytest.FixtureRequest) -> None:
    must_see(fault, request)


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", LONG_FAULTS, ids=name_of)
def test_a_planted_fault_is_seen_in_a_firm_of_its_own(fault: Fault, request: pytest.FixtureRequest) -> None:
    must_see(fault, request)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", COMMITTED_FAULTS, ids=name_of)
def test_a_planted_fault_is_seen_by_those_that_commit(fault: Fault, request: pytest.FixtureRequest) -> None:
    must_see(fault, request)
