"""Nothing is reachable that the matrix of the walls does not know: addresses, tasks, kinds of work, admin pages."""

from django.apps import apps

from cxcrm.admin_site import platform_site, tenant_site
from cxcrm.celery import app as celery_app
from cxcrm.core.models import TenantModel
from tenants.services import agenda
from tenants.tasking import PublicTask, TenantTask
from tests.isolation.routes import (
    CATCH_ALL,
    COLLECTIONS,
    PLAIN,
    PLATFORM,
    SPECIAL,
    URLCONFS,
    classify,
    registered,
    routes,
)

ALL = [route for urlconf in URLCONFS for route in routes(urlconf)]
# Kinds of work on the registry itself: they run outside any firm and name the firm by their reference.
OUTSIDE = {
    "tenants.drop_closed",
    "tenants.forget_sign_up",
    "tenants.free_address",
    "tenants.poll_mailbox",
    "tenants.provision",
    "tenants.refill_spares",
    "tenants.sweep",
}


def test_every_address_is_classified():
    unknown = []
    for route in ALL:
        try:
            _kind, labels = classify(route)
        except LookupError as error:
            unknown.append(str(error))
        else:
            assert all(apps.get_model(label.partition("#")[0]) for label in labels.values()), route.pattern
    assert unknown == []


def test_no_classification_is_left_over():
    """A table that lists what is gone would hide a name that comes back with another meaning."""
    patterns = {route.pattern for route in ALL}
    assert set(PLAIN) | CATCH_ALL <= patterns
    assert set(SPECIAL) <= {(route.urlconf, route.pattern) for route in ALL}
    assert set(COLLECTIONS.values()) <= {label for route in ALL for label in classify(route)[1].values()}


def test_every_task_enters_one_firm_or_none():
    celery_app.loader.import_default_modules()
    ours = {name: task for name, task in celery_app.tasks.items() if not name.startswith(("celery.", "test."))}
    assert {name: type(task).__mro__[1] for name, task in ours.items()} == {
        "tenants.perform": TenantTask,
        "tenants.run_agenda": PublicTask,
    }


def test_every_kind_of_work_runs_inside_its_firm_or_is_named():
    assert {name for name in agenda.kinds() if agenda.kind(name).outside} == OUTSIDE
    assert all(agenda.kind(name).lane in {"escalation", "normal"} for name in agenda.kinds())


def test_a_firms_admin_shows_its_own_tables_only():
    for label in registered(tenant_site):
        assert issubclass(apps.get_model(label), TenantModel), f"{label} is no firm's own"


def test_the_operators_admin_shows_the_registry_and_their_own_accounts_only():
    assert registered(platform_site) == {
        "tenants.tenant", "tenants.plan", "tenants.agendaitem", "tenants.pause", "tenants.route", "staff.user",
    }  # fmt: skip
    assert not any(route.is_api for route in routes(PLATFORM))
