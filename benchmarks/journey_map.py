"""The map of a journey of twelve stages and 60 touchpoints, beside the same rows read with bare psycopg."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks.admin_lists import call, session_of
from benchmarks.figures import Figure, interleaved, percentile
from benchmarks.firm import firm

STAGES, TOUCHPOINTS, STAFF, REPORTS, COMPLAINTS = 12, 60, 40, 20_000, 2_000


def fill() -> Any:
    """The default journey of the entered firm, full: once."""
    from customers.models import Customer
    from customers.services.interactions import record_interaction
    from customers.services.quotes import take_quote
    from cxcrm.core.clock import now
    from feedback.models import Complaint, RootCause
    from journeys.models import AssumedEmotion, ReportedEmotion, Stage, Touchpoint
    from journeys.selectors.emotions import spots_of
    from journeys.selectors.journeys import default_journey
    from journeys.services.accountability import hand_over
    from journeys.services.evidence import cite_at_stage
    from journeys.services.journeys import add_stage, add_touchpoint
    from journeys.services.standards import set_standard
    from tenants.staff.models import Department, User

    rng = random.Random(1)
    journey = default_journey()
    if AssumedEmotion.objects.exists():
        return journey
    owner = User.objects.order_by("created_at").first()
    today = now().date()
    for number in range(STAGES - Stage.objects.filter(journey=journey).count()):
        add_stage(journey_id=journey.pk, name=f"Bước {number}", customer_goal="Có ly đúng ý trong ít phút")
    stages = list(Stage.objects.filter(journey=journey))
    departments = [Department.objects.create(name=f"Phòng {number}") for number in range(6)]
    for number in range(TOUCHPOINTS - Touchpoint.objects.count()):
        add_touchpoint(
            stage_id=stages[number % STAGES].pk, name=f"Điểm chạm {number}", channel="place",
            department_id=departments[number % 6].pk, customer_outcome="Biết còn chờ mấy phút",
            is_moment_of_truth=number % 7 == 0, has_own_feeling=number % STAGES == 4,
        )  # fmt: skip
    points = list(Touchpoint.objects.all())
    for stage in stages:
        hand_over(executive_id=owner.pk, stage_id=stage.pk, from_day=today)
    for point in points[::2]:
        set_standard(touchpoint_id=point.pk, text="Nói thời gian chờ", behaviours=["Chào khách", "Đọc lại món"])
        hand_over(executive_id=owner.pk, touchpoint_id=point.pk, from_day=today)
    people = Customer.objects.bulk_create(Customer(full_name=f"Khách {number}") for number in range(200))
    for number in range(STAGES * 6):
        said = record_interaction(
            customer_id=rng.choice(people).pk,
            kind="call",
            what="call.logged",
            body=f"Chờ lâu mà không ai nói gì {number}",
        )
        cite_at_stage(stage_id=stages[number % STAGES].pk, quote_id=take_quote(interaction_id=said.pk).pk)
    staff = User.objects.bulk_create(
        User(email=f"nv{number}@bench.example", full_name=f"Nhân viên {number}") for number in range(STAFF)
    )
    spots = spots_of(journey.pk)
    AssumedEmotion.objects.bulk_create(
        AssumedEmotion(stage_id=spot.stage_id, touchpoint_id=spot.touchpoint_id, user=user, valence=rng.randint(-2, 2))
        for spot in spots
        for user in [owner, *staff]
    )
    ReportedEmotion.objects.bulk_create(
        (
            ReportedEmotion(
                stage_id=spot.stage_id, touchpoint_id=spot.touchpoint_id, valence=rng.randint(-2, 2), source="survey",
                felt_at=now() - timedelta(days=rng.uniform(0, 360)),
            )
            for spot in (rng.choice(spots) for _number in range(REPORTS))
        ),
        batch_size=2_000,
    )  # fmt: skip
    cause = RootCause.objects.filter(parent__isnull=False).first()
    Complaint.objects.bulk_create(
        Complaint(
            number=f"KN-M-{number}", customer=rng.choice(people), touchpoint=rng.choice(points), channel="staff",
            state="investigating" if number % 10 == 0 else "closed_confirmed", severity="S3", description="Chờ lâu",
            received_at=now() - timedelta(days=rng.uniform(0, 300)), owner=owner,
            root_cause=cause, action_taken="Nói thời gian chờ",
        )
        for number in range(COMPLAINTS)
    )  # fmt: skip
    return journey


def reads(request: Any) -> list[tuple[str, Any]]:
    """The statements of a page with their parameters."""
    from django.db import connection

    seen: list[tuple[str, Any]] = []

    def note(run: Any, sql: str, params: Any, *rest: Any) -> Any:
        seen.append((sql, params))
        return run(sql, params, *rest)

    with connection.execute_wrapper(note):
        request()
    return [(sql, params) for sql, params in seen if sql.startswith("SELECT")]


def measure() -> Iterator[Figure]:
    import psycopg
    from django.db import connection

    from cxcrm.wsgi import application
    from tenants.context import in_tenant

    tenant = firm("map")
    with in_tenant(tenant):
        started = time.monotonic()
        journey = fill()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield Figure("made the map", time.monotonic() - started, "s")
        cookie = session_of(tenant.host)
    page = partial(call, application, tenant.host, f"/admin/journeys/journey/{journey.pk}/map/", cookie)
    page()
    asked = reads(page)
    yield Figure("queries of the map", len(asked), "", None, "goal: at most 12")
    database = connection.settings_dict
    with psycopg.connect(
        host=database["HOST"], port=database["PORT"], user=database["USER"], password=database["PASSWORD"],
        dbname=database["NAME"], options=f"-c search_path={tenant.schema_name},public", autocommit=True,
    ) as bare:  # fmt: skip

        def floor() -> None:
            for sql, params in asked:
                bare.execute(sql, params).fetchall()

        taken = interleaved({"page": page, "floor": floor}, rounds=9, each=5)
        yield Figure(
            "the map of 60 touchpoints (floor: its rows by bare psycopg)",
            taken["page"] * 1e3,
            "ms",
            taken["floor"] * 1e3,
        )
    times = []
    for _turn in range(60):
        started = time.perf_counter()
        page()
        times.append(time.perf_counter() - started)
    yield Figure("the same, 95 of 100 are faster than", percentile(times, 0.95) * 1e3, "ms", None, "goal: under 150")
