"""Content types of two firms in two threads: never one of the other's ids."""

import threading
from itertools import islice

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType, ContentTypeManager
from django.db import connections

from cxcrm.core.models import TenantModel
from tenants.context import enter, in_tenant, leave
from tenants.staff.models import Firm

LOOKUPS = 1_800  # a multiple of what one round looks up
MODELS = list(islice((model for model in apps.get_models() if issubclass(model, TenantModel)), 6))


def look_up_in_two_threads(alpha, beta, lookups: int) -> tuple[int, int]:
    """Each thread looks content types up in its own firm, with real reads between; returns (look-ups, wrong ids)."""
    truth = {}
    for tenant in (alpha, beta):
        with in_tenant(tenant):
            ContentType.objects.clear_cache()
            truth[tenant] = {(row.app_label, row.model): row.id for row in ContentType.objects.all()}
    barrier, counted = threading.Barrier(2), []

    def work(tenant) -> None:
        wrong = 0
        try:
            barrier.wait()
            for number in range(lookups // (3 * len(MODELS))):
                enter(tenant)
                for model in MODELS * 3:  # once from the database, twice from the cache
                    found = ContentType.objects.get_for_model(model)
                    wrong += found.id != truth[tenant][found.app_label, found.model]
                if number % 4 == 0:
                    Firm.objects.exists()
        finally:
            leave()
            connections.close_all()
        counted.append(wrong)

    threads = [threading.Thread(target=work, args=[tenant]) for tenant in (alpha, beta)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counted) == 2
    return 2 * lookups, sum(counted)


@pytest.mark.django_db(transaction=True)
def test_two_threads_never_get_each_others_ids(alpha, beta):
    lookups, wrong = look_up_in_two_threads(alpha, beta, LOOKUPS)
    assert (lookups, wrong) == (2 * LOOKUPS, 0)


def test_a_manager_made_later_shares_the_threads_cache_and_does_not_empty_it():
    manager = ContentTypeManager()
    ContentType.objects._cache.setdefault("default", {})["mark"] = "kept"
    try:
        assert ContentTypeManager()._cache is manager._cache
        assert manager._cache["default"]["mark"] == "kept"
    finally:
        del ContentType.objects._cache["default"]["mark"]
