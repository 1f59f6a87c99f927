"""Sets a demo firm up the way a real one would: sign-up, staff, accountability, import, then something to look at."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from customers.models import Customer, ImportJob
from customers.services import imports
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef, current_tenant
from cxcrm.demo import desk, history, people
from cxcrm.demo.ageing import age
from cxcrm.demo.alignment import lay_alignment
from cxcrm.demo.brand_promises import lay_brand_promises
from cxcrm.demo.budgets import lay_budgets
from cxcrm.demo.causes import lay_causes
from cxcrm.demo.changes import lay_changes
from cxcrm.demo.choices import lay_choices
from cxcrm.demo.community import lay_community
from cxcrm.demo.companies import lay_companies, lay_fields
from cxcrm.demo.conduct import lay_conduct
from cxcrm.demo.contexts import lay_contexts
from cxcrm.demo.environments import lay_environments
from cxcrm.demo.firms import PASSWORD, DemoFirm, Person, Story
from cxcrm.demo.forecast import lay_forecast
from cxcrm.demo.gaps import lay_gaps
from cxcrm.demo.heard import lay_heard
from cxcrm.demo.honesty import lay_honest_scores
from cxcrm.demo.housekeeping import lay_doubles_and_views, start_orders
from cxcrm.demo.initiatives import lay_initiatives
from cxcrm.demo.insights import lay_insights
from cxcrm.demo.journey_map import lay_map
from cxcrm.demo.journey_walks import lay_journey_walks
from cxcrm.demo.kept_promises import lay_kept_promises
from cxcrm.demo.known import lay_known
from cxcrm.demo.portraits import lay_portraits
from cxcrm.demo.staff_voice import lay_staff_voice
from cxcrm.demo.stewardship import lay_reviews
from cxcrm.demo.voices import FIXES
from cxcrm.demo.ways import lay_ways
from feedback.models import Complaint, Remedy, Survey
from feedback.selectors.audience import preview
from feedback.services import complaints, dispatches
from feedback.services.configuration import save_remedy
from journeys.models import Stage, Touchpoint
from journeys.services.accountability import hand_over
from journeys.services.journeys import add_touchpoint
from tenants.context import in_tenant, ref_of
from tenants.models import Tenant
from tenants.services import provisioning
from tenants.services.running import run_now
from tenants.staff.models import Branch, Department, Firm, User
from tenants.staff.services.accounts import create_user
from workflows.models import SlaClock

Say = Callable[[str], None]
PATIENCE = 90.0  # seconds
NEGLECTED_FOR = timedelta(days=7)  # whole weeks, so that deadlines stay within opening hours


@dataclass(frozen=True)
class Size:
    """How much of each a demo firm has; the first ``imported`` customers come through a real import."""

    imported: int
    customers: int
    answers: int
    complaints: int
    purchases: int


def load(demo: DemoFirm, size: Size, say: Say) -> Tenant:
    """Bring the firm to its full state; what is there already is left alone, so a killed load continues."""
    tenant = Tenant.objects.filter(slug=demo.slug).first()
    if tenant is None:
        chief = next(person for person in demo.people if person.key == demo.chief)
        tenant = provisioning.request_firm(
            name=demo.name,
            slug=demo.slug,
            owner_email=demo.email(demo.chief),
            owner_name=chief.full_name,
            language=demo.language,
            country=demo.country,
            time_zone=demo.time_zone,
        )
    if tenant.state != Tenant.State.ACTIVE:
        say(f"{demo.brand}: setting up …")
        run_now(tenant)
    with in_tenant(ref_of(tenant)):
        _organise(demo)
        lay_fields(demo)
        _import(demo, size, say)
        if not Complaint.objects.exists():
            say(
                f"{demo.brand}: {size.customers} customers, {size.purchases} purchases, "
                f"{size.answers} answers, {size.complaints} complaints …"
            )
            with transaction.atomic():
                known = _invented(demo, size.customers)[size.imported :]
                history.lay(demo, known, size.answers, size.complaints, size.purchases, NEGLECTED_FOR)
            say(f"{demo.brand}: open complaints and a survey on its way …")
            _open_complaints(demo, current_tenant())
            _send_a_survey(demo)
        lay_map(demo)
        lay_companies(demo)
        lay_doubles_and_views(demo)
        lay_insights(demo)
        lay_portraits(demo)
        lay_heard(demo)
        orders = start_orders(demo)
        if orders is not None:
            _wait(lambda: ImportJob.objects.get(pk=orders.pk).state == ImportJob.State.DONE)
        lay_initiatives(demo)
        lay_causes(demo)
        lay_known(demo)
        lay_choices(demo)
        lay_reviews(demo)
        lay_changes(demo)
        lay_ways(demo)
        lay_gaps(demo)
        lay_contexts(demo)
        lay_community(demo)
        lay_alignment(demo)
        lay_environments(demo)
        lay_brand_promises(demo)
        lay_kept_promises(demo)
        lay_journey_walks(demo)
        lay_budgets(demo)
        lay_conduct(demo)
        lay_honest_scores(demo)
        lay_staff_voice(demo)
        lay_forecast()  # everybody is there, and what they bought
    return tenant


@transaction.atomic
def _organise(demo: DemoFirm) -> None:
    firm = Firm.objects.select_for_update().get()
    if User.objects.count() >= len(demo.people) and Branch.objects.exists():
        return
    for name in demo.departments:
        Department.objects.get_or_create(name=name)
    for place in demo.places:
        Branch.objects.get_or_create(name=place.name, defaults={"province": place.province})
    staff = {person.key: _account(demo, person) for person in demo.people}
    for person in demo.people:
        user = staff[person.key]
        user.manager = staff.get(person.manager)
        user.save(update_fields=["manager"])
    for name, (head, handler) in demo.departments.items():
        Department.objects.filter(name=name).update(lead=staff[head], handler=staff[handler])
    for place in demo.places:
        if place.manager:
            Branch.objects.filter(name=place.name).update(manager=staff[place.manager])
    firm.brand, firm.colour, firm.formal, firm.self_pronoun = demo.brand, demo.colour, demo.formal, demo.self_pronoun
    firm.is_settled_in = True  # a firm at work for a year has no first steps before it
    firm.agent_limit = 100_000 if demo.country == "VN" else 20
    firm.chief, firm.default_executive = staff[demo.chief], staff[demo.default_executive]
    firm.save()
    _points(demo, staff)


def _account(demo: DemoFirm, person: Person) -> User:
    user = User.objects.filter(email__iexact=demo.email(person.key)).first() or create_user(
        email=demo.email(person.key), full_name=person.full_name, role=person.role, language=demo.language
    )
    user.role, user.job_title, user.salutation = person.role, person.job_title, person.salutation
    user.authority_limit = person.authority
    user.given_name = person.full_name.split()[0 if demo.language == "en" else -1]
    user.department = Department.objects.filter(name=person.department).first()
    user.branch = Branch.objects.filter(name=person.branch).first()
    user.set_password(PASSWORD)
    user.save()
    return user


def _points(demo: DemoFirm, staff: dict[str, User]) -> None:
    """The firm's own touchpoints take the place of the template's."""
    codes = [point.code for point in demo.points]
    Touchpoint.objects.exclude(code__in=codes).update(is_active=False)
    today = now().date()
    stages = {stage.code: stage for stage in Stage.objects.filter(journey__is_default=True)}
    for point in demo.points:
        if Touchpoint.objects.filter(code=point.code).exists():
            continue
        touchpoint = add_touchpoint(
            stage_id=stages[point.stage].id,
            code=point.code,
            name=point.name,
            name_en=point.name_en,
            department_id=Department.objects.get(name=point.department).id,
        )
        if point.executive:
            hand_over(
                executive_id=staff[point.executive].id,
                touchpoint_id=touchpoint.id,
                deputy_id=staff[point.deputy].id if point.deputy else None,
                from_day=today - timedelta(days=400),
            )
    _remedies(demo)
    for code, key in demo.stage_executives.items():
        hand_over(executive_id=staff[key].id, stage_id=stages[code].id, from_day=today - timedelta(days=400))


def _remedies(demo: DemoFirm) -> None:
    """Options people would really weigh, at the touchpoints that need them."""
    seen: set[str] = set()
    for position, fix in enumerate(FIXES[demo.slug], start=1):
        touchpoint = Touchpoint.objects.get(code=fix.touchpoint)
        if Remedy.objects.filter(touchpoint=touchpoint, name=fix.name).exists():
            continue
        save_remedy(
            remedy=Remedy(
                touchpoint=touchpoint,
                name=fix.name,
                name_en=fix.name_en,
                cost=fix.cost,
                position=position,
                is_recommended=fix.touchpoint not in seen,
            )
        )
        seen.add(fix.touchpoint)


def _invented(demo: DemoFirm, count: int) -> list[people.Invented]:
    return people.vietnamese(count) if demo.country == "VN" else people.singaporean(count)


def _import(demo: DemoFirm, size: Size, say: Say) -> None:
    if Customer.objects.exists():
        return
    say(f"{demo.brand}: importing {size.imported} customers …")
    invented = _invented(demo, size.imported)
    job = imports.check_file(data=people.as_xlsx(invented, demo.language), file_name="khach-hang.xlsx")
    imports.start_import(job_id=job.id)
    _wait(lambda: ImportJob.objects.get(pk=job.pk).state == ImportJob.State.DONE)


def _open_complaints(demo: DemoFirm, tenant: TenantRef) -> None:
    """Some came days ago and nobody acted, so the ladder climbs; the others are of today."""
    open_ones = [story for story in demo.complaints if not story.ending]
    neglected = [_open(demo, story) for story in open_ones if story.neglected]
    _wait(lambda: SlaClock.objects.filter(complaint__in=neglected, kind="resolve").count() == len(neglected))
    age(tenant, NEGLECTED_FOR)
    fresh = [_open(demo, story) for story in open_ones if not story.neglected]
    _wait(lambda: SlaClock.objects.filter(complaint__in=fresh, kind="resolve").count() == len(fresh))
    desk.work_at_the_desk(demo.language)


def _open(demo: DemoFirm, story: Story) -> Complaint:
    customers = Customer.objects.filter(contact_points__kind="email").order_by("sort_key")
    return complaints.open_complaint(
        customer_id=customers[demo.complaints.index(story) * 5].id,
        description=story.words,
        channel="staff",
        touchpoint_id=Touchpoint.objects.get(code=story.touchpoint).id,
        branch_id=Branch.objects.get(name=demo.places[0].name).id,
        owner_id=User.objects.get(email=demo.email(story.owner)).id if story.owner else None,
    )


def _wait(true: Callable[[], bool]) -> None:
    """Until the workers have done their part. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.2)
    raise TimeoutError("the workers did not do their part of the demo in time; is one running?")


def _send_a_survey(demo: DemoFirm) -> None:
    survey = Survey.objects.filter(metric="nps", is_active=True).first()
    everyone = Customer.objects.order_by("-sort_key")[:60].values_list("id", flat=True)
    sendable = preview(survey, list(everyone)).sendable[:12]
    touchpoint = Touchpoint.objects.get(code=demo.points[4 if len(demo.points) > 5 else 0].code)
    dispatches.send_survey(survey_id=survey.id, customer_ids=sendable, touchpoint_id=touchpoint.id)
