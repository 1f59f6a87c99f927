"""Past answers from a file: under their own date, marked, silent, and taken back."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from customers import problems
from customers.models import Customer, ImportRow, Interaction
from customers.services import import_run, import_undo, imports
from customers.services.customers import create_customer
from feedback.logic.import_columns import parse_score
from feedback.models import Answer, Complaint, Dispatch, Invitation, Response, Survey
from feedback.selectors import metrics
from journeys.models import Touchpoint
from workflows.models import Event, Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]

HEADER = "Họ và tên;Điện thoại;NPS;Ngày;Nhận xét;Điểm chạm;Chi nhánh"


def check(*lines, header=HEADER, **options):
    data = "\n".join([header, *lines]).encode()
    return imports.check_file(data=data, file_name="danh-gia.csv", **options)


def finish(job):
    imports.start_import(job_id=job.id)
    while import_run.take_chunk(job_id=job.id):
        pass
    job.refresh_from_db()
    return job


def undo(job):
    imports.undo_import(job_id=job.id)
    while import_undo.undo_chunk(job_id=job.id):
        pass
    job.refresh_from_db()
    return job


def codes(job):
    return [
        [problem["code"] for problem in row.problems] for row in ImportRow.objects.filter(job=job).order_by("number")
    ]


def test_answers_count_by_their_own_date_and_write_to_nobody(run_agenda):
    lan = create_customer(full_name="Lan", phones=["0912345678"], emails=["lan@x.vn"])
    place = Touchpoint.objects.filter(is_active=True).first()
    job = check(
        f"Lan;0912345678;3;02/03/2026 08:00;Chờ lâu quá;{place.name};Tân Định",
        "Lan;0912345678;9;02/04/2026;Khá hơn;;",
        "Hà;0977000111;10;02/03/2026;;nơi lạ;",
    )
    assert (job.kind, job.to_create) == ("feedback", 3)
    assert codes(job) == [[], [], ["customer_added", "touchpoint_unknown"]]
    finish(job)
    run_agenda()
    first = Response.objects.get(score=3)
    assert (first.is_imported, first.customer, first.touchpoint, first.words) == (True, lan, place, "Chờ lâu quá")
    assert first.answered_at == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert first.invitation.state == "imported"
    assert (Response.objects.count(), Answer.objects.count(), Dispatch.objects.count()) == (3, 3, 2)
    assert not Message.objects.exists()
    assert not Complaint.objects.exists()
    assert not Event.objects.filter(name__startswith="feedback.").exists()
    march = metrics.score("nps", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert march.n == 2
    assert metrics.response_rate() is None
    entry = lan.interactions.filter(what="survey.imported").last()
    assert (entry.occurred_at, entry.data["branch"]) == (first.answered_at, "Tân Định")
    again = check("Lan;0912345678;9;02/04/2026;Khá hơn;;")
    assert codes(again) == [["answer_known"]]
    undo(job)
    assert (job.undone_count, job.kept_count) == (3, 0)
    for model in (Response, Answer, Invitation, Dispatch):
        assert not model.objects.exists(), model
    assert list(Customer.objects.all()) == [lan]
    assert not Interaction.objects.filter(what="survey.imported").exists()
    assert finish(check("Lan;0912345678;9;02/04/2026;;;")).created_count == 1


def test_complaints_open_by_choice_and_keep_their_answer():
    create_customer(full_name="Lan", phones=["0912345678"])
    job = check("Lan;0912345678;1;02/03/2026;Quá tệ, chờ một tiếng;;", "Lan;0912345678;9;03/03/2026;;;")
    imports.remap(job_id=job.id, opens_complaints=True)
    finish(job)
    assert Complaint.objects.get().response.score == 1
    Response.objects.filter(score=9).update(changed_at=datetime(2026, 11, 1, tzinfo=UTC))
    undo(job)
    assert (job.undone_count, job.kept_count, Response.objects.count()) == (0, 2, 2)
    with translation.override("en"):
        said = [problems.explain(row.problems[0]) for row in ImportRow.objects.filter(job=job).order_by("number")]
    assert said == [
        "Kept, because something hangs on it since: 1 × complaint.",
        "Partly kept, because it was changed since: response.",
    ]


def test_what_is_wrong_with_an_answer_is_said():
    create_customer(full_name="Lan", phones=["0912345678"])
    header = "Điện thoại;Điểm;Chỉ số;Ngày;Nhận xét"
    job = check(
        "0912345678;4/5;CSAT;02/03/2026;",
        "0912345678;6;CSAT;02/03/2026;",
        "0912345678;6;;02/03/2026;",
        "0912345678;6;lạ;02/03/2026;",
        "0912345678;;CSAT;02/03/2026;",
        "0912345678;5;CES;;",
        "0999999999;5;CES;02/03/2026;",
        header=header,
    )
    assert codes(job) == [
        [], ["score_off_scale"], ["metric_missing"], ["metric_unknown"], ["score_missing"], ["time_missing"],
        ["customer_unknown"],
    ]  # fmt: skip
    assert imports.remap(job_id=job.id, mode="update").to_create == 0
    imports.remap(job_id=job.id, mode="both")
    Survey.objects.filter(metric="csat").delete()
    finish(job)
    survey = Survey.objects.get(metric="csat")
    assert (survey.is_active, survey.cadence, Response.objects.get().score) == (False, "transactional", 4)


@pytest.mark.parametrize(
    ("cell", "metric", "score"),
    [
        (9, "nps", 9), ("10/10", "nps", 10), ("9.0", "nps", 9), ("11", "nps", None), ("5 sao", "csat", 5),
        ("★★★★", "csat", 4), ("8/10", "csat", None), ("4,5", "csat", None), ("0", "csat", None), ("7", "ces", 7),
        ("tốt", "csat", None), (True, "nps", None), ("", "nps", None),
    ],
)  # fmt: skip
def test_scores_are_read_as_people_write_them(cell, metric, score):
    assert parse_score(cell, metric) == score
