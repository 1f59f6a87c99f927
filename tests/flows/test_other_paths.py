"""What else can happen on the way: nobody found, nobody answers, nobody wants to be asked, a promise not kept."""

import re
from collections.abc import Callable
from typing import Any

from customers.models import Customer
from cxcrm.core.context import TenantRef
from feedback.models import Complaint, RootCause, Survey
from feedback.selectors.audience import preview
from feedback.services import complaints
from feedback.services.dispatches import send_survey
from journeys.models import Accountability
from tests.workflows.conftest import Crew, cause, cheap, complaint, crew, customer, opened, told, wait
from workflows.models import Alert, Ladder

__all__ = ["cause", "cheap", "complaint", "crew", "customer", "opened", "told", "wait"]


def paths(mail: Any, part: str) -> list[str]:
    """Paths of the links in a mail that contain ``part``."""
    return [link for link in re.findall(r"https?://[^/\s]+(/\S*)", mail.body) if part in link]


def to(outbox: list[Any], address: str) -> list[Any]:
    return [mail for mail in outbox if mail.to == [address]]


def test_a_complaint_about_what_nobody_answers_for_reaches_the_default_executive_and_is_seen(
    crew: Crew,
    client_alpha: Any,
    owner_alpha: Any,
    run_agenda: Callable[..., int],
    wait: Callable[..., None],
    mailoutbox: Any,
) -> None:
    Accountability.objects.all().delete()
    posted = client_alpha.post(
        "/c/",
        {"description": "Trừ tiền hai lần", "contact": "lan@khach.example", "touchpoint": str(crew.touchpoint.id)},
    )
    assert posted.status_code == 303
    run_agenda()
    [receipt] = to(mailoutbox, "lan@khach.example")
    complaint = Complaint.objects.get()
    assert complaint.number in receipt.subject
    assert client_alpha.get(paths(receipt, "/t/")[0]).status_code == 200
    wait(days=3)
    assert len([mail for mail in to(mailoutbox, crew.spare.email) if complaint.number in mail.subject]) >= 1
    alerts = Alert.objects.filter(kind=Alert.Kind.NOBODY_FOUND)  # neither a manager of its owner nor an executive
    assert [alert.complaint for alert in alerts] == [complaint, complaint]
    client_alpha.force_login(owner_alpha)
    assert complaint.number in client_alpha.get("/admin/").content.decode()


def test_a_customer_who_does_not_answer_is_reminded_once_and_may_come_back(
    complaint: Complaint,
    cause: RootCause,
    crew: Crew,
    client_alpha: Any,
    told: Callable[[], list[tuple[int, str]]],
    wait: Callable[..., None],
    run_agenda: Callable[..., int],
    mailoutbox: Any,
) -> None:
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    wait(days=2, hours=1)
    questions = [mail for mail in to(mailoutbox, "ha@khach.example") if paths(mail, "/r/")]
    assert len(questions) == 2
    wait(days=3)
    complaint.refresh_from_db()
    assert complaint.state == "closed_no_reply"
    [link] = {path.partition("?")[0] for path in paths(questions[0], "/r/")}
    assert client_alpha.get(f"{link}?answer=no").status_code == 200
    complaint.refresh_from_db()
    assert complaint.state == "closed_no_reply"
    client_alpha.post(link, {"answer": "no", "words": "Tiền chưa về"})
    run_agenda()
    complaint.refresh_from_db()
    assert (complaint.state, complaint.reopened_count) == ("reopened", 1)
    assert told() == [(2, crew.manager.full_name)]  # the owner had it before; now it is one rung higher


def test_a_decision_that_is_not_kept_lets_the_ladder_climb_on(
    complaint: Complaint,
    crew: Crew,
    client_alpha: Any,
    told: Callable[[], list[tuple[int, str]]],
    wait: Callable[..., None],
    mailoutbox: Any,
) -> None:
    for _step in range(3):
        wait(hours=6)
    executive = next(mail for mail in to(mailoutbox, crew.executive.email) if paths(mail, "/d/"))
    [link] = {path.partition("?")[0] for path in paths(executive, "do=delegate")}
    posted = client_alpha.post(link, {"kind": "delegate", "delegate_id": str(crew.spare.id)})
    assert posted.status_code == 303
    complaint.refresh_from_db()
    assert complaint.owner == crew.spare
    assert Ladder.objects.get(complaint=complaint).state == "held"
    before = told()
    wait(hours=1)
    assert told() == before
    wait(days=2)
    assert told()[-1] == (4, crew.chief.full_name)


def test_who_opts_out_is_never_asked_again_and_a_scanner_opts_nobody_out(
    in_alpha: TenantRef, customer: Customer, client_alpha: Any, run_agenda: Callable[..., int], mailoutbox: Any
) -> None:
    survey = Survey.objects.get(metric="nps")
    send_survey(survey_id=survey.id, customer_ids=[customer.id])
    run_agenda()
    [mail] = to(mailoutbox, "ha@khach.example")
    header = mail.extra_headers["List-Unsubscribe"]
    link = re.sub(r"^<https?://[^/]+", "", header).rstrip(">")
    assert client_alpha.get(link).status_code == 200
    assert client_alpha.head(link).status_code == 200
    csat = Survey.objects.get(metric="csat")
    assert "opted_out" not in preview(csat, [customer.id]).skipped
    assert client_alpha.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert preview(csat, [customer.id]).skipped == {"opted_out": 1}
