"""Saved views: kept in two clicks, shared, changed by their owner only, harmless when a filter is gone."""

import pytest

from tenants.context import in_tenant
from tenants.staff.models import SavedView
from tenants.staff.services import views as services

LIST, VIEWS = "/admin/customers/customer/", "/admin/views/"
ASKED = {"do": "save", "model": "customers.customer", "query": "q=lan&kind__exact=person&p=3", "name": "Khách Lan"}


def rows():
    return list(SavedView.objects.values_list("name", "query", "is_shared", "position"))


def test_a_view_is_saved_shown_renamed_shared_put_first_and_thrown_away(staff_client_alpha, client_as, desk):
    saved = staff_client_alpha.post(VIEWS, ASKED)
    assert (saved.status_code, saved["Location"]) == (302, f"{LIST}?kind__exact=person&q=lan")
    assert rows() == [("Khách Lan", "kind__exact=person&q=lan", False, 1)]
    page = staff_client_alpha.get(saved["Location"]).content.decode()
    assert 'href="?kind__exact=person&amp;q=lan"' in page
    assert "Bộ lọc này" in page
    agent = client_as("agent")
    assert "Khách Lan" not in agent.get(LIST).content.decode()
    view = SavedView.objects.get()
    staff_client_alpha.post(VIEWS, {"do": "share", "model": view.model, "view": view.pk})
    assert "Khách Lan" in agent.get(LIST).content.decode()
    for act in ("rename", "unshare", "remove", "first"):
        agent.post(VIEWS, {"do": act, "model": view.model, "view": view.pk, "name": "Của tôi"})
    assert rows() == [("Khách Lan", "kind__exact=person&q=lan", True, 1)]
    staff_client_alpha.post(VIEWS, {**ASKED, "name": "Hai", "query": "q=hai"})
    second = SavedView.objects.get(name="Hai")
    staff_client_alpha.post(VIEWS, {"do": "first", "model": view.model, "view": second.pk})
    staff_client_alpha.post(VIEWS, {"do": "rename", "model": view.model, "view": second.pk, "name": " Số  hai "})
    assert rows() == [("Số hai", "q=hai", False, 1), ("Khách Lan", "kind__exact=person&q=lan", True, 2)]
    staff_client_alpha.post(VIEWS, {"do": "rename", "model": view.model, "view": second.pk, "name": "Khách Lan"})
    staff_client_alpha.post(VIEWS, {"do": "remove", "model": view.model, "view": view.pk})
    assert rows() == [("Số hai", "q=hai", False, 1)]


def test_saving_under_the_same_name_replaces(staff_client_alpha, desk):
    staff_client_alpha.post(VIEWS, ASKED)
    staff_client_alpha.post(VIEWS, {**ASKED, "query": "q=mai", "shared": "on"})
    assert rows() == [("Khách Lan", "q=mai", True, 1)]


@pytest.mark.parametrize(
    "changed",
    [
        {"query": "nonsense=1"},
        {"query": "owner__password=x"},
        {"query": "branch__id__exact=" + "x" * 1200},
        {"query": "id__exact=none"},
        {"name": "  "},
        {"name": "a\x00b"},
        {"do": "explode"},
        {"do": "remove", "view": "none"},
        {"do": "remove", "view": "00000000-0000-7000-8000-000000000000"},
    ],
)
def test_what_does_not_fit_is_refused_in_words(staff_client_alpha, desk, changed):
    answer = staff_client_alpha.post(VIEWS, {**ASKED, **changed})
    assert answer.status_code == 302
    assert answer["Location"].startswith(LIST)
    assert rows() == []


@pytest.mark.parametrize("model", ["", "nothing", "staff.savedview", "customers.nothing", "tenants.tenant"])
def test_lists_that_are_none_are_forbidden(staff_client_alpha, desk, model):
    assert staff_client_alpha.post(VIEWS, {**ASKED, "model": model}).status_code == 403
    assert staff_client_alpha.get(VIEWS).status_code == 403
    assert rows() == []


def test_a_view_of_filters_that_are_gone_shows_the_list(staff_client_alpha, desk, owner_alpha):
    for number, query in enumerate(["gone__exact=1", "owner__password=x", "kind__exact=ghost", "o=99", "tag=%00"]):
        services.save_view(owner_id=owner_alpha.pk, model="customers.customer", name=str(number), query=query)
        answer = staff_client_alpha.get(f"{LIST}?{query}", follow=True)
        assert answer.status_code == 200, query


def test_twenty_views_are_enough(staff_client_alpha, desk, owner_alpha, alpha):
    for number in range(services.MAX_VIEWS):
        services.save_view(owner_id=owner_alpha.pk, model="customers.customer", name=str(number), query="")
    staff_client_alpha.post(VIEWS, ASKED)
    with in_tenant(alpha):
        assert SavedView.objects.count() == services.MAX_VIEWS
