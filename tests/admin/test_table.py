"""The tables we draw say what the theme's say, and our menu what its menu says; what we do not draw nobody uses."""

import re

import pytest
from django.conf import settings
from django.contrib.admin.utils import label_for_field
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.html import parse_html
from django.urls import resolve, set_urlconf
from django.utils import translation
from unfold.sites import UnfoldAdminSite
from unfold.templatetags.unfold_list import result_list

from cxcrm.admin_site import platform_site, tenant_site
from cxcrm.core.admin.sidebar import draw_sidebar, draw_tabs
from cxcrm.core.admin.table import draw
from tenants.staff.models import User
from tenants.staff.roles import Role

ADMINS = [*tenant_site._registry.values(), *platform_site._registry.values()]
# Lists this scene has rows for, of every kind: fields of all types, links, pills, boxes, none of these.
FILLED = {
    "customers.customer", "feedback.complaint", "feedback.survey", "journeys.stage", "journeys.touchpoint",
    "staff.user", "workflows.calendar", "workflows.event", "workflows.message", "workflows.slapolicy",
}  # fmt: skip


def asked(query: str = "", path: str = "/admin/customers/customer/", role: str = Role.OWNER) -> HttpRequest:
    request = RequestFactory().get(path, QueryDict(query).dict() if query else {})
    request.user, request.LANGUAGE_CODE = User(role=role, is_active=True), translation.get_language()
    request._messages, request.resolver_match = CookieStorage(request), resolve(path)
    return request


def themes_table(cl, request) -> str:
    """What the theme draws, without what only its foldable rows and its menus of rows need."""
    drawn = render_to_string("admin/change_list_results.html", result_list({"request": request}, cl))
    drawn = drawn.replace('x-data="{rowOpen: false}"', "").replace(" nowrap", "")
    if cl.list_display[0] != "action_checkbox":  # the theme takes any first cell for the one with the box
        label = label_for_field(cl.list_display[0], cl.model, cl.model_admin)
        drawn = drawn.replace(f'data-label="{translation.gettext("Select record")}"', f'data-label="{label}"')
    return drawn


def compare(admin, query: str = "") -> bool:
    """Compare the two tables of a list; False where it has no rows."""
    request = asked(query)
    with translation.override("vi"):
        cl = admin.get_changelist_instance(request)
        cl.formset = None
        if not cl.result_list:
            return False
        ours = str(draw(cl)).replace('class="cx-none ', 'class="')  # what a phone leaves out is marked by us alone
        assert parse_html(ours) == parse_html(themes_table(cl, request)), (admin, query)
    return True


def test_every_table_is_the_themes(desk, run_agenda):
    run_agenda()
    compared = {admin.opts.label_lower for admin in tenant_site._registry.values() if compare(admin)}
    assert compared >= FILLED
    with translation.override("vi"):
        staff = next(admin for admin in tenant_site._registry.values() if admin.opts.label == "staff.User")
        drawn = str(draw(staff.get_changelist_instance(asked())))
    assert 'class="cx-none ' in drawn
    assert all(cell in ("", "-", "–") for cell in re.findall(r'<td class="cx-none [^>]*>(.*?)</td>', drawn))
    customers = next(admin for admin in tenant_site._registry.values() if admin.opts.label == "customers.Customer")
    # Sorted by one and by several, both ways; opened to choose from; with filters to come back to; a row named oddly.
    for query in ("o=1", "o=-1.6", "o=1.-6&q=lan", "_popup=1", "kind__exact=person&q=id-of-the-row%26"):
        assert compare(customers, query) or "id-of-the-row" in query
    customers_list = customers.get_changelist_instance(asked("kind__exact=person"))
    assert f"/{desk.customer.pk}/change/?_changelist_filters=kind__exact%3Dperson" in str(draw(customers_list))


def test_what_we_do_not_draw_is_not_used():
    for admin in ADMINS:
        ways = (
            "list_editable",
            "ordering_field",
            "actions_row",
            "actions_on_bottom",
            "list_sections",
            "date_hierarchy",
        )
        assert [way for way in ways if getattr(admin, way, None)] == [], admin
        for name in admin.list_display:
            _label, attr = label_for_field(name, admin.model, admin, return_attr=True)
            drawn_elsewhere = [way for way in ("label", "header", "dropdown", "boolean") if getattr(attr, way, None)]
            assert not drawn_elsewhere, (admin, name)


def marked(markup: str) -> list[str]:
    """The addresses of the lines that are marked as the page being read."""
    lines = re.findall(r'<a href="([^"]+)" class="([^"]*)"', markup)
    return [address for address, classes in lines if "active" in classes.split()]


@pytest.mark.parametrize("site", [tenant_site, platform_site])
def test_the_menu_is_the_themes(site):
    """The same lines for every role, the same one marked, the same group unfolded; of a family its first page."""
    set_urlconf(settings.PLATFORM_URLCONF if site is platform_site else settings.ROOT_URLCONF)
    try:
        for role in Role.values:
            for path in ("/admin/", "/admin/staff/user/", "/admin/staff/user/add/", "/admin/account/"):
                request = asked(path=path, role=role)
                context = {"sidebar_navigation": UnfoldAdminSite.get_sidebar_list(site, request)}
                theirs = render_to_string("unfold/helpers/app_list.html", context)
                ours = draw_sidebar(site.settings_name, request)
                assert re.findall(r'href="([^"]+)"', ours) == re.findall(r'href="([^"]+)"', theirs), (role, path)
                assert marked(ours) == marked(theirs), (role, path)
                assert ours.count("navigationOpen: true") == theirs.count("navigationOpen: true"), (role, path)
                assert ours.count('aria-current="page"') == len(marked(ours))
    finally:
        set_urlconf(None)


def test_pages_that_belong_together_are_one_line_and_tabs_above_each():
    path = "/admin/customers/customer/duplicates/"
    request = asked(path=path)
    assert marked(draw_sidebar("UNFOLD", request)) == [path]
    tabs = draw_tabs("UNFOLD", request)
    assert re.findall(r'href="([^"]+)"( aria-current="page")?', tabs) == [
        (path, ' aria-current="page"'),
        ("/admin/customers/mergerecord/", ""),
        ("/admin/customers/customer/records/", ""),
    ]
    second = asked(path="/admin/customers/mergerecord/")
    assert marked(draw_sidebar("UNFOLD", second)) == [path], "one line for all three"
    assert draw_tabs("UNFOLD", second).count("<a ") == 3


def test_no_tabs_above_a_page_alone_nor_above_a_row():
    paths = ("/admin/customers/importjob/", "/admin/customers/mergerecord/1/change/", "/admin/")
    assert [draw_tabs("UNFOLD", asked(path=path)) for path in paths] == ["", "", ""]


def test_tabs_are_those_the_reader_may_open():
    path = "/admin/journeys/initiative/"
    drawn = {role: draw_tabs("UNFOLD", asked(path=path, role=role)).count("<a ") for role in (Role.MANAGER, Role.AGENT)}
    assert drawn == {Role.MANAGER: 2, Role.AGENT: 0}, "agents see no budget, and one page alone is no family"


def test_the_menu_speaks_the_readers_language():
    with translation.override("vi"):
        first = draw_sidebar("UNFOLD", asked())
    with translation.override("en"):
        second = draw_sidebar("UNFOLD", asked())
    assert ">Khách hàng<" in first
    assert ">Customers<" in second
    assert ">Khách hàng<" not in second


def test_the_head_says_where_one_is(staff_client_alpha, desk):
    """On a page of no list its title, above a list its name, on a row's page the way back too."""

    def head(path: str) -> str:
        page = staff_client_alpha.get(path).content.decode()
        found = re.search(r'id="header-inner".*?<h1[^>]*>(.*?)</h1>', page, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())

    assert head("/admin/") == "Trang chủ"
    assert head("/admin/account/") == "Tài khoản của tôi"
    assert head("/admin/customers/customer/") == "Khách hàng"
    assert head("/admin/customers/customer/?q=lan") == "Khách hàng 1 kết quả ( Xem tất cả )"
    touchpoint = f"/admin/journeys/touchpoint/{desk.complaint.touchpoint_id}/change/"
    assert head(touchpoint).startswith("Điểm chạm")
    assert 'title="Quay lại"' in staff_client_alpha.get(touchpoint).content.decode()
