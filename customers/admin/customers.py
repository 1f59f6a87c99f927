"""The list of customers and the page of one: card, panels of the floors above, timeline."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.attachments import FileForm, files_shown
from customers.admin.belonging import Belonging
from customers.admin.conflicts import SEEN, Difference, merge, seen_text
from customers.admin.data_requests import DATA_ACTS, DataPages, data_context
from customers.admin.facts import AgainForm, FactForm, GoneForm, KnownForm, hear_again, let_go, still_right
from customers.admin.filters import CUSTOMER_FILTERS, own_filters
from customers.admin.forms import ConsentForm, CustomerForm, LogForm, PersonForm, consents_of, initial_of
from customers.admin.health import HealthPages, health_context
from customers.admin.merging import Merging, alike_to
from customers.admin.purchases import PurchaseForm, add_purchase
from customers.admin.records import RecordsPage
from customers.admin.timeline import ContactForm, taps, timeline_context
from customers.admin.understanding import UnderstandingPages, fact_initial, understanding_context
from customers.errors import VersionConflict
from customers.exports import CUSTOMER_PREFETCH, CUSTOMER_RELATED, customer_columns
from customers.logic.masks import contact_as_read
from customers.logic.phones import PREFIX_CONVERTED_2018, display_phone, normalise_phone, split_phones
from customers.models import ContactPoint, Customer
from customers.selectors.attachments import attachments_of_customer
from customers.selectors.contacts import contacts_shown, may_see_contacts
from customers.selectors.custom_fields import custom_fields, custom_shown
from customers.selectors.customers import best_first, search, visible_to
from customers.selectors.people import people_of
from customers.selectors.ranking import deserves_ranking
from customers.selectors.salutations import address_for
from customers.services.attachments import attach_file
from customers.services.consents import state_consent
from customers.services.contacts import log_contact
from customers.services.customers import create_customer, update_customer
from customers.services.erasure import erase_customer
from customers.services.facts import note_fact
from customers.services.interactions import record_interaction
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.html import cell, pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.admin.quick import QuickChangeList
from cxcrm.core.admin.working import ask, show_refusal
from cxcrm.core.errors import DomainError
from cxcrm.core.exports.columns import Column
from cxcrm.core.once import reading_once
from tenants.staff.selectors.firm import the_firm

FILES_SHOWN = 40
PEOPLE_SHOWN = 50
LEVEL_TONES = {1: "plain", 2: "info", 3: "good", 4: "best"}


def add_person(*, customer_id: UUID, **told: Any) -> Customer:
    """Somebody of the organisation ``customer_id``, spoken to in its language."""
    organization = Customer.objects.get(pk=customer_id)
    return create_customer(organization=organization.pk, language=organization.language, **told)


# What is done on the page itself: the name the form is sent with, the form, and what it asks for.
ACTS: dict[str, tuple[Any, Callable[..., Any]]] = {
    "log": (LogForm, record_interaction),
    "contact": (ContactForm, log_contact),
    "consent": (ConsentForm, state_consent),
    "file": (FileForm, attach_file),
    "person": (PersonForm, add_person),
    "purchase": (PurchaseForm, add_purchase),
    "fact": (FactForm, note_fact),
    "again": (AgainForm, hear_again),
    "gone": (GoneForm, let_go),
    "known": (KnownForm, still_right),
    **DATA_ACTS,
}


# Of these only buttons are shown.
BUTTONS = frozenset({"again", "gone", "known"})


class CustomerAdmin(DataPages, RecordsPage, HealthPages, UnderstandingPages, Merging, Belonging, RoomAdmin):
    panels: tuple[Callable[..., str], ...] = ()

    list_display = ("person", "contacts", "level", "tag_list", "owner", "branch", "created_at")
    list_filter = CUSTOMER_FILTERS
    list_before_template = "admin/cx_quick_bar.html"
    list_select_related = ("owner", "branch", "organization", "understanding")
    list_only = (
        *("kind", "full_name", "salutation", "contact_role", "tags", "created_at", "organization__full_name"),
        *("owner__full_name", "owner__email", "branch__name", "understanding__level"),
    )
    search_fields = ("search_text",)
    search_help_text = _("Name (accents do not matter), part of a phone number, e-mail or tag")
    ordering = ("-created_at", "-id")
    sortable_by = ("person", "created_at")
    export_related = CUSTOMER_RELATED
    export_prefetch = CUSTOMER_PREFETCH

    class Media:
        js = ("admin-extra/desk.js",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        return QuickChangeList

    def list_prefetch(self) -> tuple[Prefetch, ...]:
        points = ContactPoint.objects.only("customer_id", "kind", "value", "is_primary")
        return (Prefetch("contact_points", points, to_attr="points"),)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Also by the firm's own fields with choices."""
        return [*self.list_filter, *own_filters()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return visible_to(request.user).prefetch_related("contact_points")

    def columns_for(self, request: HttpRequest) -> tuple[Column, ...]:
        return customer_columns()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """Also serves the choice of an organisation on the form."""
        if request.GET.get("field_name") == "organization":
            queryset = queryset.filter(kind=Customer.Kind.ORGANIZATION)
        found = search(queryset, search_term, masked=not may_see_contacts(request.user))
        # Where the hits are few and nobody asked for another order, names with the accents as typed come first.
        if "o" not in request.GET and deserves_ranking(found, search_term):
            found = best_first(found, search_term)
        return found, False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """An action given by a floor above names the permission it needs."""
        actions = super().get_actions(request)
        return {
            name: entry
            for name, entry in actions.items()
            if request.user.has_perm(getattr(entry[0], "needs", "customers.view_customer"))
        }

    @display(description=_("customer"), ordering="sort_key")
    def person(self, customer: Customer) -> str:
        called = customer.get_salutation_display() if customer.salutation else ""
        works_for = customer.organization.full_name if customer.organization else ""
        role = customer.get_contact_role_display() if customer.contact_role else ""
        under = " · ".join(part for part in (called, works_for, role) if part)
        if customer.kind == Customer.Kind.ORGANIZATION:
            under = _("organisation")
        return format_html('<b class="cx-name">{}</b><br><span class="cx-quiet">{}</span>', customer.full_name, under)

    @display(description=_("contact"))
    def contacts(self, customer: Customer) -> str:
        return self._contacts(customer, masked=False)

    @display(description=_("contact"))
    def contacts_masked(self, customer: Customer) -> str:
        return self._contacts(customer, masked=True)

    def _contacts(self, customer: Customer, *, masked: bool) -> str:
        points = sorted(customer.points, key=_phone_first)
        shown = [(contact_as_read(point.kind, point.value, masked=masked),) for point in points[:2]]
        return cell(format_html_join("", '<span class="cx-line">{}</span>', shown)) if shown else "–"

    @display(description=_("understanding"))
    def level(self, customer: Customer) -> str:
        found = getattr(customer, "understanding", None)
        return pill(found.get_level_display(), LEVEL_TONES[found.level]) if found else "–"

    @display(description=_("tags"))
    def tag_list(self, customer: Customer) -> str:
        return cell(format_html_join(" ", "{}", ((pill(tag),) for tag in customer.tags[:4]))) if customer.tags else "–"

    @display(description=_("note a call"))
    def tap(self, customer: Customer) -> str:
        return format_html(
            '<a class="cx-btn cx-btn-small" href="{}"><span class="material-symbols-outlined cx-icon" '
            'aria-hidden="true">add_call</span><span class="cx-unseen">{}</span></a>',
            page_of("admin:customers_customer_log", customer.pk),
            _("Note a call or a visit of %(name)s") % {"name": customer.full_name},
        )

    def get_list_display(self, request: HttpRequest) -> Any:
        """The button only for those who may write, contacts masked for those who may not see them."""
        masks = {} if may_see_contacts(request.user) else {"contacts": "contacts_masked"}
        shown = [masks.get(name, name) for name in super().get_list_display(request)]
        return [*shown, "tap"] if self.has_change_permission(request) else shown

    def get_urls(self) -> list[Any]:
        edit = path(
            "<path:object_id>/edit/", self.admin_site.admin_view(self.edit_view), name="customers_customer_edit"
        )
        log = path("<path:object_id>/log/", self.admin_site.admin_view(self.log_view), name="customers_customer_log")
        erase = path(
            "<path:object_id>/erase/", self.admin_site.admin_view(self.erase_view), name="customers_customer_erase"
        )
        return [edit, log, erase, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CustomerForm(request.POST or None, site=self.admin_site, initial={"language": request.LANGUAGE_CODE})
        known = alike_to(form) if form.is_valid() and "anyway" not in request.POST else []
        if form.is_valid() and not known:
            for name in ("version", SEEN):
                form.cleaned_data.pop(name)
            made = ask(form, create_customer)
            if made:
                _tell_of_new_numbers(request, form)
                messages.success(request, _("%(name)s was added.") % {"name": made.full_name})
                return redirect(f"{self.admin_site.name}:customers_customer_change", made.pk)
        return self.page(request, "admin/customers/customer_form.html", title=_("New customer"), form=form, known=known)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        customer = self.get_object(request, object_id)
        if customer is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, customer):
            raise PermissionDenied
        stored = initial_of(customer)
        initial = {**stored, SEEN: seen_text(stored)}
        form = CustomerForm(request.POST or None, site=self.admin_site, customer=customer, initial=initial)
        theirs: list[Difference] = []
        if form.is_valid():
            try:
                update_customer(customer_id=customer.pk, **_changes(form))
            except VersionConflict:
                customer.refresh_from_db()
                form.data, theirs = merge(form, initial_of(customer), customer.version)
                if not theirs:  # what they saved changed nothing this form shows
                    theirs = [Difference(str(_("something this page does not show")), "", "", is_kept=False)]
            except DomainError as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("Saved."))
                _tell_of_new_numbers(request, form)
                return redirect(f"{self.admin_site.name}:customers_customer_change", customer.pk)
        return self.page(
            request,
            "admin/customers/customer_form.html",
            title=customer.full_name,
            form=form,
            customer=customer,
            theirs=theirs,
        )

    def erase_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what goes and what stays, then forget who the customer is."""
        customer = self.get_object(request, object_id)
        if customer is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not _may_erase(request):
            raise PermissionDenied
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Erase the personal data of %(name)s?") % {"name": customer.full_name},
                what=_(
                    "Name, phone numbers, e-mail addresses, notes, everything they wrote and everything written to "
                    "them are erased for good. Scores, states and times stay, so reports do not change. Nobody can "
                    "undo this, and restoring a backup does not bring them back."
                ),
                button=_("Erase for good"),
                back="../change/",
            )
        try:
            erase_customer(customer_id=customer.pk)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The personal data was erased."))
        return redirect(f"{self.admin_site.name}:customers_customer_change", customer.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        customer = self.get_object(request, object_id)
        if customer is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may_write = self.has_change_permission(request, customer) and customer.erased_at is None
        is_organization = customer.kind == Customer.Kind.ORGANIZATION
        forms: dict[str, Any] = {name: form(prefix=name) for name, (form, _call) in ACTS.items()}
        forms["fact"].initial |= fact_initial(request)
        if request.method == "POST":
            if not may_write:
                raise PermissionDenied
            name = request.POST.get("do", "")
            form_class, call = ACTS.get(name, ACTS["consent"])
            name = name if name in ACTS else "consent"
            forms[name] = form = form_class(request.POST, request.FILES, prefix=name)
            if form.is_valid():
                form.cleaned_data["customer_id"] = customer.pk
                if ask(form, call):
                    messages.success(request, _("Noted."))
                    return redirect(request.path)
            if name in BUTTONS:  # no form of theirs is on the page to show it on
                messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
        with reading_once():  # the firm stands behind much of it
            points = list(customer.contact_points.all())
            return self.page(
                request,
                "admin/customers/customer.html",
                title=customer.full_name,
                customer=customer,
                address=address_for(customer),
                points=points,
                contacts=contacts_shown(points, request.user),
                external_ids=list(customer.external_ids.all()),
                people=_people_shown(customer, request.user) if is_organization else [],
                is_organization=is_organization,
                consents=consents_of(customer),
                custom=custom_shown(custom_fields(customer.kind), customer.custom, the_firm()),
                **forms,
                files=files_shown(attachments_of_customer(customer, request.user)[:FILES_SHOWN], request.user),
                may_write=may_write,
                may_erase=customer.erased_at is None and _may_erase(request),
                panels=[panel(request, customer) for panel in self.panels],
                taps=taps(),
                **understanding_context(request, customer),
                **health_context(customer),
                **data_context(request, customer, forms["reply"]),
                **timeline_context(request, customer),
            ).render()

    def log_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The big buttons alone, a tap away from the list; done, the list is there again."""
        customer = self.get_object(request, object_id)
        if customer is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, customer):
            raise PermissionDenied
        form = ContactForm(request.POST or None, prefix="contact")
        if form.is_valid():
            form.cleaned_data["customer_id"] = customer.pk
            if ask(form, log_contact):
                messages.success(request, _("Noted for %(name)s.") % {"name": customer.full_name})
                return redirect(f"{self.admin_site.name}:customers_customer_changelist")
        return self.page(
            request,
            "admin/customers/log.html",
            title=customer.full_name,
            customer=customer,
            points=list(customer.contact_points.all()),
            taps=taps(),
            tapped="call",
        )


def _may_erase(request: HttpRequest) -> bool:
    """Taking away what nobody can bring back is for those who manage the room."""
    return bool(request.user.has_perm("customers.delete_customer"))


def _changes(form: CustomerForm) -> dict[str, Any]:
    """Only what the editor changed, so that an untouched field never overwrites another's work."""
    data = form.cleaned_data
    changes = {name: data[name] for name in form.changed_data if name not in ("version", SEEN) and name in data}
    changes |= {name: data[name] for name in ("salutation_source", "custom") if name in data}
    return {"version": data["version"], **changes}


def _tell_of_new_numbers(request: HttpRequest, form: CustomerForm) -> None:
    """Numbers of before 2018 are kept in their new form; whoever typed one is told."""
    if "phones" not in form.changed_data or the_firm().country != "VN":
        return
    for piece in [piece for line in form.cleaned_data["phones"] for piece in split_phones(line)]:
        phone = normalise_phone(piece)
        if phone and phone.note == PREFIX_CONVERTED_2018:
            said = {"old": piece, "new": display_phone(phone.e164)}
            messages.info(request, _("%(old)s is %(new)s since the renumbering of 2018 and was saved so.") % said)


def _phone_first(point: ContactPoint) -> tuple[bool, bool]:
    return point.kind != ContactPoint.Kind.PHONE, not point.is_primary


def _people_shown(organization: Customer, user: Any) -> list[dict[str, Any]]:
    """Everybody of ``organization`` with the first contact of each."""
    return [
        {"person": one, "contacts": contacts_shown(sorted(one.contact_points.all(), key=_phone_first)[:1], user)}
        for one in people_of(organization)[:PEOPLE_SHOWN]
    ]
