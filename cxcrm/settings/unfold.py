"""How the two admin sites look and what stands in their sidebars."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

_TEAL = {
    "50": "#f0fdfa",
    "100": "#ccfbf1",
    "200": "#99f6e4",
    "300": "#5eead4",
    "400": "#2dd4bf",
    "500": "#14b8a6",
    "600": "#0f766e",
    "700": "#115e59",
    "800": "#134e4a",
    "900": "#123f3c",
    "950": "#042f2e",
}


def _may(perm: str):
    return lambda request: request.user.has_perm(perm)


def _page(icon: str, title, name: str, perm: str):
    """One line of the sidebar; ``name`` is a URL name of the site."""
    return {"icon": icon, "title": title, "link": reverse_lazy(f"admin:{name}"), "permission": _may(perm)}


def _rows(icon: str, title, model: str):
    """The list of a model, for those who may see it."""
    app, _dot, name = model.partition(".")
    return _page(icon, title, f"{app}_{name}_changelist", f"{app}.view_{name}")


def _family(*lines):
    """Pages that belong together: one line of the sidebar, the first its reader may open, and tabs above each."""
    return {**lines[0], "tabs": list(lines)}


def _brand(request):
    """The name customers know, read once per page."""
    if not hasattr(request, "brand"):
        from tenants.staff.selectors.firm import the_firm

        request.brand = the_firm().brand
    return request.brand


_LOOK = {
    "SITE_SYMBOL": "favorite",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("admin-extra/icon.svg")}],
    "STYLES": [lambda request: static("admin-extra/cx.css")],
    "SCRIPTS": [lambda request: static("admin-extra/cx.js")],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": reverse_lazy("admin:language")},
    "ACCOUNT": {"navigation": [{"title": _("My account"), "link": reverse_lazy("admin:account")}]},
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": _TEAL},
}

UNFOLD = {
    **_LOOK,
    "SITE_TITLE": _brand,
    "SITE_HEADER": _brand,
    "SITE_SUBHEADER": _("Customer experience"),
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "items": [
                    _page("home", _("Home"), "index", "feedback.view_complaint"),
                    _family(
                        _page("cyclone", _("The flywheel"), "flywheel", "journeys.view_insight"),
                        _page("menu_book", _("Words we use"), "words", "feedback.view_complaint"),
                    ),
                    _page("person_pin_circle", _("My part"), "journeys_my_part", "journeys.view_touchpoint"),
                    _page("how_to_vote", _("What we believe"), "feedback_belief_add", "feedback.add_belief"),
                ]
            },
            {
                "title": _("Customers"),
                "items": [
                    _family(
                        _rows("groups", _("Customers"), "customers.customer"),
                        _rows("shopping_bag", _("Purchases"), "customers.purchase"),
                        _rows("attach_file", _("Files"), "customers.attachment"),
                    ),
                    _family(
                        _page("content_copy", _("Duplicates"), "customers_duplicates", "customers.view_customer"),
                        _rows("merge", _("Merges"), "customers.mergerecord"),
                        _page("fact_check", _("State of our records"), "customers_records", "customers.view_customer"),
                    ),
                    _rows("upload_file", _("Imports"), "customers.importjob"),
                ],
            },
            # The four stages of the flywheel, in the order in which what a customer says goes through them.
            {
                "title": _("Listen"),
                "items": [
                    _family(
                        _rows("forum", _("Responses"), "feedback.response"),
                        _rows("format_quote", _("Quotes"), "customers.quote"),
                        _page(
                            "hearing", _("What we have heard, from whom"), "feedback_heard", "feedback.view_response"
                        ),
                        _page("favorite", _("What customers think of us"), "feedback_held", "feedback.view_response"),
                    ),
                    _family(
                        _rows("live_help", _("Questions and answers"), "feedback.communityquestion"),
                        _page(
                            "timer",
                            _("How fast an answer comes"),
                            "feedback_community_figures",
                            "feedback.view_communityquestion",
                        ),
                        _rows("school", _("Who knows what"), "feedback.communitytopic"),
                        _rows("eco", _("What we do for the community"), "feedback.communityimpact"),
                    ),
                    _family(
                        _rows("diversity_3", _("Our people"), "feedback.staffturn"),
                        _rows("volunteer_activism", _("Thanks and coaching"), "workflows.recognition"),
                    ),
                    _family(
                        _rows("quiz", _("Surveys"), "feedback.survey"),
                        _rows("send", _("Sendings"), "feedback.dispatch"),
                        _rows("thunderstorm", _("Special contexts"), "feedback.contextevent"),
                    ),
                ],
            },
            {
                "title": _("Understand"),
                "items": [
                    _family(
                        _page("map", _("Journey map"), "journeys_journey_map", "journeys.view_journey"),
                        _page("footprint", _("Paths"), "journeys_journey_paths", "journeys.view_journey"),
                        _page("speed", _("Experience index"), "feedback_experience", "feedback.view_response"),
                        _rows("directions_walk", _("Journey walks"), "journeys.journeywalk"),
                    ),
                    _rows("compare_arrows", _("We believe, they say"), "feedback.belief"),
                    _family(
                        _page("stairs", _("Understanding"), "customers_understanding", "customers.view_customer"),
                        _rows("hearing", _("What we know"), "customers.fact"),
                        _page("category", _("How it is used"), "customers_usage", "customers.view_customer"),
                        _page(
                            "directions_alt",
                            _("What customers do differently"),
                            "customers_habits",
                            "customers.view_customer",
                        ),
                        _page("travel_explore", _("How customers find us"), "customers_found", "customers.view_fact"),
                    ),
                    _family(
                        _page("person_alert", _("Who may leave"), "customers_leaving", "customers.view_customer"),
                        _page("diamond", _("What customers are worth"), "feedback_worth", "feedback.view_response"),
                    ),
                    _family(
                        _rows("lightbulb", _("Insights"), "journeys.insight"),
                        _page("low_priority", _("Common needs"), "journeys_common_needs", "journeys.view_insight"),
                    ),
                    _family(
                        _rows("face", _("Personas"), "customers.persona"),
                        _rows("groups_2", _("The same customer?"), "customers.personaquiz"),
                        _rows("workspaces", _("Segments"), "customers.segment"),
                    ),
                ],
            },
            {
                "title": _("Act"),
                "items": [
                    _rows("assignment", _("Complaints"), "feedback.complaint"),
                    _family(
                        _rows("handshake", _("Promises"), "workflows.promise"),
                        _page(
                            "campaign",
                            _("Promises of the brand"),
                            "workflows_promise_brand",
                            "workflows.view_promise",
                        ),
                    ),
                    _rows("payments", _("Compensation"), "workflows.compensation"),
                    _family(
                        _rows("rocket_launch", _("Initiatives"), "journeys.initiative"),
                        _rows("savings", _("Budget for the experience"), "workflows.cxbudget"),
                    ),
                    _rows("sync_alt", _("Change requests"), "workflows.changerequest"),
                    _family(
                        _rows("approval", _("Approvals"), "workflows.review"),
                        _page("swap_horiz", _("Contradictions"), "workflows_contradictions", "workflows.view_review"),
                    ),
                    _rows("notifications_active", _("Alerts"), "workflows.alert"),
                ],
            },
            {
                "title": _("Learn"),
                "items": [
                    _rows("gavel", _("Decisions"), "journeys.decision"),
                    _rows("repeat", _("Causes that come back"), "workflows.causeproposal"),
                    _rows("hourglass_bottom", _("Who spent the time"), "workflows.clocksegment"),
                ],
            },
            # What the firm sets itself: everything above is held against it.
            {
                "title": _("Journeys and brand"),
                "collapsible": True,
                "items": [
                    _family(
                        _rows("diamond", _("Brand profile"), "journeys.brandprofile"),
                        _page("timeline", _("The red thread"), "journeys_thread", "journeys.view_brandprofile"),
                    ),
                    _family(
                        _rows("route", _("Journeys"), "journeys.journey"),
                        _rows("touch_app", _("Touchpoints"), "journeys.touchpoint"),
                        _rows("storefront", _("Environments"), "journeys.environment"),
                    ),
                    _family(
                        _rows("verified_user", _("Accountability"), "journeys.accountability"),
                        _page("grid_on", _("Who takes part"), "journeys_coverage", "journeys.view_journey"),
                    ),
                ],
            },
            {
                "title": _("Organisation"),
                "collapsible": True,
                "items": [
                    _rows("storefront", _("Firm"), "staff.firm"),
                    _family(
                        _rows("badge", _("Staff"), "staff.user"),
                        _rows("event_busy", _("Absences"), "staff.absence"),
                        _rows("lan", _("Departments"), "staff.department"),
                        _rows("location_on", _("Branches"), "staff.branch"),
                    ),
                ],
            },
            {
                "title": _("Set-up"),
                "collapsible": True,
                "items": [
                    _family(
                        _rows("timer", _("Promised times"), "workflows.slapolicy"),
                        _rows("stairs", _("Escalation"), "workflows.escalationpolicy"),
                        _rows("calendar_month", _("Calendars"), "workflows.calendar"),
                        _rows("pause_circle", _("Reasons to pause"), "workflows.pausereason"),
                    ),
                    _family(
                        _rows("account_tree", _("Root causes"), "feedback.rootcause"),
                        _rows("healing", _("Remedies"), "feedback.remedy"),
                        _rows("quickreply", _("Reply templates"), "feedback.replytemplate"),
                    ),
                    _rows("list_alt", _("Fields of your own"), "customers.customfield"),
                    _page("key", _("API keys"), "staff_apikey_changelist", "staff.change_apikey"),
                    _page(
                        "login",
                        _("Single sign-on"),
                        "staff_identityprovider_changelist",
                        "staff.change_identityprovider",
                    ),
                ],
            },
            {
                "title": _("Records"),
                "collapsible": True,
                "items": [
                    _rows("mail", _("Messages"), "workflows.message"),
                    _family(
                        _rows("move_to_inbox", _("Incoming mails"), "workflows.incomingmail"),
                        _page("signpost", _("Where they write"), "workflows_where", "workflows.view_incomingmail"),
                    ),
                    _rows("history", _("Events"), "workflows.event"),
                ],
            },
        ],
    },
}

UNFOLD_PLATFORM = {
    **_LOOK,
    "SITE_TITLE": "cxcrm",
    "SITE_HEADER": "cxcrm",
    "SITE_SUBHEADER": _("Operators"),
    "SITE_SYMBOL": "hub",
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "items": [
                    _page("home", _("Home"), "index", "tenants.view_tenant"),
                    _rows("storefront", _("Firms"), "tenants.tenant"),
                    _rows("event_note", _("Agenda"), "tenants.agendaitem"),
                    _rows("pause_circle", _("Held back"), "tenants.pause"),
                    _rows("alt_route", _("Ways out"), "tenants.route"),
                    _rows("sell", _("Plans"), "tenants.plan"),
                    _rows("badge", _("Operators"), "staff.user"),
                ]
            }
        ],
    },
}
